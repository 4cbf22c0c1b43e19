"""What a run makes, what it finds again, and what two runs share."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from caches import files, result_of

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import PRESETS, get_preset
from retrieval_core.runs.describer import open_describer
from retrieval_core.runs.plan import run
from retrieval_core.runs.recompute import recompute
from retrieval_core.runs.settings import Settings
from retrieval_core.schedules import COLUMNS
from retrieval_core.stored.artefacts import map_choice, weights_inputs, weights_path, whitening_path
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import find_runs, get_run
from retrieval_core.workspace import Workspace

ROOT = Path(__file__).parents[2]


def states(cache, run_name="quick"):
    return {state.key: state for state in model_states(Workspace(cache), "town", run_name)}


def test_all_models_are_trained_described_scored_and_mapped(town_cache):
    workspace = Workspace(town_cache)
    assert list(states(town_cache)) == list(PRESETS)
    for key, state in states(town_cache).items():
        assert state.state == "ready", state
        assert state.start == ("package" if key.startswith("2") else "shapes")
        assert 0 < state.map_oxford <= 100
        assert state.map_oxford <= state.map_finite_sum
        results = open_results(workspace, "town", "quick", key)
        database, queries = results.descriptors
        assert database.matrix.shape == (29, PRESETS[key].dim)
        assert np.allclose(np.linalg.norm(database.matrix, axis=1), 1, atol=1e-5)
        assert len(results.scores) == len(queries.ids)
        for subset in ("all", "labelled"):
            assert np.isfinite(results.map(map_choice("tsne", subset, None, 0)).xy).all()


def test_a_second_run_finds_everything_and_changes_nothing(cache):
    before = files(cache)
    for step in run(Workspace(cache), "town", Settings(device="cpu", start="shapes", models=("1d", "1e"))):
        assert not step.stage.startswith("train") or step.total <= 1
    assert files(cache) == before


def test_damaged_descriptors_are_set_aside_and_made_anew(cache):
    path = cache / "town" / "quick" / "1e" / "descriptors.safetensors"
    sound = path.read_bytes()
    path.write_bytes(sound[:-8])
    assert states(cache)["1e"].state == "damaged"
    for _ in run(Workspace(cache), "town", Settings(device="cpu", start="shapes", models=("1e",))):
        pass
    assert path.read_bytes() == sound
    assert len(list(path.parent.glob("descriptors.safetensors.damaged-*"))) == 1


def test_two_seeds_lie_side_by_side_and_a_second_name_shares_the_weights(cache):
    before = files(cache)
    places = ("town/quick/", "town-train/quick/", "shapes/quick/", "town/sheets/", "town/photographs/")
    for _ in run(Workspace(cache), "town", Settings(device="cpu", start="shapes", seed=1, models=("1d",)), ("describe", "score")):
        pass
    after = files(cache)
    kept = {name: entry for name, entry in before.items() if name.startswith(places)}
    assert len(kept) > 100
    assert {name: entry for name, entry in after.items() if name.startswith(places)} == kept
    made = ("town/{}/1d/descriptors.safetensors", "town-train/{}/1d/weights.safetensors", "shapes/{}/start-resnet18/training.jsonl")
    for name in made:
        assert after[name.format("quick-seed1")][1] != after[name.format("quick")][1], name
    assert [one.name for one in find_runs(Workspace(cache), "town")] == ["quick", "quick-seed1"]
    assert [states(cache, name)["1d"].seed for name in ("quick", "quick-seed1")] == [0, 1]
    assert states(cache, "quick-seed1")["1a"].state == "missing"

    mine = Settings(device="cpu", start="shapes", seed=1, run="mine", models=("1d",))
    steps = list(run(Workspace(cache), "town", mine, ("describe", "score")))
    assert not [step for step in steps if step.stage.startswith("train") and step.total > 1], "it trained again"
    assert any("shares 1d with the run quick-seed1" in step.message for step in steps)
    for place in ("town-train/{}/1d", "shapes/{}/start-resnet18"):
        for name in ("weights.safetensors", "training.jsonl"):
            first, second = (cache / place.format(one) / name for one in ("quick-seed1", "mine"))
            assert first.stat().st_ino == second.stat().st_ino
    assert states(cache, "mine")["1d"].map_oxford == states(cache, "quick-seed1")["1d"].map_oxford
    assert get_run(Workspace(cache), "mine").settings == get_run(Workspace(cache), "quick-seed1").settings
    described = files(cache / "town")
    with pytest.raises(RetrievalError, match="The run 'mine' has seed 1 and not 2"):
        list(run(Workspace(cache), "town", Settings(start="shapes", seed=2, run="mine")))
    assert files(cache / "town") == described


def test_another_schedule_lies_beside_it_and_overwrites_nothing(cache, monkeypatch):
    for key in ("1d", "start-resnet18"):
        monkeypatch.setitem(COLUMNS["full"], key, replace(COLUMNS["quick-shapes"][key], steps=2, extract_size=48))
    places = ("town/quick/", "town-train/quick/", "shapes/quick/")
    before = {name: entry for name, entry in files(cache).items() if name.startswith(places)}
    chosen = Settings(device="cpu", start="shapes", schedule="full", models=("1d",))
    for _ in run(Workspace(cache), "town", chosen, ("describe", "score")):
        pass
    assert {name: entry for name, entry in files(cache).items() if name.startswith(places)} == before
    assert [one.name for one in find_runs(Workspace(cache), "town")] == ["quick", "full"]
    full, quick = (states(cache, name)["1d"] for name in ("full", "quick"))
    assert (full.state, full.schedule, full.recipe["size"]) == ("ready", "full", 48)
    assert (quick.state, quick.schedule, quick.recipe["size"]) == ("ready", "quick", 64)


def test_shared_weights_that_break_in_one_run_are_made_anew_there(cache):
    mine = Settings(device="cpu", start="shapes", run="mine", models=("1d",))
    list(run(Workspace(cache), None, mine))
    path = cache / "town-train" / "mine" / "1d" / "weights.safetensors"
    sound = path.read_bytes()
    assert path.samefile(cache / "town-train" / "quick" / "1d" / "weights.safetensors")
    path.unlink()
    path.write_bytes(sound[:-8])
    list(run(Workspace(cache), None, mine))
    assert path.read_bytes() == sound
    assert Workspace(cache).state(cache / "town-train" / "quick" / "1d" / "weights.safetensors") == "fresh"


def test_weights_depend_on_seed_and_start(town_cache):
    workspace, stage, quick = Workspace(town_cache), get_preset("1b"), get_run(Workspace(town_cache), "quick")
    path = weights_path(workspace, quick, stage)
    assert workspace.state(path, weights_inputs(workspace, quick, stage)) == "fresh"
    for change in ({"seed": 1}, {"schedule": "full"}, {"start": "imagenet"}):
        assert workspace.state(path, weights_inputs(workspace, replace(quick, **change), stage)) == "stale"


KILLED = """
import os, sys
sys.path[:0] = [{root!r}, {tests!r}]
import tiny
tiny.shrink()
from retrieval_core.training import loop
loop.CHECKPOINT_EVERY, save = 0.0, loop.save_checkpoint
def save_and_die(*arguments):
    save(*arguments)
    os.kill(os.getpid(), 9)
if sys.argv[2] == "kill":
    loop.save_checkpoint = save_and_die
from retrieval_core.cli.main import main
sys.exit(main(["--cache", sys.argv[1], "run", "--models", "1d", "--device", "cpu", "--start", "shapes"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_training_that_is_killed_goes_on_and_ends_with_the_same_scores(cache, town_cache):
    def process(what):
        code = KILLED.format(root=str(ROOT), tests=str(ROOT / "tests"))
        command = [sys.executable, "-c", code, str(cache), what]
        return subprocess.run(command, capture_output=True, text=True, timeout=550)

    stage, described = "town-train/quick/1d", "town/quick/1d"
    for folder in (stage, described):
        shutil.rmtree(cache / folder)
    assert process("kill").returncode == -9
    assert list((cache / stage).glob(".weights-*/checkpoint.safetensors"))
    assert not (cache / stage / "weights.safetensors").exists()
    assert states(cache)["1d"].state == "missing"
    done = process("go on")
    assert done.returncode == 0, done.stderr
    for file in (f"{stage}/weights.safetensors", f"{described}/descriptors.safetensors"):
        assert (cache / file).read_bytes() == (town_cache / file).read_bytes(), file
    scores = [json.loads((root / described / "scores.json").read_text()) for root in (cache, town_cache)]
    assert scores[0] == scores[1]
    lines = [len((root / stage / "training.jsonl").read_text().splitlines()) for root in (cache, town_cache)]
    assert lines[0] == lines[1]
    assert not list((cache / stage).glob(".weights-*"))


def test_the_command_line_prints_an_error_and_no_traceback(tmp_path):
    command = [sys.executable, "-m", "retrieval_core", "--cache", str(tmp_path), "run", "--models", "9z"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2, done.stderr
    assert "1a, 1b" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("arguments", "words"), [
    (["run", "--schedule", "slow"], "quick, long, full"),
    (["run", "--dataset", "nowhere"], "data add"),
    (["data", "add", "x", "{tmp}/missing"], "{tmp}/missing"),
    (["run", "--seed", "-1"], "from 0 to 4294967295"),
    (["train", "--seed", str(2**32)], "from 0 to 4294967295"),
    (["run", "--run", "two words"], "letters, digits"),
    (["extract", "--run", "imported", "--start", "shapes"], "other things lie there. Choose another name with --run"),
    (["run", "--start", "shapes", "--weights", "{tmp}"], "--weights"),
    (["run", "--weights", "{tmp}/none"], "{tmp}/none"),
])  # fmt: skip
def test_what_can_not_be_run_is_said_before_anything_is_built_or_trained(tmp_path, capsys, arguments, words):
    arguments = [word.replace("{tmp}", str(tmp_path)) for word in arguments]
    assert main(["--cache", str(tmp_path / "cache"), *arguments]) == 2
    assert words.replace("{tmp}", str(tmp_path)) in capsys.readouterr().err
    assert not [file for file in tmp_path.glob("cache/*/*") if file.parent.name not in ("jobs", ".locks")]


def test_settings_list_their_choices():
    with pytest.raises(RetrievalError, match="auto, imagenet, distilled, shapes"):
        Settings(start="magic")


def test_a_model_with_search_time_choices_is_described_beside_it_from_the_same_weights(cache):
    workspace = Workspace(cache)
    chosen = Settings(device="cpu", start="shapes", models=("1d-ms-lw", "1d-same"))
    steps = list(run(workspace, "town", chosen, ("describe", "score")))
    assert not any(step.stage.startswith("train") and step.total > 1 for step in steps)
    assert [one.name for one in find_runs(workspace)] == ["quick"]
    found = states(cache)
    assert list(found)[list(found).index("1d") :][:3] == ["1d", "1d-same", "1d-ms-lw"]
    plain, other = found["1d"], found["1d-ms-lw"]
    assert other.state == "ready"
    assert other.recipe["weights"] == plain.recipe["weights"]
    assert len(other.recipe["scales"]) == 3
    assert "matching pairs" in other.recipe["whitening"]
    photographs, queries = (
        [open_results(workspace, "town", "quick", key).descriptors[group].matrix for key in ("1d", "1d-same", "1d-ms-lw")]
        for group in (0, 1)
    )
    assert np.array_equal(photographs[0], photographs[1])  # a crop rule only changes the queries
    assert not np.allclose(photographs[0], photographs[2], atol=0.01)
    assert not np.allclose(queries[0], queries[1], atol=0.01)
    describer = open_describer(open_results(workspace, "town", "quick", "1d-ms-lw"), "cpu")
    dataset = open_dataset(workspace, "town")
    query = dataset.queries[0]
    again = describer.describe(read_image(dataset.image(query.image_id).path), query.box)
    assert again @ queries[2][0] > 0.9999


def test_a_model_described_at_another_size_lies_beside_it_and_uses_its_weights(cache, capsys):
    before = files(cache)
    assert main(["--cache", str(cache), "run", "--dataset", "town", "--start", "shapes", "--device", "cpu", "--models",
                 "1d-96px,1d-224px-pca,1e-96px"]) == 0  # fmt: skip
    printed = capsys.readouterr().out
    assert all(f"\n{key} " in printed for key in ("1d-96px", "1d-224px-pca", "1e-96px"))
    after = files(cache)
    assert {name: entry for name, entry in after.items() if name in before and not name.startswith("jobs/")} == {
        name: entry for name, entry in before.items() if not name.startswith("jobs/")}, "what was there has changed"  # fmt: skip
    assert not [name for name in set(after) - set(before) if name.endswith("weights.safetensors")]
    found = states(cache)
    assert list(found)[list(found).index("1d") :][:5] == ["1d", "1d-96px", "1d-224px-pca", "1e", "1e-96px"]
    sizes = {"1d": 64, "1d-96px": 96, "1d-224px-pca": 224, "1e": 64, "1e-96px": 96}
    assert {key: found[key].recipe["size"] for key in sizes} == sizes
    assert len({found[key].recipe["weights"] for key in sizes}) == 1
    assert {found[key].state for key in sizes} == {"ready"}
    workspace, run_ = Workspace(cache), get_run(Workspace(cache), "quick")
    for key in ("1d-224px-pca", "1e-96px"):  # a whitening is learnt at the size at which it is used
        record = workspace.record(whitening_path(workspace, run_, get_preset(key)))
        assert record.inputs["size"] == sizes[key]
        assert record.sha256 != workspace.record(whitening_path(workspace, run_, get_preset("1e"))).sha256
    results = {key: open_results(workspace, "town", "quick", key) for key in sizes}
    for group in (0, 1):  # photographs and queries
        small, large = (results[key].descriptors[group].matrix for key in ("1d", "1d-96px"))
        assert small.shape == large.shape
        assert not np.allclose(small, large, atol=0.01)
    dataset = open_dataset(workspace, "town")
    query = dataset.queries[0]
    for key in ("1d-96px", "1d-224px-pca"):
        again = open_describer(results[key], "cpu").describe(read_image(dataset.image(query.image_id).path), query.box)
        assert again @ results[key].descriptors[1].rows([query.id])[0] > 0.9999
        agrees = result_of(recompute(workspace, "town", "quick", key, "cpu"))
        assert agrees.agrees, agrees.words


def test_a_network_as_it_comes_is_the_same_in_every_run_and_stored_once(cache):
    workspace = Workspace(cache)
    for _ in run(workspace, "town", Settings(device="cpu", start="shapes", seed=1, models=("2a",)), ("describe", "score")):
        pass
    assert not (cache / "town-train" / "quick-seed1").exists()
    assert not (cache / "shapes" / "quick-seed1").exists()
    files = [cache / "published" / name / "start-lite0" / "weights.safetensors" for name in ("quick", "quick-seed1")]
    assert files[0].samefile(files[1])
    found = [open_results(workspace, "town", name, "2a") for name in ("quick", "quick-seed1")]
    # Not to the bit: the library splits sums of float32 by the threads that it has at that moment.
    np.testing.assert_allclose(*(results.descriptors[0].matrix for results in found), rtol=0, atol=1e-5)
    assert found[0].recipe["start"] == "package"
    for change in ({"seed": 1}, {"start": "imagenet"}, {"schedule": "full"}):
        inputs = weights_inputs(workspace, replace(get_run(workspace, "quick"), **change), get_preset("2a").weights_stage)
        assert workspace.state(files[0], inputs) == "fresh"
