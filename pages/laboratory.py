"""Laboratory: what the report proposes or compares, on one's own photographs."""

import streamlit as st

from pages.state import link, loaders, upload
from pages.state.link import choose
from pages.widgets import aggregations, break_it
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS

SECTIONS = {"aggregation": "Aggregation", "break": "Break it"}
QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    loaders.some_models()
    if link.get("laboratory") == "break":
        upload.take_pasted()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Laboratory", width="content")
        section = choose("laboratory", SECTIONS, st.segmented_control, "Section", format_func=SECTIONS.get, **QUIET)
        protocol = choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get, **QUIET)
        if section == "break":
            with st.popover("New picture", icon=":material/add_photo_alternate:"):
                upload.uploader()
    if section == "aggregation":
        aggregations.show(protocol)
    else:
        break_it.show(protocol)


main()
