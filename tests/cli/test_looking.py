"""Looking writes nothing and trains nothing: commands that only read leave every byte of a cache as it is."""

import pytest
from caches import files

from retrieval_core.cli.main import main
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import list_sheets, open_results
from retrieval_core.workspace import Workspace


@pytest.fixture
def unread(cache):
    """A copy of the tiny town in which some things are missing, stale and damaged: whoever repaired them would be found."""
    town = cache / "town" / "quick"
    (town / "1a" / "scores.json").unlink()
    (town / "1b" / "neighbours-all.safetensors").unlink()
    (town / "1c" / "descriptors.safetensors").write_bytes(b"damaged")
    (cache / "town-train" / "quick" / "1e" / "whitening.npz").unlink()
    (cache / "town-train" / "quick" / "1e" / "manifest.json").unlink()
    return cache


@pytest.mark.parametrize("arguments", [
    ("status",), ("evaluate",), ("evaluate", "--models", "1a"), ("evaluate", "--queries", "all", "--format", "csv"), ("ledger",),
    ("figure", "step 1c 1d"), ("figure", "map 1d > map 1a"), ("figure", "own 1d"), ("figure", "layers 1a 1b"),
    ("search", "alder_court_2"), ("search", "alder_court_2", "--models", "1c"), ("data", "list"), ("cache", "prune"),
    ("cache", "prune", "--older"), ("project", "--models", "1c"), ("evaluate", "--run", "nobody"),
], ids=" ".join)  # fmt: skip
def test_a_command_that_reads_writes_nothing(unread, arguments):
    before = files(unread)
    main(["--cache", str(unread), *arguments])
    after = files(unread)
    if arguments[0] == "project":  # it says on the page that it failed, and makes nothing
        after = {name: entry for name, entry in after.items() if not name.startswith("jobs/")}
        before = {name: entry for name, entry in before.items() if not name.startswith("jobs/")}
    assert after == before


def test_results_write_nothing_and_make_no_folder(unread):
    before, folders = files(unread), sorted(path for path in unread.rglob("*") if path.is_dir())
    workspace = Workspace(unread)
    for state in model_states(workspace, "town", "quick"):
        results = open_results(workspace, "town", "quick", state.key)
        _ = results.state, results.scored, results.maps(), results.neighbours("all"), results.command, results.recipe
        assert (results.map(map_choice("umap", "all", None, 0))) is None
        if state.explorable:
            assert results.rankings()
    assert list_sheets(workspace, results.dataset)
    assert files(unread) == before
    assert sorted(path for path in unread.rglob("*") if path.is_dir()) == folders


def test_project_makes_the_map_that_was_asked_for_and_nothing_before_it(cache, capsys):
    before = files(cache)
    assert main(["--cache", str(cache), "project", "--models", "1d", "--method", "pca", "--seed", "3"]) == 0
    after = {name: entry for name, entry in files(cache).items() if entry != before.get(name) and not name.startswith("jobs/")}
    made = {name for name in after if "maps/pca-" in name}
    assert len(made) == 1
    assert set(after) - made == {"town/quick/1d/maps/manifest.json"}
    assert main(["--cache", str(cache), "project", "--models", "1d-ms", "--method", "pca"]) == 2
    assert "Model 1d-ms of run quick on town is missing. Run: " in capsys.readouterr().err
    assert not (cache / "town" / "quick" / "1d-ms").exists()


def test_status_lists_the_runs_of_a_dataset(cache, capsys):
    from retrieval_core.stored.run import Run
    from retrieval_core.stored.run_list import begin_run

    assert main(["--cache", str(cache), "status"]) == 0
    printed = capsys.readouterr().out
    assert "run quick, in" in printed
    assert printed.count(" ready ") == 10
    begin_run(Workspace(cache), Run("full-imagenet-seed2", "full", "imagenet", seed=2), "town")
    assert main(["--cache", str(cache), "status", "--run", "full-imagenet-seed2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:5] == ["run", "quick", "10", "models", "ready;"]
    assert lines[1].split()[:6] == ["→", "run", "full-imagenet-seed2", "0", "models", "ready;"]
    assert "schedule full, start imagenet, training town-train, seed 2" in lines[1]
    assert all(" missing " in line for line in lines[4:12])


def test_status_of_a_town_that_no_run_has_described(cache, capsys):
    import shutil

    shutil.rmtree(cache / "town" / "quick")
    assert main(["--cache", str(cache), "status"]) == 0
    printed = capsys.readouterr().out
    assert "No model of a run has described town yet." in printed
    assert printed.count(" trained ") == 10


@pytest.mark.parametrize("command", ["run", "extract", "train", "evaluate", "project", "status", "search x"])
def test_there_is_one_way_to_choose_the_crop_rule_the_key_of_the_model(capsys, command):
    with pytest.raises(SystemExit):
        main([*command.split(), "--crop", "same"])
    assert "--crop" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["evaluate", "project", "status", "ledger", "search x"])
def test_what_only_looks_has_no_option_of_a_training(capsys, command):
    for option in ("--schedule", "--start", "--weights", "--train-on"):
        with pytest.raises(SystemExit):
            main([*command.split(), option, "quick"])
        assert option in capsys.readouterr().err
