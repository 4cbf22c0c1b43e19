import numpy as np
import pytest

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.ranking.page_rank import page_rank
from retrieval_core.stored import central
from retrieval_core.stored.artefacts import neighbours_path, subset_ids
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


@pytest.mark.parametrize("subset", ["all", "labelled"])
def test_ranks_follow_the_lists_and_the_labels_of_a_subset_and_are_computed_once(town_cache, subset, monkeypatch):
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    ids, dataset = subset_ids(results.dataset, subset), results.dataset
    labels = [dataset.image(image_id).label for image_id in ids]
    groups = np.array([-1 if label is None else dataset.labels.index(label) for label in labels])
    expected = page_rank(*map(np.asarray, results.neighbours(subset)), groups)
    np.testing.assert_allclose(central.central_ranks(results, subset), expected, rtol=1e-6)
    monkeypatch.setattr(central, "page_rank", None)
    again = central.central_ranks(open_results(Workspace(town_cache), "town", "quick", "1d"), subset)
    assert again is central.central_ranks(results, subset)
    with pytest.raises(ValueError, match="read-only"):
        again[0] = 1


def test_the_face_of_a_landmark_is_one_of_its_photographs(town_cache):
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    found = central.faces(results)
    dataset = open_dataset(Workspace(town_cache), "town")
    assert set(found) == set(dataset.labels)
    ranks = dict(zip((image.id for image in dataset.images), central.central_ranks(results).tolist(), strict=True))
    for label, image_id in found.items():
        own = [image.id for image in dataset.images if image.label == label]
        assert ranks[image_id] == max(ranks[one] for one in own)
        assert image_id in own


def test_without_neighbour_lists_nothing_is_central(cache):
    results = open_results(Workspace(cache), "town", "quick", "1d")
    neighbours_path(results.workspace, "town", "quick", "1d", "all").unlink()
    assert central.central_ranks(results) is None
    assert central.faces(results) == {}
