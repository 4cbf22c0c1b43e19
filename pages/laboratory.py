"""Laboratory: what the report proposes or compares, on one's own photographs."""

import streamlit as st

from pages.state import link, loaders, upload
from pages.state.link import choose
from pages.widgets import aggregations, break_it, engines, fine_tuning, knobs, misread, model_choice, variants
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS

QUIET = {"label_visibility": "collapsed"}
PARTS = {
    "aggregation": ("Aggregation", aggregations.show),
    "knobs": ("Knobs", knobs.show),
    "variants": ("Variants", variants.show),
    "engines": ("Engines", lambda protocol: engines.show()),
    "break": ("Break it", break_it.show),
    "training": ("Training", lambda protocol: fine_tuning.show()),
    "misread": ("Misread t-SNE", lambda protocol: misread.show()),
}
UNSCORED = ("training", "misread", "engines")  # parts that print no AP


def main() -> None:
    loaders.some_models()
    if link.get("part") == "break":
        upload.take_pasted()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Laboratory", width="content")
        part = choose("part", PARTS, st.segmented_control, "Part", format_func=lambda name: PARTS[name][0], **QUIET)
        if part not in UNSCORED:
            choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get, **QUIET)
        if part in ("knobs", "break"):
            model_choice.side_by_side(loaders.explorable_models())
        if part == "break":
            with st.popover("New picture", icon=":material/add_photo_alternate:"):
                upload.uploader()
    PARTS[part][1](link.get("protocol"))


main()
