"""`data overlap` and `data add`: what a training set and a test set share is listed, refused, and judged by a person."""

import shutil

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import begin_run
from retrieval_core.training.overlap import known_pairs, unconfirmed
from retrieval_core.training.test_set_guard import training_set
from retrieval_core.workspace import Workspace


def picture(random) -> PILImage.Image:
    return PILImage.fromarray(np.kron(random.integers(0, 255, (9, 12, 3)), np.ones((16, 16, 1))).astype(np.uint8))


@pytest.fixture
def sets(tmp_path):
    """A training set of three landmarks, and a folder of four photographs that holds a smaller copy of one of them."""
    random = np.random.default_rng(0)
    for landmark in range(3):
        (tmp_path / "mine" / f"l{landmark}").mkdir(parents=True)
        for number in range(3):
            picture(random).save(tmp_path / "mine" / f"l{landmark}" / f"{number}.png")
    (tmp_path / "tests").mkdir()
    for number in range(3):
        picture(random).save(tmp_path / "tests" / f"other{number}.png")
    PILImage.open(tmp_path / "mine" / "l1" / "2.png").resize((96, 72)).save(tmp_path / "tests" / "copy.png")
    return tmp_path


def add(sets, *arguments) -> int:
    return main(["--cache", str(sets / "cache"), "data", *arguments])


def test_a_near_duplicate_is_listed_refused_and_confirmed(sets, capsys):
    assert add(sets, "add", "mine", str(sets / "mine"), "--training") == 0
    assert add(sets, "add", "tests", str(sets / "tests")) == 0  # nothing was trained on `mine` yet
    workspace = Workspace(sets / "cache")
    with pytest.raises(RetrievalError, match=r"l1/2\.png .* looks like .*copy\.png .*data overlap mine tests --confirm-different"):
        list(training_set(workspace, "mine"))
    capsys.readouterr()
    assert add(sets, "overlap", "mine", "tests") == 0
    printed = capsys.readouterr().out
    assert "near duplicate" in printed
    assert "copy.png" in printed
    assert "other" not in printed
    assert add(sets, "overlap", "mine", "tests", "--confirm-different") == 0
    assert "confirmed as different" in capsys.readouterr().out
    list(training_set(workspace, "mine"))
    pairs = known_pairs(workspace, open_dataset(workspace, "mine"), open_dataset(workspace, "tests"))
    assert len(pairs) == 1
    assert not unconfirmed(workspace, pairs)


def test_a_test_set_that_is_added_after_training_is_held_against_it(sets, capsys):
    assert add(sets, "add", "mine", str(sets / "mine"), "--training") == 0
    begin_run(Workspace(sets / "cache"), Run("quick-mine", training="mine"), "mine")
    shutil.copyfile(sets / "mine" / "l0" / "1.png", sets / "tests" / "same.png")
    assert add(sets, "add", "tests", str(sets / "tests")) == 2
    assert "l0/1.png of the training set mine is the photograph" in capsys.readouterr().err
    with pytest.raises(RetrievalError, match="Unknown dataset 'tests'"):
        open_dataset(Workspace(sets / "cache"), "tests")


def test_sets_that_share_nothing_say_so(sets, capsys):
    workspace = Workspace(sets / "cache")
    (sets / "tests" / "copy.png").unlink()
    add_dataset(workspace, "mine", sets / "mine", training=True)
    add_dataset(workspace, "tests", sets / "tests")
    assert add(sets, "overlap", "mine", "tests") == 0
    assert "mine and tests share no photograph" in capsys.readouterr().out


def test_near_descriptors_are_listed_for_a_person(town_cache, sets, capsys):
    """The training set is described under a model of the town; pairs from the similarity on are kept, the nearest of each."""
    cache = shutil.copytree(town_cache, sets / "cache")
    town = sorted((cache / "town" / "photographs" / "jpg").glob("castle_gate*"))
    for number, path in enumerate(town[:3]):
        shutil.copyfile(path, sets / "mine" / f"l{number}" / "town.jpg")
        PILImage.open(path).rotate(3).save(sets / "mine" / f"l{number}" / "town.jpg")  # no near duplicate of the file itself
    add_dataset(Workspace(cache), "mine", sets / "mine", "classes", training=True)
    chosen = ["overlap", "mine", "town", "--model", "1d", "--run", "quick"]
    assert add(sets, *chosen, "--similarity", "0.9") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("near descriptor")]
    assert lines
    assert any("town.jpg" in line and "castle_gate" in line for line in lines)
    assert add(sets, *chosen, "--similarity", "7") == 2
    assert "-1 to 1" in capsys.readouterr().err
