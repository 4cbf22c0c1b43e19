"""Map: the descriptor space in the plane; click a photograph and see its true neighbours."""

from typing import cast

import streamlit as st

from pages.state import hidden, link, loaders, upload
from pages.state.defaults import NEIGHBOURS
from pages.state.link import choose
from pages.web import alone, map_scene
from pages.web.map import show_map
from pages.web.map.messages import IN_LINK, Placed, Shared
from pages.web.map_choice import MapChoice
from pages.web.scene_points import is_tiled
from pages.widgets import bins, gallery, projection
from pages.widgets.errors import shown_errors
from retrieval_core.presets import get_preset
from retrieval_core.projection.maps import FEWEST, METHODS, NO_MAP
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.colourings import colourings_of
from retrieval_core.stored.ranking import asked_picture

SUBSETS = {"all": "all", "labelled": "labelled"}
QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    model = loaders.chosen_model()
    dataset = loaders.dataset()
    upload.take_pasted()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Map", width="content")
        method = choose("method", METHODS, st.segmented_control, "Projection", format_func=lambda key: METHODS[key].title, **QUIET)
        subset = choose("subset", SUBSETS, st.segmented_control, "Photographs", format_func=SUBSETS.get, **QUIET)
        with st.popover("Settings", icon=":material/tune:"):
            projection.settings(method)
        with st.popover("Bins", icon=":material/inventory_2:"):
            bins.section(dataset)
        with st.popover("New picture", icon=":material/add_photo_alternate:"):
            upload.uploader()
        alone.button("map")
    link.allowed("k", NEIGHBOURS)
    choice, ids = MapChoice.read(link.map_parameters()), subset_ids(dataset, subset)
    others = [] if is_tiled(len(ids)) else [key for key in colourings_of(dataset) if key != "ap" or not hidden.hidden("ap")]
    link.allowed("colour", ["landmark", "overlap", *others])
    if len(ids) < FEWEST:
        st.info(f"A map takes at least {FEWEST} photographs, and of these there are {len(ids)}.")
        gallery.show_gallery(dataset, [gallery.Card(image_id, dataset.image(image_id).label or "unlabelled") for image_id in ids])
        return
    if not get_preset(model.key).has_vector:
        st.info(NO_MAP)
        if st.button(f"{model.key} and its galleries", icon=":material/image_search:"):
            link.go("query.py")
        return
    projection.make_missing(model.key, choice, len(ids))
    new = placed(model.key, choice)
    shared = cast(Shared, {
        **{name: link.get(name) for name in IN_LINK}, "selection": [] if new else link.selected(dataset),
        "placed": new["key"] if new else "",
    })  # fmt: skip
    address = f"files/scene/{dataset.name}?{choice.address()}&v={map_scene.version(dataset.name, choice)}"
    with alone.part("map"):
        in_browser(address, shared, new)


@st.fragment
def in_browser(address: str, shared: Shared, new: Placed | None) -> None:
    """The map. A change that is made on it runs this alone again; only what the rest of the page shows runs the page."""
    dataset = loaders.dataset()
    why, kept = show_map(address, shared, lambda heard: take_over(heard, dataset), new, bins.version(dataset))
    if kept:
        with shown_errors():
            bins.keep(dataset, kept["name"], kept["ids"], f"{kept['how']} on the map of {shared['model']}")
        st.rerun()
    gallery.follow(why, dataset)
    if link.get("model") != shared["model"] or (new and upload.uploaded() is None):
        st.rerun()


def placed(model: str, choice: MapChoice) -> Placed | None:
    """The picture that was handed over, on the map; None if there is none."""
    uploaded = upload.uploaded()
    if uploaded is None:
        return None
    results = loaders.results(model)
    descriptor = upload.describer(model).describe(uploaded.picture)
    found = map_scene.placed(results, choice, descriptor, asked_picture(uploaded.picture, None))
    key = f"{uploaded.key}-{results.dataset.name}-{model}-{choice.address()}"
    return {"key": key, "model": model, "picture": uploaded.thumbnail, **found}


def take_over(heard: Shared, dataset) -> None:
    """Keep what was changed in the browser."""
    link.put(**{name: str(value) for name, value in heard.items() if name in IN_LINK})
    if not heard.get("placed"):
        # A point, a query or Esc was chosen instead of the new picture.
        upload.drop()
    if "selection" in heard:
        link.select(heard["selection"], dataset)


main()
