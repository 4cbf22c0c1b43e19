"""What all queries keep of their AP when they are changed: the robustness chart, its table, and a button for what is missing."""

import pandas as pd
import streamlit as st

from pages.state import groups, link, loaders
from pages.state.link import choose
from pages.web import alone
from pages.widgets import figures, tables, work
from pages.widgets.robustness_figures import robustness_chart
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.changes import CHANGES
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.evaluation.robustness import (
    HIGH,
    KEPT,
    LOST,
    LOW,
    Robustness,
    bears_best,
    robustness_curves,
    robustness_table,
)
from retrieval_core.stored.robustness import read_robustness

QUIET = {"label_visibility": "collapsed"}


def section(protocol: str, dataset: Dataset) -> None:
    """One change at a time, over all queries and every model that was tried."""
    st.subheader("All queries: which model bears it?")
    if not any(query.positives for query in dataset.queries):
        st.info(f"The chart is of AP, and there is none here. {loaders.why_no_precision()}")
        return
    name = choose("change", CHANGES, st.segmented_control, "Change", format_func=lambda key: CHANGES[key].title, **QUIET)
    ready = groups.compared(loaders.explorable_models())
    found = {key: one for key in ready if (one := read_robustness(loaders.results(key), name))}
    if found:
        stamp = tuple((key, loaders.results(key).version) for key in found)
        curves, table = _measured(dataset.name, dataset.truth, protocol, name, stamp, found, dataset)
        _drawn(curves, table, dataset, protocol, name)
    else:
        st.markdown(f"Each of the {len(dataset.queries)} queries is changed at {len(CHANGES[name].strengths) - 1} strengths, described "
                    "and ranked anew; the database stays as it is.")  # fmt: skip
    _make(dataset, name, [key for key in ready if key not in found])


@st.cache_data(max_entries=64, show_spinner="Drawing landmarks anew …")
def _measured(
    name: str, truth: str, protocol: str, change: str, versions: tuple, _found: dict[str, Robustness], _dataset: Dataset
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Kept as long as descriptors and ground truth stay the same: the intervals are drawn anew ten thousand times."""
    return robustness_curves(_found, _dataset, protocol), robustness_table(_found, _dataset, protocol)


def _drawn(curves: pd.DataFrame, table: pd.DataFrame, dataset: Dataset, protocol: str, name: str) -> None:
    change, stem = CHANGES[name], f"{dataset.name}-{name}-{protocol}"
    title = f"m{PROTOCOL_TITLES[protocol]} in percent"
    figures.show(robustness_chart(curves, change, change.strengths, link.get("model"), title), stem, "robustness")
    st.markdown(f"{change.title}, the mean over its strengths: **{bears_best(table)}**")
    with alone.part("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{title} at each strength, and what is lost on the mean**", width="stretch")
            tables.save(table, stem, "save robustness")
            alone.button("table")
        signed = dict.fromkeys((LOST, LOW, HIGH), "{:+.1f}")
        means = [column for column in table if column not in (*signed, KEPT)]
        style = table.style.format(signed | {KEPT: "{:.0f}"}, na_rep="–")
        tables.draw(tables.mark_best(style.format("{:.1f}", subset=means), 0, means))
    few = len({query.label for query in dataset.queries}) == 1
    st.caption(f"Whiskers, {LOW} and {HIGH}: 95 % interval when whole landmarks are drawn anew"
               f"{'; there is only one, and so no interval' if few else ''}. {LOST}: points of the mean over all strengths but the one "
               f"that changes nothing; {KEPT}: the share of the mAP that is left. Who finds little has few points to lose: read both. "
               "The query image stays in the database, unchanged, and counts.")  # fmt: skip


def _make(dataset: Dataset, name: str, missing: list[str]) -> None:
    """A button that describes the changed queries under the models that lack it, and the work while it goes on."""
    words = ["robustness", "--dataset", dataset.name, "--run", link.get("run")]
    arguments = [*words, "--models", ",".join(missing), "--changes", name] if missing else [*words, "--changes", name]
    pictures = len(dataset.queries) * (len(CHANGES[name].strengths) - 1)
    work.offer(f"{CHANGES[name].title} of all queries under {', '.join(missing)}" if missing else "", arguments,
               icon=":material/science:", help=f"Changes and describes {pictures:,} pictures under each model.")  # fmt: skip
    st.caption("Without `--changes` it tries all of them.")
