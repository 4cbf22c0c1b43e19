"""Runs of one setting that differ only in their seed: the spread of mAP, and how much of a step is the seed.

A step was seen under some seeds and some queries, and others would have given another figure. Both are drawn here: the interval is
the pigeonhole bootstrap (Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 2007), the shares are those of a two-way
random-effects model, by the method of moments (Searle, Casella & McCulloch, "Variance Components", 1992, chapter 4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import mean_average_precision
from retrieval_core.evaluation.ledger import ALL_STEPS, Step
from retrieval_core.evaluation.significance import LEVEL, Difference, compare, portions
from retrieval_core.evaluation.tables import MEAN, ScoresByModel, ap_table


def seed_table(scores: Mapping[str, ScoresByModel], protocol: str) -> pd.DataFrame:
    """Mean mAP of each model over runs that differ in their seed, and its spread; percent.

    Args:
        scores: by the name of the run. A model that some runs lack is computed over the others.
        protocol: one of PROTOCOLS.

    Returns:
        Models down, in the order of the runs; "mAP", "standard deviation" (of a sample: n − 1; NaN for one seed), "lowest",
        "highest" and "seeds" (a count) across. Where no query has positives there is no mAP, and the run does not count.
    """
    rows = [(model, mean_average_precision(entries, protocol)) for by_model in scores.values() for model, entries in by_model.items()]
    means = pd.DataFrame(rows, columns=["model", MEAN]).astype({MEAN: float}).groupby("model", sort=False)[MEAN]
    table = (means.agg(["mean", "std", "min", "max"]) * 100).assign(seeds=means.count()).rename_axis(None)
    return table.set_axis([MEAN, "standard deviation", "lowest", "highest", "seeds"], axis="columns")


@dataclass(frozen=True)
class SeededDifference:
    """How far `after` lies above `before` over seeds and queries, in points (percent of AP). JSON-able.

    `low` and `high` bound the 95 % interval over seeds and queries, `over_queries` has that of the mean over these very seeds.
    `between_seeds` is the standard deviation of the step from seed to seed. The shares, 0 to 1, divide the variance of `points`:
    what the seeds do, what the queries do, and what a seed does to a query alone. None where the figure needs a second seed, or
    a second landmark; the shares also where nothing varies.
    """

    points: float
    low: float | None
    high: float | None
    over_queries: Difference
    between_seeds: float | None
    seed_share: float | None
    query_share: float | None
    pair_share: float | None
    seeds: int

    @property
    def words(self) -> str:
        """For a person, as in "+3.1 points [0.4, 5.9] over 3 seeds × 55 queries; the seed explains 40 % of the uncertainty, …"."""
        points, queries = f"{round(self.points, 1) + 0.0:+.1f} points", _many(self.over_queries.queries, "query", "queries")
        if self.seeds == 1:
            within = _interval(self.over_queries.low, self.over_queries.high)
            return f"{points} {within} over {queries} under one seed; how much the seed does shows with a second one"
        over = f"over {self.seeds} seeds × {queries}"
        if self.low is None:
            return f"{points} {over}, all of one landmark: that gives no interval"
        said = f"{points} {_interval(self.low, self.high)} {over}"
        if self.seed_share is None:
            return said
        seed, query, pair = (f"{100 * share:.0f} %" for share in (self.seed_share, self.query_share, self.pair_share))
        return f"{said}; the seed explains {seed} of the uncertainty, the queries {query}, the two together {pair}"


def compare_over_seeds(
    before: Sequence[Sequence[float]] | np.ndarray,
    after: Sequence[Sequence[float]] | np.ndarray,
    groups: Sequence[str] | np.ndarray | None = None,
    seed: int = 0,
    resamples: int = 10_000,
) -> SeededDifference:
    """Compare the AP of the same queries under two models, each trained with the same seeds.

    Args:
        before, after: (S, Q) AP, 0 to 1: a row a seed, in the same order of seeds and of queries. A query that is NaN or None
            (no positives) in a row of either is dropped.
        groups: (Q,) labels: whole groups are drawn, and they are what varies, as in `compare`. None: every query by itself.
        seed: of the draws; the same seed gives the same figures.
        resamples: draws of each bootstrap.

    Returns:
        The difference. The bootstrap of S seeds shows only (S − 1) / S of the variance between them: on simulated steps of
        3 seeds × 11 landmarks its 95 % interval held the truth in 91 … 93 % where the seed did a quarter of the variance or
        less, in 87 % where it did three quarters (over queries alone: 83 … 85 % and 61 %).

    Raises:
        RetrievalError: the shapes differ, there is no seed, or no query is left to compare.
    """
    first, second = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if first.ndim != 2 or first.shape != second.shape or not len(first):
        raise RetrievalError(
            f"A step over seeds needs both models on the same seeds and queries: {first.shape} values before, {second.shape} after."
        )
    kept = ~np.isnan(second - first).any(axis=0)
    labels = np.arange(first.shape[1]) if groups is None else np.asarray(groups)
    over_queries = compare(np.where(kept, first.mean(axis=0), np.nan), second.mean(axis=0), labels, seed, resamples)
    change = (second - first)[:, kept] * 100
    _, group, sizes = np.unique(labels[kept], return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(group, row) for row in change])
    low = high = None
    if min(sums.shape) > 1:
        low, high = _pigeonhole_interval(sums, sizes, np.random.default_rng([seed, 2]), resamples)
    between = float(change.mean(axis=1).std(ddof=1)) if len(change) > 1 else None
    return SeededDifference(float(change.mean()), low, high, over_queries, between, *_shares(sums, sizes), seeds=len(change))


@dataclass(frozen=True)
class SeededStep:
    """What one step of the ledger gained over several runs; `map_*` are means over them, in percent. JSON-able."""

    step: Step
    protocol: str
    runs: tuple[str, ...]
    map_before: float
    map_after: float
    difference: SeededDifference


def seeded_ledger(
    scores: Mapping[str, ScoresByModel], dataset: Dataset, protocol: str, seed: int = 0, steps: Sequence[Step] = ALL_STEPS
) -> list[SeededStep]:
    """Those of the steps whose two models have scores in at least two of the runs, in their order.

    `scores` is by the name of the run; the runs differ in their seed alone. Whole landmarks are drawn, as in `ledger`.
    Raises RetrievalError if a model's scores lack a query, or if no query has positives.
    """
    landmarks = [query.label for query in dataset.queries]
    entries = []
    for step in steps:
        runs = [run for run, by_model in scores.items() if step.before in by_model and step.after in by_model]
        if len(runs) < 2:
            continue
        both = ({model: scores[run][model] for model in (step.before, step.after)} for run in runs)
        tables = np.stack([ap_table(pair, dataset, protocol, "all") for pair in both])
        aps, (map_before, map_after) = tables[:, :, :-1] / 100, tables[:, :, -1].mean(axis=0)  # the last column is the mean
        difference = compare_over_seeds(aps[:, 0], aps[:, 1], landmarks, seed)
        entries.append(SeededStep(step, protocol, tuple(runs), float(map_before), float(map_after), difference))
    return entries


def _pigeonhole_interval(sums: np.ndarray, sizes: np.ndarray, random: np.random.Generator, resamples: int) -> tuple[float, float]:
    """Percentile interval of the mean when seeds and groups of these sums (S, G) and sizes (G,) are drawn, each by itself."""
    (seeds, groups), means = sums.shape, []
    for count in portions(seeds + groups, resamples):
        seed_draws = random.multinomial(seeds, np.full(seeds, 1 / seeds), count)  # how often each was drawn
        group_draws = random.multinomial(groups, np.full(groups, 1 / groups), count)
        means.append(((seed_draws @ sums) * group_draws).sum(axis=1) / (seeds * (group_draws @ sizes)))
    low, high = np.quantile(np.concatenate(means), [LEVEL / 2, 1 - LEVEL / 2])
    return float(low), float(high)


def _shares(sums: np.ndarray, sizes: np.ndarray) -> tuple[float, float, float] | tuple[None, None, None]:
    """Shares of the variance of the mean that come from seeds, groups and pairs of both; None where they cannot be told apart.

    Of the means of groups, m[s, g] = μ + seed[s] + group[g] + pair[s, g], from sums (S, G) and sizes (G,). Components below 0 are 0.
    """
    (seeds, groups), means = sums.shape, sums / sizes
    if min(sums.shape) < 2:
        return None, None, None
    by_seed, by_group = means.mean(axis=1), means.mean(axis=0)
    pair = ((means - by_seed[:, None] - by_group + means.mean()) ** 2).sum() / ((seeds - 1) * (groups - 1))
    seed = max(0.0, by_seed.var(ddof=1) - pair / groups)
    group = max(0.0, by_group.var(ddof=1) - pair / seeds)
    weight = ((sizes / sizes.sum()) ** 2).sum()  # 1 / G where all groups have as many queries
    parts = np.array([seed / seeds, group * weight, pair * weight / seeds])
    if parts.sum() <= 1e-12:
        return None, None, None
    return tuple((parts / parts.sum()).tolist())


def _interval(low: float, high: float) -> str:
    return f"[{round(low, 1) + 0.0:.1f}, {round(high, 1) + 0.0:.1f}]"  # + 0.0: no "-0.0"


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
