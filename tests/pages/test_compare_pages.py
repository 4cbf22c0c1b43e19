"""Compare, Ledger and Failures: the numbers on the pages are those of the core, and links open what they say."""

import shlex

import pandas as pd
import pytest
from looking import button, end_of_work, stored, texts

from pages.state import link
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.evaluation.ledger import compared, ledger, model_before
from retrieval_core.evaluation.tables import MEAN, ap_table
from retrieval_core.presets import PRESETS
from retrieval_core.workspace import Workspace

ATLAS = ["hard", "first", "stuck", "hubs", "confusion"]


@pytest.fixture
def dataset(town_cache):
    return open_dataset(Workspace(town_cache), "town")


@pytest.fixture
def scores(town_cache):
    return {key: stored(town_cache, key).scores for key in PRESETS}


def test_the_ap_table_is_the_cores(open_page, town_cache, dataset, scores):
    app = open_page("Compare", town_cache, rows="all", protocol="finite_sum")
    shown = app.dataframe[0].value
    pd.testing.assert_frame_equal(shown, ap_table(scores, dataset, "finite_sum", "all").T, check_names=False)


def test_changes_are_against_the_model_before(open_page, town_cache, dataset, scores):
    app = open_page("Compare", town_cache, rows="all", cells="change")
    table = ap_table(scores, dataset, "oxford", "all")
    shown = app.dataframe[0].value
    assert list(shown.columns) == ["1b", "1c", "1d", "1e", "1f", "1g", "1h", "2t"]
    assert shown["1f"][MEAN] == pytest.approx(table.loc["1f", MEAN] - table.loc["1d", MEAN])
    assert model_before("1e") == model_before("1d-ms") == "1d"
    assert model_before("1a") is None


def test_the_query_image_left_out_lowers_what_is_measured(open_page, town_cache):
    counted, left_out = (
        open_page("Compare", town_cache, own=own).dataframe[1].value["mAP (Oxford)"] for own in ("counted", "left_out")
    )
    assert (left_out < counted).all()


def test_recompute_says_that_fresh_and_stored_agree(open_page, cache):
    app = open_page("Compare", cache, model="1d")
    assert "evaluate --dataset town --run quick --models 1d --check" in texts(app.caption)
    button(app, "Recompute now").click().run()
    assert not app.exception
    assert end_of_work(cache).state == "done"
    app.run()
    assert "1d agrees with what is stored" in texts(app.success)
    assert stored(cache, "1d").state == ("ready", "")


def test_the_ledger_is_the_cores_and_a_link_opens_a_step(open_page, town_cache, dataset, scores):
    entries = ledger(scores, dataset, "oxford")
    app = open_page("Ledger", town_cache, step="1d-1f")
    assert list(app.dataframe[0].value["Δ mAP"]) == pytest.approx([entry.difference.points for entry in entries])
    assert "1d → 1f: triplet" in texts(app.subheader)
    assert entries[3].difference.words in texts(app.markdown)


def test_an_unknown_step_is_named(open_page, town_cache):
    app = open_page("Ledger", town_cache, step="1x-1y")
    assert "'1x-1y'" in texts(app.warning)
    assert "1a → 1b: fine-tuning" in texts(app.subheader)


@pytest.mark.parametrize("own", ["counted", "left_out"])
@pytest.mark.parametrize("atlas", ATLAS)
def test_every_view_of_the_failures_opens(open_page, town_cache, atlas, own):
    app = open_page("Failures", town_cache, atlas=atlas, own=own, model="1a")
    assert not app.error
    assert app.dataframe or app.info or app.get("plotly_chart")


def test_the_new_parameters_are_part_of_the_link():
    assert {"own", "rows", "cells", "step", "atlas"} <= set(link.DEFAULTS)


def test_the_ledger_compares_any_two_models_that_are_chosen(open_page, town_cache, scores, dataset, capsys):
    app = open_page("Ledger", town_cache, before="1g", after="2a")
    wanted = ledger({key: scores[key] for key in ("1g", "2a")}, dataset, "oxford", steps=(compared("1g", "2a"),))[0]
    assert "1g → 2a: compared" in texts(app.subheader)
    row = app.dataframe[0].value.loc["1g → 2a"]
    assert row["Δ mAP"] == pytest.approx(wanted.difference.points)
    assert "1d → 1f" in app.dataframe[0].value.index
    command = next(code.value for code in app.code if "ledger" in code.value)
    assert "--compare 1g,2a" in command
    assert main(shlex.split(command)[3:]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"1g → 2a compared {wanted.map_before:.2f} → {wanted.map_after:.2f}" in printed
    field = next(box for box in app.selectbox if box.label == "to")
    field.select("1h").run()
    assert "1g → 1h: ResNet50" in texts(app.subheader)
    assert "compare" not in open_page("Ledger", town_cache, before="1g", after="1g").code[0].value


@pytest.mark.parametrize("page", ["Ledger", "Failures"])
def test_without_queries_the_pages_say_what_to_do(open_page, town_cache, page, tmp_path):
    app = open_page(page, tmp_path / "cache")
    assert "Start" in texts(app.info)


def test_search_time_choices_describe_the_town_once_more_and_open_it(open_page, cache):
    app = open_page("Query", cache, model="1d")
    fields = {box.label: box for box in app.selectbox}
    assert fields["Size of the pictures"].options[:2] == ["64 pixels, that of the schedule", "96 pixels"]
    fields["Size of the pictures"].set_value("96px")
    fields["Scales"].set_value("ms").run()
    button(app, "Describe town as 1d-96px-ms").click().run()
    assert not app.exception
    assert "A run is at work" in texts(app.caption)
    assert end_of_work(cache, "run").state == "done"
    app.run()
    assert not app.exception
    assert "1d-96px-ms" in app.query_params["model"]
    assert "96 pixels (longest side)" in texts(app.caption)
    assert "3 scales" in texts(app.caption)
    app = open_page("Compare", cache, group="1d")
    assert "1d-96px-ms" in app.dataframe[0].value.columns


def test_fc7_offers_neither_size_nor_crop_rule_nor_scales(open_page, town_cache):
    app = open_page("Query", town_cache, model="1b")
    fields = {box.label: box.disabled for box in app.selectbox}
    assert fields["Size of the pictures"]
    assert fields["Scales"]
    assert not fields["Whitening"]
