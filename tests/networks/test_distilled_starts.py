"""The starts that come with the program: files of a trunk, AlexNet's with FCs that are drawn anew."""

import json
from itertools import islice

import pytest
import tiny
import torch
from safetensors import safe_open
from torch.nn import functional

from retrieval_core.errors import RetrievalError
from retrieval_core.networks import distilled_files
from retrieval_core.networks.backbones import build_trunk, initialise
from retrieval_core.networks.distilled import distilled_weights, packed
from retrieval_core.networks.network import RetrievalNetwork, normalise
from retrieval_core.networks.pooling import gem
from retrieval_core.networks.weights import inherit, save_weights
from retrieval_core.presets import get_preset
from retrieval_core.training.distillation.distil import LESSONS
from retrieval_core.training.distillation.pictures import CROPS, photograph_crops


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Makes the file of a backbone with random weights, in a folder of its own; returns the weights that went in."""
    monkeypatch.setattr(distilled_files, "FOLDER", tmp_path)

    def make(backbone: str) -> dict[str, torch.Tensor]:
        trunk = build_trunk(backbone, "gem").eval()
        initialise(trunk, torch.Generator().manual_seed(0))
        state = {f"trunk.{name}": tensor for name, tensor in trunk.state_dict().items()}
        stored = packed(backbone, state, torch.randn(40, 3, 64, 64, generator=torch.Generator().manual_seed(1)))
        save_weights(stored, tmp_path / f"{backbone}.safetensors", {})
        return state

    return make


@pytest.mark.parametrize(("backbone", "model", "megabytes"), [("resnet18", "1d", 12), ("alexnet", "1a", 3)])
def test_a_file_holds_all_that_a_network_starts_from(made, tmp_path, backbone, model, megabytes):
    state = made(backbone)
    network = RetrievalNetwork(get_preset(model))
    missing = inherit(network, distilled_weights(backbone))
    assert [name for name in missing if name.startswith("trunk.")] == []
    own = network.state_dict()
    for name, tensor in state.items():
        assert torch.allclose(own[name].float(), tensor.float(), atol=float(tensor.abs().max()) / 200 + 1e-6), name
    assert (tmp_path / f"{backbone}.safetensors").stat().st_size < megabytes * 1e6


def test_units_of_alexnets_fcs_have_mean_0_and_deviation_1(made):
    made("alexnet")
    network = RetrievalNetwork(get_preset("1a")).eval()
    inherit(network, distilled_weights("alexnet"))
    with torch.inference_mode():
        fc7 = network.pooled(torch.randn(40, 3, 64, 64, generator=torch.Generator().manual_seed(1)))
    assert fc7.mean(0).abs().max() < 0.1
    assert (fc7.std(0) - 1).abs().max() < 0.1


def test_a_start_that_is_not_there_is_said_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(distilled_files, "FOLDER", tmp_path)
    assert not distilled_files.is_distilled("resnet50")
    assert distilled_files.distilled_hash("resnet50") is None
    with pytest.raises(RetrievalError, match=r"resnet50\.safetensors is missing.*starts build resnet50.*--start shapes"):
        distilled_weights("resnet50")


def test_another_file_has_another_hash(made, tmp_path):
    made("resnet18")
    first = distilled_files.distilled_hash("resnet18")
    save_weights({"trunk.x": torch.zeros(1)}, tmp_path / "resnet18.safetensors", {})
    assert distilled_files.distilled_hash("resnet18") != first


@pytest.fixture
def shipped():
    """The starts as a user has them, also where another test has hidden them."""
    with tiny.as_shipped():
        yield


@pytest.mark.usefixtures("shipped")
def test_the_starts_that_are_shipped_are_those_of_the_model_card():
    folder = distilled_files.FOLDER
    card = (folder / "README.md").read_text(encoding="utf-8")
    rows = {cells[1].strip(" `"): cells for line in card.splitlines() if len(cells := line.split("|")) > 8 and ".safetensors" in line}
    assert (
        set(rows) == {file.name for file in folder.glob("*.safetensors")} == {f"{name}.safetensors" for name in distilled_files.TAUGHT}
    )
    assert sum(file.stat().st_size for file in folder.glob("*.safetensors")) < 60e6
    for name, cells in rows.items():
        assert cells[8].strip(" `") == distilled_files.distilled_hash(name.removesuffix(".safetensors"))
        with safe_open(folder / name, "pt") as file:
            about = {key: json.loads(value) for key, value in json.loads(file.metadata()["about"]).items()}
        lessons = LESSONS[name.removesuffix(".safetensors")]
        taught = about.get("lessons", [about])  # of files that one lesson made the figures stand side by side
        steps, sides = cells[3].replace(",", "").split("+"), cells[5].split(",")
        assert [int(step) for step in steps] == [lesson["steps"] for lesson in taught] == [lesson.steps for lesson in lessons]
        said = [f"{lesson.side} ({lesson.teacher_side})" for lesson in lessons]
        assert [side.strip() for side in sides] == said == [f"{lesson['side']} ({lesson['teacher_side']})" for lesson in taught]


def crops() -> torch.Tensor:
    """One crop (12, 3, 112, 112) of every sample photograph, in 0…1."""
    chosen = islice(photograph_crops(), 0, None, CROPS)
    pictures = torch.stack([torch.from_numpy(crop.copy()).permute(2, 0, 1) for crop in chosen]).float() / 255
    return functional.interpolate(pictures, (112, 112), mode="bilinear", antialias=True)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("backbone", distilled_files.TAUGHT)
def test_a_start_that_is_shipped_tells_pictures_apart(backbone):
    """Descriptors of one picture and of its mirror image are nearer than those of two pictures."""
    trunk = build_trunk(backbone, "gem").eval()
    state = {name.removeprefix("trunk."): tensor for name, tensor in distilled_weights(backbone).items() if "classifier" not in name}
    trunk.load_state_dict(state, strict=False)
    with torch.inference_mode():
        pictures = normalise(crops())
        described = functional.normalize(gem(trunk(torch.cat([pictures, pictures.flip(3)])), 3.0), dim=1)
    similarities = described[: len(pictures)] @ described[len(pictures) :].T
    others = similarities - 2 * torch.eye(len(pictures))
    assert (similarities.diagonal() > others.amax(1)).float().mean() > 0.9
