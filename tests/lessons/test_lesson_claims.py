"""Claims: what holds, what doesn't, and what an interval leaves open."""

import pytest
from lesson_runs import RUN

from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.significance import compare
from retrieval_core.lessons import claims
from retrieval_core.lessons.claims import FAILS, HOLDS, MISSING, UNDECIDED, judge
from retrieval_core.lessons.figures import figure
from retrieval_core.lessons.shown import Figure, Shown
from retrieval_core.workspace import Workspace


@pytest.fixture
def shown(lesson_cache):
    return Shown(Workspace(lesson_cache), "few", RUN)


@pytest.fixture
def given(shown, monkeypatch):
    """Figures of which the value and the ends of the interval are known."""
    known = {
        "five": Figure("5", 5.0, title="five"), "wide": Figure("5 [3, 8]", 5.0, 3.0, 8.0, title="wide"),
        "high": Figure("9 [8.5, 10]", 9.0, 8.5, 10.0, title="high"), "zero": Figure("0 [-1, 1]", 0.0, -1.0, 1.0, title="zero"),
        "none": Figure(missing="Run: it."), "name": Figure("mill", title="name"), "half": Figure("50 %", 50.0, title="half", unit="%"),
        "again": Figure("5", 5.0, title="again"),
    }  # fmt: skip
    monkeypatch.setattr(claims, "figure", lambda _, text: known[text])
    return shown


@pytest.mark.parametrize(("claim", "state"), [
    ("five > 4", HOLDS), ("five > 5", FAILS), ("five < 5", FAILS), ("five < 6", HOLDS), ("five = 5", HOLDS), ("five = 4", FAILS),
    ("wide > 2", HOLDS), ("wide > 3", UNDECIDED), ("wide > 5", UNDECIDED), ("wide > 8.1", FAILS), ("wide < 9", HOLDS),
    ("wide < 4", UNDECIDED), ("wide < 2.9", FAILS), ("wide = 5", UNDECIDED), ("wide = 9", FAILS), ("high > wide", HOLDS),
    ("wide > high", FAILS), ("wide > five", UNDECIDED), ("3 < five", HOLDS), ("zero > 0", UNDECIDED), ("five ≈ 5.4", HOLDS),
    ("five ≈ 6", FAILS), ("wide ≈ 5", UNDECIDED), ("high ≈ 9.2", HOLDS), ("high ≈ 10", UNDECIDED), ("high ≈ 20", FAILS),
    ("five = again", HOLDS), ("none > 1", MISSING), ("five > none", MISSING), ("half ≈ 51", HOLDS), ("half > 40%", HOLDS),
])  # fmt: skip
def test_what_an_interval_decides(given, claim, state):
    found = judge(given, claim)
    assert found.state == state
    assert found.words.startswith(claims.SAID[state])


@pytest.mark.parametrize(("claim", "said"), [
    ("five", "is no claim"), ("5 > 4", "is no claim"), ("five > 4 > 3", "is no claim"), ("five>4", "is no claim"),
    ("five > ", "no claim"),
    ("name > 4", "which is a name"), ("half > five", "counted otherwise"),
])  # fmt: skip
def test_what_is_no_claim_is_an_error(given, claim, said):
    with pytest.raises(RetrievalError, match=said):
        judge(given, claim)


def test_two_models_are_compared_query_by_query(shown):
    aps = [[one.ap_oxford for one in shown.results(key).scores] for key in ("2a", "2a-mac")]
    one = compare(*aps, [query.label for query in shown.dataset.queries])
    found = judge(shown, "map 2a-mac > map 2a")
    assert f"{one.points:+.1f} points [{one.low:.1f}, {one.high:.1f}]" in found.words
    assert found.state == (HOLDS if one.low > 0 else FAILS if one.high < 0 else UNDECIDED)
    assert found.words == judge(shown, "step 2a 2a-mac > 0").words


def test_pairs_of_one_model_judged_in_two_ways(shown):
    found = judge(shown, "map 2a finite_sum > map 2a")
    assert found.state in (HOLDS, UNDECIDED)
    assert "from mAP (Oxford) of 2a, to mAP (finite sum) of 2a" in found.words
    assert "figure" in found.command


def test_clusters_are_compared_photograph_by_photograph(shown):
    found = judge(shown, "own 2a > own 2a all")
    assert "from 2a all to 2a" in found.words
    gap = figure(shown, "own 2a").value - figure(shown, "own 2a all").value
    assert f"{gap:+.1f} points" in found.words


def test_a_missing_claim_gives_the_command(shown):
    found = judge(shown, "step 1c 1d > 0")
    assert found.state == MISSING
    assert "Run: python" in found.words
