"""Whether two models differ by more than the choice of queries explains.

The interval is a paired bootstrap (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, percentile interval), the
p value a paired randomisation test (Smucker, Allan & Carterette, "A comparison of statistical significance tests for
information retrieval evaluation", CIKM 2007).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval_core.errors import RetrievalError

LEVEL = 0.05
EQUAL = 1e-9  # APs closer than this are the same ranking, summed in another order
_DRAWS = 1 << 20  # random numbers held at a time


@dataclass(frozen=True)
class Difference:
    """How far `after` lies above `before`: mean over queries, in points (percent of AP). JSON-able.

    `low` and `high` bound the 95 % interval; `p` is two-sided. `units` is what was drawn: queries, or whole groups.
    """

    points: float
    low: float
    high: float
    p: float
    better: int
    worse: int
    equal: int
    units: int
    resamples: int
    seed: int

    @property
    def queries(self) -> int:
        """How many queries were compared."""
        return self.better + self.worse + self.equal

    @property
    def significant(self) -> bool:
        """Whether p lies below 5 %."""
        return self.p < LEVEL

    @property
    def words(self) -> str:
        """For a person, as in "+3.1 points [1.2, 5.0], significant at 5 % (p = 0.002)"."""
        points, low, high = (round(value, 1) + 0.0 for value in (self.points, self.low, self.high))  # + 0.0: no "-0.0"
        finding = "significant at 5 %" if self.significant else "not significant"
        chance = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}" if self.p < 0.1 else f"p = {self.p:.2f}"
        return f"{points:+.1f} points [{low:.1f}, {high:.1f}], {finding} ({chance})"


def compare(
    before: Sequence[float] | np.ndarray,
    after: Sequence[float] | np.ndarray,
    groups: Sequence[str] | np.ndarray | None = None,
    seed: int = 0,
    resamples: int = 10_000,
) -> Difference:
    """Compare the AP of the same queries under two models.

    Args:
        before, after: (Q,) AP, 0 to 1, in the same order of queries. NaN or None (no positives) on either side drops the pair.
        groups: (Q,) labels. Queries of one landmark rise and fall together; with their landmarks given, whole landmarks
            are drawn and flipped. None: every query by itself. Of g groups p cannot fall below 2 / 2^g, and with few
            of them (below ten, say) the interval comes out too narrow.
        seed: of the draws; the same seed gives the same figures.
        resamples: draws of the bootstrap, and again of the test.

    Raises:
        RetrievalError: the lengths differ, or no query is left to compare.
    """
    first, second = np.asarray(before, np.float64), np.asarray(after, np.float64)
    labels = np.arange(len(first)) if groups is None else np.asarray(groups)
    if not len(first) == len(second) == len(labels):
        raise RetrievalError(
            f"Two models can be compared on the same queries only: {len(first)} values before, {len(second)} after"
            + ("." if groups is None else f", {len(labels)} groups.")
        )
    kept = ~(np.isnan(first) | np.isnan(second))
    if not kept.any():
        raise RetrievalError("There is no query with positives to compare the models on. Choose a dataset with ground truth.")
    change = (second - first)[kept] * 100
    _, group = np.unique(labels[kept], return_inverse=True)
    sums, sizes = np.bincount(group, change), np.bincount(group)
    low, high = _interval(sums, sizes, np.random.default_rng([seed, 0]), resamples)
    better, worse = int((change > 100 * EQUAL).sum()), int((change < -100 * EQUAL).sum())
    return Difference(
        float(change.mean()), low, high, _chance(sums, np.random.default_rng([seed, 1]), resamples),
        better, worse, len(change) - better - worse, len(sums), resamples, seed,
    )  # fmt: skip


def interval_of_mean(
    values: Sequence[float | None], groups: Sequence[str], seed: int = 0, resamples: int = 10_000
) -> tuple[float, float]:  # fmt: skip
    """The 95 % interval, in percent, of the mean AP of queries (Q,), 0 to 1, when whole groups (Q,) are drawn anew.

    Queries without positives (None) are left out. RetrievalError if none is left.
    """
    known = [(value, group) for value, group in zip(values, groups, strict=True) if value is not None]
    if not known:
        raise RetrievalError("There is no query with positives. Choose a dataset with ground truth.")
    _, group = np.unique([group for _, group in known], return_inverse=True)
    sums = np.bincount(group, [100 * value for value, _ in known])
    return _interval(sums, np.bincount(group), np.random.default_rng([seed, 0]), resamples)


def _interval(sums: np.ndarray, sizes: np.ndarray, random: np.random.Generator, resamples: int) -> tuple[float, float]:
    """Percentile interval of the mean over queries when groups (G,) of these sums and sizes are drawn anew."""
    means = []
    for count in portions(len(sums), resamples):
        drawn = random.integers(len(sums), size=(count, len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), [LEVEL / 2, 1 - LEVEL / 2])
    return float(low), float(high)


def _chance(sums: np.ndarray, random: np.random.Generator, resamples: int) -> float:
    """Share of random exchanges of the two models, group by group, whose difference is as large as the one seen.

    The exchange that was seen counts as one of them, so that p is never 0.
    """
    least = abs(sums.sum()) - EQUAL * np.abs(sums).sum()  # equal sums, added in another order, are as large
    extreme = 0
    for count in portions(len(sums), resamples):
        signs = random.integers(2, size=(count, len(sums))) * 2.0 - 1
        extreme += int((np.abs(signs @ sums) >= least).sum())
    return (1 + extreme) / (1 + resamples)


def portions(units: int, resamples: int) -> Iterator[int]:
    """Sizes of the portions in which the resamples are drawn."""
    portion = max(1, _DRAWS // units)
    for start in range(0, resamples, portion):
        yield min(portion, resamples - start)
