"""Runs on the pages: the one that is chosen, several side by side, the next one, and what an older version left."""

import json
import shlex

import numpy as np
import pytest
from looking import button, shared, stored, texts
from tiny_runs import add_seed

from retrieval_core.cli.main import main
from retrieval_core.evaluation.ledger import ledger
from retrieval_core.evaluation.seeds import seeded_ledger
from retrieval_core.presets import PRESETS
from retrieval_core.runs import jobs
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import find_run
from retrieval_core.workspace import Workspace

OTHER = "quick-seed1"
FACTOR = 0.9  # of the second run's APs to the first's


@pytest.fixture
def two_runs(cache):
    assert add_seed(cache, 1, FACTOR) == OTHER
    return cache


@pytest.fixture
def begun(monkeypatch):
    """The commands that a page begins, which are not carried out."""
    commands = []
    monkeypatch.setattr(jobs, "start", lambda workspace, arguments, place="run": commands.append((place, arguments)))
    return commands


def run_field(app):
    return next(box for box in app.selectbox if box.label == "Run")


def means(cache, run, protocol="ap_oxford"):
    """mAP of every model in percent, from the stored APs."""
    workspace = Workspace(cache)
    every = {key: open_results(workspace, "town", run, key).score_file["scores"] for key in PRESETS}
    return {key: 100 * np.mean([score[protocol] for score in scores]) for key, scores in every.items()}


def test_without_a_run_in_the_link_the_usual_one_is_shown_and_named(open_page, two_runs):
    app = open_page("Start", two_runs)
    assert run_field(app).options == ["quick", OTHER]
    assert app.query_params["run"] in ("quick", ["quick"])
    assert "Run quick." in texts(app.caption)


def test_a_link_with_another_run_shows_it_on_every_page(open_page, two_runs):
    app = open_page("Start", two_runs, run=OTHER)
    assert not app.warning
    assert f"Run {OTHER}." in texts(app.caption)
    table = app.dataframe[0].value
    assert set(table["seed"]) == {1}
    assert list(table["mAP (Oxford)"]) == pytest.approx(list(means(two_runs, OTHER).values()))
    assert f"run={OTHER}&" in shared(open_page("Map", two_runs, run=OTHER, model="1c"))["scene"]
    query = open_page("Query", two_runs, run=OTHER, model="1c")
    assert f"run {OTHER}, " in texts(query.caption)
    assert any("--seed 1" in code.value for code in query.code)
    compare = open_page("Compare", two_runs, run=OTHER, rows="all").dataframe[0].value
    assert compare.loc["mAP", "1c"] == pytest.approx(FACTOR * means(two_runs, "quick")["1c"])
    entries = open_page("Ledger", two_runs, run=OTHER).dataframe[0].value
    assert list(entries["mAP before"])[:1] == pytest.approx([means(two_runs, OTHER)["1a"]])
    assert not open_page("Failures", two_runs, run=OTHER, model="1c").warning


def test_another_run_that_is_chosen_goes_into_the_link(open_page, two_runs):
    app = open_page("Map", two_runs, model="1c")
    assert "run=quick&" in shared(app)["scene"]
    run_field(app).set_value(OTHER).run()
    assert app.query_params["run"] in (OTHER, [OTHER])
    assert f"run={OTHER}&" in shared(app)["scene"]


@pytest.mark.parametrize("page", ["Start", "Map", "Compare"])
def test_an_unknown_run_is_said_and_replaced(open_page, town_cache, page):
    app = open_page(page, town_cache, run="no-such-run", model="1c")
    assert "no-such-run" in texts(app.warning)
    assert "'quick'" in texts(app.warning)
    assert app.query_params["run"] in ("quick", ["quick"])


def test_compare_sets_runs_side_by_side_with_mean_and_deviation(open_page, two_runs, capsys):
    app = open_page("Compare", two_runs)
    assert "Runs side by side" in texts(app.subheader)
    table = next(one.value for one in app.dataframe if one.value.index.name == "run")
    first, second = means(two_runs, "quick"), means(two_runs, OTHER)
    assert list(table.index) == ["quick", OTHER]
    assert list(table.loc["quick"]) == pytest.approx(list(first.values()))
    assert list(table.loc[OTHER]) == pytest.approx(list(second.values()))
    spread = next(one.value for one in app.dataframe if "±" in str(one.value.iloc[0, 0]))
    for key in ("1a", "1h"):
        both = [first[key], second[key]]
        assert spread.loc["quick", key] == f"{np.mean(both):.1f} ± {np.std(both, ddof=1):.1f} (2)"
    # The command below the table works as it is printed.
    command = next(code.value for code in app.code if f"--run quick,{OTHER}" in code.value)
    assert main(shlex.split(command)[3:]) == 0
    assert f"{np.mean([first['1a'], second['1a']]):.2f}" in capsys.readouterr().out


def test_the_ledger_says_what_a_step_is_worth_over_seeds(open_page, two_runs):
    app = open_page("Ledger", two_runs)
    assert "Over 2 seeds of quick" in texts(app.subheader)
    table = next(one.value for one in app.dataframe if "sd between seeds" in one.value.columns)
    workspace = Workspace(two_runs)
    scores = {run: {key: open_results(workspace, "town", run, key).scores for key in means(two_runs, run)} for run in ("quick", OTHER)}
    dataset = stored(two_runs, "1a").dataset
    assert list(table["Δ mAP"]) == pytest.approx([entry.difference.points for entry in seeded_ledger(scores, dataset, "oxford")])
    # Both runs count alike: the step over seeds lies in the middle of theirs.
    each = [[entry.difference.points for entry in ledger(scores[run], dataset, "oxford")] for run in scores]
    assert list(table["Δ mAP"]) == pytest.approx(list(np.mean(each, axis=0)))


def test_one_run_stands_alone(open_page, town_cache):
    assert "side by side" not in texts(open_page("Compare", town_cache).subheader)
    assert "seeds" not in texts(open_page("Ledger", town_cache).subheader)
    assert "Runs" not in [title.value for title in open_page("Start", town_cache).subheader]


def test_start_lists_the_runs(open_page, two_runs):
    app = open_page("Start", two_runs)
    table = next(one.value for one in app.dataframe if "run" in one.value.columns)
    assert list(table["run"]) == ["quick", OTHER]
    assert list(table["seed"]) == [0, 1]


@pytest.mark.parametrize("run", ["quick", OTHER])
def test_rebuild_what_changed_repeats_the_run_that_is_shown(open_page, two_runs, begun, run):
    app = open_page("Start", two_runs, run=run)
    button(app, "Rebuild what changed").click().run()
    assert not app.exception
    assert begun == [("run", ["run", "--dataset", "town", "--run", run])]


def test_what_is_missing_is_built_for_the_run_that_is_shown(open_page, two_runs, begun):
    for file in (two_runs / "town" / OTHER / "1h").glob("*.*"):
        file.unlink()
    app = open_page("Start", two_runs, run=OTHER)
    assert not [box for box in app.checkbox if "ImageNet" in box.label]  # its start is settled
    button(app, "Build what is missing (1h)").click().run()
    assert begun == [("run", ["run", "--dataset", "town", "--run", OTHER])]


def test_another_run_is_begun_with_its_own_settings(open_page, two_runs, begun):
    app = open_page("Start", two_runs)
    assert next(field for field in app.number_input if field.label == "seed").value == 2  # the next one that is free
    button(app, "Start this run").click().run()
    assert not app.exception
    options = ["--seed", "2", "--schedule", "quick", "--start", "shapes"]  # those of the run that is shown
    assert begun == [("run", ["run", "--dataset", "town", *options])]


def test_what_an_older_version_left_is_said_with_the_way_to_remove_it(open_page, cache, capsys):
    assert "older version" not in texts(open_page("Start", cache).info)
    old = cache / "town" / "1a"
    old.mkdir()
    (old / "descriptors.npy").write_bytes(b"\0" * 2_000_000)
    (old / "manifest.json").write_text(json.dumps({"descriptors.npy": {"file": "descriptors.npy", "sha256": "0"}}))
    app = open_page("Start", cache)
    assert "An older version of the program left 1 files and folders in the cache (2.0 MB)" in texts(app.info)
    assert find_run(Workspace(cache), "1a") is None
    command = next(code.value for code in app.code if "prune" in code.value)
    assert main(shlex.split(command)[3:]) == 0
    assert not old.exists()
    app = open_page("Start", cache)
    assert "older version" not in texts(app.info)
    assert set(app.dataframe[0].value["state"]) == {"ready"}
