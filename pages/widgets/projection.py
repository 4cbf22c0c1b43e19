"""Which projection the map shows: its parameters and seed, how long it will take, and the computing of it."""

import streamlit as st

from pages.state import link, loaders
from pages.web.map_scene import MapChoice
from pages.widgets.bar import with_bar
from retrieval_core.projection.estimate import estimated_seconds
from retrieval_core.projection.maps import METHODS, NAMED_SETTINGS, TITLES, resolve_parameters
from retrieval_core.runs import map_steps, steps
from retrieval_core.stored import results

ASK_FROM = 15.0  # seconds from which a projection is not begun without a press of a button


def settings(method: str, count: int) -> None:
    """Fields for the parameters of a method and the seed; what is entered goes into the link when it is confirmed."""
    with st.container(horizontal=True):
        for name, (its_method, parameters) in NAMED_SETTINGS.items():
            words = ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in parameters.items())
            st.button(f"{name[0].upper()}{name[1:]}", help=f"{TITLES[its_method]}, {words}", on_click=take,
                      args=(its_method, parameters, 0), key=f"choice {name}")  # fmt: skip
        st.button("Defaults", on_click=take, args=(method, {}, 0))
    now = METHODS[method] | _choice().parameters()
    entered = {}
    columns = st.columns(2)
    for place, (name, default) in enumerate(METHODS[method].items()):
        entered[name] = columns[place % 2].number_input(
            name.replace("_", " "), value=type(default)(now[name]), key=f"{method} {name} {now[name]}"
        )
    seed = columns[len(entered) % 2].number_input("seed", value=_choice().seed, min_value=0, step=1)
    seconds = _seconds(link.get("model"), method, entered, count)
    st.caption(f"About {in_words(seconds)} for {count:,} photographs, unless it was computed before.")
    changed = {name: value for name, value in entered.items() if value != METHODS[method][name]}
    st.button("Show this map", type="primary", on_click=take, args=(method, changed, seed))
    others = missing_models(_choice())
    if others:
        st.button(f"Compute the shown map of {len(others)} more models, about {in_words(seconds * len(others))}",
                  on_click=lambda: st.session_state.update({"compute maps of": others}))  # fmt: skip


def take(method: str, parameters: dict, seed: int) -> None:
    """Write a choice into the link."""
    text = ",".join(f"{name}={value:g}" for name, value in parameters.items())
    link.put(method=method, settings=text, seed=seed, view="")


def missing_models(choice: MapChoice) -> list[str]:
    """Models that can be explored and have no map of this choice."""
    name = link.get("dataset")
    return [key for key in loaders.explorable_models() if results.load_map(*_wanted(name, key, choice)) is None]


def make_missing(model: str, choice: MapChoice, count: int) -> None:
    """Compute what the map of the chosen model needs and does not have yet, with a bar; a long projection is asked for first."""
    workspace, name = loaders.workspace(), link.get("dataset")
    models = [model, *st.session_state.pop("compute maps of", [])]
    for key in dict.fromkeys(models):
        wanted = _wanted(name, key, choice)
        if results.load_map(*wanted) is None:
            seconds = _seconds(key, choice.method, choice.parameters(), count)
            text = f"{TITLES[choice.method]} of {count:,} photographs under model {key}"
            if seconds > ASK_FROM and len(models) == 1:
                st.info(f"{text} is not computed yet. It takes about {in_words(seconds)}, once; other maps stay open meanwhile.")
                if not st.button(f"Compute it, about {in_words(seconds)}", type="primary"):
                    st.stop()
            with_bar(f"{text}, about {in_words(seconds)}, once", steps.project(*wanted))
        if results.load_neighbour_lists(workspace, name, key, choice.subset) is None:
            with_bar(f"Neighbours under model {key}", map_steps.list_neighbours(workspace, name, key, choice.subset))
    if not results.list_sheets(workspace, name):
        with_bar("Thumbnails, once", map_steps.thumbnails(workspace, name))


def in_words(seconds: float) -> str:
    """A time as people say it."""
    return f"{max(1, round(seconds))} s" if seconds < 100 else f"{round(seconds / 60)} minutes"


def _seconds(model: str, method: str, parameters: dict, count: int) -> float:
    width = loaders.descriptors(model)[0].matrix.shape[1]
    return estimated_seconds(method, count, width, resolve_parameters(method, parameters, count, width))


def _choice() -> MapChoice:
    return MapChoice.read({name: link.get(name) for name in ("method", "subset", "settings", "seed")})


def _wanted(name: str, model: str, choice: MapChoice) -> tuple:
    return loaders.workspace(), name, model, choice.method, choice.subset, choice.parameters(), choice.seed
