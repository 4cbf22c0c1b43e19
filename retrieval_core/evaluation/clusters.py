"""How the photographs of each landmark lie in descriptor space: together, apart from others, and among the unlabelled.

A distance is 1 − similarity. Of the k nearest of a photograph only as many are looked at as its landmark has other photographs, so
that a small landmark can be whole. A landmark of one photograph has no cluster: its photograph is not counted.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.neighbour_lists import MOST_LISTED

NEAREST = 12  # as many as the map draws
MOST_NEAREST = 48  # as many as every neighbour list holds
MOSTLY = 0.5  # an outlier has fewer of its own landmark among its neighbours
_ROWS, _HELD = 4096, 1 << 23  # descriptors compared with the sums at a time, at most; of very many landmarks as many similarities


@dataclass(frozen=True, eq=False)
class Clusters:
    """What was measured of one model; arrays (L,) go by the labelled photographs in the order of the dataset.

    NaN: a photograph that is alone, or nothing to compare with. Shares are 0 to 1, silhouettes −1 to 1.

    own, own_labelled: share of the own landmark among the nearest of all photographs, and of the labelled alone.
    unlabelled: share of the unlabelled among the nearest.
    silhouette: among landmarks; silhouette_all: the unlabelled are one more; separation: the unlabelled are the only other.
    spread: mean distance to the others of the landmark.
    others: for each photograph the other landmarks among its nearest labelled ones, nearest first.
    """

    k: int
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    own: np.ndarray
    own_labelled: np.ndarray
    unlabelled: np.ndarray
    silhouette: np.ndarray
    silhouette_all: np.ndarray
    separation: np.ndarray
    spread: np.ndarray
    others: tuple[tuple[str, ...], ...]

    @cached_property
    def counted(self) -> np.ndarray:
        """Whether (L,) a photograph has others of its landmark."""
        return ~np.isnan(self.own)

    @cached_property
    def outlying(self) -> np.ndarray:
        """1 (L,) for an outlier: most of its nearest labelled photographs are of other landmarks; NaN where it is not counted."""
        return np.where(self.counted, (self.own_labelled < MOSTLY).astype(float), np.nan)


@dataclass(frozen=True)
class Outlier:
    """A photograph among others: the landmark that it is taken for, and the share, 0 to 1, of its own among its neighbours."""

    image_id: str
    label: str
    taken_for: str
    own: float


def measure_clusters(
    dataset: Dataset, matrix: np.ndarray, nearest: np.ndarray, nearest_labelled: np.ndarray, k: int = NEAREST
) -> Clusters:
    """Measure how the landmarks of a dataset lie under one model.

    Args:
        dataset: photographs, of which some are labelled.
        matrix: (N, D) descriptors of all of them, rows of length 1.
        nearest: (N, K) the neighbour lists among all, positions among the N.
        nearest_labelled: (L, K) those of the labelled among themselves, positions among the L.
        k: neighbours that count, 1 to MOST_NEAREST.

    The silhouette is that of Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis",
    J. Comput. Appl. Math. 20, 1987. Of this distance the mean to a group follows from the sum of its descriptors, so that no pair
    is looked at by itself: time and memory grow with N times the number of landmarks.
    """
    check_nearest(k)
    codes = label_codes(dataset)
    rows = np.flatnonzero(codes >= 0)
    own_codes = codes[rows]
    sizes = np.bincount(own_codes, minlength=len(dataset.labels))
    width = np.minimum(k, sizes[own_codes] - 1)
    silhouette, silhouette_all, separation, spread = _silhouettes(matrix, codes, sizes)
    names = dataset.labels
    others = tuple(
        tuple(names[code] for code in row[:wide] if code != one)
        for row, wide, one in zip(own_codes[nearest_labelled[:, :k]].tolist(), width.tolist(), own_codes.tolist(), strict=True)
    )
    return Clusters(
        k, tuple(dataset.images[row].id for row in rows), tuple(names[code] for code in own_codes),
        own_shares(codes, nearest, k)[rows], own_shares(own_codes, nearest_labelled, k), _share(codes[nearest[rows, :k]] < 0, width),
        silhouette, silhouette_all, separation, spread, others,
    )  # fmt: skip


def own_shares(codes: np.ndarray, nearest: np.ndarray, k: int) -> np.ndarray:
    """Share (N,) of its own landmark among the k nearest of each photograph; NaN where it is unlabelled or alone.

    codes (N,): landmarks, −1 where unlabelled. nearest (N, K): neighbour lists, positions among the N.
    """
    sizes = np.bincount(codes[codes >= 0], minlength=1)
    width = np.where(codes >= 0, np.minimum(k, sizes[codes] - 1), 0)
    return _share(codes[nearest[:, :k]] == codes[:, None], width)


def check_nearest(k: int) -> int:
    """Return k; RetrievalError if so many neighbours can't be looked at."""
    if not 1 <= k <= MOST_NEAREST:
        raise RetrievalError(f"k is {k}. Choose from 1 to {MOST_NEAREST} neighbours.")
    return k


def check_clusters(dataset: Dataset) -> None:
    """RetrievalError where there is nothing to measure: too few landmarks, or too many photographs."""
    repeated = [label for label, count in Counter(image.label for image in dataset.images).items() if label is not None and count > 1]
    if len(repeated) < 2:
        raise RetrievalError(
            f"Clusters are measured where two landmarks have two photographs each, and {dataset.name!r} has {len(repeated)} such. "
            "Add the photographs in a folder for each landmark, or with a ground truth."
        )
    if len(dataset.images) > MOST_LISTED:
        raise RetrievalError(
            f"{dataset.name!r} has {len(dataset.images):,} photographs, and neighbours are listed of at most {MOST_LISTED:,}. "
            "Add a part of them as a dataset of its own."
        )


def label_codes(dataset: Dataset, hidden: Collection[str] = ()) -> np.ndarray:
    """Number (N,) of each photograph's landmark among `dataset.labels`; −1 where it is unlabelled, or its label is to be hidden."""
    numbers = {label: number for number, label in enumerate(dataset.labels)}
    return np.array([-1 if image.id in hidden else numbers.get(image.label, -1) for image in dataset.images], np.int64)


def outliers(found: Clusters) -> list[Outlier]:
    """All outliers, those with the least of their own landmark around them first."""
    rows = [Outlier(found.ids[row], found.labels[row], most_frequent(found.others[row])[0], float(found.own_labelled[row]))
            for row in np.flatnonzero(found.outlying == 1)]  # fmt: skip
    return sorted(rows, key=lambda row: (row.own, row.image_id))


def most_frequent(names: tuple[str, ...]) -> tuple[str, int]:
    """The most frequent name and how often it is there; of equally frequent ones the first. ("", 0) of none."""
    return Counter(names).most_common(1)[0] if names else ("", 0)


def _share(hits: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Share (L,) of hits (L, K) among the first `width` (L,); NaN where that is none."""
    counted = (hits & (np.arange(hits.shape[1]) < width[:, None])).sum(axis=1)
    return np.where(width > 0, counted / np.maximum(width, 1), np.nan)


def _silhouettes(matrix: np.ndarray, codes: np.ndarray, sizes: np.ndarray) -> list[np.ndarray]:
    """Of the labelled (L,): silhouette among landmarks, with the unlabelled as one more, against them alone, and mean own distance."""
    groups = len(sizes)
    unlabelled = int((codes < 0).sum())
    sums = np.zeros((groups + 1, matrix.shape[1]))  # the unlabelled come last
    for start in range(0, len(matrix), _ROWS):
        np.add.at(sums, codes[start : start + _ROWS], np.asarray(matrix[start : start + _ROWS], np.float64))
    counts = np.append(sizes, unlabelled)
    rows, parts = np.flatnonzero(codes >= 0), []
    step = max(1, min(_ROWS, _HELD // len(counts)))
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        parts.append(_block(np.asarray(matrix[block], np.float64), codes[block], sums, counts))
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def _block(block: np.ndarray, codes: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, ...]:
    each, alone = np.arange(len(block)), counts[codes] < 2
    similar = block @ sums.T
    own = 1 - (similar[each, codes] - (block * block).sum(axis=1)) / np.maximum(counts[codes] - 1, 1)
    own[alone] = np.nan
    away = 1 - similar / np.maximum(counts, 1)
    away[:, counts == 0] = np.inf
    away[each, codes] = np.inf
    landmarks, unlabelled = away[:, :-1].min(axis=1), away[:, -1]
    return *(_silhouette(own, other) for other in (landmarks, np.minimum(landmarks, unlabelled), unlabelled)), own


def _silhouette(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(b − a) / max(a, b); NaN where there is no other group."""
    other = np.where(np.isinf(other), np.nan, other)
    largest = np.maximum(own, other)
    return np.divide(other - own, largest, out=np.where(np.isnan(largest), np.nan, 0.0), where=~(np.isnan(largest) | (largest == 0)))
