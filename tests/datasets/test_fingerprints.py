"""Two fingerprints: one of the photographs with the boxes, one of the ground truth; each changes with its own things alone."""

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.datasets import fingerprints
from retrieval_core.datasets.oxford import read_oxford, write_oxford
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError

QUERY = Query("mill_1", "a", "mill", (0.0, 0.0, 30.0, 20.0), good=("a",), ok=("b",), junk=("c",))


@pytest.fixture
def root(tmp_path):
    """Four photographs of noise, large enough to have a middle that no fingerprint reads, and a query."""
    (tmp_path / "set" / "jpg").mkdir(parents=True)
    random = np.random.default_rng(0)
    for stem in "abcd":
        pixels = random.integers(0, 256, (80, 120, 3), dtype=np.uint8)
        PILImage.fromarray(pixels).save(tmp_path / "set" / "jpg" / f"{stem}.png")
    write_oxford(tmp_path / "set", [QUERY])
    return tmp_path / "set"


def both(root):
    dataset = read_oxford(root, "small")
    return dataset.photographs, dataset.truth


def rewrite(root, name, text):
    (root / "lab" / name).write_text(text, encoding="utf-8")


def test_neither_depends_on_the_place_or_the_name(root):
    before = both(root)
    moved = root.rename(root.with_name("moved"))
    dataset = read_oxford(moved, "another name")
    assert (dataset.photographs, dataset.truth) == before


@pytest.mark.parametrize(("file", "text"), [("good", "a\nd\n"), ("ok", ""), ("junk", "c\nd\n")])
def test_a_line_of_the_ground_truth_changes_the_truth_alone(root, file, text):
    photographs, truth = both(root)
    rewrite(root, f"mill_1_{file}.txt", text)
    changed = both(root)
    assert changed[0] == photographs
    assert changed[1] != truth


def test_a_line_that_moves_from_good_to_ok_changes_the_truth_alone(root):
    photographs, truth = both(root)
    rewrite(root, "mill_1_good.txt", "")
    rewrite(root, "mill_1_ok.txt", "a\nb\n")
    changed = both(root)
    assert changed[0] == photographs
    assert changed[1] != truth


def test_a_box_changes_the_photographs_alone(root):
    photographs, truth = both(root)
    rewrite(root, "mill_1_query.txt", "oxc1_a 0 0 30 21\n")
    changed = both(root)
    assert changed[0] != photographs
    assert changed[1] == truth


@pytest.mark.parametrize("position", [0, -1])
def test_both_ends_of_a_photograph_are_seen(root, position):
    photographs, truth = both(root)
    file = root / "jpg" / "c.png"
    content = bytearray(file.read_bytes())
    assert len(content) > 3 * 4096
    content[position] ^= 1
    file.write_bytes(content)
    changed = both(root)
    assert changed[0] != photographs
    assert changed[1] == truth


def test_an_added_photograph_and_another_ending_are_seen(root):
    photographs, _ = both(root)
    (root / "jpg" / "d.png").rename(root / "jpg" / "d.jpg")
    renamed, _ = both(root)
    (root / "jpg" / "d.jpg").unlink()
    assert len({photographs, renamed, both(root)[0]}) == 3


def test_what_one_list_ends_with_is_not_what_the_next_begins_with():
    def truth(good, ok):
        return Dataset("x", (), (Query("mill_1", "a", "mill", None, good, ok, ()),)).truth

    assert truth(("a", "b"), ()) != truth(("a",), ("b",))
    assert truth(("a", "b"), ()) != truth(("a,b",), ())


def test_images_without_a_photograph_enter_by_their_ids():
    one, other = (Dataset("x", tuple(Image(name, "") for name in names), ()) for names in ("ab", "ac"))
    assert one.photographs != other.photographs


def test_a_missing_photograph_is_named_when_the_fingerprint_is_asked_for(root):
    dataset = read_oxford(root, "small")
    (root / "jpg" / "d.png").unlink()
    with pytest.raises(RetrievalError, match=r"d\.png is missing"):
        _ = dataset.photographs


def test_reading_opens_no_photograph_but_those_of_queries_and_hashing_opens_each_once(root, opened_files):
    dataset = read_oxford(root, "small")
    assert {path for path in opened_files if path.endswith(".png")} == {dataset.image("a").path}
    opened_files.clear()
    assert dataset.photographs == dataset.photographs
    assert [path for path in opened_files if path.endswith(".png")] == [image.path for image in dataset.images]


def test_the_signature_is_of_the_files_that_were_hashed(root):
    dataset = read_oxford(root, "small")
    _, signature = dataset.hashed
    assert fingerprints.photographs_signature(dataset.images, dataset.queries) == signature
    (root / "jpg" / "b.png").write_bytes(b"another")
    assert fingerprints.photographs_signature(dataset.images, dataset.queries) != signature


def test_a_query_and_an_image_are_found_by_id(root):
    dataset = read_oxford(root, "small")
    assert dataset.query("mill_1") == QUERY
    assert dataset.image("b").path.endswith("b.png")
    with pytest.raises(KeyError):
        dataset.image("mill_1")
