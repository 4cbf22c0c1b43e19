"""The selective match kernel equals a double loop over words, figures of the published code, and ranks as any similarity does."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "descriptors" / "aggregation"))
from caches import result_of
from naive_asmk import kernel

from retrieval_core.descriptors.aggregation.asmk import Asmk
from retrieval_core.descriptors.word_sets import pack, trimmed
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.neighbour_lists import neighbour_lists
from retrieval_core.ranking.order import METHODS, order
from retrieval_core.ranking.search import DATABASE_BLOCK, nearest, search
from retrieval_core.ranking.selective_match import selective_match

CLOSE = 1e-6  # of similarities in float32


def some_sets(count, bits, words=9, seed=0):
    """Sets, one of them without words, as loops and as rows."""
    random = np.random.default_rng(seed)
    sets = []
    for number in range(count):
        chosen = np.sort(random.permutation(words)[: random.integers(1, words)]) if number != 1 else []
        base = random.random(bits) > 0.5  # codes of one photograph resemble each other
        sets.append({int(word): (base ^ (random.random(bits) < 0.2)).tolist() for word in chosen})
    flat = [(number, word, code) for number, one in enumerate(sets) for word, code in one.items()]
    places, chosen, codes = (np.array(column) for column in zip(*flat, strict=True))
    return sets, pack(codes, places, chosen, count, words)


@pytest.mark.parametrize("bits", [8, 32, 40, 128])
def test_it_equals_a_double_loop(bits):
    sets, rows = some_sets(12, bits)
    wanted = np.array([[kernel(one, other) for other in sets] for one in sets])
    assert selective_match(rows, rows) == pytest.approx(wanted, abs=CLOSE)
    assert selective_match(trimmed(rows[:1]), rows) == pytest.approx(wanted[:1], abs=CLOSE)  # rows may be of any width
    own = np.diag(selective_match(rows, rows))
    assert own[1] == 0  # nothing resembles what has no words
    assert np.delete(own, 1) == pytest.approx(1, abs=CLOSE)


def test_four_photographs_have_the_similarities_that_the_published_code_gives_them():
    """`jenicek/asmk` (kernel.py and inverted_file.py; α = 3, τ = 0, binary, no idf), to six digits.

    Its bit counting, which is compiled, was replaced by NumPy's.
    """
    random = np.random.RandomState(5)
    words = random.standard_normal((6, 32)).astype(np.float32)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    noise = random.standard_normal((24, 32)).astype(np.float32)
    common = np.repeat(random.standard_normal((1, 32)), 24, 0)
    local = (words[random.randint(0, 6, 24)] + 0.15 * noise + 0.1 * common).astype(np.float32)
    local /= np.linalg.norm(local, axis=1, keepdims=True)
    maps = torch.from_numpy(local.reshape(4, 6, 32)).permute(0, 2, 1)[:, :, None]  # six positions each
    made = Asmk({"mean": np.zeros(32), "projection": np.eye(32), "words": words}).sets([maps]).numpy()
    assert selective_match(made, made) == pytest.approx(np.array([
        [1, 0.049405, 0.017090, 0.155518], [0.049405, 1, 0.036084, 0.039397],
        [0.017090, 0.036084, 1, 0.069336], [0.155518, 0.039397, 0.069336, 1],
    ]), abs=1e-6)  # fmt: skip


def test_search_neighbours_and_rankings_go_by_it(monkeypatch):
    sets, rows = some_sets(40, 64)
    monkeypatch.setattr("retrieval_core.ranking.search.DATABASE_BLOCK", 16)
    wanted = np.array([[kernel(one, other) for other in sets] for one in sets])
    expected = np.argsort(-wanted.astype(np.float32), axis=1, kind="stable")
    positions, scores = search(rows, rows)
    assert scores == pytest.approx(np.take_along_axis(wanted, positions.astype(int), 1), abs=CLOSE)
    assert np.take_along_axis(wanted, positions.astype(int), 1) == pytest.approx(np.take_along_axis(wanted, expected, 1), abs=CLOSE)
    few, _ = search(rows, rows, 5)
    assert np.array_equal(few, positions[:, :5])
    ordered, _ = result_of(order(rows, rows))
    assert np.array_equal(ordered, positions)
    listed, similarities = result_of(neighbour_lists(rows, 4))
    assert similarities[7] == pytest.approx(nearest(rows, 7, 4)[1], abs=CLOSE)
    assert 7 not in listed[7]
    assert DATABASE_BLOCK == 1024


def test_sets_and_vectors_are_not_compared():
    rows = some_sets(3, 32)[1]
    with pytest.raises(RetrievalError, match="different models"):
        search(np.ones((1, rows.shape[1]), np.float32), rows)
    with pytest.raises(RetrievalError, match="different models"):
        search(rows, np.ones((4, rows.shape[1]), np.float32))


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.vectors])
def test_what_adds_vectors_up_is_refused(name):
    rows = some_sets(3, 32)[1]
    count = lambda query, positions: iter(())  # noqa: E731
    with pytest.raises(RetrievalError, match="sets of visual words"):
        result_of(order(rows, rows, name, count=count))


def test_geometric_verification_orders_the_first_anew():
    rows = some_sets(6, 32)[1]
    best = search(rows[:1], rows)[0][0]

    def count(query, positions):
        return np.where(positions == best[3], 20, 0).astype(np.int32)
        yield

    positions, _ = result_of(order(rows[:1], rows, "verified", count=count))
    assert positions[0, 0] == best[3]
    assert positions[0, 1] == best[0]
