"""Folders as people have them: everything is read, or said to be left out, with the reason and the first names."""

import os
from pathlib import Path

import numpy as np
import pytest
from odd_files import encoded, ramp

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.left_out import said
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace

SOUND = encoded(ramp(), "JPEG")


def filled(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(SOUND)
    return root


def added(tmp_path, root, layout=None, **more):
    return add_dataset(Workspace(tmp_path / "cache"), "mine", root, layout, **more)


@pytest.mark.parametrize(
    ("names", "layout", "ids"),
    [
        (["mill/p0.jpg", "mill/2019/n0.jpg", "keep/2019/n0.jpg"], "classes", ["keep/2019/n0", "mill/2019/n0", "mill/p0"]),
        (["p0.jpg", "p1.jpg", "images/thumb.jpg"], "flat", ["p0", "p1", "thumb"]),
        (["jpg/cover.jpg", "jpg/1/a.jpg", "jpg/2/b.jpg"], "flat", ["a", "b", "cover"]),
        (["jpg/1/a.jpg", "jpg/2/a.jpg"], "flat", ["a", "jpg/2/a"]),
        (["p0.jpg", "mill/p1.jpg"], "classes", ["mill/p1", "p0"]),
        (["archive/mill/p0.jpg", "archive/keep/p1.jpg"], "classes", ["keep/p1", "mill/p0"]),
        (["images/mill/p0.jpg", "images/keep/p1.jpg"], "classes", ["keep/p1", "mill/p0"]),
        (["a/b/c/mill/p0.jpg", "a/b/c/keep/x/p1.jpg"], "classes", ["keep/x/p1", "mill/p0"]),
    ],
)
def test_photographs_in_folders_are_read(tmp_path, names, layout, ids):
    dataset = added(tmp_path, filled(tmp_path / "set", *names))
    assert Workspace(tmp_path / "cache").folder("mine").joinpath("dataset.json").read_text().count(f'"kind": "{layout}"') == 1
    assert [image.id for image in dataset.images] == ids
    assert said(dataset) == [f"{len(names)} files read, none left out"]
    if layout == "classes":
        assert set(dataset.labels) == {"mill", "keep"} & {part for name in names for part in name.split("/")}


def test_a_flat_folder_is_read_however_deep_and_a_stem_that_is_taken_becomes_a_path(tmp_path):
    root = filled(tmp_path / "set", "IMG_1.jpg", "2019/IMG_1.jpg", "2020/may/IMG_1.jpg", "2020/IMG_2.jpg")
    assert [image.id for image in added(tmp_path, root, "flat").images] == ["2019/IMG_1", "2020/may/IMG_1", "IMG_1", "IMG_2"]


def test_a_photograph_that_comes_into_a_deeper_folder_is_seen(tmp_path):
    root, workspace = filled(tmp_path / "set", "mill/old/p0.jpg", "keep/p1.jpg"), Workspace(tmp_path / "cache")
    added(tmp_path, root)
    filled(root, "mill/old/p2.jpg")
    (root / "mill" / "IMG.HEIC").write_bytes(b"x")
    dataset = open_dataset(workspace, "mine")
    assert [image.id for image in dataset.images] == ["keep/p1", "mill/old/p0", "mill/old/p2"]
    assert dataset.left_out[0].files == ("mill/IMG.HEIC",)


def test_every_reason_is_said_with_the_first_names(tmp_path):
    root = filled(tmp_path / "set", *(f"p{number}.JPG" for number in range(3)), "p0.png", *(f"I{number}.HEIC" for number in range(5)),
                  "film.MOV", "notes.txt", ".hidden.jpg", ".trash/p9.jpg", "raw.cr2", "map.svg")  # fmt: skip
    (root / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    os.mkfifo(root / "pipe.jpg")
    lines = said(added(tmp_path, root))
    assert lines[0] == "3 files read, 14 left out:"
    assert lines[1] == "1 × a link to a file that is not there; put the file back, or remove the link (gone.jpg)"
    assert lines[2] == "5 × HEIC, which Pillow does not read; save it as JPEG (I0.HEIC, I1.HEIC, I2.HEIC, …)"
    assert {"2 × hidden: its name begins with a dot (.hidden.jpg, .trash)", "1 × no plain file (pipe.jpg)",
            "1 × named like another photograph but for the ending; rename it (p0.png)",
            "1 × a film; save single pictures of it (film.MOV)",
            "1 × no picture by its name (notes.txt)"} <= set(lines)  # fmt: skip


def test_the_commands_say_it_and_a_check_fails_on_what_is_broken(tmp_path, capsys):
    root, cache = filled(tmp_path / "set", "a.jpg", "b.jpg", "c.jpg", "IMG.HEIC"), str(tmp_path / "cache")
    assert main(["--cache", cache, "data", "add", "mine", str(root)]) == 0
    assert "3 files read, 1 left out:\n1 × HEIC" in capsys.readouterr().out
    assert main(["--cache", cache, "data", "check", "mine"]) == 0
    assert "3 files read, 1 left out:\n1 × HEIC" in capsys.readouterr().out
    (root / "b.jpg").write_bytes(SOUND[:-80])
    (root / "c.jpg").write_bytes(b"")
    (root / "d.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert main(["--cache", cache, "data", "check", "mine"]) == 1
    printed = capsys.readouterr()
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        assert name in printed.out + printed.err
    assert "3 faults" in printed.err
    assert "a.jpg" not in printed.out + printed.err


def test_a_photograph_that_may_not_be_opened_is_named(tmp_path, monkeypatch):
    root = filled(tmp_path / "set", "a.jpg", "b.jpg", "c.jpg")
    opened = open

    def refused(path, *arguments, **more):
        if str(path).endswith(("a.jpg", "c.jpg")):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *arguments, **more)

    monkeypatch.setattr("builtins.open", refused)
    with pytest.raises(RetrievalError, match=r"(?s)2 photographs.*a\.jpg can't be read \(Permission denied\)\. Get the right.*c\.jpg"):
        added(tmp_path, root)


def test_what_a_table_does_not_name_and_what_lies_among_distractors_is_said(tmp_path):
    root = filled(tmp_path / "set", "a.jpg", "b.jpg", "deeper/c.jpg")
    (root / "list.csv").write_text("image,landmark\na.jpg,mill\n", encoding="utf-8")
    dataset = added(tmp_path, root / "list.csv")
    assert [kind.files for kind in dataset.left_out] == [("b.jpg",)]
    more = filled(tmp_path / "more", "x/d.jpg", "x/e.HEIC")
    joined = add_dataset(Workspace(tmp_path / "other"), "mine", filled(tmp_path / "flat", "a.jpg"), distractors=more)
    assert [image.id for image in joined.images] == ["a", "distractors/x/d"]
    assert [kind.files for kind in joined.left_out] == [("x/e.HEIC",)]


def test_a_folder_that_cannot_be_opened_is_said(tmp_path, monkeypatch):
    root = filled(tmp_path / "set", "a.jpg", "shut/b.jpg")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "shut" and access(path, mode))
    assert "1 × a folder that can't be opened; get the right to read it (shut)" in said(added(tmp_path, root))


def test_descriptors_without_photographs_say_nothing_of_files_and_those_with_them_do(tmp_path):
    root = filled(tmp_path / "set", "a.jpg", "b.jpg", "c.HEIC")
    np.save(tmp_path / "rows.npy", np.eye(2, dtype=np.float32))
    with_them = add_dataset(Workspace(tmp_path / "one"), "mine", tmp_path / "rows.npy", model="1a", ids=root)
    assert said(with_them)[0] == "2 files read, 1 left out:"
    assert said(open_dataset(Workspace(tmp_path / "one"), "mine")) == said(with_them)
    (tmp_path / "ids.txt").write_text("a\nb\n", encoding="utf-8")
    assert said(add_dataset(Workspace(tmp_path / "two"), "mine", tmp_path / "rows.npy", model="1a")) == []


def test_photographs_of_a_training_table_that_are_not_there_are_said(tmp_path):
    root = filled(tmp_path / "set", "a.jpg")
    (root / "list.csv").write_text("image,landmark\na.jpg,mill\ngone.jpg,mill\n", encoding="utf-8")
    dataset = added(tmp_path, root / "list.csv", training=True)
    assert said(dataset) == ["1 file read, 1 left out:", "1 × a photograph that is listed and not there (gone)"]
