"""What describing a photograph costs each model, beside what it finds: a chart, a table, and a button for what is not measured yet."""

import pandas as pd
import streamlit as st

from pages.state import groups, link, loaders, model_metrics
from pages.state.link import choose
from pages.widgets import figures, tables, work
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.evaluation.costs import FASTEST, MEASURES, SLOWEST, cost_table, pareto_front
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.stored.costs import read_cost

DECIMALS = {MEAN: "{:.1f}", MEASURES["parameters"]: "{:.2f}", MEASURES["operations"]: "{:.0f}", MEASURES["bytes"]: "{:,.0f}",
            **dict.fromkeys((MEASURES["milliseconds"], FASTEST, SLOWEST), "{:.2f}")}  # fmt: skip
HEADS = {MEASURES["parameters"]: "parameters, M", MEASURES["operations"]: "multiply-adds, M", MEASURES["bytes"]: "bytes",
         MEASURES["milliseconds"]: "ms", FASTEST: "fastest", SLOWEST: "slowest"}  # fmt: skip


def show(protocol: str, own: str) -> None:
    """The section of the chosen run: what was measured, and what can be."""
    name, ready = link.get("dataset"), groups.compared(loaders.explorable_models())
    if link.get("run") == IMPORTED_RUN:
        st.subheader("What it costs")
        st.caption("The descriptors were imported: what it costs to make them can't be measured here.")
        return
    found = {key: cost for key in ready if (cost := read_cost(loaders.results(key)))}
    table = cost_table(found, _means(list(found), protocol, own)) if found else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What it costs to describe a photograph", width="stretch")
        if found:
            measure = choose("cost", MEASURES, st.segmented_control, "Measure of the cost", label_visibility="collapsed")
            tables.save(table, f"{name}-costs-{protocol}-{own}", "save costs")
    if found:
        _chart(table, measure, f"m{PROTOCOL_TITLES[protocol]} in percent")
        heads = {column: st.column_config.Column(short, help=column) for column, short in HEADS.items()}
        tables.draw(table.style.format(DECIMALS, na_rep="–"), heads)
        _caption(table)
    _measure(ready, [key for key in ready if key not in found])


def _means(models: list[str], protocol: str, own: str) -> dict[str, float]:
    scored = [key for key in models if key in model_metrics.scored_models()]
    return model_metrics.metrics(scored, own)[f"m{PROTOCOL_TITLES[protocol]}"].to_dict() if scored else {}


def _chart(table: pd.DataFrame, measure: str, title: str) -> None:
    if table[MEAN].isna().all():
        st.info(f"Without mAP there is no chart, only the table. {loaders.why_no_precision()}")
        return
    front = pareto_front(table, measure)
    figures.show(figures.cost_chart(table, measure, front, title), f"{link.get('dataset')}-costs-{measure}", "costs")
    st.caption(f"The line joins the Pareto front: {', '.join(front)}. No other model beats these: whoever wants to find more than one "
               "of them has to pay more. The axis of the cost is logarithmic.")  # fmt: skip


def _caption(table: pd.DataFrame) -> None:
    st.caption("Multiply-adds of convolutions, linear layers and attention, counted by torch at the size (pixels) at which the model "
               "describes. Milliseconds: median over five repeats, of photographs that are decoded already; where the repeats lie far "
               "apart, the machine had other work. A whitening is part of the time alone.")  # fmt: skip
    if table["measured on"].nunique() > 1:
        st.warning("These times are of several machines, so they can't be compared. Measure all models again.")


def _measure(ready: list[str], missing: list[str]) -> None:
    """A button that measures what is missing, or everything again, and the work while it goes on."""
    words = ["costs", "--dataset", link.get("dataset"), "--run", link.get("run")]
    arguments = [*words, "--models", ",".join(missing)] if missing else [*words, "--models", ",".join(ready), "--again"]
    work.offer(f"Measure {', '.join(missing)}" if missing else "Measure again", arguments,
               said="At work now (costs are never measured beside a run):", icon=":material/timer:",
               help="Describes up to 64 photographs of the dataset six times under each model.")  # fmt: skip
