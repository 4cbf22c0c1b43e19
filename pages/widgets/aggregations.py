"""Every aggregation of a model's map beside the others: figure 5 of the report on one's own photographs."""

import pandas as pd
import streamlit as st

from pages.state import door, link, loaders
from pages.web import alone
from pages.widgets import figures, model_choice, tables, work
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.aggregation_keys import REDUCED, aggregation_keys, trunk_key
from retrieval_core.evaluation.aggregations import FINE_TUNED, HIGH, LOW, PUBLISHED, Found, aggregation_table
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.search_choices import CODE
from retrieval_core.stored.aggregations import found_of

DECIMALS = dict.fromkeys((MEAN, LOW, HIGH, PUBLISHED, FINE_TUNED), "{:.1f}") | {"dimensions": "{:,.0f}", "bytes": "{:,.0f}"}


def show(protocol: str) -> None:
    """The section of the chosen model's trunk: what there is, and a button that makes the rest."""
    st.subheader("Aggregation: how the map of the last convolution becomes one descriptor")
    if link.get("run") == IMPORTED_RUN:
        st.info("The descriptors were imported: there is no network whose map could be aggregated. Choose another dataset on the left.")
        return
    model, dataset, ready = link.get("model"), loaders.dataset(), loaders.explorable_models()
    try:
        keys = aggregation_keys(model)
    except RetrievalError as error:
        st.info(door.shown(str(error)))
        return
    versions = {key: loaders.results(key) for key in [trunk_key(model), *keys] if key in ready}
    if len(versions) > 1:
        found = {key: found_of(results) for key, results in versions.items()}
        stamp = tuple((key, results.version) for key, results in versions.items())
        _drawn(_table(dataset.name, dataset.truth, protocol, stamp, found, dataset), dataset, protocol)
    else:
        st.markdown(f"One pass of the trunk of {trunk_key(model)} serves them all: GeM, MAC, the mean, SPoC, CroW, R-MAC, VLAD, "
                    "NetVLAD, Fisher vectors, a bag of words and ASMK. Vocabularies and whitenings are learnt on the training "
                    "landmarks. Each becomes a model of its own, with a map, galleries and rankings on every page; only ASMK, a set of "
                    "visual words and no vector, has no map.")  # fmt: skip
    _make(model, [key for key in keys if key not in ready])


@st.cache_data(max_entries=64, show_spinner=False)
def _table(name: str, truth: str, protocol: str, versions: tuple, _found: dict[str, Found], _dataset: Dataset) -> pd.DataFrame:
    """Kept as long as descriptors and ground truth stay the same: the intervals are drawn anew ten thousand times."""
    return aggregation_table(_found, _dataset, protocol)


def _drawn(table: pd.DataFrame, dataset: Dataset, protocol: str) -> None:
    """The chart, the table, and where a row leads to."""
    judged = table[MEAN].notna().any()
    stem = f"{dataset.name}-aggregations-{trunk_key(link.get('model'))}"
    if judged:
        figures.show(figures.aggregation_chart(table, f"m{PROTOCOL_TITLES[protocol]} in percent"), f"{stem}-{protocol}", "aggregations")
    else:
        st.info(f"Without ground truth there is no mAP, only what each takes. {loaders.why_no_precision()} Look at their maps and at "
                "the neighbours of a photograph instead: choose a row.")  # fmt: skip
    shown = table if judged else table.drop(columns=[MEAN, LOW, HIGH])
    style = shown.style.format({name: form for name, form in DECIMALS.items() if name in shown}, na_rep="–")
    if judged:
        style = tables.mark_best(style, 0, [MEAN])
    with alone.part("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Choose a row to see its map and its rankings**", width="stretch")
            tables.save(table, f"{stem}-{protocol}", "save aggregations")
            alone.button("table")
        height = 38 * (len(shown) + 1)
        event = tables.draw(style, height=height, key=f"table {stem}", on_select="rerun", selection_mode="single-row")
    chosen = [str(shown.index[row]) for row in event["selection"]["rows"]]
    if chosen:
        _links(chosen[0], judged)
    _caption(table, judged)


def _links(key: str, judged: bool) -> None:
    """Where the row of a model leads to."""
    with st.container(horizontal=True):
        model_choice.opened(key, "aggregation")
        before = trunk_key(key)
        if (
            judged
            and key != before
            and st.button(f"{before} → {key} in the Ledger", icon=":material/receipt_long:", key="aggregation ledger")
        ):
            link.put(before=before, after=key)
            link.go("ledger.py")


def _caption(table: pd.DataFrame, judged: bool) -> None:
    words = (f"Bytes a photograph, as stored (float32; of ASMK, on the mean, its words with {CODE} bits for each). ASMK has no vector: "
             "no dimensions, no whitening and no map, but a similarity of its own. VLAD and NetVLAD have 64 numbers a channel: here "
             f"they are whitened to {REDUCED}. R-MAC is whitened region by region. Nothing of an aggregation is trained: Fisher vector "
             "and NetVLAD are as they start.")  # fmt: skip
    if judged:
        words += f" Whiskers, {LOW} and {HIGH}: 95 % interval of the mean over queries when whole landmarks are drawn anew."
    if PUBLISHED in table or FINE_TUNED in table:
        words += " Published: of the same network on the same dataset, with other sizes and whitenings; fine-tuned networks apart."
    st.caption(words)


def _make(model: str, missing: list[str]) -> None:
    """A button that makes what is missing in one pass, and the work while it goes on."""
    arguments = ["aggregations", "--dataset", link.get("dataset"), "--run", link.get("run"), "--models", trunk_key(model)]
    work.offer(f"Aggregate the map of {trunk_key(model)} ({len(missing)} missing)" if missing else "", arguments,
               icon=":material/science:",
               help="Describes the dataset, and looks at up to 3,000 training photographs twice.")  # fmt: skip
