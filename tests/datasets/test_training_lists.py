"""Published training sets: what their lists name, what is there, and what is refused."""

import csv
import pickle

import pytest
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, list_datasets
from retrieval_core.datasets.training_lists import listed_photographs, read_gldv2, read_lists, read_sfm
from retrieval_core.errors import RetrievalError
from retrieval_core.training.test_set_guard import training_set
from retrieval_core.workspace import Workspace


def photographs(root, *names):
    for position, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        PILImage.new("RGB", (40, 30), (position, 90, 200)).save(root / name, "JPEG")
    return root


def test_landmarks_lists_tolerate_what_is_missing_and_count_it(tmp_path):
    root = photographs(tmp_path, "7/b.jpg", "12/d.jpeg")
    (root / "annotation_clean_train.txt").write_text("http://x.example/1/a.jpg 7\nhttp://x.example/2/b.jpg?size=1 7\n")
    (root / "annotation_clean_val.txt").write_text("https://y.example/d.jpeg 12\n\nhttp://x.example/e.jpg 3\n")
    dataset = read_lists(root, "landmarks-clean")
    assert [(image.id, image.label) for image in dataset.images] == [("12/d", "12"), ("7/b", "7")]
    assert listed_photographs(root, "lists") == {"12": 1, "3": 1, "7": 2}
    for hostile in ("http://x.example/.. 7\n", "http://x.example/a.jpg ..\n"):
        (root / "annotation_clean_val.txt").write_text(hostile)
        with pytest.raises(RetrievalError, match="no place below the folder"):
            read_lists(root, "landmarks-clean")


def test_google_landmarks_keeps_the_clean_ones(tmp_path):
    root = photographs(tmp_path, "0/1/2/0123.jpg", "a/b/c/abcd.jpg", "f/f/f/fff9.jpg")
    with (root / "train_clean.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["landmark_id", "images"], ["5", "0123 abcd 0999"], ["8", "0777"]])
    assert [(image.id, image.label) for image in read_gldv2(root, "gldv2-clean").images] == [("0/1/2/0123", "5"), ("a/b/c/abcd", "5")]
    assert listed_photographs(root, "gldv2") == {"5": 3, "8": 1}


def test_reconstructed_landmarks_keep_training_and_validation_clusters_apart(tmp_path):
    train = {"cids": ["aabbccddeeff", "112233445566"], "cluster": [4, 5]}
    content = {"train": train, "val": {"cids": ["ffeeddccbbaa"], "cluster": [4]}}
    (tmp_path / "retrieval-SfM-120k.pkl").write_bytes(pickle.dumps(content))
    root = photographs(tmp_path, "ims/ff/ee/dd/aabbccddeeff", "ims/aa/bb/cc/ffeeddccbbaa")
    dataset = read_sfm(root, "sfm120k")
    assert [image.label for image in dataset.images] == ["val-4", "train-4"]
    assert listed_photographs(root, "sfm") == {"train-4": 1, "train-5": 1, "val-4": 1}


def test_a_list_that_runs_code_is_refused(tmp_path):
    (tmp_path / "retrieval-SfM-120k.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(RetrievalError, match=r"asks to run os\.system"):
        read_sfm(tmp_path, "sfm120k")


def test_a_list_that_is_missing_broken_or_without_photographs_is_said(tmp_path):
    with pytest.raises(RetrievalError, match="empty or missing"):
        read_lists(tmp_path, "landmarks-clean")
    with pytest.raises(RetrievalError, match=r"can't be read .*train_clean\.csv"):
        read_gldv2(tmp_path, "gldv2-clean")
    (tmp_path / "train_clean.csv").write_text("id,url\n1,2\n")
    with pytest.raises(RetrievalError, match=r"can't be read .*images"):
        read_gldv2(tmp_path, "gldv2-clean")
    (tmp_path / "train_clean.csv").write_text("landmark_id,images\n1,abcd\n")
    with pytest.raises(RetrievalError, match=r"None of the 1 listed photographs .* first would be .*a/b/c/abcd\.jpg"):
        read_gldv2(tmp_path, "gldv2-clean")


def test_a_training_set_is_listed_as_one(tmp_path):
    root, workspace = photographs(tmp_path / "data", "7/a.jpg"), Workspace(tmp_path / "cache")
    (root / "annotation_clean_train.txt").write_text("http://x.example/a.jpg 7\n")
    add_dataset(workspace, "mine", root, "lists")
    assert not next(entry for entry in list_datasets(workspace) if entry.name == "mine").retrieval
    with pytest.raises(RetrievalError, match="has 1 landmarks"):
        list(training_set(workspace, "mine"))


def test_a_check_says_how_much_of_each_landmark_is_there(tmp_path, capsys):
    root = photographs(tmp_path / "data", "7/a.jpg", "8/c.jpg")
    (root / "annotation_clean_train.txt").write_text("http://x/a.jpg 7\nhttp://x/b.jpg 7\nhttp://x/c.jpg 8\nhttp://x/d.jpg 9\n")
    options = ["--cache", str(tmp_path / "cache"), "data"]
    assert main([*options, "add", "mine", str(root), "--layout", "lists"]) == 0
    assert "--train-on mine" in capsys.readouterr().out
    assert main([*options, "check", "mine"]) == 0
    *classes, files, gone = capsys.readouterr().out.splitlines()[1:]
    assert [line.split() for line in classes] == [["7", "1", "of", "2"], ["8", "1", "of", "1"], ["9", "0", "of", "1"]]
    assert files == "2 files read, 2 left out:"
    assert gone == "2 × a photograph that is listed and not there (7/b, 9/d)"
