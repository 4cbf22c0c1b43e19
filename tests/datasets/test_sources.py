"""Every layout names what it was read from: whatever is added where its reader looks is seen at the next opening."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.workspace import Workspace

QUERY = Query("mill_1", "a", "mill", None, ("a",), (), ())


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    PILImage.new("RGB", (40, 30), (len(path.name), 90, 200)).save(path, "JPEG")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def truth(folder: Path, *names: str) -> None:
    write_oxford(folder, [Query(f"{name}_1", "a", name, None, ("a",), (), ()) for name in names])


def revisited(file: Path, *listed: str) -> None:
    entry = {"bbx": [0, 0, 9, 9], "easy": [0], "hard": [], "junk": []}
    write(file, json.dumps({"imlist": listed, "qimlist": ["a"], "gnd": [entry]}))


def oxford(root):
    picture(root / "jpg" / "a.jpg")
    truth(root, "mill")


def nested(root):
    picture(root / "jpg" / "1" / "deep" / "a.jpg")
    (root / "jpg" / "2").mkdir()
    truth(root, "mill")


def flat(root):
    picture(root / "a.jpg")


def classes(root):
    picture(root / "mill" / "a.jpg")
    (root / "keep").mkdir()


def table(root):
    picture(root / "a.jpg")
    write(root / "list.csv", "image,landmark\na.jpg,mill\n")


def holidays(root):
    picture(root / "jpg" / "1" / "100000.jpg")
    picture(root / "jpg" / "1" / "100001.jpg")


def with_gnd(root):
    for name in "ab":
        picture(root / "jpg" / f"{name}.jpg")
    revisited(root / "gnd_x.json", "b")


def lists(root):
    picture(root / "7" / "a.jpg")
    write(root / "annotation_train.txt", "http://x/a.jpg 7\nhttp://x/b.jpg 8\n")


def other_truth(root):
    picture(root / "jpg" / "a.jpg")
    truth(root.parent / "truth", "mill")


def distractors(root):
    oxford(root)
    picture(root.parent / "more" / "sky" / "one.jpg")


def descriptors(root):
    picture(root / "jpg" / "a.jpg")
    truth(root, "mill")
    np.savez(root / "all.npz", descriptors=np.ones((1, 2), np.float32), queries=np.ones((1, 2), np.float32), ids=np.array(["a"]))


CASES = {
    "photograph": (oxford, "", {}, lambda root: picture(root / "jpg" / "b.jpg")),
    "query": (oxford, "", {}, lambda root: truth(root, "mill", "keep")),
    "photograph in an empty folder": (nested, "", {}, lambda root: picture(root / "jpg" / "2" / "b.jpg")),
    "photograph in a new folder": (nested, "", {}, lambda root: picture(root / "jpg" / "3" / "b.jpg")),
    "photograph in a flat folder": (flat, "", {}, lambda root: picture(root / "b.jpg")),
    "folder that is preferred": (flat, "", {}, lambda root: picture(root / "jpg" / "b.jpg")),
    "photograph in an empty class": (classes, "", {}, lambda root: picture(root / "keep" / "a.jpg")),
    "class": (classes, "", {}, lambda root: picture(root / "barn" / "a.jpg")),
    "unlabelled photograph": (classes, "", {}, lambda root: picture(root / "z.jpg")),
    "first ground truth": (classes, "", {}, lambda root: write_oxford(root, [Query("m_1", "mill/a", "m", None, ("mill/a",), (), ())])),
    "label in a table": (table, "list.csv", {}, lambda root: write(root / "list.csv", "image,landmark\na.jpg,barn\n")),
    "ground truth beside a table": (table, "list.csv", {}, lambda root: truth(root, "mill")),
    "missing photograph of a table": (
        lambda root: (table(root), write(root / "list.csv", "image,landmark\na.jpg,mill\nx/b.jpg,mill\n")),
        "list.csv", {"training": True}, lambda root: picture(root / "x" / "b.jpg"),
    ),
    "photograph of Holidays": (holidays, "", {"layout": "holidays"}, lambda root: picture(root / "jpg" / "1" / "100002.jpg")),
    "answer in a gnd file": (with_gnd, "", {}, lambda root: revisited(root / "gnd_x.json", "a", "b")),
    "gnd file that comes first": (with_gnd, "", {}, lambda root: revisited(root / "gnd_a.json", "a", "b")),
    "missing photograph of a list": (lists, "", {"layout": "lists"}, lambda root: picture(root / "8" / "b.jpg")),
    "another list": (lists, "", {"layout": "lists"}, lambda root: (picture(root / "9" / "c.jpg"),
                                                                  write(root / "annotation_val.txt", "http://x/c.jpg 9\n"))),
    "ground truth elsewhere": (other_truth, "", {"ground_truth": "truth"}, lambda root: truth(root.parent / "truth", "mill", "keep")),
    "distractor": (distractors, "", {"distractors": "more"}, lambda root: picture(root.parent / "more" / "sky" / "two.jpg")),
    "folder of distractors": (distractors, "", {"distractors": "more"}, lambda root: picture(root.parent / "more" / "sea" / "two.jpg")),
    "query of descriptors": (descriptors, "all.npz", {"model": "1a"}, lambda root: truth(root, "mill", "keep")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_added_is_seen(tmp_path, case):
    make, file, options, change = CASES[case]
    root, workspace = tmp_path / "set", Workspace(tmp_path / "cache")
    make(root)
    options = {key: tmp_path / value if key in ("ground_truth", "distractors") else value for key, value in options.items()}
    added = add_dataset(workspace, "mine", root / file, **options)
    assert all(Path(source).is_absolute() for source in added.sources)
    first = open_dataset(workspace, "mine")
    assert first == added
    change(root)
    changed = open_dataset(workspace, "mine")
    assert (changed.images, changed.queries) != (first.images, first.queries)
    assert (changed.photographs, changed.truth) != (added.photographs, added.truth)
