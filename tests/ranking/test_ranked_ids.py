"""Positions read as the ids that they stand for, and where ids stand among them."""

import numpy as np
import pytest

from retrieval_core.evaluation.average_precision import positive_ranks
from retrieval_core.evaluation.judged_rankings import counted, ranks_of, right_ranks
from retrieval_core.ranking import ranked_ids
from retrieval_core.ranking.ranked_ids import RankedIds

NAMES = tuple("abcdefghij")


@pytest.fixture(params=[1, 3, 4096])
def ids(request, monkeypatch):
    monkeypatch.setattr(ranked_ids, "_NAMED", request.param)
    return RankedIds(NAMES, np.array([9, 0, 4, 2, 7, 1], np.int32))


PLAIN = ("j", "a", "e", "c", "h", "b")


def test_they_read_as_the_tuple_of_texts(ids):
    assert tuple(ids) == PLAIN
    assert ids == PLAIN
    assert hash(ids) == hash(PLAIN)
    assert len(ids) == 6
    assert (ids[0], ids[-1], ids[:2], ids[4:], ids[::-1]) == ("j", "b", ("j", "a"), ("h", "b"), PLAIN[::-1])
    assert ids.index("e") == 2
    assert "f" not in ids
    assert type(ids[1]) is str
    with pytest.raises(IndexError):
        ids[6]


def test_others_differ(ids):
    assert ids != PLAIN[:5]
    assert ids != (*PLAIN[:5], "f")
    assert ids != (*PLAIN[:5], 5)
    assert ids != list(PLAIN)
    assert ids != RankedIds(NAMES, ids.positions[::-1])
    assert ids == RankedIds(tuple(reversed(NAMES)), 9 - ids.positions)


@pytest.mark.parametrize(("wanted", "junk"), [("eb", ""), ("jab", "jc"), ("xf", "y"), ("", "abc"), ("abcdefghij", "h"), ("ee", "e")])
def test_ranks_are_those_of_a_walk_along_the_texts(ids, wanted, junk):
    expected = ranks_of(PLAIN, tuple(wanted), tuple(junk))
    assert ranks_of(ids, tuple(wanted), tuple(junk)) == expected
    assert list(ranks_of(ids, tuple(wanted), tuple(junk))) == list(expected)
    kept = [one for one in PLAIN if one not in junk]
    assert expected == {one: 1 + rank for rank, one in enumerate(kept) if one in wanted}
    found = positive_ranks(ids, tuple(wanted), tuple(junk))
    assert found.dtype == np.int64
    assert found.tolist() == [rank - 1 for rank in expected.values()]


def test_right_answers_are_those_that_are_counted(ids):
    from retrieval_core.datasets.types import Query

    query = Query("q", "a", "mill", None, ("a", "b"), ("e",), ("j", "h"))
    assert right_ranks(ids, query) == {one: rank for rank, one, right in counted(PLAIN, query) if right} == {"a": 1, "e": 2, "b": 4}
