"""Two and three processes learn from each batch what one process learns from it: in float32, where only the order of sums differs."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import several_trainings
import torch
from PIL import Image as PILImage
from safetensors.torch import load_file

SCRIPT = Path(several_trainings.__file__)
SHARED_BY = {2: tuple(several_trainings.CASES), 3: ("classification", "triplet", "fewer rows than processes")}
GRADIENTS = 1e-3  # of the first step: how far the gradient of a tensor may be off, as a share of its length
WEIGHTS = 2e-2  # after three steps: how far a tensor may be off, as a share of its length


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Six landmarks of four photographs, each in a colour of its own."""
    root, random = tmp_path_factory.mktemp("set"), np.random.default_rng(0)
    for landmark in range(6):
        (root / f"l{landmark}").mkdir()
        colour = random.integers(40, 216, 3)
        for number in range(4):
            noisy = np.clip(random.normal(colour, 25, (64, 48, 3)), 0, 255).astype(np.uint8)
            PILImage.fromarray(noisy).save(root / f"l{landmark}" / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def alone(photographs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    several_trainings.main(photographs, folder, *several_trainings.CASES)
    return folder


@pytest.fixture(scope="module", params=SHARED_BY)
def together(request, photographs, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"together-{request.param}")
    words = [SCRIPT, photographs, folder, *SHARED_BY[request.param]]
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(request.param), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-4000:]
    return request.param, folder


def apart(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one.double() - other.double()).norm() / one.double().norm().clamp(min=1e-9))


def test_the_gradients_and_the_weights_are_those_of_one_process(alone, together):
    count, folder = together
    report = {}
    for name in SHARED_BY[count]:
        one, several = (load_file(where / f"{name}-0.safetensors") for where in (alone, folder))
        assert one.keys() == several.keys()
        off = {key: apart(one[key], several[key]) for key in one}
        report[name] = [max(value for key, value in off.items() if key.startswith(kind)) for kind in ("gradient/", "weight/")]
        print(count, name, *report[name], max(off, key=off.get))
    assert all(gradient < GRADIENTS for gradient, _ in report.values()), report
    assert all(weight < WEIGHTS for _, weight in report.values()), report


def test_all_processes_have_the_same_weights(together):
    count, folder = together
    for name in SHARED_BY[count]:
        first, *others = (load_file(folder / f"{name}-{rank}.safetensors") for rank in range(count))
        for other in others:
            assert all(torch.equal(first[key], other[key]) for key in first), name
