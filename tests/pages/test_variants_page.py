"""Laboratory → Variants shows what the Ledger knows of each, a button trains what is missing; a model without vectors has no map."""

import pytest
from looking import button, end_of_work, stored, texts
from tiny_runs import add_scored_copy

from pages.widgets.variants import WORDS
from retrieval_core.cli.main import main
from retrieval_core.evaluation.ledger import VARIED, ledger
from retrieval_core.presets import VARIANTS


def table_of(app):
    return next(frame.value for frame in app.dataframe if "what is changed" in frame.value.columns)


def test_every_variant_has_its_words():
    assert set(WORDS) == set(VARIANTS) == {step.after for step in VARIED}


def test_what_each_bought_is_what_the_ledger_says(open_page, cache):
    add_scored_copy(cache, "1g", "1g-shear", 0.7)
    app = open_page("Laboratory", cache, part="variants", variant="1g-shear")
    table = table_of(app)
    assert list(table.index) == [step.after for step in VARIED]
    scores = {key: stored(cache, key).scores for key in ("1g", "1g-shear")}
    [entry] = ledger(scores, stored(cache, "1g").dataset, "oxford", steps=VARIED)
    row = table.loc["1g-shear"]
    assert (row["of"], row["state"]) == ("1g", "ready")
    assert row["Δ mAP"] == pytest.approx(entry.difference.points)
    assert (row["low"], row["high"], row["p"]) == pytest.approx((entry.difference.low, entry.difference.high, entry.difference.p))
    assert row["Δ mAP"] < 0
    assert set(table["state"].drop("1g-shear")) == {"not trained"}
    assert table["p"].drop("1g-shear").isna().all()
    assert "1g-shear" in next(chart.proto.spec for chart in app.get("plotly_chart"))
    assert "1g-shear" not in button(app, "Train 1b-mixed").label  # it is here, so that the field offers another
    assert not app.warning
    assert main(["--cache", str(cache), "ledger"]) == 0


def test_a_button_trains_one_of_them(open_page, cache):
    app = open_page("Laboratory", cache, part="variants", variant="1f-ap")
    assert "--models 1f-ap" in texts(app.caption)
    button(app, "Train 1f-ap").click().run()
    assert not app.exception
    assert end_of_work(cache, "run").state == "done"
    found = stored(cache, "1f-ap")
    assert found.scored
    assert (
        found.workspace.record(found.folder.parents[2] / "town-train" / "quick" / "1f-ap" / "weights.safetensors").notes["steps"] == 3
    )
    app = open_page("Laboratory", cache, part="variants")
    assert table_of(app).loc["1f-ap", "state"] == "ready"
    assert "1f-ap" in open_page("Compare", cache, rows="all").dataframe[0].value.columns


def test_visitors_look_and_train_nothing(open_page, town_cache, monkeypatch):
    from pages.state import door

    app = open_page("Laboratory", town_cache, part="variants")
    monkeypatch.setattr(door, "caller", lambda: door.Caller.of("192.168.1.20", [("Host", "192.168.1.5:8501")]))
    app.run()
    assert list(table_of(app).index) == [step.after for step in VARIED]
    assert all(one.disabled for one in app.button if one.label.startswith("Train"))


def test_asmk_has_no_map_and_says_so_and_leads_to_its_rankings(open_page, cache):
    assert main(["--cache", str(cache), "run", "--models", "1d-asmk", "--device", "cpu"]) == 0
    app = open_page("Map", cache, model="1d-asmk")
    assert "ASMK has no vector: no map" in texts(app.info)
    assert button(app, "1d-asmk and its galleries")
    query = stored(cache, "1d-asmk").dataset.queries[0].id
    app = open_page("Query", cache, model="1d-asmk", query=query, show="after", rerank="aqe")
    assert [one.options for one in app.selectbox if one.label == "Method"] == [["geometric verification"]]
    compare = open_page("Compare", cache, rows="all", group="all")
    assert "1d-asmk" in compare.dataframe[0].value.columns
    row = next(frame.value for frame in open_page("Laboratory", cache, model="1d").dataframe if "dimensions" in frame.value.columns)
    assert row["dimensions"].isna().loc["1d-asmk"]
    assert 0 < row.loc["1d-asmk", "bytes"] < 4 * 512
