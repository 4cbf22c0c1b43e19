"""Runs: their names, what is refused, what a cache says of them."""

import json
from dataclasses import replace

import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.presets import RUN_ORDER
from retrieval_core.runs.settings import Settings, settle
from retrieval_core.stored.run import RESERVED, OwnWeights, Run, check_seed
from retrieval_core.stored.run_list import begin_run, default_run, find_run, find_runs, get_run, seed_groups
from retrieval_core.workspace import Workspace, file_hash


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """An empty cache, where no weights are at hand: neither ImageNet's nor starts that come with the program."""
    monkeypatch.setattr("retrieval_core.networks.weights.imagenet_in_cache", lambda backbone: False)
    monkeypatch.setattr("retrieval_core.networks.distilled_files.FOLDER", tmp_path / "no starts")
    return Workspace(tmp_path / "cache")


@pytest.fixture
def weights(tmp_path):
    """A folder with a file of weights for each backbone, of which only the bytes matter here."""
    folder = tmp_path / "my own weights"
    folder.mkdir()
    for backbone in ("alexnet", "resnet18", "resnet50"):
        (folder / f"{backbone}.pth").write_text(backbone)
    return folder


@pytest.mark.parametrize(("settings", "name"), [
    ({}, "quick"),
    ({"start": "shapes", "seed": 0}, "quick"),
    ({"seed": 1}, "quick-seed1"),
    ({"schedule": "full", "start": "imagenet", "training": "landmarks"}, "full-imagenet-landmarks"),
    ({"schedule": "full", "start": "imagenet", "training": "landmarks", "seed": 2**32 - 1}, "full-imagenet-landmarks-seed4294967295"),
    ({"start": "imagenet"}, "quick-imagenet"),
    ({"download": True}, "quick-imagenet"),
    ({"run": "mine", "seed": 3}, "mine"),
])  # fmt: skip
def test_a_name_is_derived_from_what_is_unusual_or_given(workspace, settings, name):
    run = settle(workspace, Settings(**settings))
    assert run.name == name
    assert run.derived is (name != "mine")


@pytest.mark.parametrize(("there", "models", "start"), [
    (("alexnet", "resnet18", "resnet50"), RUN_ORDER, "distilled"),
    (("alexnet", "resnet18", "resnet50"), ("2a",), "distilled"),
    (("alexnet", "resnet18"), RUN_ORDER, "shapes"),
    (("alexnet", "resnet18"), ("1a", "1f"), "distilled"),
    (("resnet18",), ("2a",), "shapes"),
])  # fmt: skip
def test_starts_that_come_with_the_program_are_taken_where_all_models_have_one(workspace, tmp_path, there, models, start):
    (tmp_path / "no starts").mkdir()
    for backbone in there:
        (tmp_path / "no starts" / f"{backbone}.safetensors").touch()
    assert settle(workspace, Settings(models=models)).start == start
    assert settle(workspace, Settings(models=models, start="shapes")).name == "quick"


def test_what_is_chosen_at_search_time_and_the_device_are_no_part_of_a_run(workspace):
    runs = {settle(workspace, Settings(models=models, device=device)) for models in (("1d",), ("1d-same-ms-lw",), ("1a", "1h"))
            for device in ("cpu", "auto")}  # fmt: skip
    assert len(runs) == 1
    assert set(runs.pop().settings) == {"schedule", "start", "training", "seed", "weights"}
    with pytest.raises(TypeError):
        Settings(crop="same")


def test_own_weights_are_told_apart_by_their_hash_and_not_by_their_place(workspace, weights, tmp_path):
    first = settle(workspace, Settings(weights=str(weights)))
    assert first.start == "imagenet"
    assert first.name.startswith("quick-imagenet-")
    assert first.weights.files["alexnet"] == ("alexnet.pth", file_hash(weights / "alexnet.pth"))
    moved = weights.rename(tmp_path / "elsewhere")
    assert settle(workspace, Settings(weights=str(moved))).name == first.name
    (moved / "resnet18.pth").write_text("others")
    others = settle(workspace, Settings(weights=str(moved)))
    assert others.name != first.name
    assert others.settings != first.settings


def test_a_run_that_is_here_is_taken_by_its_name_with_all_its_settings(workspace):
    known = Run("mine", "full", "imagenet", "landmarks", 7)
    begin_run(workspace, known, "town")
    assert settle(workspace, Settings(run="mine")) == known
    assert settle(workspace, Settings(run="mine", seed=7, schedule="full")) == known


@pytest.mark.parametrize(("settings", "words"), [
    ({"seed": 8}, "The run 'mine' has seed 7 and not 8"),
    ({"schedule": "quick"}, "schedule full and not quick"),
    ({"start": "shapes", "training": "town-train"}, "start imagenet and not shapes, training landmarks and not town-train"),
])  # fmt: skip
def test_a_name_that_stands_for_other_settings_is_refused_and_nothing_is_overwritten(workspace, settings, words):
    begin_run(workspace, Run("mine", "full", "imagenet", "landmarks", 7), "town")
    before = (workspace.root / "town" / "mine" / "run.json").read_bytes()
    with pytest.raises(RetrievalError, match=rf"{words}\. Leave these options out, or .*--run NAME"):
        settle(workspace, Settings(run="mine", **settings))
    for place in ("town", "another"):
        with pytest.raises(RetrievalError, match="The run 'mine' has"):
            begin_run(workspace, Run("mine"), place)
    assert (workspace.root / "town" / "mine" / "run.json").read_bytes() == before
    assert not (workspace.root / "another").exists()


def test_a_derived_name_that_was_given_to_other_settings_is_refused(workspace):
    begin_run(workspace, Run("quick-seed1", seed=5), "town")
    with pytest.raises(RetrievalError, match="The run 'quick-seed1' has seed 5 and not 1"):
        settle(workspace, Settings(seed=1))


@pytest.mark.parametrize("name", RESERVED)
def test_names_under_which_other_things_lie_are_refused(workspace, name):
    with pytest.raises(RetrievalError, match=rf"A run can't be called '{name}'.*--run"):
        settle(workspace, Settings(run=name))


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "two words", "-x"])
def test_a_name_that_can_be_no_folder_is_refused_before_anything_is_done(workspace, name):
    with pytest.raises(RetrievalError, match="letters, digits"):
        settle(workspace, Settings(run=name))


@pytest.mark.parametrize("seed", [-1, 2**32, 10**30])
def test_a_seed_that_no_library_takes_is_refused(seed):
    words = rf"The seed {seed} is out of range.*0 to 4294967295"
    for attempt in (lambda: Settings(seed=seed), lambda: Run("x", seed=seed), lambda: check_seed(seed)):
        with pytest.raises(RetrievalError, match=words):
            attempt()


def test_runs_are_listed_by_dataset_the_plain_one_first(workspace):
    for name, place in (("zebra", "town"), ("quick", "town"), ("alpha", "town"), ("other", "elsewhere"), ("alpha", "town-train")):
        begin_run(workspace, Run(name, seed=len(name) if name != "quick" else 0), place)
    assert [run.name for run in find_runs(workspace, "town")] == ["quick", "alpha", "zebra"]
    assert [run.name for run in find_runs(workspace)] == ["quick", "alpha", "other", "zebra"]
    assert find_run(workspace, "other").seed == 5
    assert find_run(workspace, "nobody") is None
    with pytest.raises(RetrievalError, match=r"There is no run 'nobody' in .*There are: quick, alpha, other, zebra\. Make one with"):
        get_run(workspace, "nobody")


def test_the_run_that_is_shown_where_none_is_named(workspace):
    assert default_run(workspace, "town") == "quick"  # and the page says how to make it
    begin_run(workspace, Run("full-imagenet", "full", "imagenet"), "elsewhere")
    assert default_run(workspace, "town") == "full-imagenet"
    begin_run(workspace, Run("quick-seed1", seed=1), "town")
    assert default_run(workspace, "town") == "quick-seed1"
    begin_run(workspace, Run("quick"), "town")
    assert default_run(workspace, "town") == "quick"
    workspace.folder("town", "imported").mkdir()
    assert default_run(workspace, "town") == "imported"


def test_a_run_is_read_as_it_was_written(workspace):
    run = Run("mine", "full", "imagenet", "landmarks", 7, OwnWeights("/a path/x", {"alexnet": ("a.pth", "0" * 64)}))
    begin_run(workspace, run, "town")
    begin_run(workspace, run, "town")
    assert find_run(workspace, "mine") == run


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda content: "{half", "not readable as JSON"),
    (lambda content: "[]", "another version of this program. Choose another folder with --cache"),
    (lambda content: json.dumps(content | {"format": 99}), "another version of this program. Choose another folder with --cache"),
    (lambda content: json.dumps({key: value for key, value in content.items() if key != "seed"}), r"damaged.*seed.*remove .*town/mine"),
    (lambda content: json.dumps(content | {"weights": {"path": "x"}}), r"damaged.*remove .*town/mine"),
    (lambda content: json.dumps(content | {"weights": "x"}), r"damaged.*remove .*town/mine"),
    (lambda content: json.dumps(content | {"schedule": "slow"}), r"damaged.*slow.*quick, long, full"),
    (lambda content: json.dumps(content | {"seed": -1}), r"damaged.*-1 is out of range"),
    (lambda content: json.dumps(content | {"seed": "1"}), r"damaged.*out of range"),
])  # fmt: skip
def test_a_run_file_that_is_damaged_or_of_another_version_is_named(workspace, spoil, words):
    begin_run(workspace, Run("mine"), "town")
    file = workspace.root / "town" / "mine" / "run.json"
    file.write_text(spoil(json.loads(file.read_text())))
    looks = (lambda: find_runs(workspace, "town"), lambda: get_run(workspace, "mine"), lambda: settle(workspace, Settings(run="mine")))
    for look in looks:
        with pytest.raises(RetrievalError, match=rf"{file}.*"):
            look()
        with pytest.raises(RetrievalError, match=words):
            look()


def test_runs_that_differ_in_their_seed_alone_are_one_group():
    runs = [Run("quick-seed2", seed=2), Run("quick"), Run("mine", seed=1), Run("full", "full"), Run("full-seed1", "full", seed=1),
            Run("quick-imagenet", start="imagenet")]  # fmt: skip
    groups = {name: [run.name for run in members] for name, members in seed_groups(runs).items()}
    assert groups == {"quick": ["quick", "mine", "quick-seed2"], "full": ["full", "full-seed1"], "quick-imagenet": ["quick-imagenet"]}


def test_differences_name_only_what_differs():
    run = Run("quick")
    assert run.differences(replace(run, name="other")) == []
    assert run.differences(replace(run, seed=2)) == ["seed 2 and not 0"]
