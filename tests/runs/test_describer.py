"""A new picture is described as the queries were, and only by the weights that described them."""

import json
import shutil

import numpy as np
import pytest

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.describer import open_describer
from retrieval_core.stored import results
from retrieval_core.workspace import Workspace


@pytest.mark.parametrize("model", ["1a", "1d", "1e", "1h"])
def test_a_query_handed_over_again_gets_its_own_descriptor(town_cache, model):
    workspace = Workspace(town_cache)
    dataset = open_dataset(workspace, "town")
    _, queries = results.load_descriptors(workspace, "town", model)
    describer = open_describer(workspace, "town", model, "cpu")
    for query in dataset.queries[:3]:
        row = describer.describe(read_image(dataset.image(query.image_id).path), query.box)
        assert row.shape == (1, queries.matrix.shape[1])
        assert np.isclose(row[0] @ queries.matrix[queries.row(query.id)], 1, atol=1e-5)


def test_other_weights_are_refused(town_cache, tmp_path):
    cache = tmp_path / "cache"
    shutil.copytree(town_cache, cache)
    manifest = cache / "town" / "1d" / "manifest.json"
    text = json.loads(manifest.read_text())
    changed = json.dumps(text).replace(text_of_weights(text), "0" * 64)
    manifest.write_text(changed)
    with pytest.raises(RetrievalError, match="gone or have changed"):
        open_describer(Workspace(cache), "town", "1d", "cpu")


def text_of_weights(value):
    """The hash of the weights, wherever a manifest keeps its recipe."""
    if isinstance(value, dict):
        if isinstance(value.get("recipe"), dict):
            return value["recipe"]["weights"]
        return next((found for one in value.values() if (found := text_of_weights(one))), None)
    return None
