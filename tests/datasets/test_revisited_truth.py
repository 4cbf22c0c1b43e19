"""The revisited layout: easy, hard and junk by id, the query images in no ranking, and no code run from the file."""

import json
import os
import pickle

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset, layout_of, open_dataset
from retrieval_core.datasets.revisited import read_revisited
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace

LISTED = [f"mill_{number:06}" for number in range(6)] + ["street_000001"]
ASKED = ["mill_000100", "mill_000101", "old_gate_000001"]
ENTRIES = [
    {"bbx": [1.0, 2.0, 30.5, 20.0], "easy": [0, 1], "hard": [2], "junk": [3]},
    {"bbx": [0.0, 0.0, 10.0, 10.0], "easy": [], "hard": [4, 5], "junk": []},
    {"bbx": [0.0, 0.0, 10.0, 10.0], "easy": [6], "hard": [], "junk": [0, 1]},
]


@pytest.fixture
def folder(tmp_path):
    below = tmp_path / "set" / "jpg" / "paris" / "mill"
    below.mkdir(parents=True)
    for image_id in (*LISTED, *ASKED, "not_listed_000001"):
        PILImage.new("RGB", (40, 30), "grey").save(below / f"{image_id}.jpg")
    return tmp_path / "set"


def write(folder, content, name="gnd_roxford5k.pkl"):
    (folder / name).write_bytes(pickle.dumps(content, protocol=2))


def as_arrays(entry):
    return {kind: np.array(value, float if kind == "bbx" else np.int64) for kind, value in entry.items()}


@pytest.mark.parametrize("entries", [ENTRIES, [as_arrays(entry) for entry in ENTRIES]], ids=["lists", "arrays"])
def test_answers_are_named_and_the_query_images_are_junk_of_all(folder, entries):
    write(folder, {"imlist": LISTED, "qimlist": ASKED, "gnd": entries})
    dataset = read_revisited(folder, "roxford5k")
    assert [query.id for query in dataset.queries] == ["mill_1", "mill_2", "old_gate_1"]
    first = dataset.queries[0]
    assert (first.good, first.ok, first.box) == (("mill_000000", "mill_000001"), ("mill_000002",), (1.0, 2.0, 30.5, 20.0))
    assert set(first.junk) == {"mill_000003", *ASKED}
    assert [image.id for image in dataset.images] == sorted((*LISTED, *ASKED))


def test_json_holds_the_same(folder):
    write(folder, {"imlist": LISTED, "qimlist": ASKED, "gnd": ENTRIES})
    read = read_revisited(folder, "x")
    (folder / "gnd_roxford5k.pkl").unlink()
    (folder / "gnd_roxford5k.json").write_text(json.dumps({"imlist": LISTED, "qimlist": ASKED, "gnd": ENTRIES}))
    assert read_revisited(folder, "x").queries == read.queries


def test_the_layout_is_found_out(folder, tmp_path):
    write(folder, {"imlist": LISTED, "qimlist": ASKED, "gnd": ENTRIES})
    workspace = Workspace(tmp_path / "cache")
    added = add_dataset(workspace, "roxford5k", folder)
    assert layout_of(workspace, "roxford5k") == "revisited"
    assert open_dataset(workspace, "roxford5k") == added


class Evil:
    def __reduce__(self):
        return os.mkdir, ("was_run",)


def test_a_file_that_asks_to_run_something_is_refused_before_it_does(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(folder, {"imlist": LISTED, "qimlist": ASKED, "gnd": [Evil()]})
    with pytest.raises(RetrievalError, match=r"asks to run posix.mkdir"):
        read_revisited(folder, "x")
    assert not (tmp_path / "was_run").exists()


@pytest.mark.parametrize(("content", "message"), [
    ({"imlist": LISTED}, "qimlist"),
    ({"imlist": LISTED, "qimlist": ASKED, "gnd": ENTRIES[:2]}, "3 query images and 2 entries"),
    ({"imlist": LISTED, "qimlist": ASKED[:1], "gnd": [ENTRIES[0] | {"easy": [7]}]}, "'easy' of the query 'mill_000100'"),
    ({"imlist": LISTED, "qimlist": ASKED[:1], "gnd": [ENTRIES[0] | {"bbx": [1, 2]}]}, "box of four numbers"),
    ({"imlist": [*LISTED, "gone_000001"], "qimlist": ASKED, "gnd": ENTRIES}, "lists 1 photographs that are not in .*gone_000001"),
])  # fmt: skip
def test_what_does_not_fit_together_is_said(folder, content, message):
    write(folder, content)
    with pytest.raises(RetrievalError, match=message):
        read_revisited(folder, "x")


def test_a_broken_file_is_named(folder):
    (folder / "gnd_roxford5k.pkl").write_bytes(b"\x80\x02}q\x00(X\x06")
    with pytest.raises(RetrievalError, match=r"gnd_roxford5k.pkl is not a pickle of lists"):
        read_revisited(folder, "x")
