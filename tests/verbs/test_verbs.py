"""The verbs agree with what a run stores, refuse what does not fit, and show themselves without trusting a name."""

import html
import urllib.request

import numpy as np
import pytest
from PIL import Image

import retrieval_core as rc
from retrieval_core.stored.results import open_results
from retrieval_core.verbs.html import pictures, table
from retrieval_core.workspace import Workspace


@pytest.fixture
def town(town_cache):
    return rc.open("town", town_cache)


@pytest.fixture
def described(town):
    return rc.describe(town, "1d")


def test_what_is_there_is_not_made_again(town, town_cache, monkeypatch):
    from retrieval_core.runs import plan

    monkeypatch.setattr(plan, "run", lambda *arguments: pytest.fail("a run was begun"))
    described, stored = rc.describe(town, "1d"), open_results(Workspace(town_cache), "town", "quick", "1d")
    assert described.ids == tuple(image.id for image in town.dataset.images)
    assert np.array_equal(described.matrix, stored.descriptors[0].matrix)


@pytest.mark.parametrize("protocol", ["oxford", "finite_sum"])
def test_scores_and_rankings_are_those_that_are_stored(described, town_cache, protocol):
    stored = open_results(Workspace(town_cache), "town", "quick", "1d")
    scored = rc.evaluate(described, protocol)
    assert list(scored.scores) == stored.scores
    assert scored.mean == pytest.approx(stored.score_file[f"map_{protocol}"])
    first = stored.rankings()[0]
    ranking = rc.rank(described, first.query_id)
    assert ranking.ids == first.ids
    assert ranking.ap(protocol) == pytest.approx(stored.scores[0].ap(protocol))


def test_a_picture_a_file_and_a_descriptor_are_ranked(described, town):
    image = town.dataset.images[3]
    for asked in (image.path, Image.open(image.path), described.matrix[3], 7 * described.matrix[3:4]):
        ranking = rc.rank(described, asked)
        assert ranking.ids[0] == image.id
        assert ranking.similarities[0] == pytest.approx(1, abs=2e-3)
        assert ranking.verdicts is None
        assert ranking.ap() is None


def test_descriptors_of_one_s_own_give_the_same_as_those_of_the_cache(described, town):
    theirs = rc.from_matrix(3 * described.matrix.astype(np.float64), described.ids, model="1d", opened=town,
                            queries=described.queries.matrix, query_ids=town.queries)  # fmt: skip
    assert np.allclose(theirs.matrix, described.matrix, atol=1e-6)
    assert rc.evaluate(theirs).mean == pytest.approx(rc.evaluate(described).mean, abs=0.01)
    assert rc.rank(theirs, town.queries[0]).ids[:5] == rc.rank(described, town.queries[0]).ids[:5]
    shuffled = np.random.default_rng(0).permutation(len(described))
    other = rc.from_matrix(described.matrix[shuffled], [described.ids[row] for row in shuffled], opened=town)
    assert rc.rank(other, described.ids[4]).ids[:5] == rc.rank(described, described.ids[4]).ids[:5]


@pytest.mark.parametrize(("matrix", "ids", "words"), [
    (np.eye(3), ["a", "b"], "one row for each id"), (np.eye(3)[0], ["a"], "shape"),
    (np.zeros((1, 2)), ["a"], "Row 0 of matrix is zero"),
    (np.array([[1, np.nan]]), ["a"], "not finite"), (np.array([[1, np.inf]]), ["a"], "not finite"),
    (np.eye(2), ["a", "a"], "there twice"),
    (np.eye(2), ["a", 1], "Ids are texts"), (np.eye(2), "ab", "one text"),
    (np.eye(2), ["a", "../b"], "can't be the id"), (np.eye(2), ["a", ""], "can't be the id"),
    ([["x"]], ["a"], "other things than numbers"),
    (np.empty((1, 0)), ["a"], "shape"), (np.array([[object()]]), ["a"], "other things"),
])  # fmt: skip
def test_a_matrix_that_does_not_fit_is_refused(matrix, ids, words):
    with pytest.raises(rc.RetrievalError, match=words):
        rc.from_matrix(matrix, ids)


def test_what_can_not_be_done_is_said(described, town, town_cache, tmp_path):
    mine = rc.from_matrix(np.eye(4), list("abcd"))
    for act, words in (
        (lambda: rc.open("nowhere", town_cache), "Unknown dataset"), (lambda: rc.describe(town, "9z"), "1a, 1b"),
        (lambda: rc.evaluate(described, "median"), "oxford, finite_sum"), (lambda: rc.evaluate(mine), "have no queries"),
        (lambda: rc.rank(described, "no_such"), "neither a query nor"), (lambda: rc.rank(mine, np.ones(5)), "dimensions"),
        (lambda: rc.rank(mine, np.zeros(4)), "zero or not finite"),
        (lambda: rc.rank(mine, Image.new("RGB", (60, 60))), "no network is known"),
        (lambda: rc.project(mine, "isomap"), "tsne, umap, pca, pacmap"), (lambda: rc.project(described, perplexity=-1), "perplexity"),
        (lambda: rc.from_matrix(np.eye(1), ["x"], opened=town), "no photograph 'x'"),
        (lambda: rc.from_matrix(np.eye(2), list("ab"), queries=np.eye(3), query_ids=list("xyz")), "one model"),
        (lambda: rc.add("town", tmp_path), "built-in"), (lambda: rc.add("x", tmp_path / "none", town_cache), "none"),
    ):  # fmt: skip
        with pytest.raises(rc.RetrievalError, match=words):
            act()


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_a_projection_makes_a_map(described, method):
    laid_out = rc.project(described, method)
    assert laid_out.places.xy.shape == (len(described), 2)
    assert laid_out._repr_html_().count("<circle") == len(described)


def test_results_show_themselves_and_trust_no_name(described, town, own_folder):
    for result in (town, described, rc.rank(described, town.queries[0]), rc.evaluate(described)):
        shown = result._repr_html_()
        assert html.escape(repr(result)[1:-1]) in shown
        assert "<script" not in shown
    assert rc.rank(described, town.queries[0])._repr_html_().count("data:image/jpeg") == 12
    bad = "<script>alert(1)</script>"
    mine = rc.from_matrix(np.eye(4), [bad, "b", "c", "d"])
    for result in (mine, rc.rank(mine, bad), rc.project(mine, "pca")):
        assert "<script" not in result._repr_html_()
    assert "<script" not in table([bad], [[bad]]) + pictures([("/nowhere.jpg", bad)])


def test_own_descriptors_are_shown_in_the_app(tmp_path, monkeypatch):
    monkeypatch.setenv("RETRIEVAL_CACHE", str(tmp_path / "cache"))
    mine = rc.from_matrix(np.random.default_rng(0).normal(size=(9, 4)), [f"photo {number}" for number in range(9)], model="1e")
    with rc.show(mine, browser=False) as app:
        assert app.address.endswith("dataset=from-python&model=1e")
        with urllib.request.urlopen(app.address.split("?")[0] + "files/ids/from-python?subset=all", timeout=30) as answer:
            assert b"photo 8" in answer.read()
        assert app.address in app._repr_html_().replace("&amp;", "&")
    assert app.process.poll() is not None
    with pytest.raises(rc.RetrievalError, match="Choose another name"):
        rc.show(rc.from_matrix(np.eye(5), list("abcde"), model="1e"), browser=False)
