"""Runs side by side: their means, mean and spread over seeds, and how much of a step is the seed and how much the queries."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from pages.state import groups, loaders, model_metrics
from pages.widgets import tables, work
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, Score, mean_average_precision
from retrieval_core.evaluation.ledger import Step
from retrieval_core.evaluation.seeds import seed_table
from retrieval_core.stored.run_list import find_runs, seed_groups

ByRun = Mapping[str, Mapping[str, Sequence[Score]]]


def runs(dataset: Dataset, protocol: str) -> None:
    """The mAP of every run, and mean and standard deviation over seeds; nothing where there is one run."""
    scores = _side_by_side(model_metrics.scored_runs())
    if len(scores) < 2:
        return
    means = {run: {model: _percent(found, protocol) for model, found in models.items()} for run, models in scores.items()}
    table = pd.DataFrame.from_dict(means, orient="index").rename_axis("run")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"Runs side by side: mAP in percent, {PROTOCOL_TITLES[protocol]}", width="stretch")
        tables.save(table, f"{dataset.name}-runs-{protocol}", "save runs")
    tables.draw(table.style.format("{:.1f}"))
    for name, members in _groups(scores).items():
        spread = seed_table({run: scores[run] for run in members}, protocol)
        shown = spread.apply(lambda row: f"{row['mAP']:.1f} ± {row['standard deviation']:.1f} ({row['seeds']:.0f})", axis=1)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{name}**: mean ± standard deviation over seeds (number of seeds)", width="stretch")
            tables.save(spread, f"{dataset.name}-{name}-seeds-{protocol}", f"save seeds {name}")
        tables.draw(shown.to_frame(name).T)
        _command(dataset, "evaluate", members, protocol)


def steps_over_seeds(dataset: Dataset, protocol: str, steps: Sequence[Step]) -> None:
    """What each of the steps is worth over several seeds, paired over seeds and queries; nothing where there is one seed."""
    scores = model_metrics.scored_runs()
    for name, members in _groups(scores).items():
        entries = model_metrics.bought_over_seeds({run: scores[run] for run in members}, protocol, steps)
        if not entries:
            continue
        table = pd.DataFrame([{
            "step": f"{entry.step.before} → {entry.step.after}", "what changed": entry.step.change, "Δ mAP": entry.difference.points,
            "low": entry.difference.low, "high": entry.difference.high, "low, queries alone": entry.difference.over_queries.low,
            "high, queries alone": entry.difference.over_queries.high, "sd between seeds": entry.difference.between_seeds,
            "of the seed, %": _share(entry.difference.seed_share), "of the queries, %": _share(entry.difference.query_share),
            "of both, %": _share(entry.difference.pair_share),
        } for entry in entries]).set_index("step")  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Over {len(members)} seeds of {name}", width="stretch")
            tables.save(table, f"{dataset.name}-{name}-seeded-ledger-{protocol}", f"save seeded {name}")
        forms = {column: "{:.1f}" for column in table.columns if column != "what changed"} | {"Δ mAP": "{:+.1f}"}
        tables.draw(table.style.format(forms))
        st.caption("Interval over seeds and landmarks, both drawn anew (pigeonhole bootstrap); beside it the one over landmarks alone. "
                   "The last columns divide the variance of the step: what the seed does, what the queries do, and what a seed does "
                   "to a query alone.")  # fmt: skip
        _command(dataset, "ledger", members, protocol)


def _side_by_side(scores: ByRun) -> dict[str, dict[str, Sequence[Score]]]:
    """Of every run the models that the link wants side by side."""
    wanted = groups.compared(dict.fromkeys(model for models in scores.values() for model in models))
    found = {run: {model: models[model] for model in wanted if model in models} for run, models in scores.items()}
    return {run: models for run, models in found.items() if models}


def _groups(scores: ByRun) -> dict[str, list[str]]:
    known = [run for run in find_runs(loaders.workspace()) if run.name in scores]
    return {name: [run.name for run in members] for name, members in seed_groups(known).items() if len(members) > 1}


def _command(dataset: Dataset, verb: str, members: Sequence[str], protocol: str) -> None:
    words = (verb, "--dataset", dataset.name, "--run", ",".join(members), "--protocol", protocol)
    work.show_command(loaders.workspace().command(*words))


def _percent(scores: Sequence[Score], protocol: str) -> float:
    mean = mean_average_precision(scores, protocol)
    return float("nan") if mean is None else 100 * mean


def _share(share: float | None) -> float | None:
    return None if share is None else 100 * share
