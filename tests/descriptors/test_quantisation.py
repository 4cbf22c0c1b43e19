"""Descriptors in fewer bits are what the definitions say, and no coder sees more than the training descriptors."""

import faiss
import numpy as np
import pytest

from retrieval_core.descriptors.quantisation import coders
from retrieval_core.ranking.search import search


def unit(count: int, width: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def learnt():
    return {coder.bits: coder for coder in coders(unit(300, 32, 0))}


def test_bits_and_bytes(learnt):
    assert {bits: coder.bytes for bits, coder in learnt.items()} == {16: 64, 8: 32, 2: 8, 1: 4, 0.5: 2, 0.25: 1}
    rows = unit(7, 32, 1)
    for coder in learnt.values():
        assert coder.encode(rows).shape == (7, coder.bytes)
        assert coder.decode(coder.encode(rows)).shape == rows.shape


def test_float16_is_half_a_step_off_at_most(learnt):
    rows = unit(50, 32, 2)
    found = learnt[16.0].decode(learnt[16.0].encode(rows))
    assert np.array_equal(found, found.astype(np.float16))
    assert np.allclose(found, rows, rtol=2**-11 * 1.001, atol=2**-25 * 1.001)  # the latter where a number has fewer digits


def test_int8_has_256_steps_between_the_ends_of_each_dimension_of_the_training_set(learnt):
    training = unit(300, 32, 0)
    low, high = training.min(0), training.max(0)
    rows = np.clip(unit(50, 32, 3), low, high)
    error = np.abs(learnt[8.0].decode(learnt[8.0].encode(rows)) - rows)
    assert (error <= (high - low) / 255 * 0.51 + 1e-7).all()


@pytest.mark.parametrize("bits", [2.0, 1.0, 0.5])
def test_product_quantisation_takes_the_nearest_centre_of_every_part(learnt, bits):
    rows, coder = unit(20, 32, 4), learnt[bits]
    part = int(8 / bits)
    centres = faiss.vector_to_array(coder.learnt.centroids).reshape(32 // part, 256, part)
    expected = np.empty_like(rows)
    for number in range(32 // part):
        own = slice(number * part, (number + 1) * part)
        for row in range(len(rows)):
            far = ((centres[number] - rows[row, own]) ** 2).sum(1)
            expected[row, own] = centres[number][far.argmin()]
    assert np.allclose(coder.decode(coder.encode(rows)), expected, atol=1e-6)


def test_a_ranking_of_codes_is_that_of_faiss(learnt):
    """faiss's own index of products, which compares a query as it is by dot products."""
    rows, queries, coder = unit(200, 32, 5), unit(4, 32, 6), learnt[1.0]
    index = faiss.IndexPQ(32, 4, 8, faiss.METRIC_INNER_PRODUCT)
    index.pq, index.is_trained = coder.learnt, True
    index.add(rows)
    similarities, _ = index.search(queries, 10)
    assert np.allclose(search(queries, coder.decode(coder.encode(rows)), 10)[1], similarities, atol=1e-5)


def test_few_training_photographs_have_fewer_centres_and_odd_widths_fewer_parts():
    assert {coder.bits: coder.bytes for coder in coders(unit(54, 8, 0))} == {16: 16, 8: 8, 5 / 4: 2, 5 / 8: 1}
    assert [coder.bits for coder in coders(unit(300, 7, 0))] == [16, 8]
    assert [coder.bytes for coder in coders(unit(2, 4, 0))] == [8, 4, 1]
