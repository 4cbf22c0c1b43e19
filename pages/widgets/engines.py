"""Search engines on pages: fields for one and for filters on Query, and in the Laboratory what each finds and takes."""

import streamlit as st

from pages.state import door, engines, hidden, link, loaders
from pages.state.engines import BIN, LANDMARK, UNLABELLED
from pages.state.plain import plain
from pages.widgets import tables, work
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.search_recall import engine_table
from retrieval_core.search_choices import described_key
from retrieval_core.stored.bins import read_bins
from retrieval_core.stored.engines import built_engines, chosen_engine, read_measured, usable_engines

HEADS = {"recall@10": "of the ten nearest by exact search, how many it finds", "median ms": "of one search, one at a time",
         "95 % ms": "so many milliseconds are enough for 95 of 100 searches", "build s": "to insert all descriptors",
         "MB in memory": "that opening and searching took"}  # fmt: skip


def fields(model: str, dataset: Dataset) -> None:
    """What finds the photographs of the view Ranking, and which may be found."""
    known = engines.offered(model)
    _field("engine", "Search engine", list(dict.fromkeys([*known, link.get("engine")])), door.said)
    if not hidden.hidden("labels", "verdicts"):
        bins = [f"{BIN}{bin.name}" for bin in read_bins(loaders.workspace(), dataset.name)]
        own = [f"{LANDMARK}{label}" for label in dataset.labels]
        options = ["", *([UNLABELLED] if any(image.label is None for image in dataset.images) else []), *own, *bins]
        _field("within", "Find only", options, _called)
    st.caption("The view **Ranking** is found by this engine and among these, and so, among all, are the neighbours of a photograph "
               "that is clicked on the **Map**. Average precision and all other views are of exact search among all. An engine is "
               "filled in the **Laboratory**, part Engines.")  # fmt: skip


def _field(name: str, label: str, options: list[str], called) -> None:
    if link.get(name) not in options:
        link.allowed(name, options)
    key = f"{name} of the search"
    st.session_state[key] = link.get(name)
    st.selectbox(label, options, key=key, format_func=called, on_change=lambda: link.put(**{name: st.session_state[key]}))


def _called(value: str) -> str:
    if value.startswith(LANDMARK):
        return f"of {value.removeprefix(LANDMARK)}"
    return f"in the bin {value.removeprefix(BIN)}" if value.startswith(BIN) else value or "all photographs"


def say(models: list[str]) -> None:
    """Say above rankings what they are not: exact, or of all photographs."""
    for model in models:
        called = plain(loaders.model_called(model))
        if why := engines.why_not(loaders.results(model), link.get("engine")):
            st.caption(f"{called}: {door.shown(link.get('engine'))} {why}, so it is searched exactly.")
        if words := engines.words(model):
            st.caption(f"{called}: {door.shown(words)}. Average precision is that of the exact ranking of all photographs.")


def show() -> None:
    """The Laboratory's part: a table of the engines that were measured with the chosen model, and a button that measures."""
    model = described_key(loaders.chosen_model().key)
    results, name = loaders.results(model), link.get("dataset")
    known = dict.fromkeys([*usable_engines(results), *built_engines(results)])
    measured = {(model, engine): one for engine in known if (one := read_measured(results, chosen_engine(results, engine)))}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"Search engines with the descriptors of {plain(loaders.model_called(model))}", width="stretch")
        if measured:
            table = engine_table(measured).set_index("engine").rename(door.said)
            tables.save(table, f"{name}-engines-{model}", "save engines")
    if measured:
        form = {"recall@10": "{:.3f}", "median ms": "{:.2f}", "95 % ms": "{:.2f}", "build s": "{:.1f}", "MB on disk": "{:.1f}",
                "MB in memory": "{:.1f}"}  # fmt: skip
        heads = {column: st.column_config.Column(column, help=text) for column, text in HEADS.items()}
        tables.draw(table.style.format(form, na_rep="–"), heads)
        one = next(iter(measured.values()))
        st.caption(f"{one.searched:,} photographs, spread evenly, search for their ten nearest, one by one, and are not counted for "
                   "finding themselves. Similarities are always those of the descriptors: what an engine finds stands in the right "
                   f"order. Measured on {plain(one.machine)}.")  # fmt: skip
    else:
        st.markdown("Exact search compares a query with every photograph. Other engines look at some of them, which is quicker among "
                    "millions, and miss a few: how many is measured here.")  # fmt: skip
    missing = [engine for engine in usable_engines(results) if (model, engine) not in measured]
    arguments = ["engines", "compare", "--dataset", name, "--run", link.get("run"), "--models", model]
    label = f"Fill and measure {', '.join(missing)}" if missing else "Measure again"
    work.offer(label, arguments if missing else [*arguments, "--again"], icon=":material/speed:",
               help="Inserts the descriptors where that is not done, and searches for up to 200 of them.")  # fmt: skip
