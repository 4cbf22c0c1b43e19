"""Average precision against hand values, a naive walk down the list in both protocols, and scikit-learn."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import (
    Score,
    average_precision,
    mean_average_precision,
    positive_ranks,
    score_rankings,
    uncounted,
)
from retrieval_core.ranking.search import Ranking


@pytest.mark.parametrize(
    ("ranks", "oxford", "finite_sum"),
    [
        ([0], 1.0, 1.0),
        ([1], 0.25, 0.5),
        ([0, 1, 4, 9], 0.72917, 0.75),
        ([9, 19, 29], 0.07027, 0.1),
        ([0, 1, 2], 1.0, 1.0),
        ([], 0.0, 0.0),
    ],
)
def test_hand_values(ranks, oxford, finite_sum):
    positives = max(1, len(ranks))
    assert average_precision(ranks, positives, "oxford") == pytest.approx(oxford, abs=5e-6)
    assert average_precision(ranks, positives, "finite_sum") == pytest.approx(finite_sum, abs=5e-6)


def walk_down_the_list(ranked_ids, positives, junk):
    """Both protocols as one would explain them: go down the list, keep count, add up."""
    seen = found = 0
    old_recall, old_precision = 0.0, 1.0
    area = total = 0.0
    for image_id in ranked_ids:
        if image_id in junk:
            continue
        seen += 1
        if image_id in positives:
            found += 1
            total += found / seen
        recall, precision = found / len(positives), found / seen
        area += (recall - old_recall) * (old_precision + precision) / 2
        old_recall, old_precision = recall, precision
    return area, total / len(positives)


@pytest.mark.parametrize("seed", range(40))
def test_random_rankings_with_junk_agree_with_the_walk_and_scikit_learn(seed):
    random = np.random.default_rng(seed)
    ids = [f"image {number}" for number in random.permutation(random.integers(3, 60))]
    shuffled = [str(image_id) for image_id in random.permutation(ids)]
    cut = 1 + random.integers(len(ids) - 1)
    positives, junk = set(shuffled[:cut]), set(shuffled[cut : cut + random.integers(0, 10)])
    area, total = walk_down_the_list(ids, positives, junk)
    ranks = positive_ranks(ids, positives, junk)
    assert average_precision(ranks, len(positives), "oxford") == pytest.approx(area, abs=1e-12)
    assert average_precision(ranks, len(positives), "finite_sum") == pytest.approx(total, abs=1e-12)
    counted = [image_id for image_id in ids if image_id not in junk]
    truth, falling = [image_id in positives for image_id in counted], -np.arange(len(counted))
    assert total == pytest.approx(average_precision_score(truth, falling), abs=1e-12)


def test_ranks_close_up_over_junk():
    assert positive_ranks(["j", "a", "x", "j2", "b", "y"], {"a", "b"}, {"j", "j2"}).tolist() == [0, 2]


def test_positives_that_were_not_found_count():
    assert average_precision([0], 4, "oxford") == 0.25
    assert average_precision([0], 4, "finite_sum") == 0.25


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="0 positives"):
        average_precision([], 0, "oxford")
    with pytest.raises(ValueError, match="2 ranks"):
        average_precision([0, 1], 1, "oxford")
    with pytest.raises(RetrievalError, match="oxford, finite_sum"):
        average_precision([0], 1, "official")


@pytest.fixture
def dataset():
    queries = (
        Query("keep_1", "a", "keep", None, good=("a",), ok=("b",), junk=("j",)),
        Query("keep_2", "b", "keep", None, good=(), ok=(), junk=("a",)),
    )
    return Dataset("small", (), queries, "")


def ranking(query_id, ids):
    return Ranking(query_id, tuple(ids), np.zeros(len(ids), np.float32))


def test_a_dataset_is_scored_with_its_junk_removed(dataset):
    scores = score_rankings(dataset, [ranking("keep_1", "ajxb"), ranking("keep_2", "bxaj")])
    # keep_1: a first, b third once j is gone: (1 + (1/2 + 2/3) / 2) / 2 and (1 + 2/3) / 2.
    assert scores[0] == Score("keep_1", pytest.approx(19 / 24), pytest.approx(5 / 6), 2)
    assert scores[1] == Score("keep_2", None, None, 0)
    assert scores[0].ap("oxford") == scores[0].ap_oxford
    assert mean_average_precision(scores, "finite_sum") == pytest.approx(5 / 6)
    assert uncounted(scores) == ("keep_2",)
    assert mean_average_precision(scores[1:], "oxford") is None


def test_scores_survive_json(dataset):
    scores = score_rankings(dataset, [ranking("keep_1", "xajb"), ranking("keep_2", "bxaj")])
    text = json.dumps([asdict(score) for score in scores], allow_nan=False)
    assert [Score(**entry) for entry in json.loads(text)] == scores


def test_a_ranking_of_another_dataset_is_refused(dataset):
    with pytest.raises(RetrievalError, match="small has no query 'mill_1'"):
        score_rankings(dataset, [ranking("mill_1", "ab")])
