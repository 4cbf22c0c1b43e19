"""The triplet loss against a naive loop over anchors, positives and landmarks."""

import pytest
import torch
from torch.nn import functional

from retrieval_core.training.triplet import triplet_loss


def naive(descriptors, classes, margin, negatives):
    """One triplet at a time: the nearest picture of each of the nearest other landmarks."""
    losses, count, positive_distances, negative_distances = [], 0, [], []
    distance = lambda a, b: float(((descriptors[a] - descriptors[b]) ** 2).sum())  # noqa: E731
    for anchor in range(len(classes)):
        nearest = {}
        for other in range(len(classes)):
            if classes[other] != classes[anchor]:
                landmark = int(classes[other])
                nearest[landmark] = min(nearest.get(landmark, 9.0), distance(anchor, other))
        hardest = sorted(nearest.values())[:negatives]
        negative_distances += hardest
        for positive in range(len(classes)):
            if positive == anchor or classes[positive] != classes[anchor]:
                continue
            positive_distances.append(distance(anchor, positive))
            for far in hardest:
                count += 1
                losses.append(max(0.0, positive_distances[-1] - far + margin))
    active = [loss for loss in losses if loss > 0]
    mean = lambda values: sum(values) / max(1, len(values))  # noqa: E731
    return mean(active), len(active) / max(1, count), mean(positive_distances), mean(negative_distances)


@pytest.mark.parametrize(("margin", "negatives"), [(0.3, 2), (0.05, 1), (1.0, 50)])
def test_it_is_the_naive_loop(margin, negatives):
    generator = torch.Generator().manual_seed(0)
    classes = torch.tensor([4, 7, 4, 1, 7, 7, 9, 1, 4, 9])
    descriptors = functional.normalize(torch.randn(10, 6, generator=generator), dim=1)
    loss, watch = triplet_loss(descriptors, classes, margin, negatives)
    expected = naive(descriptors, classes, margin, negatives)
    assert (float(loss), watch["active"], watch["d(a,p)"], watch["d(a,n)"]) == pytest.approx(expected, rel=1e-4)


def test_well_separated_landmarks_cost_nothing():
    classes = torch.tensor([0, 0, 1, 1])
    loss, watch = triplet_loss(torch.eye(2)[classes], classes, 0.5, 1)
    assert float(loss) == 0
    assert watch == {"active": 0, "d(a,p)": 0, "d(a,n)": 2}


def test_collapse_shows_as_a_loss_at_the_margin():
    classes = torch.tensor([0, 0, 1, 1])
    loss, watch = triplet_loss(torch.ones(4, 3) / 3**0.5, classes, 0.5, 1)
    assert float(loss) == pytest.approx(0.5)
    assert watch["active"] == 1
    assert watch["d(a,n)"] == pytest.approx(0, abs=1e-6)


def test_its_gradient_pulls_the_positive_and_pushes_the_negative():
    descriptors = torch.tensor([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.6, 0.0, 0.8]], requires_grad=True)
    loss, _ = triplet_loss(descriptors, torch.tensor([0, 0, 1]), 0.5, 1)
    loss.backward()
    moved = functional.normalize(descriptors - 0.05 * descriptors.grad, dim=1).detach()
    before = descriptors.detach()
    assert moved[0] @ moved[1] > before[0] @ before[1]
    assert moved[0] @ moved[2] < before[0] @ before[2]
