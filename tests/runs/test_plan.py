import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import PRESETS
from retrieval_core.runs.describer import open_describer
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.results import load_descriptors, load_map, load_scores, model_states
from retrieval_core.workspace import Workspace

ROOT = Path(__file__).parents[2]


def test_all_seven_models_are_trained_described_scored_and_mapped(town_cache):
    workspace = Workspace(town_cache)
    states = model_states(workspace, "town")
    assert [state.key for state in states] == list(PRESETS)
    for state in states:
        assert state.state == "ready", state
        assert state.start == "shapes"
        assert 0 < state.map_oxford <= 100
        assert state.map_oxford <= state.map_finite_sum
        database, queries = load_descriptors(workspace, "town", state.key)
        assert database.matrix.shape == (29, PRESETS[state.key].dim)
        assert np.allclose(np.linalg.norm(database.matrix, axis=1), 1, atol=1e-5)
        assert len(load_scores(workspace, "town", state.key)) == len(queries.ids)
        for subset in ("all", "labelled"):
            layout = load_map(workspace, "town", state.key, "tsne", subset)
            assert np.isfinite(layout.xy).all()


def test_a_second_run_finds_everything_and_changes_nothing(town_cache):
    def stamps():
        return {path: path.stat().st_mtime_ns for path in town_cache.rglob("*.npy")}

    before = stamps()
    for step in run(Workspace(town_cache), "town", Settings(device="cpu", start="shapes")):
        assert not step.stage.startswith("train")
    assert stamps() == before


def test_damaged_descriptors_are_set_aside_and_made_anew(town_cache):
    workspace = Workspace(town_cache)
    path = workspace.folder("town", "1e") / "descriptors.npy"
    sound = path.read_bytes()
    path.write_bytes(sound[:-8])
    assert {state.key: state.state for state in model_states(workspace, "town")}["1e"] == "damaged"
    for _ in run(workspace, "town", Settings(device="cpu", start="shapes", models=("1e",))):
        pass
    assert path.read_bytes() == sound
    assert len(list(path.parent.glob("descriptors.npy.damaged-*"))) == 1


def test_another_seed_makes_what_is_there_stale(town_cache):
    from retrieval_core.presets import get_preset
    from retrieval_core.stored.artefacts import Origin, descriptors_inputs, weights_inputs, weights_path

    workspace, stage = Workspace(town_cache), get_preset("1b")
    path = weights_path(workspace, stage, Origin("shapes"))
    assert workspace.state(path, weights_inputs(workspace, stage, Settings(seed=0), Origin("shapes"))) == "fresh"
    assert workspace.state(path, weights_inputs(workspace, stage, Settings(seed=1), Origin("shapes"))) == "stale"
    described = workspace.folder("town", "1b") / "descriptors.npy"
    inputs = descriptors_inputs(workspace, "town", stage, Settings(crop="same"), Origin("shapes"))
    assert workspace.state(described, inputs) == "stale"


KILLED = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
import tiny
tiny.shrink(steps=12)
from retrieval_core.training import loop
loop.CHECKPOINT_EVERY = 0.0
from retrieval_core.cli.main import main
sys.exit(main(["--cache", sys.argv[1], "run", "--models", "1d", "--device", "cpu", "--start", "shapes"]))
"""


def start(cache):
    code = KILLED.format(root=str(ROOT), tests=str(ROOT / "tests"))
    return subprocess.Popen([sys.executable, "-c", code, str(cache)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(condition, process, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came so far"
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_training_that_is_killed_goes_on_and_ends_with_the_same_scores(tmp_path):
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    assert start(quiet).wait() == 0
    process = start(killed)
    wait_for(lambda: list(killed.glob("town-train/1d/.weights-*/checkpoint.safetensors")), process)
    os.kill(process.pid, 9)
    process.wait()
    assert not (killed / "town-train" / "1d" / "weights.safetensors").exists()
    assert start(killed).wait() == 0
    for file in ("town-train/1d/weights.safetensors", "town/1d/descriptors.npy", "town/1d/queries.npy"):
        assert (killed / file).read_bytes() == (quiet / file).read_bytes(), file
    scores = [json.loads((cache / "town/1d/scores.json").read_text())["scores"] for cache in (quiet, killed)]
    assert scores[0] == scores[1]
    assert not list(killed.glob("town-train/1d/.weights-*"))


def test_the_command_line_prints_an_error_and_no_traceback(tmp_path):
    command = [sys.executable, "-m", "retrieval_core", "--cache", str(tmp_path)]
    for arguments, words in (
        (["run", "--models", "9z"], "1a, 1b"),
        (["run", "--schedule", "slow"], "quick, full"),
        (["run", "--dataset", "nowhere"], "data add"),
        (["data", "add", "x", str(tmp_path / "missing")], str(tmp_path / "missing")),
    ):
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*/*")), "something was built or trained for a run that can't end"


def test_settings_list_their_choices():
    with pytest.raises(RetrievalError, match="auto, imagenet, shapes"):
        Settings(start="magic")


def test_a_model_with_search_time_choices_is_described_beside_it_from_the_same_weights(town_cache, tmp_path):
    cache = tmp_path / "cache"
    shutil.copytree(town_cache, cache)
    workspace = Workspace(cache)
    steps = list(run(workspace, "town", Settings(device="cpu", start="shapes", models=("1d-ms-lw", "1d-same")), ("describe", "score")))
    assert not any(step.stage.startswith("train") and step.total > 1 for step in steps)
    states = {state.key: state for state in model_states(workspace, "town")}
    assert list(states)[list(states).index("1d"):][:3] == ["1d", "1d-ms-lw", "1d-same"]
    plain, chosen = states["1d"], states["1d-ms-lw"]
    assert chosen.state == "ready"
    assert chosen.recipe["weights"] == plain.recipe["weights"]
    assert len(chosen.recipe["scales"]) == 3
    assert "matching pairs" in chosen.recipe["whitening"]
    photographs = [load_descriptors(workspace, "town", key)[0].matrix for key in ("1d", "1d-same", "1d-ms-lw")]
    assert np.array_equal(photographs[0], photographs[1])  # a crop rule only changes the queries
    assert not np.allclose(photographs[0], photographs[2], atol=0.01)
    queries = [load_descriptors(workspace, "town", key)[1].matrix for key in ("1d", "1d-same")]
    assert not np.allclose(*queries, atol=0.01)
    describer = open_describer(workspace, "town", "1d-ms-lw")
    dataset = open_dataset(workspace, "town")
    query = dataset.queries[0]
    again = describer.describe(read_image(dataset.image(query.image_id).path), query.box)
    assert again @ load_descriptors(workspace, "town", "1d-ms-lw")[1].matrix[0] > 0.9999
