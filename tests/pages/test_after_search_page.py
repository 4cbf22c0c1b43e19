"""Query, After the search: before and after side by side, knobs that live in the address, and a model that can be made of it."""

import json

import pytest
from looking import button, end_of_work, stored, texts, views

from retrieval_core.evaluation.average_precision import mean_average_precision, score_rankings
from retrieval_core.evaluation.precision_recall import ap_steps
from retrieval_core.progress import finished
from retrieval_core.stored.ranking import rank_queries

QUERY = "castle_gate_2"


def ranked(cache, model, parameters=None):
    return next(one for one in finished(rank_queries(stored(cache, model), parameters)) if one.query_id == QUERY).ids


def looked_at(open_page, cache, **more):
    return open_page("Query", cache, model="1d", show="after", k="12", **({"query": QUERY} | more))


def beside(app):
    """The two strips; the photographs that moved are strips of their own."""
    [both] = [view for view in drawn(app) if view.get("beside")]
    return both["strips"]


def drawn(app):
    return [json.loads(one.proto.json) for one in app.get("bidi_component")]


def test_before_and_after_stand_side_by_side(open_page, town_cache):
    app = looked_at(open_page, town_cache, rerank="alphaqe")
    before, after = beside(app)
    assert (before["title"], after["title"]) == ("before · 1d", "after · α query expansion")
    then, now = ranked(town_cache, "1d"), ranked(town_cache, "1d-alphaqe")
    assert [card["id"] for card in before["cards"]] == list(then[:12])
    assert [card["id"] for card in after["cards"]] == list(now[:12])
    query = stored(town_cache, "1d").dataset.query(QUERY)
    counted = [one for one in then if one not in query.junk]
    for card in after["cards"]:
        if card["word"] != "junk":
            assert card["other"] == counted.index(card["id"]) + 1
    was, is_now = (100 * ap_steps(ids, query).ap("oxford") for ids in (then, now))
    said = texts(app.markdown)
    assert f"{was:.1f} → {is_now:.1f} ({is_now - was:+.1f} points)" in said
    results = stored(town_cache, "1d-alphaqe")
    mean = 100 * mean_average_precision(score_rankings(results.dataset, results.rankings()), "oxford")
    assert f"→ {mean:.1f} (" in said.split("all queries")[1]


@pytest.mark.parametrize("rerank", ["diffusion", "verified", "vqe"])
def test_knobs_of_the_address_are_those_of_the_ranking(open_page, town_cache, rerank):
    knobs = {"k": 12, "gamma": 2.0} if rerank == "diffusion" else {"k": 12}
    app = looked_at(open_page, town_cache, rerank=rerank, knobs=",".join(f"{name}={value:g}" for name, value in knobs.items()))
    cards = beside(app)[1]["cards"]
    assert [card["id"] for card in cards] == list(ranked(town_cache, f"1d-{rerank}", knobs)[:12])
    assert "looked at only" in texts(app.caption)
    assert "matches.safetensors" not in {path.name for path in (town_cache / "town" / "quick" / "1d").iterdir()}


def test_a_knob_that_is_turned_is_written_into_the_address_and_back_again_leaves_it(open_page, town_cache):
    app = looked_at(open_page, town_cache, rerank="alphaqe")
    app.number_input[0].set_value(3).run()
    assert app.query_params["knobs"] == "k=3"
    assert [card["id"] for card in beside(app)[1]["cards"]] == list(ranked(town_cache, "1d-alphaqe", {"k": 3})[:12])
    app.number_input[1].set_value(1.5).run()
    assert app.query_params["knobs"] == "k=3,alpha=1.5"
    app.number_input[0].set_value(10).run()
    assert app.query_params["knobs"] == "alpha=1.5"
    app.selectbox(key="widget rerank").select("dba").run()
    assert "knobs" not in app.query_params
    assert not app.exception


def test_what_moved_is_shown_of_right_answers_alone(open_page, town_cache):
    app = looked_at(open_page, town_cache, rerank="diffusion")
    query = stored(town_cache, "1d").dataset.query(QUERY)
    cards = [card for view in drawn(app) for strip in view.get("strips", []) for card in strip["cards"] if "caption" in card]
    assert cards
    for card in cards:
        assert card["id"] in query.positives
        sign, then, arrow, now = card["caption"].split()
        assert arrow == "→"
        assert (sign == "▲") == (int(now) < int(then))


def test_without_ground_truth_there_is_a_ranking_and_no_ap(open_page, town_cache):
    app = looked_at(open_page, town_cache, query="", photo="brock_tower_000003", rerank="verified")
    cards = beside(app)[1]["cards"]
    assert cards[0]["id"] == "brock_tower_000003"
    assert "points)" not in texts(app.markdown)


def test_a_box_of_ones_own_is_verified_too(open_page, town_cache):
    app = looked_at(open_page, town_cache, box="10,10,200,150", rerank="verified")
    assert len(beside(app)[1]["cards"]) == 12


def test_it_becomes_a_model_on_every_page(open_page, cache):
    app = looked_at(open_page, cache, rerank="aqe")
    button(app, "Rank town as 1d-aqe").click().run()
    assert end_of_work(cache, "run").state == "done"
    app = looked_at(open_page, cache, rerank="aqe")
    assert "It is the model 1d-aqe" in texts(app.caption)
    compare = open_page("Compare", cache, model="1d-aqe")
    assert not compare.error
    assert any("1d-aqe" in option for box in compare.selectbox for option in box.options)
    app = open_page("Query", cache, model="1d-aqe", query=QUERY)
    assert [card["id"] for card in views(app)["strips"]["strips"][0]["cards"]] == list(ranked(cache, "1d-aqe")[:12])
