"""ASMK makes the sets of words of its definition in loops, of maps of all shapes and scales, and rows that hold them exactly."""

import naive_asmk
import numpy as np
import pytest
import torch

from retrieval_core.descriptors.aggregation.asmk import Asmk
from retrieval_core.descriptors.word_sets import are_sets, bytes_a_row, pack, trimmed, unpack, width_of

CHANNELS = 40
LEARN = np.random.default_rng(1).normal(size=(300, CHANNELS)).astype(np.float32)
LEARN /= np.linalg.norm(LEARN, axis=1, keepdims=True)
LEARNT = Asmk.learn(LEARN)
VOCABULARY = {**LEARNT, "words": LEARNT["words"][:12]}  # so few that photographs share words
SHAPES = [(1, 1), (1, 6), (3, 4), (6, 6)]


def a_map(shape, seed=0):
    """Activations as after a rectifier, half of them 0, and one position where nothing is active."""
    maps = np.maximum(np.random.default_rng(seed).normal(size=(CHANNELS, *shape)), 0)
    if maps[0].size > 1:
        maps[:, 0, 0] = 0
    return maps


def made(*maps):
    """The rows of photographs, each given by its maps at one or several scales."""
    scales = [torch.from_numpy(np.stack(one)).float() for one in zip(*maps, strict=True)]
    return Asmk(VOCABULARY).sets(scales).numpy()


def opened(rows):
    """Of each row its codes by word."""
    sets = unpack(rows)
    bits = np.unpackbits(sets.codes.view(np.uint8), axis=2)[:, :, : sets.bits].astype(bool)
    return [{int(word): code.tolist() for word, code in zip(words, codes, strict=True) if word >= 0}
            for words, codes in zip(sets.words, bits, strict=True)]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_words_and_codes_are_those_of_the_definition(shape):
    maps = [a_map(shape, seed) for seed in range(3)]
    found = opened(made(*([one] for one in maps)))
    for one, own in zip(maps, found, strict=True):
        sums = naive_asmk.word_set([one], VOCABULARY)
        wanted = naive_asmk.signs(sums)
        assert list(own) == list(wanted)
        for word, code in own.items():
            # float32 may have the other sign where the sum is next to nothing
            doubtful = np.abs(sums[word]) < 1e-6
            assert ((np.array(code) == wanted[word]) | doubtful).all()
            assert doubtful.mean() < 0.2


def test_positions_of_all_scales_make_one_set():
    large, small = a_map((5, 6), 3), a_map((2, 3), 4)
    together, wanted = opened(made([large, small]))[0], naive_asmk.signs(naive_asmk.word_set([large, small], VOCABULARY))
    assert together == wanted
    assert together != opened(made([large]))[0]


def test_a_map_of_nothing_is_a_set_without_words():
    rows = made([np.zeros((CHANNELS, 3, 3))], [a_map((3, 3))])
    assert opened(rows)[0] == {}
    assert opened(rows)[1]


def test_a_photograph_is_the_same_alone_and_among_others():
    maps = [[a_map((4, 5), seed)] for seed in range(4)]
    together = made(*maps)
    assert all(opened(made(one))[0] == opened(together)[number] for number, one in enumerate(maps))


@pytest.mark.parametrize("bits", [1, 31, 32, 33, 64, 128])
def test_rows_hold_what_was_packed_and_nothing_is_lost_when_they_are_trimmed(bits):
    random = np.random.default_rng(bits)
    places, words = np.array([0, 0, 2, 2, 2]), np.array([3, 9, 0, 3, 11])
    codes = random.random((5, bits)) > 0.5
    rows = pack(codes, places, words, 3, 12)
    assert are_sets(rows)
    assert rows.shape == (3, width_of(12, bits))
    narrow = trimmed(rows)
    assert narrow.shape == (3, width_of(3, bits))
    for one in (rows, narrow):
        assert opened(one) == [dict(zip(words[:2].tolist(), codes[:2].tolist(), strict=True)), {},
                               dict(zip(words[2:].tolist(), codes[2:].tolist(), strict=True))]  # fmt: skip
        assert bytes_a_row(one) == pytest.approx(5 / 3 * (4 + 4 * -(-bits // 32)))
    assert trimmed(rows[:0]).shape[0] == 0
    assert trimmed(rows[1:2]).shape == (1, 1)


def test_a_vector_takes_four_bytes_a_dimension():
    assert bytes_a_row(np.zeros((5, 512), np.float32)) == 2048
