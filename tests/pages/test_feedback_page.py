"""Query, Feedback: marks live in the address, the ranking answers them, and what is offered first is what was measured."""

import json

import numpy as np
import pytest
from looking import button, end_of_work, stored, texts, views
from typed import problems

from pages.state import marks
from pages.web.ranking.messages import MarkingView
from retrieval_core.feedback.methods import METHODS, as_round, learn, least_sure, order, values
from retrieval_core.feedback.residual import residual_scores
from retrieval_core.feedback.simulations import Simulation, offered
from retrieval_core.progress import finished
from retrieval_core.runs.feedback_steps import simulate_feedback
from retrieval_core.stored.bins import read_bins
from retrieval_core.stored.feedback import read_simulations
from retrieval_core.workspace import Workspace

QUERY = "castle_gate_2"
RIGHT, WRONG = ["castle_gate_000001", "castle_gate_000003"], ["brock_tower_000001", "alder_court_000002"]
MARKS = f"{RIGHT[0]},!{WRONG[0]},{RIGHT[1]},!{WRONG[1]}"


def looked_at(open_page, cache, **more):
    return open_page("Query", cache, model="1d", show="feedback", k="12", **({"query": QUERY} | more))


def view(app):
    """What can be marked, as the browser is given it."""
    found = views(app)["marking"]
    return {name: value for name, value in found.items() if name != "key"}


def shown(app, title):
    """Ids of the list that is called so; None where there is none."""
    return next(([card["id"] for card in strip["cards"]] for strip in view(app)["strips"] if strip["title"] == title), None)


def query_of(cache, model):
    one = stored(cache, model)
    return one.descriptors[1].matrix[one.descriptors[1].row(QUERY)], one.descriptors[0]


@pytest.mark.parametrize("method", ["rocchio", "logistic", "svm", "ssaira"])
def test_the_ranking_is_what_the_method_makes_of_the_marks(open_page, town_cache, method):
    app = looked_at(open_page, town_cache, learn=method, marks=MARKS)
    assert problems(view(app), MarkingView) == []
    query, photographs = query_of(town_cache, "1d")
    found = as_round([(query, photographs)], RIGHT, WRONG)
    got = values(METHODS[method], found, METHODS[method].fill_in({}))
    np.testing.assert_array_equal(got, learn(method, [(query, photographs)], RIGHT, WRONG))
    ranked = order(found, got)
    expected = [photographs.ids[row] for row in ranked if photographs.ids[row] not in RIGHT + WRONG]
    assert shown(app, "Answers that are not marked") == expected[:12]
    unsure = [photographs.ids[row] for row in least_sure(METHODS[method], found, got, 6)]
    assert shown(app, "It is least sure of these: mark them next") == unsure
    assert shown(app, "Marked") == [WRONG[1], RIGHT[1], WRONG[0], RIGHT[0]]
    assert view(app)["marks"] == [{"id": one, "right": one in RIGHT} for one in (RIGHT[0], WRONG[0], RIGHT[1], WRONG[1])]
    dataset = stored(town_cache, "1d").dataset
    before, after = residual_scores(dataset.query(QUERY), photographs.ids, [order(found, found.similarities), ranked], found.marked)
    said = view(app)["strips"][0]["note"]
    assert said.startswith(f"AP (Oxford) of what is not marked: {100 * before.ap_oxford:.1f} → {100 * after.ap_oxford:.1f}")


def test_two_models_learn_together(open_page, town_cache):
    app = looked_at(open_page, town_cache, learn="ssaira2", versus="1a", marks=MARKS)
    got = learn("ssaira2", [query_of(town_cache, "1d"), query_of(town_cache, "1a")], RIGHT, WRONG)
    ids = query_of(town_cache, "1d")[1].ids
    first = max((row for row in range(len(ids)) if ids[row] not in RIGHT + WRONG), key=lambda row: got[row])
    assert shown(app, "Answers that are not marked")[0] == ids[first]


def test_parameters_live_in_the_address(open_page, town_cache):
    app = looked_at(open_page, town_cache, learn="rocchio", learning="gamma=2", marks=MARKS)
    got = learn("rocchio", [query_of(town_cache, "1d")], RIGHT, WRONG, {"gamma": 2})
    ids = query_of(town_cache, "1d")[1].ids
    first = max((row for row in range(len(ids)) if ids[row] not in RIGHT + WRONG), key=lambda row: got[row])
    assert shown(app, "Answers that are not marked")[0] == ids[first]
    next(field for field in app.number_input if field.label == "β").set_value(0.25).run()
    assert app.query_params["learning"] == "beta=0.25,gamma=2"
    app.selectbox(key="widget learn").select("svm").run()
    assert "learning" not in app.query_params
    assert app.query_params["marks"] == MARKS


def test_another_query_forgets_the_marks(open_page, town_cache):
    app = looked_at(open_page, town_cache, marks=MARKS, dataset="town")
    assert "marks" in app.query_params
    app = looked_at(open_page, town_cache, marks=f"nobody,{RIGHT[0]},!{RIGHT[0]}")
    assert "'nobody'" in texts(app.warning)
    assert app.query_params["marks"] == f"!{RIGHT[0]}"


def test_more_marks_than_a_link_names_are_written_as_places(open_page, town_cache, monkeypatch):
    monkeypatch.setattr("pages.state.link.MOST_IN_URL", 1)
    dataset = stored(town_cache, "1d").dataset
    places = [next(place for place, image in enumerate(dataset.images) if image.id == one) for one in (RIGHT[0], WRONG[0])]
    written = f"~{dataset.photographs[:6]}:{places[0]},!{places[1]}"
    app = looked_at(open_page, town_cache, marks=written)
    assert view(app)["marks"] == [{"id": RIGHT[0], "right": True}, {"id": WRONG[0], "right": False}]
    for strange in ("~000000:1", f"~{dataset.photographs[:6]}:x", f"~{dataset.photographs[:6]}:999999"):
        app = looked_at(open_page, town_cache, marks=strange)
        assert "The link's marks" in texts(app.warning)
        assert view(app)["marks"] == []


def test_marks_are_kept_as_two_bins_and_taken_up_again(open_page, cache):
    app = looked_at(open_page, cache, marks=MARKS)
    button(app, "Keep the marks").click().run()
    kept = {bin.name: bin for bin in read_bins(Workspace(cache), "town")}
    assert {name: list(bin.ids) for name, bin in kept.items()} == {f"{QUERY} right": RIGHT, f"{QUERY} wrong": WRONG}
    assert kept[f"{QUERY} right"].made_by == f"marked right as answers to {QUERY}"
    assert "Keep the marks" not in [one.label for one in app.button]
    app = looked_at(open_page, cache)
    button(app, "Take up the 4 kept marks").click().run()
    assert app.query_params["marks"] == ",".join([*RIGHT, *(f"!{one}" for one in WRONG)])
    app = looked_at(open_page, cache, marks=RIGHT[0])
    button(app, "Keep the marks").click().run()
    assert [bin.name for bin in read_bins(Workspace(cache), "town")] == [f"{QUERY} right"]


def test_names_of_bins_are_told_apart():
    names = [
        name for subject in ("a/b", "a.b", "a-b", "x" * 80, "x" * 81, "/", "übung 1") for name in marks.bin_names(subject).values()
    ]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 50 for name in names)


def test_the_marks_are_found_on_the_map(open_page, town_cache):
    app = looked_at(open_page, town_cache, marks=MARKS)
    assert "Show the marks on the map" in [one.label for one in app.button]
    assert not [one for one in looked_at(open_page, town_cache).button if one.label == "Show the marks on the map"]


def test_what_is_offered_first_is_what_was_measured(open_page, cache, monkeypatch):
    assert "not measured yet" in texts(looked_at(open_page, cache).caption)
    finished(simulate_feedback(Workspace(cache), "town", "quick", ["1d"], ("rocchio", "svm")))
    found, dataset = read_simulations(stored(cache, "1d")), stored(cache, "1d").dataset
    first = offered(found, dataset, "oxford")
    app = looked_at(open_page, cache)
    assert app.query_params["learn"] == (first or "none")
    for by, expected, words in ((-0.5, "none", "no method was safely better"), (0.5, "rocchio", "Offered first under 1d: Rocchio")):
        changed = [Simulation(one.method, one.beside, tuple(tuple(moved(pair, by) for pair in query) for query in one.pairs))
                   for one in found]  # fmt: skip
        monkeypatch.setattr("pages.widgets.feedback_gain.read_simulations", lambda *args, changed=changed, **more: changed)
        app = looked_at(open_page, cache)
        assert app.query_params["learn"] == expected
        assert words in texts(app.caption)
        assert len(shown(app, "Answers that are not marked")) == 12


def moved(pair, by):
    before, after = pair
    fixed = before.ap_oxford if before.positives else None
    return before, type(after)(after.query_id, None if fixed is None else fixed + by, fixed, after.positives)


def test_a_user_is_simulated_from_the_page(open_page, cache):
    app = looked_at(open_page, cache)
    button(app, "Simulate a user under 1d").click().run()
    assert end_of_work(cache).state == "done"
    assert len(read_simulations(stored(cache, "1d"))) == sum(method.views == 1 for method in METHODS.values())
    app = looked_at(open_page, cache)
    assert any("mAP before" in table.value for table in app.dataframe)
    assert "Simulate a user under 1d" not in [one.label for one in app.button]


def test_without_ground_truth_one_marks_all_the_same(open_page, town_cache):
    app = looked_at(open_page, town_cache, query="", photo="brock_tower_000003", marks="brock_tower_000001")
    assert view(app)["strips"][0]["note"] == ""
    assert shown(app, "Marked") == ["brock_tower_000001"]
    assert json.dumps(view(app)).count('"none"') > 0
