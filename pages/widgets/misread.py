"""Laboratory → Misread t-SNE: strips of small maps, what one is tempted to read in them, and what is true in descriptor space."""

import streamlit as st

from pages.state import door, link, loaders
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.web.small_maps import Mark, SmallMap, show_small_maps
from pages.widgets import tables, work
from retrieval_core.datasets.types import Dataset
from retrieval_core.presets import get_preset
from retrieval_core.projection.drawing import PALE, drawn_map, landmark_hue, marker_path
from retrieval_core.projection.maps import FEWEST, NO_MAP
from retrieval_core.projection.misreading.strip import METHOD, Panel, Strip, in_words
from retrieval_core.projection.misreading.strips import STANDING, STRIPS, strip_table
from retrieval_core.search_choices import described_key
from retrieval_core.stored.misread import Misread, read_misread


def show() -> None:
    """The strips of the chosen model, where they were made, and a button that makes them."""
    model, dataset = described_key(loaders.chosen_model().key), loaders.dataset()
    st.subheader(f"How to misread t-SNE, on our photographs under {model}")
    if not get_preset(model).has_vector:
        st.info(NO_MAP)
        return
    if len(dataset.images) < FEWEST:
        st.info(f"A map takes at least {FEWEST} photographs, and of these there are {len(dataset.images)}.")
        return
    found = read_misread(loaders.results(model))
    if found is None:
        st.markdown("Seven strips of small maps: perplexity, steps, sizes of clusters, distances between them, noise, several runs and "
                    "shuffled labels. Each says what one is tempted to read, and what is measured in descriptor space.")  # fmt: skip
    else:
        st.markdown(f"**{STANDING}** Here are the figures.")
        chosen = choose("strip", ("", *STRIPS), st.segmented_control, "Strip", label_visibility="collapsed",
                        format_func=lambda key: STRIPS[key].title if key else "All")  # fmt: skip
        _legend(dataset)
        for key in [chosen] if chosen else STRIPS:
            _strip(key, found.strips[key], found, dataset)
        _about(found)
    _make(model, dataset, missing=found is None)


def _legend(dataset: Dataset) -> None:
    marks: list[Mark] = [{"name": name, "colour": landmark_hue(number), "path": marker_path(number)}
                         for number, name in enumerate(dataset.labels)]  # fmt: skip
    show_small_maps({"kind": "legend", "marks": marks, "maps": []})


def _strip(key: str, strip: Strip, found: Misread, dataset: Dataset) -> None:
    kind = STRIPS[key]
    with alone.part(key):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {kind.title}: {kind.tempts}", width="stretch")
            if strip.panels:
                tables.save(strip_table(strip), f"{dataset.name}-misread-{key}", f"save {key}")
                alone.button(key)
        if strip.missing:
            st.info(strip.missing)
            return
        st.markdown(plain(kind.says(strip)))
        opened = show_small_maps({"kind": f"misread {key}", "marks": [], "maps": [_drawn(kind.title, one) for one in strip.panels]})
    if opened is not None and (panel := strip.panels[opened]).settings is not None:
        settings = ",".join(f"{name}={value:g}" for name, value in panel.settings.items())
        isolated = link.listed(strip.names) if panel.lines else ""
        link.put(method=METHOD, subset=found.subset, settings=settings, seed=str(panel.seed), view="", landmarks=isolated)
        link.go("map.py")


def _drawn(title: str, panel: Panel) -> SmallMap:
    drawing = drawn_map(panel.xy, panel.codes, lines=panel.lines, size=20)
    figures = [in_words(name, value) for name, value in panel.figures.items()]
    return {
        "title": panel.title, "words": f"{title}, {panel.title}", "figures": figures, "side": drawing.side,
        "paths": [{"path": path, "colour": landmark_hue(code), "opacity": PALE if code < 0 else 1.0}
                  for code, path in drawing.paths.items()],
        "lines": [{"x1": x1, "y1": y1, "x2": x2, "y2": y2, "text": text} for x1, y1, x2, y2, text in drawing.lines],
        "opens": panel.settings is not None,
    }  # fmt: skip


def _about(found: Misread) -> None:
    drawn = (
        f"{found.count:,} of the {found.of:,}, drawn with seed 0; the page Map shows all"
        if found.count < found.of
        else f"all {found.of:,}"
    )
    st.caption(
        f"Photographs: {found.subset}, {drawn}. Maps are made as on the page Map, and turned onto the usual one. Neighbours kept: the "
        "share of a photograph's ten nearest in descriptor space that are among its ten nearest on the map. Clusters seen: those that "
        "HDBSCAN finds on the map. Order of distances kept: of all comparisons of two distances between landmarks' middles, those that "
        "come out as in descriptor space. Widths: the median distance to the middle, of the first landmark in units of the second. "
        "Second and third distance: in lengths of the one that is shortest in truth. What has no button can't be made on the page Map: "
        "other descriptors, another start, or other labels."
    )


def _make(model: str, dataset: Dataset, missing: bool) -> None:
    """A button that makes the strips, and the work while it goes on."""
    arguments = ["misread", "--dataset", dataset.name, "--run", link.get("run"), "--models", model]
    if work.at_work():
        return
    work.ended_badly(work.last(arguments))
    if missing and door.button(f"Make the strips of {model}", icon=":material/scatter_plot:", help="About thirty small maps."):
        work.begin(arguments, "look")
    work.same_command(arguments)
