"""Boxes are in pixels of what is shown; those that were published in stored pixels are turned with their photograph."""

import json

import pytest
from odd_files import HEIGHT, WIDTH, turned

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.oxford import read_oxford
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace

STORED, SHOWN = (4.0, 6.0, 20.0, 16.0), (HEIGHT - 16.0, 4.0, HEIGHT - 6.0, 20.0)  # EXIF 6: to be turned clockwise by a quarter


@pytest.fixture
def root(tmp_path):
    (tmp_path / "set" / "jpg").mkdir(parents=True)
    (tmp_path / "set" / "jpg" / "phone.jpg").write_bytes(turned(6, "JPEG"))
    return tmp_path / "set"


def truth(root, box):
    (root / "lab").mkdir(exist_ok=True)
    for kind, text in (("query", f"oxc1_phone {' '.join(map(str, box))}\n"), ("good", "phone\n"), ("ok", ""), ("junk", "")):
        (root / "lab" / f"tower_1_{kind}.txt").write_text(text, encoding="utf-8")
    return root


def test_a_box_drawn_on_the_upright_photograph_is_taken(root):
    low = (10, HEIGHT + 2, 30, WIDTH - 2)  # below the lower edge of the photograph as it is stored
    assert read_oxford(truth(root, low), "mine").queries[0].box == low
    with pytest.raises(RetrievalError, match=rf"which is {HEIGHT} x {WIDTH} pixels as it is shown, upright"):
        read_oxford(truth(root, (10, 10, WIDTH - 2, 20)), "mine")


def test_published_boxes_are_turned_with_their_photograph(root, tmp_path):
    truth(root, STORED)
    boxes = {name: add_dataset(Workspace(tmp_path / "cache"), name, root, "oxford").queries[0].box for name in ("mine", "oxford5k")}
    assert boxes == {"mine": STORED, "oxford5k": SHOWN}
    gnd = {"imlist": ["phone"], "qimlist": ["phone"], "gnd": [{"easy": [0], "hard": [], "junk": [], "bbx": STORED}]}
    (root / "gnd_roxford5k.json").write_text(json.dumps(gnd), encoding="utf-8")
    assert add_dataset(Workspace(tmp_path / "cache"), "revisited", root).queries[0].box == SHOWN
