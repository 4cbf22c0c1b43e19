"""Descriptors that were made elsewhere: copied, matched with ids and queries, and each fault named."""

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.datasets import imported
from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.datasets.catalog import add_dataset, is_imported, list_datasets, open_dataset
from retrieval_core.datasets.imported import DESCRIPTORS, IMPORTED_RUN, imported_models
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace

IDS = ["d", "a", "c", "b"]
QUERIES = [Query("keep_1", "a", "keep", (0, 0, 900, 700), ("a", "c"), (), ()), Query("mill_1", "d", "mill", None, ("d",), (), ("b",))]


@pytest.fixture
def files(tmp_path):
    """Four descriptors, two of queries, their ids and a ground truth."""
    rows = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    folder = tmp_path / "features"
    folder.mkdir()
    np.save(folder / "net_ox.npy", rows[:4])
    np.save(folder / "net_oxq.npy", rows[4:])
    (folder / "ids.txt").write_text("\n".join(IDS) + "\n")
    return folder


def add(tmp_path, files, **options):
    return add_dataset(Workspace(tmp_path / "cache"), "theirs", files / "net_ox.npy", **{"model": "1h", **options})


def stored(tmp_path, model="1h"):
    """The file of a model and what it holds: rows of images and of queries, and what they are about."""
    path = tmp_path / "cache" / "theirs" / IMPORTED_RUN / model / DESCRIPTORS
    arrays, about = read_arrays(path)
    assert about["recipe"]["model"] == model
    return path, arrays, about


def test_descriptors_alone_can_be_explored(tmp_path, files):
    dataset, workspace = add(tmp_path, files), Workspace(tmp_path / "cache")
    assert [(image.id, image.path) for image in dataset.images] == [(image_id, "") for image_id in IDS]
    assert is_imported(workspace, "theirs")
    path, arrays, about = stored(tmp_path)
    assert (about["images"], about["queries"]) == (IDS, [])
    assert np.array_equal(arrays["images"], np.load(files / "net_ox.npy"))
    assert arrays["queries"].shape == (0, 8)
    assert about["recipe"]["dataset"] == dataset.photographs
    assert about["recipe"]["source"] == "net_ox.npy"
    assert imported_models(workspace, "theirs") == ["1h"]
    assert workspace.state(path) == "fresh"
    assert list(workspace.record(path).inputs["imported"]) == ["net_ox.npy"]
    (files / "net_ox.npy").unlink()
    assert next(entry for entry in list_datasets(workspace) if entry.name == "theirs").ready
    assert open_dataset(workspace, "theirs") == dataset


def test_queries_belong_to_the_sorted_ground_truth(tmp_path, files):
    write_oxford(files, QUERIES)
    dataset = add(tmp_path, files, queries=files / "net_oxq.npy")
    assert [query.id for query in dataset.queries] == ["keep_1", "mill_1"]
    assert [image.label for image in dataset.images] == ["mill", "keep", "keep", None]
    _, arrays, about = stored(tmp_path)
    assert about["queries"] == ["keep_1", "mill_1"]
    assert np.array_equal(arrays["queries"], np.load(files / "net_oxq.npy"))


def test_a_second_model_joins_the_first_and_takes_its_ground_truth(tmp_path, files):
    write_oxford(tmp_path / "truth", QUERIES)
    queries = files / "net_oxq.npy"
    add(tmp_path, files, queries=queries, ground_truth=tmp_path / "truth")
    first = stored(tmp_path)[0].read_bytes()
    joined = add(tmp_path, files, model="1a", queries=queries)
    assert [query.id for query in joined.queries] == ["keep_1", "mill_1"]
    assert imported_models(Workspace(tmp_path / "cache"), "theirs") == ["1a", "1h"]
    assert stored(tmp_path)[0].read_bytes() == first
    assert stored(tmp_path, "1a")[2]["queries"] == ["keep_1", "mill_1"]
    (files / "ids.txt").write_text("\n".join(reversed(IDS)))
    with pytest.raises(RetrievalError, match="other photographs"):
        add(tmp_path, files, model="1b", queries=queries)


def test_the_same_file_again_gives_the_same(tmp_path, files):
    add(tmp_path, files)
    cache = tmp_path / "cache" / "theirs"
    before = {name: (cache / name).read_bytes() for name in ("dataset.json", "ids.txt", f"{IMPORTED_RUN}/1h/{DESCRIPTORS}")}
    add(tmp_path, files)
    assert {name: (cache / name).read_bytes() for name in before} == before


@pytest.mark.parametrize("at", ["publish", "ArrayWriter", "unit_rows", "file_hash"])
def test_an_import_that_is_cut_off_leaves_what_was_there(tmp_path, files, monkeypatch, at):
    class Killed(BaseException):
        pass

    def kill(*arguments):
        raise Killed

    def cut_off(**options):
        with monkeypatch.context() as patch:
            patch.setattr(imported, at, kill)
            with pytest.raises(Killed):
                add(tmp_path, files, **options)

    workspace = Workspace(tmp_path / "cache")
    cut_off()
    with pytest.raises(RetrievalError, match="Unknown dataset"):
        open_dataset(workspace, "theirs")
    (files / "ids.txt").write_text("\n".join("xyzw"))  # what is tried again need not be the same
    dataset = add(tmp_path, files, model="1b")
    assert imported_models(workspace, "theirs") == ["1b"]
    if at != "publish":  # ids are written once
        cut_off(model="1h")
    assert open_dataset(workspace, "theirs") == dataset
    assert imported_models(workspace, "theirs") == ["1b"]
    assert stored(tmp_path, "1b")[2]["images"] == list("xyzw")


def test_leftovers_of_an_import_of_other_photographs_are_no_model(tmp_path, files, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("retrieval_core.datasets.catalog.write_json", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            add(tmp_path, files)
    (files / "ids.txt").write_text("\n".join("xyzw"))
    add(tmp_path, files, model="1a")
    assert imported_models(Workspace(tmp_path / "cache"), "theirs") == ["1a"]


def test_photographs_give_ids_in_the_order_of_their_names(tmp_path, files):
    for name in IDS:
        PILImage.new("RGB", (40, 30)).save(tmp_path / f"{name}.jpg")
    dataset = add(tmp_path, files, ids=tmp_path)
    assert [image.id for image in dataset.images] == sorted(IDS)
    assert all(image.path.endswith(f"{image.id}.jpg") for image in dataset.images)
    (tmp_path / "b.jpg").unlink()
    with pytest.raises(RetrievalError, match="'b' is gone"):
        open_dataset(Workspace(tmp_path / "cache"), "theirs")


def test_an_id_list_may_hold_the_names_of_photographs(tmp_path, files):
    (files / "names.txt").write_text("d.jpg\nv1.2/a.JPG\nc\nb.x\n")
    assert [image.id for image in add(tmp_path, files, ids=files / "names.txt").images] == ["d", "v1.2/a", "c", "b.x"]


def test_one_npz_file_may_hold_everything(tmp_path, files):
    write_oxford(files, QUERIES)
    rows, queries = np.load(files / "net_ox.npy"), np.load(files / "net_oxq.npy")
    np.savez(files / "all.npz", descriptors=rows, ids=np.array(IDS), queries=queries)
    dataset = add_dataset(Workspace(tmp_path / "cache"), "theirs", files / "all.npz", model="1a")
    assert [image.id for image in dataset.images] == IDS
    assert np.array_equal(stored(tmp_path, "1a")[1]["queries"], queries)


def test_rows_are_brought_to_length_one(tmp_path, files):
    np.save(files / "net_ox.npy", 3 * np.load(files / "net_ox.npy").astype(np.float64))
    add(tmp_path, files)
    rows = stored(tmp_path)[1]["images"]
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_a_mended_answer_leaves_the_descriptors_as_they_are_and_another_box_does_not(tmp_path, files):
    write_oxford(files, QUERIES)
    add(tmp_path, files, queries=files / "net_oxq.npy")
    workspace, made_from = Workspace(tmp_path / "cache"), stored(tmp_path)[2]["recipe"]["dataset"]
    (files / "lab" / "keep_1_ok.txt").write_text("b\n")
    assert open_dataset(workspace, "theirs").photographs == made_from
    (files / "lab" / "keep_1_query.txt").write_text("a 0 0 9 9\n")
    assert open_dataset(workspace, "theirs").photographs != made_from


def test_faults_are_named_with_their_remedy(tmp_path, files):
    def refused(words, **options):
        with pytest.raises(RetrievalError, match=words):
            add(tmp_path, files, **options)

    refused("--model", model=None)
    refused(r"needs a ground truth", queries=files / "net_oxq.npy")
    refused(r"few\.npy.*array|few\.npy", ids=files / "few.npy")
    (files / "ids.txt").write_text("a\nb\nc\n")
    refused(r"4 rows, but there are 3 ids in .*ids\.txt")
    (files / "ids.txt").write_text("a\nb\nc\nb\n")
    refused(r"ids\.txt, entry 4: the id 'b' is there twice")
    (files / "ids.txt").unlink()
    refused(r"ids\.txt is missing.*--ids")
    (files / "ids.txt").write_text("\n".join(IDS))
    write_oxford(files, QUERIES)
    refused(r"2 queries.*--queries")
    refused(r"4 rows, but there are 2 queries", queries=files / "net_ox.npy")
    np.save(files / "wide.npy", np.ones((2, 9), np.float32))
    refused("9 dimensions", queries=files / "wide.npy")
    rows = np.load(files / "net_ox.npy")
    rows[2] = 0
    np.save(files / "net_ox.npy", rows)
    refused(r"Row 2 of .*net_ox\.npy", queries=files / "net_oxq.npy")
    assert not (tmp_path / "cache" / "theirs" / "dataset.json").exists()
    np.save(files / "net_ox.npy", np.ones(4, np.float32))
    refused(r"shape \(4,\)")
    np.save(files / "net_ox.npy", np.array([{}, {}], dtype=object), allow_pickle=True)
    refused("without pickle")
    (files / "net_ox.npy").write_bytes(b"no array")
    refused(r"net_ox\.npy can't be read")
