"""The estimated time grows with everything that costs time."""

import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.projection.estimate import estimated_seconds
from retrieval_core.projection.maps import METHODS

COSTLY = [(method, name) for method, defaults in METHODS.items() for name in defaults
          if name not in ("early_exaggeration", "minimum_distance")]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_more_and_wider_descriptors_take_longer(method):
    by_count = [estimated_seconds(method, count, 512) for count in (4, 100, 2999, 3000, 6000, 9999, 10_000, 10_001, 100_000)]
    by_width = [estimated_seconds(method, 5000, width) for width in (64, 512, 2048)]
    for seconds in (by_count, by_width):
        assert seconds == sorted(set(seconds))
        assert seconds[0] > 0


@pytest.mark.parametrize(("method", "name"), COSTLY)
def test_a_larger_parameter_takes_longer(method, name):
    larger = {name: 2 * METHODS[method][name]}
    assert estimated_seconds(method, 5000, 512, larger) > estimated_seconds(method, 5000, 512)


def test_an_unknown_method_is_named():
    with pytest.raises(RetrievalError, match="tsne, umap, pca"):
        estimated_seconds("som", 100, 64)
