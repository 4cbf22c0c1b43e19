"""Commands under torchrun: training and describing in several processes end as in one, also where a process is killed or fails."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as PILImage
from safetensors.torch import load_file

from retrieval_core.cli.main import main
from retrieval_core.presets import get_preset
from retrieval_core.runs import jobs
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace

SCRIPT = Path(__file__).with_name("several_commands.py")
SIDES = ((64, 40), (64, 44), (64, 48), (40, 64), (44, 64))  # of photographs: five shapes, so five batches
OFF = 0.05  # after three steps, with bfloat16 where the processor has it: how far weights may be off, as a share of their length
ALIKE = 0.99  # the least cosine of the descriptors of a photograph


def started(count: int, cache: Path, *words: str, restarts: int = 0) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        str(count),
        "--max-restarts",
        str(restarts),
    ]
    words = ["--", str(SCRIPT), "--cache", str(cache), *words, "--device", "cpu"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([*command, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)


def done(process: subprocess.Popen) -> str:
    said = process.communicate(timeout=900)[1]
    assert process.returncode == 0, said[-4000:]
    return said


def weights(cache: Path, key: str) -> dict[str, torch.Tensor]:
    return load_file(cache / "town-train" / "quick" / key / "weights.safetensors")


def rows(cache: Path, dataset: str, key: str) -> np.ndarray:
    return np.concatenate([np.asarray(part.matrix) for part in open_results(Workspace(cache), dataset, "quick", key).descriptors])


def apart(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
    """How far weights are off, as a share of their length; running means and variances, which pictures alone make, are left out."""
    learnt = [name for name in one if "running" not in name and "num_batches" not in name]
    off, length = (torch.cat([make(name).double().flatten() for name in learnt]).norm()
                   for make in (lambda name: one[name] - other[name], lambda name: one[name]))  # fmt: skip
    return float(off / length)


def without(cache: Path, key: str) -> Path:
    """The cache without a model's weights and what was made of them."""
    for folder in ("town-train", "town"):
        shutil.rmtree(cache / folder / "quick" / key)
    return cache


def add_photographs(cache: Path, root: Path) -> None:
    """A dataset of five shapes, so of five batches."""
    root.mkdir()
    random = np.random.default_rng(0)
    for number, size in enumerate(SIDES):
        PILImage.fromarray(random.integers(0, 255, (*size, 3), dtype=np.uint8)).save(root / f"{number}.png")
    assert main(["--cache", str(cache), "data", "add", "odd", str(root)]) == 0


@pytest.fixture
def trained_by_two(cache):
    """A cache whose 1d was trained, and whose town was described, by two processes."""
    said = done(started(2, without(cache, "1d"), "extract", "--dataset", "town", "--models", "1d"))
    return cache, said


def test_two_processes_train_and_describe_as_one_does(trained_by_two, town_cache, tmp_path):
    cache, said = trained_by_two
    assert said.count("train 1d: decode") <= 1
    assert apart(weights(town_cache, "1d"), weights(cache, "1d")) < OFF
    together = rows(cache, "town", "1d")
    assert (together * rows(town_cache, "town", "1d")).sum(1).min() > ALIKE
    assert jobs.current(Workspace(cache)).state == "done"

    shutil.rmtree(cache / "town" / "quick" / "1d")
    assert main(["--cache", str(cache), "extract", "--dataset", "town", "--models", "1d", "--device", "cpu"]) == 0
    assert np.array_equal(together, rows(cache, "town", "1d"))

    if not Path("/proc/self/task").exists():
        pytest.skip("finds the processes to kill in /proc")
    killed = tmp_path / "killed"
    shutil.copytree(town_cache, killed)
    process = started(2, without(killed, "1d"), "extract", "--dataset", "town", "--models", "1d", restarts=2)
    until(lambda: list(killed.glob("town-train/quick/1d/.weights-*/checkpoint.safetensors")), process)
    time.sleep(float(np.random.default_rng().uniform(0, 0.3)))
    ranks = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    os.kill(int(np.random.default_rng().choice(ranks[:2])), signal.SIGKILL)
    done(process)
    assert all(torch.equal(tensor, weights(killed, "1d")[name]) for name, tensor in weights(cache, "1d").items())
    assert np.array_equal(together, rows(killed, "town", "1d"))


def test_three_processes_train_a_ranking_model_and_describe_photographs_of_five_shapes(cache, town_cache, tmp_path):
    add_photographs(without(cache, "1f"), tmp_path / "photographs")
    done(started(3, cache, "extract", "--dataset", "odd", "--models", "1f", "--run", "quick"))
    assert apart(weights(town_cache, "1f"), weights(cache, "1f")) < OFF
    together = rows(cache, "odd", "1f")
    assert len(together) == len(SIDES)
    shutil.rmtree(cache / "odd" / "quick" / "1f")
    assert main(["--cache", str(cache), "extract", "--dataset", "odd", "--models", "1f", "--run", "quick", "--device", "cpu"]) == 0
    assert np.array_equal(together, rows(cache, "odd", "1f"))


def test_a_process_that_meets_a_broken_photograph_ends_all_with_one_word(cache, tmp_path):
    root, workspace = tmp_path / "photographs", Workspace(cache)
    add_photographs(cache, root)
    run, preset = get_run(workspace, "quick"), get_preset("1d")
    path, inputs = artefacts.descriptors_path(workspace, "odd", "quick", "1d"), artefacts.describing_inputs(workspace, run, preset)
    begun = artefacts.half_done(path, inputs) / "begun"
    begun.parent.mkdir(parents=True)
    begun.touch()  # what is left to describe is decoded by those who describe it
    broken = root / "4.png"  # of the second shape: the share of process 1
    broken.write_bytes(broken.read_bytes()[:-3000])
    process = started(2, cache, "extract", "--dataset", "odd", "--models", "1d", "--run", "quick")
    said = process.communicate(timeout=900)[1]
    assert process.returncode != 0
    assert len(re.findall(r"^error: ", said, re.MULTILINE)) == 1, said
    assert "4.png" in re.search(r"^error: .*", said, re.MULTILINE)[0]
    state = jobs.current(workspace)
    assert state.state == "failed"
    assert "4.png" in state.error


@pytest.mark.parametrize("place", [0, 1])
def test_other_commands_work_in_one_process_and_that_is_said_once(place, tmp_path, capsys, monkeypatch):
    for name, value in {"TORCHELASTIC_RUN_ID": "one", "WORLD_SIZE": "2", "RANK": str(place), "LOCAL_RANK": str(place)}.items():
        monkeypatch.setenv(name, value)
    assert main(["--cache", str(tmp_path), "evaluate"]) == 2
    assert capsys.readouterr().err.count("start it without torchrun") == 1 - place
    with pytest.raises(SystemExit):
        main(["train", "--modles", "1d"])
    assert capsys.readouterr().err.count("unrecognized arguments") == 1 - place


def until(there, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 600
    while not there():
        assert process.poll() is None, process.communicate()[1][-4000:]
        assert time.monotonic() < deadline
        time.sleep(0.01)
