"""Why this match: what the page says and hands to the browser is what the library computes, for every kind of model and set."""

import base64

import numpy as np
import pytest
from looking import button, stored, texts, views
from typed import problems

from pages.web.why.messages import HeatView, LinesView
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.workspace import Workspace

QUERY = "castle_gate_2"


def pairs(view):
    flat = np.frombuffer(base64.b64decode(view["pairs"]), "<f4")
    return flat.reshape(len(view["first"]["grid"]), len(view["second"]["grid"]))


def matched(app):
    """The photograph that the link names."""
    value = app.query_params["match"]
    return value if isinstance(value, str) else value[0]


def similarity(cache, model, image_id):
    database, queries = stored(cache, model).descriptors
    return float(database.matrix[database.row(image_id)] @ queries.matrix[queries.row(QUERY)])


def test_the_grids_and_the_pairs_sum_to_the_stored_similarity(open_page, town_cache):
    app = open_page("Query", town_cache, model="1d", query=QUERY, show="why", match="castle_gate_000005")
    view = views(app)["heat"]
    assert problems(view, HeatView) == []
    wanted = similarity(town_cache, "1d", "castle_gate_000005")
    for side in ("first", "second"):
        assert sum(view[side]["grid"]) == pytest.approx(wanted, abs=2e-3)
        assert len(view[side]["grid"]) == (len(view[side]["rows"]) - 1) * (len(view[side]["columns"]) - 1)
        assert (view[side]["rows"][0], view[side]["rows"][-1]) == (0, 1)
    np.testing.assert_allclose(pairs(view).sum(1), view["first"]["grid"], atol=1e-5)
    np.testing.assert_allclose(pairs(view).sum(0), view["second"]["grid"], atol=1e-5)
    query = open_dataset(Workspace(town_cache), "town").query(QUERY)
    left, top, right, bottom = map(round, query.box)
    assert view["first"]["size"] == [right - left, bottom - top]  # the heat lies over the crop
    assert f"Similarity **{sum(view['first']['grid']):.4f}** under 1d" in texts(app.markdown)


@pytest.mark.parametrize(("model", "term"), [("1e", "mean of the whitening"), ("1f", "bias of the FC")])
def test_what_no_position_adds_is_said(open_page, town_cache, model, term):
    app = open_page("Query", town_cache, model=model, query=QUERY, show="why", match="castle_gate_000005")
    assert texts(app.markdown).count(term) == 2
    assert problems(views(app)["heat"], HeatView) == []


def test_a_model_without_an_exact_split_says_so_and_leads_to_the_local_matches(open_page, town_cache):
    app = open_page("Query", town_cache, model="1a", query=QUERY, show="why")
    assert "no exact split" in texts(app.info)
    assert "heat" not in views(app)
    app = open_page("Query", town_cache, model="1a", query=QUERY, show="why", how="lines")
    assert problems(views(app)["lines"], LinesView) == []


def test_the_local_matches_of_a_photograph_with_itself_lie_where_they_are(open_page, town_cache):
    image_id = "castle_gate_000005"
    app = open_page("Query", town_cache, model="1d", photo=image_id, show="why", match=image_id, how="lines")
    lines = np.array(views(app)["lines"]["lines"])
    assert len(lines) >= 4
    np.testing.assert_allclose(lines[:, :2], lines[:, 2:], atol=0.02)
    assert f"**{len(lines)} local matches**" in texts(app.markdown)


def test_without_a_photograph_in_the_link_it_is_the_first_other_one_and_one_steps_along_the_ranking(open_page, town_cache):
    app = open_page("Query", town_cache, model="1d", query=QUERY, show="why")
    database, queries = stored(town_cache, "1d").descriptors
    order = [database.ids[k] for k in np.argsort(-(database.matrix @ queries.matrix[queries.row(QUERY)]), kind="stable")]
    own = open_dataset(Workspace(town_cache), "town").query(QUERY).image_id
    first = next(image_id for image_id in order if image_id != own)
    assert matched(app) == first
    button(app, "▶").click().run()
    following = order[order.index(first) + 1]
    assert matched(app) == following
    assert f"place {order.index(following) + 1} of" in texts(app.markdown)


def test_a_photograph_that_is_not_there_is_named(open_page, town_cache):
    app = open_page("Query", town_cache, model="1d", query=QUERY, show="why", match="nowhere")
    assert "The link asks for the photograph 'nowhere'" in texts(app.warning)
    assert "heat" in views(app)


def test_every_card_of_a_ranking_and_of_the_failures_asks_why(open_page, town_cache):
    app = open_page("Query", town_cache, model="1d", query=QUERY, strips="two", versus="1a")
    strips = views(app)["strips"]["strips"]
    assert [{(card["why"]["query"], card["why"]["model"]) for card in strip["cards"]} for strip in strips] == [
        {("", "1d")},
        {("", "1a")},
    ]
    for atlas in ("hard", "hubs", "stuck"):
        cards = views(open_page("Failures", town_cache, model="1a", atlas=atlas)).get("strips", {"strips": [{"cards": []}]})
        names = {query.id for query in open_dataset(Workspace(town_cache), "town").queries}
        assert all(card["why"]["query"] in names for card in cards["strips"][0]["cards"])
