"""Whatever is done after the search: every ranking holds every photograph once, whatever the sizes, and faults are named."""

import numpy as np
import pytest
from unit_rows import unit_rows

from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.ranking import order as module
from retrieval_core.ranking.order import METHODS, order
from retrieval_core.ranking.search import search
from retrieval_core.search_choices import AFTER


def no_matches(row, positions):
    yield from ()
    return np.zeros(len(positions), np.int32)


def after(queries, database, method, **more):
    return finished(order(queries, database, method, count=no_matches, **more))


def test_every_method_can_be_written_behind_a_key():
    assert tuple(METHODS) == AFTER


def test_nothing_after_the_search_is_the_search():
    queries, database = unit_rows(1, 5), unit_rows(2, 30)
    for ours, theirs in zip(finished(order(queries, database)), search(queries, database), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rows", ["mixed", "alike", "apart", "opposite"])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 130])
def test_every_ranking_holds_every_photograph_once(method, rows, count):
    database = {
        "mixed": unit_rows(2, count), "alike": np.repeat(unit_rows(2, 1), count, axis=0), "apart": np.eye(count, dtype=np.float32),
        "opposite": np.repeat(unit_rows(2, 1), count, axis=0) * np.where(np.arange(count) % 2, 1, -1)[:, None].astype(np.float32),
    }[rows]  # fmt: skip
    queries = database[np.arange(3) % count]
    positions, scores = after(queries, database, method)
    assert positions.shape == scores.shape == (3, count)
    assert positions.dtype == np.int32
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    for row in positions:
        assert sorted(row.tolist()) == list(range(count))
    if rows == "alike" and method != "superglobal":  # whose rounding tells doubles apart
        assert (positions == np.arange(count)).all()


@pytest.mark.parametrize("method", METHODS)
def test_queries_do_not_depend_on_one_another_nor_on_how_often_they_are_asked(method):
    queries, database = unit_rows(1, 70), unit_rows(2, 90)
    together = after(queries, database, method, version="a name")
    again = after(queries, database, method, version="a name")
    np.testing.assert_array_equal(together[0], again[0])
    for row in (0, 63, 64, 69):
        alone = after(queries[row : row + 1], database, method)
        np.testing.assert_allclose(alone[1][0], together[1][row], atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_no_queries(method):
    assert after(unit_rows(1, 3)[:0], unit_rows(2, 9), method)[0].shape == (0, 9)


def test_what_is_prepared_is_kept_for_this_database_and_these_parameters_alone(monkeypatch):
    made = []
    monkeypatch.setattr(module, "_prepared", type(module._prepared)())
    prepare = METHODS["dba"].prepare
    object.__setattr__(METHODS["dba"], "prepare", lambda *given: made.append(given[1]) or prepare(*given))
    try:
        first, second = unit_rows(2, 30), unit_rows(3, 30)
        for database, version in ((first, "first"), (first, "first"), (second, "second")):
            found = after(unit_rows(1, 2), database, "dba", version=version)
            np.testing.assert_array_equal(found[0], after(unit_rows(1, 2), database, "dba")[0])
        assert len(made) == 2 + 3
        after(unit_rows(1, 2), first, "dba", version="first", parameters={"k": 3})
        assert len(made) == 6
    finally:
        object.__setattr__(METHODS["dba"], "prepare", prepare)


def test_of_fewer_photographs_fewer_are_a_neighbourhood():
    diffusion = METHODS["diffusion"]
    assert diffusion.usual(5_063) == diffusion.usual(100_000) == {"k": 100, "query_k": 30, "gamma": 3.0, "alpha": 0.99}
    assert diffusion.usual(1_146) == {"k": 23, "query_k": 7, "gamma": 3.0, "alpha": 0.99}
    assert diffusion.usual(10)["k"] == 5
    assert diffusion.fill_in({"k": 40}, 10)["k"] == 40
    assert METHODS["superglobal"].usual(10) == {"k": 400, "neighbours": 9, "beta": 0.15}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: order(unit_rows(1, 1), unit_rows(2, 4), "magic"), "Choose one of: aqe, alphaqe"),
        (lambda: order(unit_rows(1, 1), unit_rows(2, 4), "aqe", {"k": 0}), "at least 1"),
        (lambda: order(unit_rows(1, 1), unit_rows(2, 4), "aqe", {"alpha": 1}), "parameter of average query expansion"),
        (lambda: order(unit_rows(1, 1), unit_rows(2, 4), "verified"), "there are only descriptors"),
        (lambda: order(unit_rows(1, 1), unit_rows(2, 4, width=9), "dba"), "8 dimensions and the database 9"),
        (lambda: order(unit_rows(1, 1), np.full((4, 8), np.nan, np.float32), "aqe"), "not finite"),
    ],
)
def test_faults_are_sentences(call, message):
    with pytest.raises(RetrievalError, match=message):
        finished(call())


def test_more_photographs_than_can_be_compared_with_one_another_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_COMPARED", 20)
    for method in ("dba", "diffusion"):
        with pytest.raises(RetrievalError, match="at most 20"):
            after(unit_rows(1, 1), unit_rows(2, 21), method)
    assert after(unit_rows(1, 1), unit_rows(2, 21), "alphaqe")[0].shape == (1, 21)
