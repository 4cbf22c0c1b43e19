"""Colourings against loops over what is stored; what they lack is said with the remedy."""

from dataclasses import replace

import numpy as np
import pytest

from retrieval_core.datasets.csv_table import read_csv
from retrieval_core.errors import RetrievalError
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.stored.bins import Bin, save_bin
from retrieval_core.stored.colourings import OTHER, Categories, Ramp, colour, colourings_of, shortened
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


@pytest.fixture(scope="module")
def results(town_cache):
    return open_results(Workspace(town_cache), "town", "quick", "1c")


def with_columns(results, columns):
    return replace(results, dataset=replace(results.dataset, columns=columns))


def test_the_tail_of_the_categories_is_one():
    values = {f"{name}{number}": name for place, name in enumerate("abcdef") for number in range(place + 1)}
    names, category = shortened(Categories(values), 3)
    assert names == ["f", "e", "d", OTHER]
    assert {image_id: name if name in "fed" else OTHER for image_id, name in values.items()} == category
    assert shortened(Categories(values), 6)[0] == list("fedcba")
    assert shortened(Categories({"x": OTHER, "y": "a"}), 6) == (["a", OTHER], {"x": OTHER, "y": "a"})
    assert shortened(Categories({}), 3) == ([], {})


def test_without_queries_and_columns_there_is_less_to_colour_by(results):
    decisions = [f"decision:{method}" for method in METHODS]
    assert list(colourings_of(results.dataset)) == ["bin", "ap", "hubness", "cluster", "rank", *decisions]
    assert list(colourings_of(replace(results.dataset, queries=()))) == ["bin", "hubness", "cluster", *decisions]
    labelled = tuple(image for image in results.dataset.images if image.label)
    assert list(colourings_of(replace(results.dataset, images=labelled, queries=()))) == ["bin", "hubness", "cluster"]
    columns = {"year": {}, "by: whom": {}}
    assert colourings_of(replace(results.dataset, columns=columns))["column:by: whom"] == "column by: whom"
    with pytest.raises(RetrievalError, match="Unknown colouring 'jet'"):
        colour(results, "jet")


@pytest.mark.parametrize("subset", ["all", "labelled"])
def test_hubness_is_counted_in_the_rows_themselves(results, subset):
    database, _ = results.descriptors
    ids = [image.id for image in results.dataset.images if subset == "all" or image.label]
    rows = np.array([database.matrix[database.row(image_id)] for image_id in ids])
    similarities = rows @ rows.T
    np.fill_diagonal(similarities, -2)
    nearest = np.argsort(-similarities, axis=1, kind="stable")[:, :3]
    naive = {image_id: float((nearest == row).sum()) for row, image_id in enumerate(ids)}
    found = colour(results, "hubness", subset, k=3)
    assert found.values == naive
    assert "3 nearest" in found.low


def test_the_rank_is_that_of_the_ranking_without_junk(results):
    query = next(query for query in results.dataset.queries if query.junk)
    ranking = next(one for one in results.rankings() if one.query_id == query.id)
    kept = [image_id for image_id in ranking.ids if image_id not in query.junk]
    found = colour(results, "rank", query=query.id)
    assert found.values == {image_id: rank for rank, image_id in enumerate(kept, 1)}
    assert not found.even
    for wrong, said in (("", "no query is chosen"), ("nobody_1", "no query 'nobody_1'")):
        with pytest.raises(RetrievalError, match=said):
            colour(results, "rank", query=wrong)


def test_the_ap_stands_on_the_photographs_that_queries_are_cut_from(results):
    found = colour(results, "ap")
    naive = {}
    for score in results.scores:
        naive.setdefault(results.dataset.query(score.query_id).image_id, []).append(100 * score.ap_oxford)
    assert found.values == pytest.approx({image_id: np.mean(aps) for image_id, aps in naive.items()})


@pytest.mark.parametrize(("cells", "kind"), [(("3", "-1.5"), Ramp), (("3", "x"), Categories), (("1", "nan"), Categories)])
def test_a_column_of_numbers_is_a_ramp(results, cells, kind):
    one, other = (image.id for image in results.dataset.images[:2])
    found = colour(with_columns(results, {"year": {one: cells[0], other: cells[1]}}), "column:year")
    assert isinstance(found, kind)
    assert found.values == ({one: 3.0, other: -1.5} if kind is Ramp else {one: cells[0], other: cells[1]})


def test_bins_are_categories_and_a_photograph_in_two_says_so(cache):
    results = open_results(Workspace(cache), "town", "quick", "1c")
    with pytest.raises(RetrievalError, match="no bins yet"):
        colour(results, "bin")
    save_bin(results.workspace, "town", Bin("x", ("a", "b"), "by hand"))
    save_bin(results.workspace, "town", Bin("y", ("b", "c"), "by hand"))
    assert colour(results, "bin").values == {"a": "x", "b": "x + y", "c": "y"}


def test_further_columns_of_a_table_are_kept_by_image_id(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.jpg").write_bytes(b"")
    table = tmp_path / "list.csv"
    table.write_text("image,landmark,Year,note\na.jpg,mill,1999,\nb.jpg,,2001,x\nc.jpg,mill,,y\n")
    dataset = read_csv(table, "mine")
    assert dataset.columns == {"year": {"a": "1999", "b": "2001"}, "note": {"b": "x", "c": "y"}}
    table.write_text("image,landmark,Year,note\na.jpg,mill,1998,\nb.jpg,,2001,x\nc.jpg,mill,,y\n")
    assert read_csv(table, "mine") != dataset  # who keeps it open has to take the new one
    assert read_csv(table, "mine").images == dataset.images
