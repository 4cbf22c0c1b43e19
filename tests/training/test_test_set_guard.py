"""Never on the test set: a copy is found whatever its name, size and encoding, whichever of the two sets comes first."""

import shutil

import numpy as np
import pytest
import tiny
from caches import result_of
from PIL import Image as PILImage
from PIL import ImageOps

from retrieval_core.datasets import perceptual_hashes
from retrieval_core.datasets.catalog import add_dataset, build_dataset, open_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.training import overlap
from retrieval_core.training.overlap import (
    confirm_different,
    confirmed,
    find_overlap,
    near_descriptors,
    overlap_lines,
    unconfirmed,
)  # fmt: skip
from retrieval_core.training.test_set_guard import refuse_retrieval, refuse_training, training_set
from retrieval_core.workspace import Workspace


def picture(seed, size=(160, 120)):
    """A random picture whose power falls with frequency, as that of photographs does."""
    random = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3))
    for cells in (2, 4, 8, 16, 32):
        noise = PILImage.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        total += np.asarray(noise.resize(size, PILImage.Resampling.BICUBIC), float) / cells
    return PILImage.fromarray((255 * (total - total.min()) / np.ptp(total)).astype(np.uint8))


@pytest.fixture
def workspace(tmp_path):
    """A training set "mine" of three landmarks with three photographs each, and one that is not labelled."""
    folder = tmp_path / "mine"
    lines = ["image,landmark", "unlabelled.jpg,"]
    for number in range(9):
        path = folder / f"landmark_{number // 3}" / f"{number % 3}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(number).save(path, quality=92)
        lines.append(f"{path.relative_to(folder)},{path.parent.name}")
    picture(9).save(folder / "unlabelled.jpg", quality=92)
    (folder / "list.csv").write_text("\n".join(lines))
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "mine", folder / "list.csv", training=True)
    return workspace


def add_test_set(workspace, name="tests", **files):
    """A test set of two photographs of its own, and of these files: a picture each, or the path of one to copy."""
    folder = workspace.root.parent / name
    folder.mkdir(exist_ok=True)
    for number in (100, 101):
        picture(number).save(folder / f"own_{number}.jpg", quality=92)
    for stem, source in files.items():
        if isinstance(source, PILImage.Image):
            source.save(folder / f"{stem}.jpg", quality=70)
        else:
            shutil.copy(source, folder / f"{stem}.jpg")
    return add_dataset(workspace, name, folder)


def stolen(workspace, number=4):
    return open_dataset(workspace, "mine").image(f"landmark_{number // 3}/{number % 3}").path


def both_sides(workspace):
    """The guard before training, and the one of the test set that came after it."""
    mine, tests = (open_dataset(workspace, name) for name in ("mine", "tests"))
    return refuse_training(workspace, mine), refuse_retrieval(workspace, tests, ["mine"])


def test_other_photographs_are_trained_on_and_scored_on(workspace):
    add_test_set(workspace)
    for side in both_sides(workspace):
        result_of(side)
    assert len(result_of(training_set(workspace, "mine")).images) == 9


def test_a_renamed_copy_is_refused_whichever_set_comes_first(workspace):
    add_test_set(workspace, another_name=stolen(workspace), second=stolen(workspace, 7))
    for side in both_sides(workspace):
        with pytest.raises(RetrievalError, match=r"1/1.jpg of the training set mine is the photograph .*another_name.jpg of tests, on "
                                                 r"which models are scored \(2 such in all\).*data overlap mine tests"):  # fmt: skip
            result_of(side)


@pytest.mark.parametrize("change", [
    lambda image: image.resize((80, 60)), lambda image: image.crop((2, 2, 158, 118)), ImageOps.mirror, ImageOps.grayscale,
], ids=["smaller", "cropped", "mirrored", "grey"])  # fmt: skip
def test_a_changed_copy_is_refused_until_a_person_calls_it_another_photograph(workspace, change):
    tests = add_test_set(workspace, changed=change(picture(4)))
    for side in both_sides(workspace):
        with pytest.raises(RetrievalError, match=r"1/1.jpg of the training set mine looks like the photograph .*changed.jpg of tests"
                                                 r".*\(1 such in all\).*data overlap mine tests --confirm-different"):  # fmt: skip
            result_of(side)
    pairs = result_of(find_overlap(workspace, open_dataset(workspace, "mine"), tests))
    assert [(pair.training_id, pair.retrieval_id, pair.kind) for pair in pairs] == [("landmark_1/1", "changed", "near duplicate")]
    assert unconfirmed(workspace, pairs) == pairs
    assert "confirmed" not in overlap_lines(workspace, pairs)[0]
    confirm_different(workspace, "mine", pairs)
    assert (unconfirmed(workspace, pairs), confirmed(workspace, "mine")) == ([], {("landmark_1/1", "tests", "changed")})
    assert overlap_lines(workspace, pairs)[0].endswith("changed.jpg  confirmed as different")
    for side in both_sides(workspace):
        result_of(side)
    add_test_set(workspace, "more", changed=change(picture(4)))  # what was confirmed holds for that pair and no other
    with pytest.raises(RetrievalError, match=r"changed\.jpg of more"):
        result_of(refuse_training(workspace, open_dataset(workspace, "mine")))


def test_the_same_file_is_never_confirmed_as_different(workspace):
    tests = add_test_set(workspace, same=stolen(workspace), smaller=picture(0).resize((80, 60)))
    pairs = result_of(find_overlap(workspace, open_dataset(workspace, "mine"), tests))
    assert [pair.kind for pair in pairs] == ["same file", "near duplicate"]
    with pytest.raises(RetrievalError, match="same file, byte for byte"):
        confirm_different(workspace, "mine", pairs)
    assert not confirmed(workspace, "mine")
    with pytest.raises(RetrievalError, match="belongs to the training set mine"):
        confirm_different(workspace, "another", pairs[1:])


def test_flat_and_broken_copies_are_found_by_content_and_resemble_nothing(workspace):
    folder = workspace.root.parent / "mine"
    PILImage.new("RGB", (160, 120), "skyblue").save(folder / "landmark_0/0.jpg")
    (folder / "landmark_0/1.jpg").write_bytes(b"no picture at all")
    copies = {"sky": folder / "landmark_0/0.jpg", "broken": folder / "landmark_0/1.jpg"}
    tests = add_test_set(workspace, **copies, sea=PILImage.new("RGB", (160, 120)))
    pairs = result_of(find_overlap(workspace, open_dataset(workspace, "mine"), tests))
    assert [(pair.training_id, pair.retrieval_id, pair.kind) for pair in pairs] == [
        ("landmark_0/0", "sky", "same file"), ("landmark_0/1", "broken", "same file"),
    ]  # fmt: skip


def test_files_of_the_same_size_with_other_content_are_not_the_same_file(workspace):
    original = (workspace.root.parent / "mine/landmark_1/1.jpg").read_bytes()
    tests = add_test_set(workspace)
    (workspace.root.parent / "tests/other.jpg").write_bytes(original[:-3] + bytes([original[-3] ^ 255]) + original[-2:])
    tests = open_dataset(workspace, tests.name)
    assert [pair.kind for pair in result_of(find_overlap(workspace, open_dataset(workspace, "mine"), tests))] == ["near duplicate"]


def test_photographs_without_a_label_are_not_trained_on(workspace):
    add_test_set(workspace, free=picture(9))
    for side in both_sides(workspace):
        result_of(side)


def test_a_second_look_compares_nothing_and_a_change_is_seen(workspace, monkeypatch):
    tests, mine = add_test_set(workspace, changed=picture(4).resize((80, 60))), open_dataset(workspace, "mine")
    pairs = result_of(find_overlap(workspace, mine, tests))
    compared = []
    compare = overlap.compare
    monkeypatch.setattr(overlap, "compare", lambda *sides: compared.append(1) or compare(*sides))
    monkeypatch.setattr(perceptual_hashes, "_of_file", None)  # reading a photograph would fail
    assert result_of(find_overlap(workspace, mine, tests)) == pairs
    assert not compared
    monkeypatch.undo()
    picture(200).save(workspace.root.parent / "tests/changed.jpg", quality=70)
    assert result_of(find_overlap(workspace, mine, tests)) == []


def test_a_training_set_that_is_gone_is_compared_by_its_kept_hashes(workspace):
    add_test_set(workspace)
    result_of(refuse_training(workspace, open_dataset(workspace, "mine")))
    tests = add_test_set(workspace, "late", copied=stolen(workspace))
    shutil.rmtree(workspace.root.parent / "mine")
    with pytest.raises(RetrievalError, match=r"1/1.jpg of the training set mine looks like the photograph .*copied.jpg of late"):
        result_of(refuse_retrieval(workspace, tests, ["mine"]))
    reports = list(refuse_retrieval(workspace, tests, ["never-seen"]))
    assert "never-seen, which models were trained on, can't be compared with late: Unknown dataset" in reports[-1].message


def test_a_test_set_that_is_gone_stops_nobody(workspace):
    add_test_set(workspace, copied=stolen(workspace))
    shutil.rmtree(workspace.root.parent / "tests")
    result_of(refuse_training(workspace, open_dataset(workspace, "mine")))


def test_similar_descriptors_are_shown_and_refuse_nothing(workspace):
    tests, mine = add_test_set(workspace), open_dataset(workspace, "mine")
    ours, theirs = np.eye(10, 12, dtype=np.float32), np.eye(12, dtype=np.float32)[[3, 11]]
    (pair,) = near_descriptors(mine, ours, tests, theirs, 0.9)
    assert (pair.training_id, pair.retrieval_id, pair.kind, pair.distance) == (mine.images[3].id, "own_100", "near descriptor", 0)


@pytest.fixture
def rendered(tmp_path):
    """A tiny town and its training set."""
    undo = tiny.restore()
    tiny.shrink()
    workspace = Workspace(tmp_path / "cache")
    for name in ("town", "town-train"):
        result_of(build_dataset(workspace, name))
    yield workspace
    undo()


def test_the_town_and_its_training_set_share_no_photograph(rendered):
    train, town = (open_dataset(rendered, name) for name in ("town-train", "town"))
    assert not [pair for pair in result_of(find_overlap(rendered, train, town)) if pair.kind == "same file"]


def test_the_towns_sets_are_not_compared(rendered, monkeypatch):
    monkeypatch.setattr(perceptual_hashes, "_of_file", None)  # reading a photograph would fail
    assert len(result_of(training_set(rendered, "town-train")).images) == 54
    result_of(refuse_retrieval(rendered, open_dataset(rendered, "town"), ["shapes", "town-train"]))


def test_a_run_is_refused_before_it_trains_on_a_test_set_that_was_added(rendered):
    add_test_set(rendered, taken=open_dataset(rendered, "town-train").images[3].path)
    with pytest.raises(RetrievalError, match=r"taken.jpg of tests, on which models are scored \(1 such in all\)"):
        result_of(run(rendered, None, Settings(device="cpu", start="shapes", models=("1b",))))
