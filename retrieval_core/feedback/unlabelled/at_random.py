"""Whether the labelled are a random draw from the positives, which Elkan–Noto and nnPU take for granted: a permutation test."""

from dataclasses import dataclass

import numpy as np

NEAREST, PERMUTATIONS, MOST, FEWEST = 5, 2000, 1500, 5
LEVEL = 0.05


@dataclass(frozen=True)
class AtRandom:
    """Labelled photographs against others that are positives too, or are called so. JSON-able.

    same: how many of a photograph's five nearest are of its own group, as a share; by_chance: what random groups have on the mean.
    p: share of random groups with a share as high; None, as both shares, where there are fewer than five of a group.
    """

    labelled: int
    others: int
    same: float | None
    by_chance: float | None
    p: float | None

    @property
    def words(self) -> str:
        """For a person."""
        if self.p is None:
            return f"there {'is' if self.others == 1 else 'are'} {self.others}, too few for a test"
        chance = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
        found = "can be told from" if self.p < LEVEL else "can't be told from"
        return (f"{self.labelled:,} labelled {found} these {self.others:,}: {100 * self.same:.0f} % of the five nearest are of the "
                f"same group, {100 * self.by_chance:.0f} % by chance ({chance})")  # fmt: skip


def random_draw_test(labelled: np.ndarray, others: np.ndarray, seed: int) -> AtRandom:
    """Test whether rows of labelled (P, D) and others (M, D) are of one distribution; of each at most MOST are drawn.

    The statistic is the share of nearest neighbours that are of the same group, in the mean of both groups, so that the small one
    counts as much (Schilling, "Multivariate two-sample tests based on nearest neighbors", JASA 81, 1986); its distribution comes
    from exchanging the groups at random.
    """
    random = np.random.default_rng([seed, 2])
    drawn = [group[random.permutation(len(group))[:MOST]] for group in (labelled, others)]
    first, second = map(len, drawn)
    if min(first, second) < FEWEST:
        return AtRandom(len(labelled), len(others), None, None, None)
    rows = np.concatenate(drawn)
    distances = (rows**2).sum(axis=1) - 2 * rows @ rows.T
    np.fill_diagonal(distances, np.inf)
    near = np.argpartition(distances, NEAREST, axis=1)[:, :NEAREST]
    groups = np.repeat([True, False], [first, second])
    seen = _same(groups, near)
    shares = np.array([_same(random.permutation(groups), near) for _ in range(PERMUTATIONS)])
    p = (1 + (shares >= seen - 1e-12).sum()) / (1 + PERMUTATIONS)
    return AtRandom(len(labelled), len(others), seen, float(shares.mean()), float(p))


def _same(groups: np.ndarray, near: np.ndarray) -> float:
    """Share of neighbours (N, K) that are of their photograph's group, in the mean of both."""
    alike = groups[near] == groups[:, None]
    return float((alike[groups].mean() + alike[~groups].mean()) / 2)
