"""Never on the test set: a copy is found whatever its name, and training stops before it begins."""

import shutil
from pathlib import Path

import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.training.test_set_guard import refuse_overlap, same_photographs
from retrieval_core.workspace import Workspace


@pytest.fixture
def cache(town_cache, tmp_path):
    return shutil.copytree(town_cache, tmp_path / "cache")


def test_the_town_and_its_training_set_share_no_photograph(cache):
    workspace = Workspace(cache)
    refuse_overlap(workspace, open_dataset(workspace, "town-train"))
    assert not same_photographs(open_dataset(workspace, "town-train").images, open_dataset(workspace, "town").images)


def test_a_renamed_copy_is_found_and_training_refuses(cache, tmp_path):
    workspace = Workspace(cache)
    stolen = open_dataset(workspace, "town-train").images[3]
    folder = tmp_path / "mine"
    folder.mkdir()
    PILImage.new("RGB", (40, 30), "red").save(folder / "harmless.jpg")
    shutil.copy(stolen.path, folder / "another name.jpg")
    add_dataset(workspace, "mine", folder)
    with pytest.raises(RetrievalError, match=r"another name.jpg of mine, on which models are scored \(1 such in all\)"):
        for _ in run(workspace, None, Settings(device="cpu", start="shapes", models=("1b",), seed=7)):
            pass
    shutil.rmtree(folder)
    refuse_overlap(workspace, open_dataset(workspace, "town-train"))  # a dataset that is gone stops nobody


def test_files_of_the_same_size_with_other_content_are_no_twins(cache, tmp_path):
    workspace = Workspace(cache)
    image = open_dataset(workspace, "town-train").images[0]
    folder = tmp_path / "mine"
    folder.mkdir()
    content = bytearray(Path(image.path).read_bytes())
    content[-3] ^= 255
    (folder / "other.jpg").write_bytes(content)
    other = add_dataset(workspace, "mine", folder)
    assert not same_photographs([image], other.images)
