"""Questions of every kind against brute force on a small set, and the same for the same seed."""

import numpy as np
import pytest
from lesson_runs import MODELS, RUN

from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.significance import compare
from retrieval_core.lessons.card import Card, Question
from retrieval_core.lessons.figures import figure
from retrieval_core.lessons.questions import KINDS, pose
from retrieval_core.lessons.shown import Shown
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.workspace import Workspace

OF = {"significant": {"before": "2a", "after": "2a-mac"}, "number": {"figure": "map 2a"}, "wins": {"models": ",".join(MODELS)}}


@pytest.fixture
def shown(lesson_cache):
    return Shown(Workspace(lesson_cache), "few", RUN)


def card(kind, view="map?model=2a", ask="", **of):
    return Card("a card", view, question=Question(kind, ask, of or OF.get(kind, {})))


def similarities(shown, model, photograph):
    """Similarity of every other photograph, by id."""
    database = shown.results(model).descriptors[0]
    matrix = np.asarray(database.matrix, np.float64)
    found = matrix @ matrix[database.row(photograph)]
    return {one: found[row] for row, one in enumerate(database.ids) if one != photograph}


@pytest.mark.parametrize("protocol", ["oxford", "finite_sum"])
def test_the_model_that_wins_has_the_highest_ap(shown, protocol):
    for query in shown.dataset.queries:
        posed = pose(shown, card("wins", f"query?query={query.id}&protocol={protocol}", models="2a 2a-64px 2a-mac"))
        aps = [next(one for one in shown.results(key).scores if one.query_id == query.id).ap(protocol) for key in MODELS]
        assert [option.words for option in posed.options] == list(MODELS)
        assert [place for place, ap in enumerate(aps) if max(aps) - ap < 1e-9] == list(posed.answers)
        assert posed.photographs == (query.image_id,)


def test_the_first_wrong_answer(shown):
    for query in shown.dataset.queries:
        ranking = next(one for one in shown.results("2a-mac").rankings() if one.query_id == query.id)
        left = [one for one in ranking.ids if one not in query.junk]
        wrong = 1 + next(place for place, one in enumerate(left) if one not in query.positives)
        posed = pose(shown, card("first-wrong", f"query?model=2a-mac&query={query.id}"))
        assert (posed.value, posed.unit, posed.options) == (wrong, "rank", ())


def test_the_nearest_of_four(shown):
    for photograph in ("p000", "p011", "p022"):
        posed = pose(shown, card("nearest", f"map?model=2a&photo={photograph}"))
        near = similarities(shown, "2a", photograph)
        offered = [near[option.image_id] for option in posed.options]
        assert len(offered) == 3  # the 64th neighbour is not there
        assert posed.photographs == (photograph,)
        assert max(near.values()) == pytest.approx(max(offered))
        assert [place for place, one in enumerate(offered) if one == max(offered)] == list(posed.answers)


def test_whether_the_map_kept_a_neighbour(shown):
    made = shown.results("2a").map(map_choice("tsne", "all", None, 0))
    seen = set()
    for photograph in made.ids:
        near = sorted((one := similarities(shown, "2a", photograph)), key=one.__getitem__, reverse=True)[:11]
        for neighbour in near[:4]:
            posed = pose(shown, card("kept", photograph=photograph, neighbour=neighbour, model="2a"))
            places = ((made.xy - made.xy[made.ids.index(photograph)]) ** 2).sum(axis=1)
            rank = sorted(made.ids, key=lambda name, at=places: at[made.ids.index(name)]).index(neighbour)
            assert posed.answers == ((0,) if rank <= 2 * 12 else (1,))
            assert posed.photographs == (photograph, neighbour)
            seen |= set(posed.answers)
    assert 0 in seen


def test_whether_a_difference_is_significant(shown):
    aps = [[one.ap_oxford for one in shown.results(key).scores] for key in ("2a", "2a-mac")]
    one = compare(*aps, [query.label for query in shown.dataset.queries])
    posed = pose(shown, card("significant", "ledger?before=2a&after=2a-mac"))
    assert posed.answers == ((2,) if one.p >= 0.05 else (0,) if one.points > 0 else (1,))
    assert one.words in posed.why


def test_whether_two_photographs_show_the_same_landmark(shown):
    label = {image.id: image.label for image in shown.dataset.images}
    answers = set()
    for seed in range(12):
        posed = pose(shown, card("same"), seed)
        first, second = posed.photographs
        assert posed.answers == ((0,) if label[first] == label[second] else (1,))
        near = similarities(shown, "2a", first)
        same = [one for one in near if label[one] == label[first]]
        others = [one for one in near if label[one] not in (None, label[first])]
        assert near[second] == pytest.approx(min(map(near.get, same)) if posed.answers == (0,) else max(map(near.get, others)))
        answers |= set(posed.answers)
    assert answers == {0, 1}


def test_a_number(shown):
    posed = pose(shown, card("number", ask="How much of {queries}?"))
    found = figure(shown, "map 2a")
    assert (posed.ask, posed.value, posed.unit) == ("How much of 6?", found.value, "%")
    assert found.words in posed.why


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_asks_the_same(lesson_cache, kind):
    every = [pose(Shown(Workspace(lesson_cache), "few", RUN), card(kind, query="mill_1", **OF.get(kind, {})), seed) for seed in (3, 3)]
    assert every[0] == every[1]
    assert not every[0].missing
    assert every[0].ask
    assert every[0].why


def test_another_seed_chooses_other_examples(shown):
    for kind in ("nearest", "same", "kept"):
        assert len({pose(shown, card(kind), seed).photographs for seed in range(8)}) > 1, kind


@pytest.mark.parametrize("kind", KINDS)
def test_without_ground_truth_it_is_asked_or_says_why_not(lesson_cache, kind):
    posed = pose(Shown(Workspace(lesson_cache), "flat", RUN), card(kind))
    assert bool(posed.ask) != bool(posed.missing)
    assert bool(posed.ask) == (kind in ("nearest", "kept"))


@pytest.mark.parametrize(("asked", "said"), [
    (card("first-wrong", "query?model=1d&query=mill_1"), "Run: python"),
    (card("first-wrong", query="nobody", model="2a"), "no query 'nobody'"),
    (card("nearest", photograph="gone"), "no photograph 'gone'"),
    (card("kept", "map?model=2a&method=umap"), "project"), (card("same", first="p000", second="p022"), "has no label"),
    (card("number", figure="map 1d"), "Run: python"),
    (card("significant", before="1c", after="1d"), "Run: python"),
])  # fmt: skip
def test_what_is_not_here_says_what_to_do(shown, asked, said):
    posed = pose(shown, asked)
    assert said in posed.missing
    assert (posed.ask, posed.options, posed.value) == ("", (), None)


@pytest.mark.parametrize(("asked", "said"), [
    (Card("a"), "asks nothing"), (card("riddle"), "Choose one of: wins"), (card("number", model="2a"), "needs the figure"),
    (card("number", figure="dataset"), "is a name"), (card("significant", model="2a"), "needs two models"),
    (card("significant", before="2a", after="2a"), "both are 2a"), (card("wins", models="9z 2a", query="mill_1"), "Unknown model '9z'"),
])  # fmt: skip
def test_what_can_never_be_asked_is_an_error(shown, asked, said):
    with pytest.raises(RetrievalError, match=said):
        pose(shown, asked)
