"""Which photographs look alike: the same pairs as a naive double loop finds."""

import numpy as np
import pytest

from retrieval_core.datasets.perceptual_hashes import WORDS
from retrieval_core.errors import RetrievalError
from retrieval_core.training import near_duplicates as module
from retrieval_core.training.near_duplicates import near_duplicates, nearest_descriptor_pairs


def naive(ours, theirs, within):
    def differ(first, second):
        return sum((int(a) ^ int(b)).bit_count() for a, b in zip(first, second, strict=True))

    pairs = []
    for row, mine in enumerate(ours):
        for place, other in enumerate(theirs):
            bits = min(differ(mine[0], other[0]), differ(mine[0], other[1]))
            if mine.any() and other.any() and bits <= within:
                pairs.append((row, place, bits))
    return pairs


@pytest.mark.parametrize("block", [1, 200, 1 << 18])
def test_pairs_are_those_of_a_double_loop(block, monkeypatch):
    monkeypatch.setattr(module, "_PAIRS", block)
    random = np.random.default_rng(0)
    theirs = random.integers(1, 2**64, (40, 2, WORDS), dtype=np.uint64)
    ours = random.integers(1, 2**64, (90, 2, WORDS), dtype=np.uint64)
    for row in range(0, 90, 2):  # copies with up to some 100 bits turned over, every fourth of the mirror image
        turned = random.integers(0, 256, row + 10)
        bits = np.unpackbits(theirs[row % 40, row // 2 % 2].view(np.uint8))
        bits[turned] ^= 1
        ours[row, 0] = np.packbits(bits).view(np.uint64)
    ours[[3, 50]] = theirs[[7, 8]] = 0  # without a hash, and equal to each other
    for within in (0, 30, 64, 110):
        expected = naive(ours, theirs, within)
        assert near_duplicates(ours, theirs, within) == expected
    assert len(expected) > 40


def test_nothing_pairs_with_nothing():
    none, some = np.zeros((0, 2, WORDS), np.uint64), np.ones((3, 2, WORDS), np.uint64)
    assert near_duplicates(none, some) == near_duplicates(some, none) == near_duplicates(some * 0, some * 0) == []


def test_the_nearest_descriptor_at_the_threshold_or_above_is_paired():
    random = np.random.default_rng(1)
    ours, theirs = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (random.normal(size=(n, 6)) for n in (50, 30)))
    similarity = ours @ theirs.T
    pairs = nearest_descriptor_pairs(ours.astype(np.float32), theirs.astype(np.float32), 0.8)
    expected = [(int(similarity[:, k].argmax()), k) for k in np.argsort(-similarity.max(axis=0)) if similarity[:, k].max() >= 0.8]
    assert [pair[:2] for pair in pairs] == expected
    assert 3 < len(expected) < 30
    np.testing.assert_allclose([pair[2] for pair in pairs], [similarity[pair] for pair in expected], rtol=1e-5)
    assert nearest_descriptor_pairs(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), 1.0) == [(0, 0, 1.0), (1, 1, 1.0)]
    assert nearest_descriptor_pairs(ours[:0], theirs, 0.1) == nearest_descriptor_pairs(ours, theirs[:0], 0.1) == []
    with pytest.raises(RetrievalError, match="dimensions"):
        nearest_descriptor_pairs(ours[:, :5], theirs, 0.8)
