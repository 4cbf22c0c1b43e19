"""Opening a dataset: the same object until something changes, nothing written, no photograph read again."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image as PILImage

from retrieval_core.datasets import catalog, opened
from retrieval_core.datasets.catalog import (
    add_dataset,
    build_dataset,
    list_datasets,
    note_fingerprint,
    open_dataset,
)
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.shapes import ShapesSpec
from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace, read_json

QUERY = Query("mill_1", "a", "mill", (0.0, 0.0, 30.0, 20.0), good=("a",), ok=("b",), junk=())
ROOT = Path(__file__).resolve().parents[2]


def noted_photographs(workspace, name):
    """The fingerprint of its photographs that was noted last; None where there is none."""
    return read_json(workspace.folder(name) / "dataset.json", {}).get("noted", {}).get("photographs")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "set" / "jpg").mkdir(parents=True)
    for number, stem in enumerate("abc"):
        picture(tmp_path / "set" / "jpg" / f"{stem}.jpg", number)
    write_oxford(tmp_path / "set", [QUERY])
    return tmp_path / "set"


@pytest.fixture
def workspace(root, tmp_path, monkeypatch):
    """A cache with the dataset, as a process finds it that has just begun."""
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "small", root)
    monkeypatch.setattr(opened, "_opened", type(opened._opened)())
    return workspace


def picture(path, shade):
    PILImage.new("RGB", (40, 30), (40 * shade, 90, 200)).save(path)


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def wait_until_settled():
    """Files that were written a moment ago are not trusted after one look: see `opened`."""
    time.sleep(0.03)


def test_the_same_object_comes_back_and_nothing_is_written_or_hashed(workspace, opened_files):
    before = files(workspace.root)
    wait_until_settled()
    first = open_dataset(workspace, "small")
    opened_files.clear()
    assert all(open_dataset(workspace, "small") is first for _ in range(5))
    assert open_dataset(Workspace(workspace.root), "small") is first
    assert opened_files == []
    assert files(workspace.root) == before


def test_a_line_of_the_ground_truth_is_seen_at_the_next_call_and_nothing_is_written(workspace, root):
    first = open_dataset(workspace, "small")
    before, photographs = files(workspace.root), first.photographs
    (root / "lab" / "mill_1_good.txt").write_text("a\nc\n")
    changed = open_dataset(workspace, "small")
    assert changed.queries[0].good == ("a", "c")
    assert (changed.photographs, changed.truth == first.truth) == (photographs, False)
    assert files(workspace.root) == before


def test_a_photograph_that_is_edited_in_place_is_seen(workspace, root):
    first = open_dataset(workspace, "small")
    photographs = first.photographs
    file = root / "jpg" / "c.jpg"
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    with file.open("r+b") as handle:  # the folder does not change, nor does the size
        handle.write(content)
    changed = open_dataset(workspace, "small")
    assert changed is not first
    assert changed.photographs != photographs


def test_a_photograph_with_its_old_time_put_back_is_seen(workspace, root):
    first = open_dataset(workspace, "small")
    file = root / "jpg" / "c.jpg"
    stat = file.stat()
    picture(file, 2)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_size == stat.st_size
    assert open_dataset(workspace, "small") is not first


def test_new_and_removed_photographs_are_seen(workspace, root):
    assert len(open_dataset(workspace, "small").images) == 3
    picture(root / "jpg" / "d.jpg", 5)
    assert len(open_dataset(workspace, "small").images) == 4
    (root / "jpg" / "a.jpg").unlink()
    with pytest.raises(RetrievalError, match="no such photograph"):
        open_dataset(workspace, "small")
    picture(root / "jpg" / "a.jpg", 0)
    assert len(open_dataset(workspace, "small").images) == 4


def test_a_change_in_the_same_tick_of_a_coarse_clock_is_seen(workspace, root, monkeypatch):
    monkeypatch.setattr(opened, "files_signature", lambda paths: "the same")
    monkeypatch.setattr(opened, "_TICK", 60 * 10**9)
    (root / "lab" / "mill_1_good.txt").write_text("a\n\n\n")
    first = open_dataset(workspace, "small")
    assert open_dataset(workspace, "small") is first
    (root / "lab" / "mill_1_good.txt").write_text("a\nc\n")
    assert open_dataset(workspace, "small").queries[0].good == ("a", "c")


def test_a_dataset_that_is_added_again_is_read_again(workspace, root, tmp_path):
    first = open_dataset(workspace, "small")
    write_oxford(tmp_path / "other", [Query("barn_1", "c", "barn", None, ("c",), (), ())])
    add_dataset(workspace, "small", root, ground_truth=tmp_path / "other")
    assert [query.id for query in open_dataset(workspace, "small").queries] == ["barn_1"]
    assert first.queries == (QUERY,)


def test_a_slow_check_is_not_repeated_at_once(workspace, root, monkeypatch):
    checks = []

    def slow(images, queries, real=opened.photographs_signature):
        checks.append(time.monotonic())
        time.sleep(0.03)
        return real(images, queries)

    monkeypatch.setattr(opened, "photographs_signature", slow)
    monkeypatch.setattr(opened, "PAUSE", 10)
    wait_until_settled()
    first = open_dataset(workspace, "small")
    picture(root / "jpg" / "b.jpg", 5)
    begun = time.monotonic()
    while open_dataset(workspace, "small") is first:
        assert time.monotonic() < begun + 5, "the change was never seen"
    assert time.monotonic() - checks[0] > 0.3
    assert len(checks) <= 3  # the first look, the one that saw the change, and the one of the new dataset


def test_threads_that_ask_at_once_get_one_object(workspace, monkeypatch):
    reads = []
    monkeypatch.setattr(catalog, "_read", lambda *arguments, real=catalog._read: reads.append(1) or real(*arguments))
    wait_until_settled()
    barrier, found = threading.Barrier(8), []

    def ask():
        barrier.wait()
        found.append(open_dataset(workspace, "small"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(dataset) for dataset in found}) == 1
    assert len(reads) == 1


def test_few_datasets_are_kept_open(workspace, root):
    for number in range(opened.MOST + 3):
        add_dataset(workspace, f"set{number}", root)
        open_dataset(workspace, f"set{number}")
    assert len(opened._opened) == opened.MOST


def test_another_process_takes_the_noted_fingerprint_and_opens_no_photograph(workspace, opened_files):
    noted = noted_photographs(workspace, "small")
    opened_files.clear()
    assert open_dataset(workspace, "small").photographs == noted
    assert [path for path in opened_files if path.endswith("c.jpg")] == []


def test_a_note_of_other_photographs_is_not_taken(workspace, root):
    noted = noted_photographs(workspace, "small")
    picture(root / "jpg" / "c.jpg", 5)
    dataset = open_dataset(workspace, "small")
    assert dataset.photographs != noted
    assert noted_photographs(workspace, "small") == noted  # nobody has noted it
    note_fingerprint(workspace, dataset)
    assert noted_photographs(workspace, "small") == dataset.photographs
    assert open_dataset(workspace, "small") is dataset
    before = files(workspace.root)
    note_fingerprint(workspace, dataset)
    assert files(workspace.root) == before


def test_a_note_outlives_a_mended_ground_truth(workspace, root, opened_files):
    (root / "lab" / "mill_1_good.txt").write_text("a\nc\n")
    opened_files.clear()
    assert open_dataset(workspace, "small").photographs == noted_photographs(workspace, "small")
    assert [path for path in opened_files if path.endswith("c.jpg")] == []


def test_descriptions_of_earlier_versions_stay_readable(workspace, root):
    file = workspace.root / "small" / "dataset.json"
    description = {key: value for key, value in json.loads(file.read_text()).items() if key != "noted"}
    file.write_text(json.dumps({**description, "fingerprint": "0" * 64}))
    assert noted_photographs(workspace, "small") is None
    dataset = open_dataset(workspace, "small")
    note_fingerprint(workspace, dataset)
    assert noted_photographs(workspace, "small") == dataset.photographs
    assert "fingerprint" not in json.loads(file.read_text())


def test_a_dataset_that_is_built_has_a_note_and_is_not_built_again(tmp_path):
    workspace, spec = Workspace(tmp_path / "cache"), ShapesSpec(classes=2, photographs=1, size=48)
    steps = list(build_dataset(workspace, "shapes", spec))
    assert steps[-1].done == 2
    dataset = open_dataset(workspace, "shapes")
    assert noted_photographs(workspace, "shapes") == dataset.photographs
    before = files(workspace.folder("shapes"))
    assert list(build_dataset(workspace, "shapes")) == []
    assert files(workspace.folder("shapes")) == before


def test_what_is_not_here_has_no_fingerprint(workspace):
    assert noted_photographs(workspace, "elsewhere") is None
    with pytest.raises(RetrievalError, match="Unknown dataset 'elsewhere'"):
        open_dataset(workspace, "elsewhere")


def test_what_a_check_refuses_is_not_registered(root, tmp_path):
    def refuse(dataset):
        raise RetrievalError(f"{len(dataset.images)} photographs were trained on")

    workspace = Workspace(tmp_path / "cache")
    with pytest.raises(RetrievalError, match="3 photographs were trained on"):
        add_dataset(workspace, "small", root, check=refuse)
    assert not (workspace.root / "small").exists()


def test_listing_and_opening_load_no_heavy_library(workspace):
    code = f"""
import sys
heavy = ("torch", "numba", "sklearn", "scipy", "torchvision")
from retrieval_core.datasets.catalog import list_datasets, open_dataset
from retrieval_core.workspace import Workspace
assert not [name for name in heavy if name in sys.modules], "after the import"
workspace = Workspace({str(workspace.root)!r})
assert [entry.name for entry in list_datasets(workspace) if entry.ready] == ["small"]
assert open_dataset(workspace, "small").photographs
assert not [name for name in heavy if name in sys.modules], "after the call"
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
    assert {entry.name for entry in list_datasets(workspace)} >= {"town", "town-train", "shapes", "small"}
