"""The query's own image as a positive or as junk."""

from rankings import ranking

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.average_precision import score_rankings
from retrieval_core.evaluation.judged_rankings import counted, without_query_images

QUERY = Query("keep_1", "a", "keep", None, good=("a", "b"), ok=("c",), junk=("j",))


def test_counted_closes_up_over_junk():
    assert list(counted("xjab", QUERY)) == [(1, "x", False), (2, "a", True), (3, "b", True)]


def test_without_the_query_image_the_ranking_is_scored_as_if_it_were_not_in_the_database():
    dataset = without_query_images(Dataset("small", (), (QUERY,), ""))
    query = dataset.queries[0]
    assert (query.good, query.ok, query.junk) == (("b",), ("c",), ("j", "a"))
    with_it, without_it = (score_rankings(dataset, [ranking("keep_1", ids)])[0] for ids in ("axbjc", "xbjc"))
    assert with_it == without_it
    assert with_it.positives == 2
