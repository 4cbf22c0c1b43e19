"""Ids, boxes and answers that no dataset may have, each written in every layout that has a place for it."""

import json
import pickle
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.checks import check_ids
from retrieval_core.workspace import Workspace

IDS = ("a", "b", "c", "d")
SIDES = (40, 30)
TRUTH = {"image": "a", "box": [1, 2, 30, 20], "good": ["a", "b"], "ok": ["c"], "junk": []}

BAD_IDS = (
    "",
    ".",
    "..",
    "../a",
    "a/..",
    "a/../../b",
    "/etc/passwd",
    "a//b",
    "a/",
    "./a",
    "C:/a",
    "C:\\a",
    "..\\a",
    "x\x01",
    "x\x7f",
    "a",
)
BAD_BOXES = {
    "not a number": ["nan", 2, 30, 20], "infinite": [1, 2, "inf", 20], "too large": [1, 2, 1e308, 20], "left is right": [30, 2, 1, 20],
    "top is bottom": [1, 20, 30, 2], "empty": [5, 5, 5, 5], "no width": [5, 2, 5, 20], "out on the right": [1, 2, 43, 20],
    "out below": [1, 2, 30, 33], "out on the left": [-4, 2, 30, 20], "out above": [1, -4, 30, 20], "three numbers": [1, 2, 30],
    "five numbers": [1, 2, 30, 20, 9], "a word": [1, "two", 30, 20],
}  # fmt: skip
BAD_ANSWERS = {
    "of a stranger": {"image": "zz"}, "good stranger": {"good": ["a", "zz"]}, "ok stranger": {"ok": ["zz"]},
    "junk stranger": {"junk": ["zz"]}, "good twice": {"good": ["b", "b"]}, "good and ok": {"ok": ["b"]},
    "good and junk": {"junk": ["b"]},
    "ok and junk": {"junk": ["c"]}, "junk twice": {"junk": ["d", "d"]},
}  # fmt: skip


def photographs(root: Path, names=IDS) -> None:
    """Small photographs below a folder."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        PILImage.new("RGB", SIDES, (90, 90, 90)).save(root / f"{name}.jpg")


def text_files(root: Path, truth: dict, before: str = "") -> None:
    """The four text files of a query in lab/; `before` stands before every id."""
    (root / "lab").mkdir(parents=True, exist_ok=True)
    sides = "".join(f" {side}" for side in truth["box"])
    (root / "lab" / "mill_1_query.txt").write_text(f"{before}{truth['image']}{sides}\n")
    for kind in ("good", "ok", "junk"):
        (root / "lab" / f"mill_1_{kind}.txt").write_text("".join(f"{before}{name}\n" for name in truth[kind]))


def one_file(truth: dict, listed=IDS) -> dict:
    """The same as imlist, qimlist and gnd; a stranger has a place behind the last."""
    number = lambda side: float(side) if str(side).lstrip("-").replace(".", "").isalnum() and side != "two" else side  # noqa: E731
    place = lambda name: listed.index(name) if name in listed else len(listed)  # noqa: E731
    lists = {theirs: [place(name) for name in truth[ours]] for theirs, ours in (("easy", "good"), ("hard", "ok"), ("junk", "junk"))}
    return {"imlist": list(listed), "qimlist": [truth["image"]], "gnd": [{"bbx": [number(side) for side in truth["box"]], **lists}]}


def add(root: Path, path: Path, **options):
    return add_dataset(Workspace(root.parent / "cache"), "mine", path, **options)


def _oxford(root: Path, truth: dict):
    photographs(root / "jpg")
    text_files(root, truth)
    return add(root, root)


def _elsewhere(root: Path, truth: dict):
    photographs(root / "jpg")
    text_files(root / "truth", truth)
    return add(root, root, ground_truth=root / "truth")


def _classes(root: Path, truth: dict):
    photographs(root / "mill")
    text_files(root, truth, "mill/")
    return add(root, root)


def _csv(root: Path, truth: dict):
    photographs(root)
    text_files(root, truth)
    (root / "list.csv").write_text("image,landmark\n" + "".join(f"{name}.jpg,mill\n" for name in IDS))
    return add(root, root / "list.csv")


def _matrix(root: Path, truth: dict):
    photographs(root / "jpg")
    text_files(root, truth)
    np.save(root / "d.npy", np.eye(4, dtype=np.float32))
    np.save(root / "q.npy", np.ones((1, 4), np.float32))
    return add(root, root / "d.npy", model="1h", ids=root / "jpg", queries=root / "q.npy")


def _pickle(root: Path, truth: dict):
    photographs(root / "jpg")
    (root / "gnd_mine.pkl").write_bytes(pickle.dumps(one_file(truth)))
    return add(root, root)


def _json(root: Path, truth: dict):
    photographs(root / "jpg")
    (root / "gnd_mine.json").write_text(json.dumps(one_file(truth)))
    return add(root, root)


LAYOUTS = {
    "lab": _oxford,
    "--ground-truth": _elsewhere,
    "classes": _classes,
    "csv": _csv,
    "npy": _matrix,
    "pickle": _pickle,
    "json": _json,
}


def _ids_text(root: Path, image_id: str):
    root.mkdir(parents=True)
    np.save(root / "d.npy", np.eye(3, dtype=np.float32))
    (root / "ids.txt").write_text(f"a\n{image_id}\nc\n", newline="")
    return add(root, root / "d.npy", model="1h")


def _ids_array(root: Path, image_id: str):
    root.mkdir(parents=True)
    np.savez(root / "d.npz", descriptors=np.eye(3, dtype=np.float32), ids=np.array(["a", image_id, "c"]))
    return add(root, root / "d.npz", model="1h")


def _ids_pickled(root: Path, image_id: str):
    photographs(root / "jpg")
    (root / "gnd_mine.pkl").write_bytes(pickle.dumps(one_file(TRUTH, ("a", "b", "c", image_id))))
    return add(root, root)


def _ids_handed_in(root: Path, image_id: str):
    check_ids(["a", image_id, "c"], "ids")


def _ids_in_a_table(root: Path, image_id: str):
    photographs(root)
    (root / "list.csv").write_text(f'image,landmark\na.jpg,mill\n"{image_id}{"" if image_id in ("", "a") else ".jpg"}",mill\n')
    return add(root, root / "list.csv")


ID_LISTS = {"ids.txt": _ids_text, "npz": _ids_array, "imlist": _ids_pickled, "handed in": _ids_handed_in, "csv": _ids_in_a_table}

CASES = [
    *(("ids", f"{where}: {image_id!r}", lambda root, make=make, value=image_id: make(root, value))
      for where, make in ID_LISTS.items() for image_id in BAD_IDS if (where, image_id) != ("csv", "./a")),  # a path is tidied
    *(("boxes", f"{where}: {name}", lambda root, make=make, box=box: make(root, TRUTH | {"box": box}))
      for where, make in LAYOUTS.items() for name, box in BAD_BOXES.items()),
    *(("answers", f"{where}: {name}", lambda root, make=make, change=change: make(root, TRUTH | change))
      for where, make in LAYOUTS.items() for name, change in BAD_ANSWERS.items()),
]  # fmt: skip
