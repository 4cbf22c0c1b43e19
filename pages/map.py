"""Map: the descriptor space in the plane; click a photograph and see its true neighbours."""

import streamlit as st

from pages.parts import loaders, scene, state
from pages.parts.map import show_map
from pages.parts.state import choose
from retrieval_core import map_steps, results, steps
from retrieval_core.projection.layouts import METHODS, TITLES

SUBSETS = {"all": "with unlabelled", "labelled": "labelled only"}
QUIET = {"label_visibility": "collapsed"}
# Parameters that the map in the browser reads and changes, beside the selection.
BROWSER = ("model", "query", "k", "view", "landmarks", "unlabelled", "colour", "thumbnails", "film")


def main() -> None:
    model = loaders.chosen_model()
    dataset = loaders.dataset()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Map", width="content")
        method = choose("method", METHODS, st.segmented_control, "Projection", format_func=TITLES.get, **QUIET)
        subset = choose("subset", SUBSETS, st.segmented_control, "Photographs", format_func=SUBSETS.get, **QUIET)
        choose("k", ["6", "12", "24", "48"], st.segmented_control, "Neighbours", format_func="k = {}".format, **QUIET)
    choice = scene.Choice(method, subset, state.get("settings"), int(state.get("seed") or 0))
    make_missing(model.key, choice)
    selected = state.selected(dataset)
    shared = {name: state.get(name) for name in BROWSER} | {"selection": selected}
    show_map(
        f"files/scene/{dataset.name}?{choice.address()}&v={scene.version(dataset.name, choice)}",
        shared,
        lambda heard: take_over(heard, dataset),
    )


def take_over(heard: dict, dataset) -> None:
    """Keep what was changed in the browser."""
    state.put(**{name: heard[name] for name in BROWSER if name in heard})
    if "selection" in heard:
        state.select(heard["selection"], dataset)


def make_missing(model: str, choice: scene.Choice) -> None:
    """Compute what the map of the chosen model needs and does not have yet, with a bar."""
    workspace, name = loaders.workspace(), state.get("dataset")
    wanted = (workspace, name, model, choice.method, choice.subset, choice.parameters(), choice.seed)
    tasks = []
    if results.load_layout(*wanted) is None:
        tasks.append((f"Computing {TITLES[choice.method]} of model {model}, once", steps.project(*wanted)))
    if results.load_neighbours(workspace, name, model, choice.subset) is None:
        tasks.append((f"Listing the neighbours under model {model}", map_steps.neighbours(workspace, name, model, choice.subset)))
    if not results.list_sheets(workspace, name):
        tasks.append(("Making thumbnails, once", map_steps.thumbnails(workspace, name)))
    for title, task in tasks:
        bar = st.progress(0.0, text=f"{title} …")
        for step in task:
            bar.progress(min(1.0, step.done / max(1, step.total)), text=f"{title}: {step.message or step.stage}")
        bar.empty()


main()
