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
WEIGHTS = 1e-3  # after three steps: how far the weights may be off, as a share of the length of all
STATISTICS = 1e-2  # after three steps: how far the running means and variances of a layer may be off, likewise


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


def learnt(found: dict[str, torch.Tensor]) -> torch.Tensor:
    """All weights that gradients change, as one vector."""
    return torch.cat([found[name.replace("gradient/", "weight/")].flatten() for name in found if name.startswith("gradient/")])


def test_the_gradients_and_the_weights_are_those_of_one_process(alone, together):
    count, folder = together
    off = {}
    for name in SHARED_BY[count]:
        one, several = (load_file(where / f"{name}-0.safetensors") for where in (alone, folder))
        assert one.keys() == several.keys()
        gradient = max(apart(one[key], several[key]) for key in one if key.startswith("gradient/"))
        statistics = max((apart(one[key], several[key]) for key in one if "running" in key), default=0.0)
        off[name] = {"gradient": gradient, "weights": apart(learnt(one), learnt(several)), "statistics": statistics}
    print(off)
    assert all(one["gradient"] < GRADIENTS and one["weights"] < WEIGHTS and one["statistics"] < STATISTICS for one in off.values()), off


def test_all_processes_have_the_same_weights(together):
    count, folder = together
    for name in SHARED_BY[count]:
        first, *others = (load_file(folder / f"{name}-{rank}.safetensors") for rank in range(count))
        for other in others:
            assert all(torch.equal(first[key], other[key]) for key in first), name
