"""A training set of one's own: chosen by name, kept apart from the town's, its missing files left out, its batches added up."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from caches import result_of
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset, list_datasets, open_dataset
from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import get_preset
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.training import classification, loop
from retrieval_core.training.test_set_guard import training_set
from retrieval_core.workspace import Workspace


@pytest.fixture
def photographs(tmp_path):
    """Nine landmarks with six photographs each, one without a label, and a CSV file that lists two more that are not there."""
    random = np.random.default_rng(0)
    folder = tmp_path / "mine"
    lines = ["image,landmark"]
    for label in range(9):
        (folder / f"landmark_{label}").mkdir(parents=True)
        for number in range(6):
            name = f"landmark_{label}/{number}.jpg"
            colours = np.kron(random.integers(0, 255, (6, 8, 3)), np.ones((10, 10, 1))).astype(np.uint8)
            PILImage.fromarray(colours).save(folder / name)
            lines.append(f"{name},landmark_{label}")
    PILImage.new("RGB", (64, 48), "red").save(folder / "nothing.jpg")
    lines += ["nothing.jpg,", "landmark_0/gone.jpg,landmark_0", "landmark_1/gone.jpg,landmark_1"]
    (folder / "list.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture
def _tiny_presets():
    undo = tiny.restore()
    tiny.shrink()
    yield
    undo()


@pytest.mark.usefixtures("_tiny_presets")
def test_models_are_trained_on_it_and_their_recipe_says_so(photographs, tmp_path):
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "mine", photographs / "list.csv", training=True)
    assert [entry.retrieval for entry in list_datasets(workspace) if entry.name == "mine"] == [False]
    assert len(result_of(training_set(workspace, "mine")).images) == 54
    settings = Settings(device="cpu", start="shapes", models=("1d", "1d-pca"), training="mine")
    stages = [step.stage for step in run(workspace, "town", settings, ("describe", "score"))]
    assert "build town-train" not in stages
    assert (workspace.root / "mine" / "quick-mine" / "1d" / "weights.safetensors").exists()
    states = {state.key: state for state in model_states(workspace, "town", "quick-mine")}
    assert (states["1d"].state, states["1d"].recipe["training"]) == ("ready", "mine")
    assert open_results(workspace, "town", "quick-mine", "1d").command.endswith("--train-on mine")
    assert "learnt on mine" in states["1d-pca"].recipe["whitening"]


def test_a_list_with_dead_links_is_read_for_training_only(photographs, tmp_path):
    workspace = Workspace(tmp_path / "cache")
    with pytest.raises(RetrievalError, match=r"line 57: .*gone.jpg is no photograph"):
        add_dataset(workspace, "mine", photographs / "list.csv")
    assert len(add_dataset(workspace, "mine", photographs / "list.csv", training=True).images) == 55
    assert len(open_dataset(workspace, "mine").images) == 55


def test_what_models_are_scored_on_is_not_trained_on(photographs, tmp_path):
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "mine", photographs, "classes")
    with pytest.raises(RetrievalError, match="'mine' is a dataset that models are scored on"):
        result_of(training_set(workspace, "mine"))
    lonely = photographs / "landmark_3"
    add_dataset(workspace, "lonely", lonely, "flat", training=True)
    with pytest.raises(RetrievalError, match="has 0 landmarks"):
        result_of(training_set(workspace, "lonely"))


@pytest.mark.usefixtures("_tiny_presets")
def test_the_gradients_of_a_steps_batches_add_up_to_their_mean(photographs, tmp_path, monkeypatch):
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "mine", photographs, "classes", training=True)
    images = result_of(training_set(workspace, "mine")).images
    pixels = result_of(open_pixels(images, "x", 64, False, tmp_path / "pixels"))
    stage = get_preset("1d")
    drawn, gradients = [], []
    monkeypatch.setattr(classification, "classification_batch", lambda count, batch, number, seed: drawn.append(number) or np.arange(4))

    def first_gradient(optimiser):
        gradients.append(optimiser.param_groups[0]["params"][0].grad.clone())

    monkeypatch.setattr(torch.optim.AdamW, "step", first_gradient)
    for accumulate in (1, 3):  # always the same photographs, and frozen statistics: the mean is that of one batch
        quick = stage.schedule("quick-shapes")
        schedule = replace(quick, steps=1, batch=4, accumulate=accumulate, smallest_crop=1.0, frozen_batch_norm=True)
        monkeypatch.setattr(loop, "make_batch", lambda pictures, *rest: torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2) / 255)
        result_of(loop.train(stage, schedule, None, pixels, 0, torch.device("cpu"), tmp_path / str(accumulate)))
    assert drawn == [0, 0, 1, 2]
    one, three = gradients
    assert (one - three).norm() < 0.02 * one.norm()  # half precision rounds each batch by itself
