"""Laboratory: what the report proposes or compares, on one's own photographs."""

import streamlit as st

from pages.state import loaders
from pages.state.link import choose
from pages.widgets import aggregations, variants
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS

QUIET = {"label_visibility": "collapsed"}
PARTS = {"aggregation": ("Aggregation", aggregations.show), "variants": ("Variants", variants.show)}


def main() -> None:
    loaders.some_models()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Laboratory", width="content")
        part = choose("part", PARTS, st.segmented_control, "Part", format_func=lambda name: PARTS[name][0], **QUIET)
        protocol = choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get, **QUIET)
    PARTS[part][1](protocol)


main()
