"""Names on the disk and names in lists: two forms of one letter are the same, and no name breaks anything else."""

import json
import os
import unicodedata

import numpy as np
import pytest
from odd_pictures import photograph

from retrieval_core.datasets.catalog import add_dataset, list_datasets, open_dataset
from retrieval_core.datasets.names import id_of
from retrieval_core.errors import RetrievalError, printable
from retrieval_core.training.test_set_guard import training_set
from retrieval_core.workspace import Workspace

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("plain", "plain"), (DECOMPOSED, COMPOSED), ("caf\udce9", "caf%E9"), ("a\nb", "a%0Ab"), (" a ", "%20a%20"),
        ("   ", "%20%20%20"), ("a\u2028b", "a%E2%80%A8b"), ("a b", "a b"), ("100%", "100%"), ("東京", "東京"),
    ],
)  # fmt: skip
def test_a_name_is_text_in_one_line(name, known):
    assert id_of(name) == known
    assert id_of(known) == known


def test_a_message_can_always_be_printed():
    assert str(RetrievalError("The photograph caf\udce9\x1b[2J.jpg is missing.")) == "The photograph caf%E9%1B[2J.jpg is missing."
    assert printable("café\n\ttwo") == "café\n\ttwo"


def photographs(root, *names, start=0):
    root.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names, start):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(photograph(number))
    return root


@pytest.mark.parametrize(("disk", "listed"), [(DECOMPOSED, COMPOSED), (COMPOSED, DECOMPOSED)])
def test_a_list_matches_the_disk_in_either_form(tmp_path, disk, listed):
    workspace, root = Workspace(tmp_path / "cache"), photographs(tmp_path / "set", f"jpg/{disk}_0.jpg", "jpg/p.jpg")
    (root / "lab").mkdir()
    for kind, text in (("query", f"{listed}_0 1 1 20 20\n"), ("good", f"{listed}_0\n"), ("ok", "p\n"), ("junk", "")):
        (root / "lab" / f"{disk}_1_{kind}.txt").write_text(text, encoding="utf-8")
    oxford = add_dataset(workspace, "oxford", root)
    assert (oxford.queries[0].image_id, oxford.queries[0].good, oxford.labels) == (f"{COMPOSED}_0", (f"{COMPOSED}_0",), (COMPOSED,))
    (tmp_path / "list.csv").write_text(f"image,landmark\nset/jpg/{listed}_0.jpg,{listed}\n", encoding="utf-8")
    table = add_dataset(workspace, "table", tmp_path / "list.csv")
    assert [(image.id, image.label) for image in table.images] == [(f"set/jpg/{COMPOSED}_0", COMPOSED)]
    gnd = {"imlist": ["p"], "qimlist": [f"{listed}_0"], "gnd": [{"easy": [0], "hard": [], "junk": [], "bbx": [0, 0, 9, 9]}]}
    (root / "gnd_x.json").write_text(json.dumps(gnd), encoding="utf-8")
    assert [image.id for image in add_dataset(workspace, "revisited", root, "revisited").images] == [f"{COMPOSED}_0", "p"]
    np.save(root / "rows.npy", np.eye(2, dtype=np.float32))
    (root / "ids.txt").write_text(f"{listed}_0\np\n", encoding="utf-8")
    np.save(root / "queries.npy", np.eye(2, dtype=np.float32)[:1])
    rows = add_dataset(workspace, "rows", root / "rows.npy", model="1a", queries=root / "queries.npy")
    assert [image.id for image in rows.images] == [f"{COMPOSED}_0", "p"]


def test_a_strange_name_in_one_dataset_leaves_the_others_and_training_alone(tmp_path):
    workspace = Workspace(tmp_path / "cache")
    odd = photographs(tmp_path / "odd", "a.jpg", start=20)
    add_dataset(workspace, "odd", odd)
    add_dataset(workspace, "latin", photographs(tmp_path / os.fsdecode(b"folder\xe9"), "a.jpg", start=25))
    lands = photographs(tmp_path / "lands", *(f"{label}/{number}.jpg" for label in "abcdefgh" for number in range(2)))
    add_dataset(workspace, "lands", lands, "classes", training=True)
    (odd / os.fsdecode(b"caf\xe9\n.jpg")).write_bytes(photograph(99))
    (odd / os.fsdecode(b"caf\xe9.heic")).write_bytes(b"")
    for entry in list_datasets(workspace):
        entry.title.encode("utf-8")
    assert [image.id for image in open_dataset(workspace, "odd").images] == ["a", "caf%E9%0A"]
    steps = training_set(workspace, "lands")
    for _ in steps:
        pass
    assert len(open_dataset(workspace, "latin").images) == 1
    assert len(open_dataset(workspace, "lands").labels) == 8
