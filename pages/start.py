"""Start: build what is missing and watch it; then a home with a small map of every model, a few queries, and the Ledger in small."""

import streamlit as st

from pages.state import hidden, link, loaders
from pages.widgets import build, curtain, home, start_tables, take_home

WAYS_ON = (
    ("map.py", "See the descriptor space", "map"), ("query.py", "Follow a query", "image_search"),
    ("compare.py", "Compare the models", "bar_chart"),
)  # fmt: skip


def main() -> None:
    st.title("Landmark retrieval")
    st.markdown("Networks describe photographs of landmarks. See what each of them takes for alike: "
                "browse the **Map**, follow a **Query** down its ranking, **Compare** the models' average precision.")  # fmt: skip
    asks = build.asks()
    if asks:
        build.controls()
    ready = loaders.explorable_models()
    if ready:
        ways_on(ready)
        if not build.going_on() and not curtain.closed("models", "labels"):
            home.show()
    if not asks and not hidden.hides():
        build.controls()
    if not hidden.hidden("models"):
        start_tables.leaderboard()
    start_tables.list_of_runs()
    start_tables.datasets()
    start_tables.left_by_older()


def ways_on(ready: list[str]) -> None:
    """What can be explored now, and the pages that show it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Ready to explore: **{', '.join(map(loaders.model_called, ready))}**", width="content")
        for page, words, icon in WAYS_ON:
            if st.button(words, icon=f":material/{icon}:"):
                link.go(page)
        take_home.offer()


main()
