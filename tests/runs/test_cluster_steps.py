"""The step that looks for clusters: what it stores is what is computed, is stale when labels change, and is not made twice."""

import numpy as np
import pytest
from caches import files
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.clusters import label_codes, measure_clusters
from retrieval_core.evaluation.density_clusters import agreement, density_clusters
from retrieval_core.evaluation.pair_similarities import pair_similarities
from retrieval_core.progress import finished
from retrieval_core.ranking.neighbour_lists import neighbour_lists
from retrieval_core.runs.cluster_steps import find_clusters
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.clusters import agreements, cluster_of, clusters_path, measured, read_clusters
from retrieval_core.stored.colourings import colour
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


def results(cache, model="1d", dataset="town", run="quick"):
    return open_results(Workspace(cache), dataset, run, model)


def test_what_is_stored_is_what_is_computed(cache):
    assert read_clusters(results(cache)) is None
    assert cluster_of(results(cache)) is None
    list(find_clusters(Workspace(cache), "town", "quick", ("1d-aqe",)))  # what is done after the search has no clusters of its own
    one = results(cache)
    matrix, codes = np.asarray(one.descriptors[0].matrix), label_codes(one.dataset)
    found = read_clusters(one)
    for subset in ("all", "labelled"):
        rows = matrix[codes >= 0] if subset == "labelled" else matrix
        expected = density_clusters(rows, *finished(neighbour_lists(rows, 96)))
        assert found.numbers[subset].tolist() == expected.tolist()
        assert cluster_of(one, subset) == dict(zip(subset_ids(one.dataset, subset), expected.tolist(), strict=True))
        assert agreements(one, found)[subset] == agreement(expected, codes if subset == "all" else codes[codes >= 0])
    pairs = finished(pair_similarities(matrix, codes))
    assert (found.pairs.right.tolist(), found.pairs.wrong.tolist()) == (pairs.right.tolist(), pairs.wrong.tolist())
    lists = [finished(neighbour_lists(rows, 96))[0] for rows in (matrix, matrix[codes >= 0])]
    expected = measure_clusters(one.dataset, matrix, *lists, 6)
    assert measured(one, 6).own.tolist() == expected.own.tolist()
    assert clusters_path(results(cache, "1d-aqe")) == clusters_path(one)
    assert read_clusters(results(cache, "1d-aqe")) is found


def test_the_cluster_colours_the_map(cache):
    with pytest.raises(RetrievalError, match="Clusters of 1d were not looked for"):
        colour(results(cache), "cluster")
    list(find_clusters(Workspace(cache), "town", "quick", ("1d",)))
    for subset in ("all", "labelled"):
        numbers = cluster_of(results(cache), subset)
        expected = {image_id: f"cluster {number + 1}" for image_id, number in numbers.items() if number >= 0}
        assert colour(results(cache), "cluster", subset).values == expected


def test_it_is_not_made_twice_and_lists_that_are_missing_are_made(cache):
    (cache / "town" / "quick" / "1d" / "neighbours-labelled.safetensors").unlink()
    assert measured(results(cache), 6) is None
    list(find_clusters(Workspace(cache), "town", "quick", ("1d",)))
    assert measured(results(cache), 6) is not None
    before = files(cache)
    list(find_clusters(Workspace(cache), "town", "quick", ("1d", "1d")))
    assert files(cache) == before


def test_other_labels_make_it_stale(cache, tmp_path):
    root = write_photographs(tmp_path / "own")[0]
    add_dataset(Workspace(cache), "own", root)
    assert main(["--cache", str(cache), "extract", "--dataset", "own", "--models", "2a", "--device", "cpu"]) == 0
    run = next(path.name for path in (cache / "own").iterdir() if (path / "run.json").exists())
    list(find_clusters(Workspace(cache), "own", run, ("2a",)))
    assert read_clusters(results(cache, "2a", "own", run)) is not None
    path = clusters_path(results(cache, "2a", "own", run))
    path.write_bytes(path.read_bytes()[:-8])
    assert read_clusters(results(cache, "2a", "own", run)) is None
    steps = list(find_clusters(Workspace(cache), "own", run, ("2a",)))
    assert "was damaged" in " ".join(step.message for step in steps)
    assert read_clusters(results(cache, "2a", "own", run)) is not None


def test_what_can_not_be_done_is_said_before_anything_is_made(cache, tmp_path):
    before = files(cache)
    with pytest.raises(RetrievalError, match="makes sets of visual words"):
        list(find_clusters(Workspace(cache), "town", "quick", ("1d", "1d-asmk")))
    assert files(cache) == before
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    with pytest.raises(RetrievalError, match="two landmarks have two photographs each, and 'flat' has 0"):
        list(find_clusters(Workspace(cache), "flat", "quick", ("2a",)))
