"""AP as a loss: against a naive loop over queries, bins and pictures; with many bins it is AP itself; its gradient is the right one."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from retrieval_core.evaluation.average_precision import average_precision
from retrieval_core.training.average_precision_loss import average_precision_loss

CLASSES = torch.tensor([4, 7, 4, 1, 7, 7, 9, 1, 4, 2])  # 9 and 2 have no partner


def some(dimensions=6, dtype=torch.float64):
    return functional.normalize(torch.randn(len(CLASSES), dimensions, dtype=dtype, generator=torch.Generator().manual_seed(0)), dim=1)


def naive(descriptors, classes, bins):
    """The paper's formulas for one query after the other."""
    width, found = 2 / (bins - 1), []
    for query in range(len(classes)):
        others = [k for k in range(len(classes)) if k != query]
        positives = sum(int(classes[k] == classes[query]) for k in others)
        if not positives:
            continue
        right = everything = value = 0.0
        for m in range(bins):
            centre = 1 - m * width
            share = {k: max(0.0, 1 - abs(float(descriptors[query] @ descriptors[k]) - centre) / width) for k in others}
            hit = sum(share[k] for k in others if classes[k] == classes[query])
            right, everything = right + hit, everything + sum(share.values())
            value += (right / everything if everything else 0.0) * hit / positives
        found.append(value)
    return 1 - sum(found) / len(found)


@pytest.mark.parametrize("bins", [2, 5, 20])
def test_it_is_the_naive_loop(bins):
    loss, watch = average_precision_loss(some(), CLASSES, bins)
    assert float(loss) == pytest.approx(naive(some(), CLASSES, bins), abs=1e-6)
    assert watch["AP"] == pytest.approx(1 - float(loss))


def test_where_every_similarity_is_that_of_a_bin_it_is_average_precision_as_it_is_scored():
    width, found = 16_384, []  # of rows of ±1: their similarities are multiples of 2/16384, so that no picture is shared by two bins
    signs = torch.randn(len(CLASSES), width, generator=torch.Generator().manual_seed(3)).sign().double()
    similarities = signs @ signs.T / width
    for query in range(len(CLASSES)):
        others = [k for k in range(len(CLASSES)) if k != query]
        assert len({float(similarities[query, k]) for k in others}) == len(others)  # no ties
        order = sorted(others, key=lambda k, query=query: -similarities[query, k])
        hits = np.flatnonzero([bool(CLASSES[k] == CLASSES[query]) for k in order])
        if len(hits):
            found.append(average_precision(hits, len(hits), "finite_sum"))
    loss, _ = average_precision_loss(signs / width**0.5, CLASSES, width + 1)
    assert 1 - float(loss) == pytest.approx(np.mean(found), abs=1e-4)


def test_its_gradient_is_the_right_one():
    descriptors = some().requires_grad_()
    assert torch.autograd.gradcheck(lambda rows: average_precision_loss(functional.normalize(rows, dim=1), CLASSES)[0], descriptors)


def test_perfect_order_costs_nothing_and_without_partners_there_is_nothing_to_learn():
    classes = torch.tensor([0, 0, 1, 1])
    assert float(average_precision_loss(torch.eye(2)[classes], classes)[0]) == pytest.approx(0, abs=1e-6)
    alone = torch.eye(3).requires_grad_()
    loss, _ = average_precision_loss(alone, torch.arange(3))
    loss.backward()
    assert torch.equal(alone.grad, torch.zeros(3, 3))
