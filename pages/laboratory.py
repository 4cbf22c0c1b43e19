"""Laboratory: what the report proposes or compares, on one's own photographs."""

import streamlit as st

from pages.state import loaders
from pages.state.link import choose
from pages.widgets import aggregations, fine_tuning
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS

PARTS = {"aggregation": "Aggregation", "training": "Training"}
QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    loaders.some_models()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Laboratory", width="content")
        part = choose("lab", PARTS, st.segmented_control, "Part", format_func=PARTS.get, **QUIET)
        if part == "aggregation":
            protocol = choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get, **QUIET)
    if part == "aggregation":
        aggregations.show(protocol)
    else:
        fine_tuning.show()


main()
