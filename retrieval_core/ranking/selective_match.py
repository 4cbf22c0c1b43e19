"""The similarity of two sets of visual words: the selective match kernel.

Source: Tolias, Avrithis and Jégou, "To aggregate or not to aggregate: selective match kernels for image search", ICCV 2013, in its
binary variant ASMK*; the figures for α and τ, and the normalisation without idf, as in `jenicek/asmk`.
"""

import numpy as np

from retrieval_core.descriptors.word_sets import NO_WORD, are_sets, unpack

ALPHA = 3.0  # the power of the similarity of two codes: one near match counts more than several doubtful ones
THRESHOLD = 0.0  # τ: codes that are less alike count nothing


def selective_match(queries: np.ndarray, database: np.ndarray) -> np.ndarray:
    """Similarities (Q, N) float32, 0 … 1, of sets (Q, ·) and (N, ·) int32 as word_sets packs them.

    K(x, y) = Σ over the words c that both have of σ(u_c(x) · u_c(y)) / √(words of x · words of y), where u_c are codes of ±1, scaled to
    length 1, and σ(s) = s^α for s ≥ τ, else 0. A set without words is like nothing. K(x, x) = 1 for any other.
    """
    asked, there = unpack(queries), unpack(database)
    scores = np.zeros((len(queries), len(database)), np.float32)
    rows, slots = np.nonzero(there.words != NO_WORD)
    by_word = np.argsort(there.words[rows, slots], kind="stable")
    rows, slots = rows[by_word], slots[by_word]
    words, codes = there.words[rows, slots], there.codes[rows, slots]  # an inverted file: all photographs of a word stand together
    for query, (own, own_codes) in enumerate(zip(asked.words, asked.codes, strict=True)):
        own_codes, own = own_codes[own != NO_WORD], own[own != NO_WORD]
        first = np.searchsorted(words, own)
        counts = np.searchsorted(words, own, "right") - first
        entries = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        apart = np.bitwise_count(np.repeat(own_codes, counts, axis=0) ^ codes[entries]).sum(1, dtype=np.int64)
        alike = 1 - 2 * apart / asked.bits
        scores[query] = np.bincount(rows[entries], np.where(alike >= THRESHOLD, alike, 0) ** ALPHA, len(database))
    lengths = np.sqrt(np.outer(asked.sizes, there.sizes))
    return np.divide(scores, lengths, out=scores, where=lengths > 0, casting="unsafe")


def similarities(queries: np.ndarray, database: np.ndarray) -> np.ndarray:
    """Similarities (Q, N): of vectors (Q, D) and (N, D) their dot products, of sets of words the selective match kernel."""
    return selective_match(queries, database) if are_sets(database) else queries @ np.asarray(database, np.float32).T
