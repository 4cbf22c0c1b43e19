import numpy as np
import pytest
from looking import stored, texts, views

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.evaluation.average_precision import positive_ranks
from retrieval_core.evaluation.precision_recall import verdict
from retrieval_core.presets import PRESETS
from retrieval_core.ranking.search import search
from retrieval_core.workspace import Workspace

QUERY = "castle_gate_2"


def ranked(cache, model):
    database, queries = stored(cache, model).descriptors
    row = queries.row(QUERY)
    positions, _ = search(queries.matrix[row : row + 1], database.matrix)
    return [database.ids[position] for position in positions[0]]


def score(cache, model):
    return next(one for one in stored(cache, model).scores if one.query_id == QUERY)


@pytest.fixture
def query(town_cache):
    return open_dataset(Workspace(town_cache), "town").query(QUERY)


def test_a_strip_holds_the_head_of_the_ranking(open_page, town_cache, query):
    app = open_page("Query", town_cache, model="1d", query=QUERY, k="12")
    shown = views(app)
    cards = shown["strips"]["strips"][0]["cards"]
    assert [card["id"] for card in cards] == ranked(town_cache, "1d")[:12]
    dataset = open_dataset(Workspace(town_cache), "town")
    for card in cards:
        word = verdict(query, card["id"])
        assert card["word"] == ("unlabelled" if word == "wrong" and dataset.image(card["id"]).label is None else word)
        assert (card["rank"] is None) == (word == "junk")
        assert card["own"] == (card["id"] == query.image_id)
    counted = [card["rank"] for card in cards if card["rank"]]
    assert counted == list(range(1, len(counted) + 1))
    assert f"AP (Oxford) {100 * score(town_cache, '1d').ap_oxford:.1f}" in texts(app.markdown)
    assert shown["picture"]["box"] == list(query.box)


def test_two_models_say_how_each_card_stands_under_the_other(open_page, town_cache, query):
    app = open_page("Query", town_cache, model="1d", query=QUERY, k="6", strips="two", versus="1a")
    first, second = views(app)["strips"]["strips"]
    there = [image_id for image_id in ranked(town_cache, "1a") if verdict(query, image_id) != "junk"]
    for card in first["cards"]:
        if card["word"] != "junk":
            assert card["other"] == there.index(card["id"]) + 1
        assert card["only"] == (card["id"] not in {other["id"] for other in second["cards"]})


def test_all_models_stand_under_each_other_with_their_ap(open_page, town_cache):
    app = open_page("Query", town_cache, model="1d", query=QUERY, k="6", strips="all")
    strips = views(app)["strips"]["strips"]
    assert [strip["title"][:2] for strip in strips] == list(PRESETS)
    for strip in strips:
        found = score(town_cache, strip["title"][:2])
        expected = f"AP (Oxford) {100 * found.ap_oxford:.1f} · AP (finite sum) {100 * found.ap_finite_sum:.1f}"
        assert strip["note"] == expected
        assert len(strip["cards"]) == 6


def test_the_machine_ends_at_the_cached_ap(open_page, town_cache, query):
    app = open_page("Query", town_cache, model="1d", query=QUERY, show="machine")
    machine, cached = views(app)["machine"], score(town_cache, "1d")
    assert machine["counted"]["ap"]["oxford"] == pytest.approx(cached.ap_oxford, abs=1e-12)
    assert machine["counted"]["events"][-1]["finite_sum"] == pytest.approx(cached.ap_finite_sum, abs=1e-12)
    hits = [event for event in machine["counted"]["events"] if event["word"] != "junk"]
    assert [event["found"] for event in hits] == list(range(1, len(query.positives) + 1))
    assert [card["id"] for card in machine["walk"]] == ranked(town_cache, "1d")
    assert machine["left_out"]["positives"] == len(query.positives) - 1
    own = next(event for event in machine["left_out"]["events"] if machine["walk"][event["place"]]["id"] == query.image_id)
    assert own["word"] == "junk"


def test_the_flow_holds_the_rank_of_every_positive(open_page, town_cache, query):
    flow = views(open_page("Query", town_cache, model="1d", query=QUERY, show="flow"))["flow"]
    assert {line["id"] for line in flow["lines"]} == set(query.positives)
    for place, model in enumerate(flow["models"]):
        expected = positive_ranks(ranked(town_cache, model), query.positives, query.junk) + 1
        assert sorted(line["ranks"][place] for line in flow["lines"]) == expected.tolist()


def test_a_box_of_ones_own_is_described_and_keeps_the_ground_truth(open_page, town_cache, query):
    official = views(open_page("Query", town_cache, model="1d", query=QUERY))["strips"]["strips"][0]["cards"]
    whole = open_page("Query", town_cache, model="1d", query=QUERY, box="whole")
    assert views(whole)["picture"]["box"] is None
    cards = views(whole)["strips"]["strips"][0]["cards"]
    assert cards[0]["id"] == query.image_id
    assert cards[0]["similarity"] == pytest.approx(1, abs=1e-3)
    assert [card["similarity"] for card in cards] != [card["similarity"] for card in official]
    assert "With your box" in texts(whole.caption)
    left, top, right, bottom = query.box
    drawn = open_page("Query", town_cache, model="1d", query=QUERY, box=f"{left},{top},{right - 1},{bottom}")
    near = {card["id"]: card["similarity"] for card in views(drawn)["strips"]["strips"][0]["cards"]}
    both = [(card["similarity"], near[card["id"]]) for card in official if card["id"] in near]
    assert len(both) > 6
    assert np.abs(np.diff(both)).max() < 0.1  # a box that is one pixel narrower sees almost the same


def test_a_photograph_is_a_query_without_ground_truth(open_page, town_cache):
    app = open_page("Query", town_cache, model="1d", photo="brock_tower_000003")
    shown = views(app)
    assert shown["pick"]["current"] == ""
    cards = shown["strips"]["strips"][0]["cards"]
    assert cards[0]["id"] == "brock_tower_000003"
    assert {card["word"] for card in cards} == {"none"}
    app = open_page("Query", town_cache, model="1d", photo="brock_tower_000003", show="machine")
    assert "needs a ground truth" in texts(app.info)


@pytest.mark.parametrize("wrong", [{"photo": "no_such"}, {"box": "1,2,3"}, {"box": "0,0,99999,10"}, {"box": "5,5,5,9"}])
def test_what_a_link_asks_for_and_is_not_there_is_said(open_page, town_cache, wrong):
    app = open_page("Query", town_cache, model="1d", query=QUERY, **wrong)
    assert next(iter(wrong.values())) in texts(app.warning)
    assert views(app)["strips"]["strips"][0]["cards"]
