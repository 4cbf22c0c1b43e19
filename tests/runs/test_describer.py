"""A new picture is described as the queries were, and only by the weights that described them."""

import numpy as np
import pytest

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.describer import open_describer, stored_descriptor
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


@pytest.mark.parametrize("model", ["1a", "1d", "1e", "1h"])
def test_a_query_handed_over_again_gets_its_own_descriptor(town_cache, model):
    results = open_results(Workspace(town_cache), "town", "quick", model)
    _, queries = results.descriptors
    describer = open_describer(results, "cpu")
    for query in results.dataset.queries[:3]:
        row = describer.describe(read_image(results.dataset.image(query.image_id).path), query.box)
        assert row.shape == (1, queries.matrix.shape[1])
        assert np.isclose(row[0] @ queries.matrix[queries.row(query.id)], 1, atol=1e-5)
        assert np.array_equal(stored_descriptor(results, query.image_id, query.id)[0], queries.matrix[queries.row(query.id)])


def test_what_is_stored_of_a_photograph_is_found_by_its_id(town_cache):
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    database, _ = results.descriptors
    assert np.array_equal(stored_descriptor(results, database.ids[5])[0], database.matrix[5])
    assert stored_descriptor(results, "nowhere") is None
    assert stored_descriptor(results, database.ids[5], "no query") is None


def test_other_weights_are_refused(cache):
    workspace = Workspace(cache)
    path = cache / "town-train" / "quick" / "1d" / "weights.safetensors"
    with workspace.writing(path, workspace.record(path).inputs) as temporary:
        temporary.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RetrievalError, match=r"1d of run quick on town is stale: the weights changed since\. Run: .* --models 1d"):
        open_describer(open_results(workspace, "town", "quick", "1d"), "cpu")


def test_imported_descriptors_have_no_network(tmp_path):
    rows = np.eye(4, 8, dtype=np.float32)
    np.save(tmp_path / "net.npy", rows)
    (tmp_path / "ids.txt").write_text("a\nb\nc\nd\n")
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "theirs", tmp_path / "net.npy", model="1h")
    with pytest.raises(RetrievalError, match="descriptors of theirs were imported: there is no network"):
        open_describer(open_results(workspace, "theirs", "imported", "1h"), "cpu")
