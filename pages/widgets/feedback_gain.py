"""What a simulated user gains by each method of feedback: chart, table, what is offered first, and a button that measures it."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.state import link, loaders
from pages.web import alone
from pages.widgets import figures, tables, work
from pages.widgets.robustness_figures import SYMBOLS
from pages.widgets.style import HUES
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.feedback.methods import METHODS
from retrieval_core.feedback.simulations import (
    AFTER,
    BEFORE,
    BETTER,
    CHANGE,
    HIGH,
    LOW,
    MARKS,
    METHOD,
    QUERIES,
    ROUND,
    ROUNDS,
    WORSE,
    Simulation,
    gain_table,
    offered,
)
from retrieval_core.stored.feedback import read_simulations


def first_choice(dataset: Dataset, model: str, beside: str, protocol: str) -> tuple[str | None, str]:
    """The method that is offered first, None for none, and why. Where nothing was measured that is the oldest of them."""
    if not _judged(dataset):
        return "rocchio", "No ground truth judges these answers: nothing says which method helps here"
    found = read_simulations(loaders.results(model), beside=beside)
    if not found:
        return "rocchio", f"What the methods are worth under {model} is not measured yet; the button below does it"
    table, name = _measured(dataset, protocol, {model: found})
    if name is None:
        return None, f"Under {model} no method was safely better than no feedback after a simulated user's first round, so none is on"
    row = table[(table[METHOD] == METHODS[name].title) & (table[ROUND] == 1)].iloc[0]
    return name, (f"Offered first under {model}: {METHODS[name].title}, {row[CHANGE]:+.1f} points [{row[LOW]:.1f}, {row[HIGH]:.1f}] "
                  "after a simulated user's first round")  # fmt: skip


def section(dataset: Dataset, model: str, beside: str, protocol: str) -> None:
    """What the methods are worth under a model, over all queries; of those that learn from two models, with the chosen second one."""
    st.subheader("Does it help? A simulated user over all queries")
    if not _judged(dataset):
        st.info(f"A simulated user marks by the ground truth, and there is none here. {loaders.why_no_precision()}")
        return
    found = read_simulations(loaders.results(model), beside=beside)
    if found:
        _drawn(_measured(dataset, protocol, {model: found})[0], f"{dataset.name}-{model}-feedback-{protocol}", protocol)
    else:
        st.markdown(f"In each of {ROUNDS} rounds the ground truth marks the first {MARKS} answers that are not marked yet.")
    wanted = [name for name, method in METHODS.items() if method.views == 1 or beside]
    _make(dataset, model, beside, [name for name in wanted if name not in {one.method for one in found}])


def _judged(dataset: Dataset) -> bool:
    return any(query.positives for query in dataset.queries)


def _measured(dataset: Dataset, protocol: str, found: dict[str, list[Simulation]]) -> tuple[pd.DataFrame, str | None]:
    stamp = tuple(hash((model, one)) for model, simulations in found.items() for one in simulations)
    return _tabled(dataset.name, dataset.truth, protocol, stamp, found, dataset)


@st.cache_data(max_entries=64, show_spinner="Drawing landmarks anew …")
def _tabled(
    name: str, truth: str, protocol: str, stamp: tuple, _found: dict[str, list[Simulation]], _dataset: Dataset
) -> tuple[pd.DataFrame, str | None]:
    """Kept as long as simulations and ground truth stay the same: the intervals are drawn anew ten thousand times."""
    [simulations] = _found.values()
    return gain_table(_found, _dataset, protocol), offered(simulations, _dataset, protocol)


def _drawn(table: pd.DataFrame, stem: str, protocol: str) -> None:
    title = f"Δ m{PROTOCOL_TITLES[protocol]} of what is not marked, points"
    figures.show(gain_chart(table, title), stem, "gain")
    with alone.part("gain"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{title}, round by round**", width="stretch")
            tables.save(table, stem, "save gain")
            alone.button("gain")
        numbers = dict.fromkeys((CHANGE, LOW, HIGH), "{:+.1f}") | dict.fromkeys((BEFORE, AFTER), "{:.1f}")
        tables.draw(table.style.format(numbers, na_rep="–"))
    st.caption("Marked photographs are left out before and after: the longer one marks, the fewer and the harder right answers are "
               f"left, and mAP falls in both. {BETTER}, {WORSE}: queries that gained, and that lost; {QUERIES}: those with a right "
               f"answer that is not marked. Whiskers, {LOW} and {HIGH}: 95 % interval when whole landmarks are drawn anew. Of two "
               "models, before is the sum of both similarities. Junk is never marked.")  # fmt: skip


def gain_chart(table: pd.DataFrame, title: str) -> go.Figure:
    """A curve a method over the rounds, with 95 % intervals; the methods' points stand beside each other."""
    figure, names = go.Figure(), list(dict.fromkeys(table[METHOD]))
    for number, name in enumerate(names):
        rows = table[(table[METHOD] == name) & table[CHANGE].notna()]
        shift = 0.5 * (number / (len(names) - 1) - 0.5) if len(names) > 1 else 0.0
        figure.add_trace(go.Scatter(
            x=rows[ROUND] + shift, y=rows[CHANGE], name=name, mode="lines+markers",
            line={"color": HUES[number % len(HUES)], "width": 2},
            marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 9},
            error_y={"type": "data", "symmetric": False, "array": rows[HIGH] - rows[CHANGE], "arrayminus": rows[CHANGE] - rows[LOW],
                     "thickness": 1.5, "width": 3},
            text=[f"{name}, round {place}: {change:+.1f} [{low:.1f}, {high:.1f}], {worse} of {queries} queries worse"
                  for place, change, low, high, worse, queries
                  in rows[[ROUND, CHANGE, LOW, HIGH, WORSE, QUERIES]].itertuples(index=False)],
            hovertemplate="%{text}<extra></extra>",
        ))  # fmt: skip
    figure.add_hline(y=0, line={"color": "#808080", "width": 1})
    figure.update_layout(
        height=400, margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": f"round, {MARKS} photographs marked in each", "dtick": 1, "zeroline": False}, yaxis={"title": title},
    )  # fmt: skip
    return figure


def _make(dataset: Dataset, model: str, beside: str, missing: list[str]) -> None:
    """A button that simulates what is missing, and the work while it goes on."""
    words = ["feedback", "--simulate", "--dataset", dataset.name, "--run", link.get("run"), "--models", model]
    arguments = [*words, *(["--beside", beside] if beside else [])]
    work.offer(f"Simulate a user under {model}{f' and {beside}' if beside else ''}" if missing else "", arguments, "look",
               icon=":material/science:", help=f"{', '.join(METHODS[name].title for name in missing)}: {len(dataset.queries)} queries, "
               f"{ROUNDS} rounds of {MARKS} marks.")  # fmt: skip
