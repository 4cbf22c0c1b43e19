"""No step holds the descriptors of all photographs: under low limits each takes a fraction of what the mapped matrix is large."""

from functools import partial

import numpy as np
import pytest
from large_matrix import ROWS, lower_limits, mapped_rows, own_memory_below

from retrieval_core.datasets import large_arrays
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.large_arrays import all_finite
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.descriptors import whitening
from retrieval_core.descriptors.matrix import Descriptors, chosen_rows
from retrieval_core.descriptors.quantisation import coders
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.descriptors.word_sets import are_sets, trimmed
from retrieval_core.evaluation.average_precision import score_rankings
from retrieval_core.evaluation.detective import vote
from retrieval_core.evaluation.failures import stuck_positives
from retrieval_core.evaluation.pair_similarities import remaining
from retrieval_core.progress import finished
from retrieval_core.projection import maps, quality
from retrieval_core.projection.maps import compute_map
from retrieval_core.projection.pca import principal_components
from retrieval_core.ranking import search as search_module
from retrieval_core.ranking.expansion import augment
from retrieval_core.ranking.order import order
from retrieval_core.ranking.search import named, nearest, search
from retrieval_core.ranking.selection import mean_within, similarity_to
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

IDS = tuple(f"image_{row}" for row in range(ROWS))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    found = mapped_rows(tmp_path_factory.mktemp("large"))
    finished(compute_map(IDS[:50], found[:50], "pca"))  # what is loaded when it is first needed is not what is measured
    return found


@pytest.fixture(autouse=True)
def low_limits(monkeypatch):
    lower_limits(monkeypatch)
    monkeypatch.setattr(maps, "map_quality", partial(maps.map_quality, most=100))  # quick


def whole_ranking(matrix):
    database = Descriptors(IDS, matrix)
    queries = tuple(Query(f"query_{row}", IDS[row], "mill", None, IDS[row : row + 20], (), IDS[90:95]) for row in range(20))
    rankings = named([query.id for query in queries], database.ids, *search(matrix[:20], matrix))
    dataset = Dataset("large", (), queries)
    scores = score_rankings(dataset, rankings)
    assert len(stuck_positives({"1a": rankings}, dataset, 50)) < 400
    assert sum(row.right for row in remaining(dataset, rankings, 0.9)) >= 20
    assert all(0 < score.ap_oxford < 1 for score in scores)


STEPS = {
    "finite": all_finite,
    "PCA": lambda matrix: principal_components(matrix, 2, 0),
    "map": lambda matrix: finished(compute_map(IDS, matrix, "pca")),
    "map of most": lambda matrix: finished(compute_map(IDS[1:], Descriptors(IDS, matrix).rows(IDS[1:]), "pca")),
    "whitening, learnt": Whitening.fit,
    "whitening from pairs": lambda matrix: Whitening.fit_pairs(matrix, [str(row // 40) for row in range(ROWS)]),
    "whitening, applied": lambda matrix: Whitening.fit(matrix[:999]).transform(matrix),
    "bits": lambda matrix: next(coders(np.array(matrix[:300]))).coded(matrix),
    "whole ranking": whole_ranking,
    "neighbours": lambda matrix: nearest(matrix, 5, 48),
    "neighbours among most": lambda matrix: nearest(Descriptors(IDS, matrix).rows(IDS[1:]), 5, 48),
    "query expansion": lambda matrix: finished(order(np.array(matrix[:9]), matrix, "aqe")),
    "votes of the detective": lambda matrix: vote(matrix, np.where(np.arange(ROWS) % 300, -1, 0)),
    "similarity to most": lambda matrix: similarity_to(matrix, chosen_rows(matrix, np.arange(1, ROWS))),
    "mean within most": lambda matrix: mean_within(chosen_rows(matrix, np.arange(1, ROWS))),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_takes_a_fraction_of_the_matrix(matrix, name):
    with own_memory_below(0.4 * matrix.nbytes):
        STEPS[name](matrix)


def test_the_database_is_augmented_without_a_copy(matrix):
    fewer = matrix[:3000]
    with own_memory_below(0.9 * fewer.nbytes):
        finished(augment(fewer, 10, 3.0))


def test_a_copy_would_be_seen(matrix):
    with pytest.raises(AssertionError, match="MB were held"), own_memory_below(0.4 * matrix.nbytes):
        np.asarray(matrix) + 0


@pytest.mark.parametrize("kind", ["npy", "npz", "compressed", "float64", "columns first"])
def test_an_import_is_copied_in_blocks(tmp_path, kind):
    rows = mapped_rows(tmp_path, 1000, 2000)
    ids = [f"image_{row}" for row in range(1000)]
    file = tmp_path / ("theirs.npy" if kind in ("npy", "float64", "columns first") else "theirs.npz")
    if file.suffix == ".npy":
        np.save(file, np.asarray(rows, {"float64": np.float64}.get(kind, np.float32), "F" if kind == "columns first" else "C"))
    else:
        {"npz": np.savez, "compressed": np.savez_compressed}[kind](file, descriptors=rows, ids=np.array(ids))
    (tmp_path / "ids.txt").write_text("\n".join(ids))
    workspace = Workspace(tmp_path / "cache")
    with own_memory_below(0.6 * rows.nbytes):
        add_dataset(workspace, "theirs", file, model="1a", ids=None if file.suffix == ".npz" else tmp_path / "ids.txt")
        found = open_results(workspace, "theirs", "imported", "1a")
        nearest(found.rows("all"), 3, 5)
    np.testing.assert_allclose(found.rows("all"), rows, atol=1e-6)


def test_sets_of_words_lose_their_unused_slots_in_blocks():
    sets = np.full((4000, 1 + 3 * 200), -1, np.int32)
    sets[:, 0] = 64
    sets[:, 1:7] = 5
    assert are_sets(sets)
    with own_memory_below(0.2 * sets.nbytes):
        few = trimmed(sets)
    np.testing.assert_array_equal(few, sets[:, :7])


def test_ids_are_one_object_for_all_models():
    images = tuple(Image(image_id, "") for image_id in IDS)
    dataset, again = Dataset("one", images, ()), Dataset("two", images, ())
    assert dataset.ids is again.ids
    assert dataset.image("image_7") is images[7]
    assert dataset.has("image_7")
    assert not dataset.has("image_07")
    with pytest.raises(KeyError):
        dataset.image("image_07")


AGREEING = {
    "PCA": lambda matrix: np.abs(principal_components(matrix, 3, 0)),
    "quality": lambda matrix: quality.map_quality(matrix, np.array(matrix[:, :2]))[1],
    "whitening": lambda matrix: Whitening.fit(matrix, 0.5).projection,
    "whitened": lambda matrix: Whitening.fit(matrix[:120], 0.25, dim=5).transform(matrix),
    "whitened by few": lambda matrix: np.abs(Whitening.fit(matrix[:20], dim=5).transform(matrix)),
    "bits": lambda matrix: next(coders(np.array(matrix))).coded(matrix),
    "ranking": lambda matrix: search(matrix[:30], matrix)[0],
    "augmented": lambda matrix: finished(augment(matrix, 5, 3.0)),
    "similar": lambda matrix: similarity_to(matrix, chosen_rows(matrix, np.arange(3, 200))),
    "within": lambda matrix: np.array(mean_within(chosen_rows(matrix, np.arange(3, 200)))),
}


@pytest.mark.parametrize("rows", [1, 7, 64])
@pytest.mark.parametrize("name", AGREEING)
def test_blocks_of_any_size_give_what_all_at_once_gives(tmp_path, monkeypatch, name, rows):
    monkeypatch.undo()
    matrix = mapped_rows(tmp_path, 250, 32)
    expected = AGREEING[name](matrix)
    monkeypatch.setattr(large_arrays, "BLOCK", 4 * 32 * rows)
    monkeypatch.setattr(large_arrays, "LARGE", 1)
    monkeypatch.setattr(whitening, "_ROWS", rows)
    monkeypatch.setattr(quality, "_HELD", 250 * rows)
    monkeypatch.setattr(search_module, "MOST_KEYS", 250 * rows)
    np.testing.assert_allclose(AGREEING[name](matrix), expected, atol=2e-5, rtol=1e-4)
