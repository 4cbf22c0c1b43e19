"""The parameters of a projection: every one has bounds, and what does not fit them is named with what does."""

import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.projection.maps import METHODS, resolve_parameters


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_parameter_has_finite_bounds_around_its_default(method):
    assert set(method.bounds) == set(method.defaults)
    for name, default in method.defaults.items():
        lowest, highest = method.bounds[name]
        assert lowest <= default <= highest < float("inf")


def test_the_order_of_the_methods():
    assert list(METHODS) == ["tsne", "umap", "pca", "pacmap"]
    assert [method.title for method in METHODS.values()] == ["t-SNE", "UMAP", "PCA", "PaCMAP"]


@pytest.mark.parametrize("value", [1e400, -1e400, float("nan"), 10**400, -1, True, "15", None, [1]], ids=lambda value: str(value)[:9])
@pytest.mark.parametrize(("method", "name"), [(key, name) for key, method in METHODS.items() for name in method.defaults])
def test_values_that_are_no_numbers_within_the_bounds_are_refused(method, name, value):
    lowest, highest = METHODS[method].bounds[name]
    with pytest.raises(RetrievalError, match=f"{name} of .*, at least {lowest:g} and at most {highest:g}, not "):
        resolve_parameters(method, {name: value}, 100, 64)


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("som", {}, "tsne, umap, pca"),
        ("tsne", {"perplexty": 30}, "perplexity"),
        ("tsne", {"perplexity": 0.5}, "at least 1"),
        ("tsne", {"iterations": 10.5}, "whole number"),
        ("umap", {"minimum_distance": 1.5}, "at most 1, not 1.5"),
        ("pacmap", {"iterations": 200}, "at least 201"),
        ("pca", {"components": 3}, "Unknown parameter of PCA"),
    ],
)
def test_faulty_choices_are_named(method, parameters, words):
    with pytest.raises(RetrievalError, match=words):
        resolve_parameters(method, parameters, 100, 64)


def test_whole_numbers_written_with_a_point_are_taken():
    used = resolve_parameters("tsne", {"iterations": 200.0, "perplexity": 20}, 100, 64)
    assert (repr(used["iterations"]), repr(used["perplexity"])) == ("200", "20.0")
