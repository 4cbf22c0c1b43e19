"""Which photographs of two sets look alike: by perceptual hash, and by descriptor."""

import numpy as np

from retrieval_core.datasets.perceptual_hashes import WORDS, hashed
from retrieval_core.ranking.search import search

WITHIN = 64  # of 256 bits. LOG.md has the table: what it finds of ten kinds of copies, and how many wrong pairs it makes

_PAIRS = 1 << 18  # pairs compared at a time: they stay in the processor's cache


def near_duplicates(ours: np.ndarray, theirs: np.ndarray, within: int = WITHIN) -> list[tuple[int, int, int]]:
    """Pairs of photographs whose hashes differ in at most `within` bits, one of them mirrored or not.

    Args:
        ours: (N, 2, WORDS) uint64, as `perceptual_hashes` gives them.
        theirs: (M, 2, WORDS) uint64.
        within: bits, below 128.

    Returns:
        (row of ours, row of theirs, bits that differ), in this order. Every pair is compared, in blocks; rows without a hash are in
        no pair.
    """
    our_rows, their_rows = np.flatnonzero(hashed(ours)), np.flatnonzero(hashed(theirs))
    if len(our_rows) == 0 or len(their_rows) == 0:
        return []
    first = [np.ascontiguousarray(ours[our_rows, 0, word]) for word in range(WORDS)]
    columns = [[np.ascontiguousarray(theirs[their_rows, side, word]) for word in range(WORDS)] for side in (0, 1)]
    pairs: list[tuple[int, int, int]] = []
    step = max(1, _PAIRS // len(their_rows))
    for start in range(0, len(our_rows), step):
        words = [column[start : start + step, None] for column in first]
        distances = np.minimum(_distances(words, columns[0]), _distances(words, columns[1]))
        rows, places = np.nonzero(distances <= within)
        found = distances[rows, places].tolist()
        pairs += zip(our_rows[start + rows].tolist(), their_rows[places].tolist(), found, strict=True)
    return pairs


def nearest_descriptor_pairs(ours: np.ndarray, theirs: np.ndarray, threshold: float) -> list[tuple[int, int, float]]:
    """For each row of `theirs` its most similar row of `ours`, where their similarity is `threshold` or more.

    Descriptors resemble each other when they show the same landmark, too: such a pair is for a person to look at and proves nothing.

    Args:
        ours: (N, D) L2-normalised descriptors.
        theirs: (M, D) descriptors of the same model.
        threshold: least cosine similarity.

    Returns:
        (row of ours, row of theirs, similarity), the most similar first.
    """
    if len(ours) == 0 or len(theirs) == 0:
        return []
    rows, scores = search(theirs, ours, 1)
    places = np.flatnonzero(scores[:, 0] >= threshold)
    places = places[np.argsort(-scores[places, 0], kind="stable")]
    return [(int(rows[place, 0]), int(place), float(scores[place, 0])) for place in places]


def _distances(words: list[np.ndarray], columns: list[np.ndarray]) -> np.ndarray:
    """Bits (B, M) that differ: `words` are (B, 1), `columns` (M,)."""
    total = np.zeros((len(words[0]), len(columns[0])), np.uint16)
    for word, column in zip(words, columns, strict=True):
        total += np.bitwise_count(word ^ column)
    return total
