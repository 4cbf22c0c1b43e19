"""Photographs that a training set and a test set seem to share, side by side: a person says which are different."""

import streamlit as st

from pages.state import actions, door, loaders
from pages.state.plain import plain
from pages.widgets import work
from retrieval_core.datasets.catalog import BUILT_IN, list_datasets, open_dataset
from retrieval_core.datasets.thumbnails import small_jpeg
from retrieval_core.errors import RetrievalError
from retrieval_core.training.overlap import SAME_FILE, Pair, known_pairs, unconfirmed

SHOWN = 12  # pairs that are shown at a time
SIDE = 240  # pixels of a picture's longest side


def show() -> None:
    """Every training set that was added against every test set: what was found, or a button that looks."""
    entries = [entry for entry in list_datasets(loaders.workspace()) if entry.ready]
    training = [entry.name for entry in entries if not entry.retrieval and entry.name not in BUILT_IN]
    tests = [entry.name for entry in entries if entry.retrieval]
    if not training:
        return
    st.subheader("Training sets and test sets")
    st.caption("What was trained on is no test. A photograph that is in both is refused; one that only looks like another is refused "
               "until you say that the two are different photographs.")  # fmt: skip
    if work.going_on():
        st.caption("At work now; what it finds is shown when it is done.")
        return
    for name in training:
        for test in tests:
            _compare(name, test)


def _compare(training: str, retrieval: str) -> None:
    workspace = loaders.workspace()
    try:
        pairs = known_pairs(workspace, open_dataset(workspace, training), open_dataset(workspace, retrieval))
    except RetrievalError as error:
        st.caption(f"{training} and {retrieval}: {door.shown(str(error))}")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        found = "not compared yet" if pairs is None else f"{len(pairs):,} pairs, {len(unconfirmed(workspace, pairs)):,} to be looked at"
        st.markdown(f"**{training}** and **{retrieval}**: {found}", width="stretch")
        if pairs is None and door.button("Compare them", key=f"compare {training} {retrieval}"):
            work.begin(["data", "overlap", training, retrieval], "look")
    for pair in unconfirmed(workspace, pairs or [])[:SHOWN]:
        _pair(pair)


def _pair(pair: Pair) -> None:
    left, right, words = st.columns([1, 1, 2], vertical_alignment="center")
    for column, path, whose in ((left, pair.training_path, pair.training), (right, pair.retrieval_path, pair.retrieval)):
        try:
            column.image(small_jpeg(path, SIDE), caption=whose, alt=f"Photograph of {whose}")
        except RetrievalError as error:
            column.caption(door.shown(str(error)))
    words.markdown(f"{pair.kind}: {plain(pair.training_id)} and {plain(pair.retrieval_id)}")
    if pair.kind == SAME_FILE:
        words.caption("The same file. Remove it from one of the two.")
    elif door.button(
        "These are different photographs", place=words, key=f"different {pair.training} {pair.training_id} {pair.retrieval_id}"
    ):
        actions.call_different(pair.training, [pair])
        st.rerun()
