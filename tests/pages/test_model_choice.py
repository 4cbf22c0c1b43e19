"""Long lists of models: search-time choices are folded under their model, and every one is reached by the list and by the address."""

import pytest
from looking import stored, texts, views

from retrieval_core.cli.main import main

MADE = ("1d-aqe", "1d-dba", "1e-aqe")


@pytest.fixture(scope="module")
def many(town_cache, tmp_path_factory):
    """The tiny town with some search-time choices: rankings alone, so that they are made at once."""
    from caches import copy_cache

    root = copy_cache(town_cache, tmp_path_factory.mktemp("many") / "cache")
    assert (
        main(["--cache", str(root), "run", "--dataset", "town", "--run", "quick", "--models", ",".join(MADE), "--device", "cpu"]) == 0
    )
    return root


def choices(app):
    return next((box for box in app.selectbox if box.label.endswith("search-time choices")), None)


def columns(app):
    return list(next(one.value for one in app.dataframe if "1a" in one.value.columns).columns)


def test_choices_are_folded_and_reached_by_list_and_address(open_page, many):
    app = open_page("Failures", many, model="1d")
    [models] = app.radio
    assert models.label == "Model"
    assert [option.split(" ")[0] for option in models.options] == ["1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h", "2a", "2t"]
    assert models.options[3].startswith("1d (+2) · ")
    assert [option.split(" ")[0] for option in choices(app).options] == ["1d", "1d-aqe", "1d-dba"]
    choices(app).set_value("1d-dba").run()
    assert app.query_params["model"] in ("1d-dba", ["1d-dba"])
    assert app.radio[0].value == "1d"
    app.radio[0].set_value("1a").run()
    assert app.query_params["model"] in ("1a", ["1a"])
    assert choices(app) is None
    app = open_page("Failures", many, model="1e-aqe")
    assert (app.radio[0].value, choices(app).value) == ("1e", "1e-aqe")
    assert not app.warning


def test_compare_shows_a_group_and_always_the_chosen_model(open_page, many):
    plain = columns(open_page("Compare", many, model="1a"))
    assert not [key for key in plain if "-" in key]
    assert set(columns(open_page("Compare", many, model="1d-aqe"))) == {*plain, "1d-aqe"}
    assert set(columns(open_page("Compare", many, model="1a", group="all"))) == {*plain, *MADE}
    app = open_page("Compare", many, model="1a", group="1d")
    assert columns(app) == ["1a", "1d", "1d-aqe", "1d-dba"]
    assert not app.warning
    group = next(box for box in app.selectbox if box.label == "Models side by side")
    assert group.options == ["models as they come", "1d and its choices", "1e and its choices", "all 13 models"]
    assert "group '2a'" in texts(open_page("Compare", many, model="1a", group="2a").warning)


def test_without_search_time_choices_there_is_nothing_to_fold(open_page, town_cache):
    app = open_page("Compare", town_cache, model="1d")
    assert choices(app) is None
    assert "Models side by side" not in [box.label for box in app.selectbox]


def test_the_ledger_compares_what_its_address_names(open_page, many):
    app = open_page("Ledger", many, before="1d", after="1d-dba")
    assert not app.warning
    [before, after] = [box for box in app.selectbox if box.label in ("Compare any two models: from", "to")]
    assert "any two: from 1d-aqe" not in before.options
    assert "to 1d-dba" in after.options
    assert "1d → 1d-dba" in texts(app.subheader)


def test_the_keys_1_to_9_take_the_models_as_they_come(open_page, many):
    assert views(open_page("Query", many, model="1d"))["pick"]["models"][:6] == ["1a", "1b", "1c", "1d", "1e", "1f"]


def test_why_opens_from_cards_that_moved_and_from_outliers(open_page, many):
    app = open_page("Ledger", many, before="1a", after="1d")
    cards = views(app)["strips"]["strips"][0]["cards"]
    assert {card["why"]["model"] for card in cards} == {"1d"}
    assert all(card["why"]["query"] in {query.id for query in stored(many, "1d").dataset.queries} for card in cards)
    for shown, of in (("machine", "walk"), ("flow", "lines")):
        view = views(open_page("Query", many, model="1d-aqe", show=shown))[shown]
        assert all(card["why"] == {"query": "", "model": "1d-aqe"} for card in view[of])
    # What is looked at without being kept is compared by the descriptors that it ranks.
    strips = views(open_page("Query", many, model="1f", show="after", rerank="alphaqe"))["strips"]["strips"]
    assert {card["why"]["model"] for strip in strips for card in strip["cards"]} == {"1f"}


def test_an_outlier_is_compared_with_the_nearest_of_the_landmark_that_it_is_taken_for(open_page, cache):
    from retrieval_core.evaluation.clusters import outliers
    from retrieval_core.stored.clusters import measured

    assert main(["--cache", str(cache), "clusters", "--models", "1a"]) == 0
    results = stored(cache, "1a")
    found = outliers(measured(results, 12))[:24]
    assert found
    cards = views(open_page("Compare", cache, comparing="clusters", model="1a"))["strips"]["strips"][0]["cards"]
    images = results.descriptors[0]
    for row, card in zip(found, cards, strict=True):
        ids = [image.id for image in results.dataset.images if image.label == row.taken_for]
        similarities = images.rows(ids) @ images.rows([row.image_id])[0]
        assert card["why"] == {"query": "", "photo": ids[int(similarities.argmax())], "model": "1a"}
