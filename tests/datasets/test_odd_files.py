"""Every generated file is read alike at every door, or refused in a sentence that names it; nothing is lost without a word."""

import os
from collections import Counter

import numpy as np
import odd_files
import pytest
from caches import result_of

from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.export import export_dataset
from retrieval_core.datasets.fetched import inspect
from retrieval_core.datasets.images import image_size, list_photographs, read_image
from retrieval_core.datasets.left_out import said
from retrieval_core.datasets.thumbnails import small_jpeg
from retrieval_core.datasets.uploads import read_upload
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace

PICTURES = [odd for kind in (odd_files.modes, odd_files.orientations, odd_files.animated, odd_files.cut_short, odd_files.damaged,
                             odd_files.no_pictures) for odd in kind()]  # fmt: skip


def outcome(read):
    """The pixels, or the sentence of a RetrievalError; anything else fails the test."""
    try:
        return np.asarray(read())
    except RetrievalError as error:
        return str(error)


@pytest.mark.parametrize("odd", PICTURES, ids=lambda odd: odd.name)
def test_a_picture_is_the_same_at_every_door(tmp_path, odd):
    path = tmp_path / odd.name
    path.write_bytes(odd.data)
    photograph, upload = outcome(lambda: read_image(path)), outcome(lambda: read_upload(odd.data, odd.name))
    if isinstance(photograph, str):
        assert not odd.sound, photograph
        assert isinstance(upload, str)
        assert odd.name in photograph
        assert odd.name in upload
        assert isinstance(outcome(lambda: small_jpeg(path, 20)), str)
        return
    assert np.array_equal(photograph, upload)
    assert photograph.dtype == np.uint8
    assert photograph.shape == (*image_size(path)[::-1], 3)
    assert small_jpeg(path, 20)[:2] == b"\xff\xd8"


def test_what_was_generated_covers_every_kind(capsys):
    counts = Counter(odd.kind for odd in PICTURES) | Counter({"name": len(odd_files.names())})
    print(dict(counts), sum(counts.values()))
    assert sum(counts.values()) >= 300
    assert min(counts.values()) >= 5


def test_a_check_names_every_file_that_cannot_be_decoded(tmp_path):
    root, refused = tmp_path / "set", set()
    root.mkdir()
    for odd in PICTURES:
        (root / odd.name).write_bytes(odd.data)
        if isinstance(outcome(lambda odd=odd: read_image(root / odd.name)), str):
            refused.add(odd.name)
    (root / "broken_link.jpg").symlink_to(tmp_path / "nowhere.jpg")
    workspace = Workspace(tmp_path / "cache")
    assert len(add_dataset(workspace, "odd", root).images) == len(PICTURES)
    checked = result_of(inspect(workspace, "odd"))
    for name in (*refused, "broken_link.jpg"):
        assert any(name in fault for fault in checked.faults), name
    assert len(checked.faults) == len(refused) + 1
    assert "1 left out" in checked.files[0]


@pytest.fixture
def named(tmp_path):
    """A folder with every odd name, each a photograph of its own colour."""
    root = tmp_path / "named"
    root.mkdir()
    for number, name in enumerate(odd_files.names()):
        picture = odd_files.PILImage.new("RGB", (20, 16), (number, 255 - number, 90))
        (root / os.fsdecode(name)).write_bytes(odd_files.encoded(picture, "JPEG"))
    return root


def test_a_name_is_read_or_left_out_with_a_word(tmp_path, named):
    workspace = Workspace(tmp_path / "cache")
    dataset = add_dataset(workspace, "named", named)
    left = [name for kind in dataset.left_out for name in kind.files]
    assert len(dataset.images) + len(left) == len(odd_files.names())
    assert set(left) == {
        ".hidden.jpg",
        "....",
        "...jpg",
        "drawing.svg",
        "film.mov",
        "noending",
        "photo.HEIC",
        "raw.CR2",
        "wrong.jpg.txt",
    }
    assert open_dataset(workspace, "named") == dataset
    for image in dataset.images:
        image.id.encode("utf-8")
        assert image.id.splitlines() == [image.id]
        assert image.id == image.id.strip()
        read_image(image.path)
    "\n".join(said(dataset)).encode("utf-8")
    assert {"caf%E9", "new%0Aline", "%20leading", "trailing%20", "line%E2%80%A8sep", "-dash", "a."} <= {
        image.id for image in dataset.images
    }


@pytest.mark.parametrize("layout", ["oxford", "classes", "csv"])
def test_names_are_the_same_after_export_and_import(tmp_path, named, layout):
    for name in list_photographs(named).values():
        if "\\" in name or len(os.path.basename(name)) > 200:  # other systems' separator, and no room for %0A and the like
            os.unlink(name)
    workspace = Workspace(tmp_path / "cache")
    before = add_dataset(workspace, "named", named)
    export_dataset(before, tmp_path / "out", layout)
    place = tmp_path / "out" / "images.csv" if layout == "csv" else tmp_path / "out"
    after = add_dataset(workspace, "again", place, "flat" if layout != "csv" else None)
    assert [image.id for image in after.images] == [image.id for image in before.images]
    assert after.photographs == before.photographs
