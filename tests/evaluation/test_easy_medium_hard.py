"""Easy, Medium and Hard: worked by hand, and against a naive rewriting of the reference's definition on random rankings."""

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.easy_medium_hard import SETUPS, at_setup, revisited_table
from retrieval_core.ranking.search import Ranking


def dataset_of(count, queries):
    return Dataset("r", tuple(Image(f"{k:03}", "") for k in range(count)), tuple(queries), "x")


def ranking(query_id, ids):
    return Ranking(query_id, tuple(ids), np.zeros(len(ids), np.float32))


@pytest.fixture
def query():
    return Query("mill_1", "009", "mill", None, good=("000", "001"), ok=("002",), junk=("003", "009"))


def test_by_hand(query):
    # The ranking: query image, junk, hard, wrong, easy, wrong, easy.
    table = revisited_table({"1d": [ranking("mill_1", ["009", "003", "002", "004", "000", "005", "001"])]}, dataset_of(10, [query]))
    row = table.loc["1d"]
    # Easy: wrong, easy, wrong, easy → 0-based ranks 1, 3 of 2: (0 + 1/2)/2 and (1/3 + 2/4)/2, halved.
    assert row["mAP E"] == pytest.approx(100 * ((0 + 0.5) / 2 + (1 / 3 + 2 / 4) / 2) / 2)
    # Medium: hard, wrong, easy, wrong, easy → ranks 0, 2, 4 of 3.
    assert row["mAP M"] == pytest.approx(100 * (1 + (1 / 2 + 2 / 3) / 2 + (2 / 4 + 3 / 5) / 2) / 3)
    # Hard: hard comes first.
    assert row["mAP H"] == pytest.approx(100)
    # mP@5: places up to min(5, last positive): Easy 2 of 4, Medium 3 of 5, Hard 1 of 1.
    assert [row["mP@5 E"], row["mP@5 M"], row["mP@5 H"]] == pytest.approx([50, 60, 100])
    assert [row["mP@1 E"], row["mP@1 M"], row["mP@1 H"]] == pytest.approx([0, 100, 100])


def test_a_query_without_answers_at_a_setup_is_left_out_of_its_mean(query):
    only_hard = Query("mill_2", "008", "mill", None, good=(), ok=("004",), junk=())
    rankings = [ranking("mill_1", ["000", "001", "002", "004"]), ranking("mill_2", ["000", "004", "001", "002"])]
    row = revisited_table({"1d": rankings}, dataset_of(10, [query, only_hard])).loc["1d"]
    assert row["mAP E"] == pytest.approx(100)
    assert row["mAP M"] == pytest.approx((100 + 25) / 2)


def naive(order, right, junk, k):
    """AP and mP@k of one query as the reference defines them, from 0-based places."""
    left = [place for place in order if place not in junk]
    ranks = [position for position, place in enumerate(left) if place in right]
    ap = sum(((j / r if r else 1.0) + (j + 1) / (r + 1)) / 2 for j, r in enumerate(ranks)) / len(right)
    kq = min(max(rank + 1 for rank in ranks), k)
    return ap, sum(rank + 1 <= kq for rank in ranks) / kq


@pytest.mark.parametrize("seed", range(20))
def test_random_rankings_against_the_naive_way(seed):
    random = np.random.default_rng(seed)
    queries, rankings, expected = [], [], {}
    for number in range(6):
        kinds = random.choice(["easy", "hard", "junk", "wrong"], 40, p=[0.15, 0.15, 0.1, 0.6])
        kinds[:2] = ["easy", "hard"]
        sets = {kind: [f"{place:03}" for place in np.flatnonzero(kinds == kind)] for kind in ("easy", "hard", "junk")}
        order = [f"{place:03}" for place in random.permutation(40)]
        queries.append(Query(f"mill_{number}", "039", "mill", None, tuple(sets["easy"]), tuple(sets["hard"]), tuple(sets["junk"])))
        rankings.append(ranking(f"mill_{number}", order))
        for setup, right, junk in (
            ("E", sets["easy"], sets["junk"] + sets["hard"]),
            ("M", sets["easy"] + sets["hard"], sets["junk"]),
            ("H", sets["hard"], sets["junk"] + sets["easy"]),
        ):
            expected.setdefault(setup, []).append(naive(order, right, junk, 10))
    row = revisited_table({"m": rankings}, dataset_of(40, queries)).loc["m"]
    for setup, found in expected.items():
        assert [row[f"mAP {setup}"], row[f"mP@10 {setup}"]] == pytest.approx(100 * np.mean(found, axis=0))


def test_setups_are_listed(query):
    assert SETUPS == ("easy", "medium", "hard")
    with pytest.raises(RetrievalError, match="easy, medium, hard"):
        at_setup(query, "extreme")
