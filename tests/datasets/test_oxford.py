"""The Oxford layout: what is written is read back, every number of landmarks and queries, and each fault named."""

from pathlib import Path

import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.oxford import read_oxford, write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError

PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "photos"

KEEP_1 = Query("keep_1", "a", "keep", (1.5, 2.0, 30.0, 20.25), good=("a", "b"), ok=("c",), junk=("d",))
KEEP_2 = Query("keep_2", "b", "keep", (0.0, 0.0, 40.0, 30.0), good=("b",), ok=("e",), junk=())
OLD_MILL_1 = Query("old_mill_1", "f", "old_mill", (0.0, 0.0, 40.0, 30.0), good=(), ok=(), junk=())


@pytest.fixture
def root(tmp_path):
    """Six photographs of 40 x 30 pixels and three queries of two landmarks."""
    (tmp_path / "jpg").mkdir()
    for position, stem in enumerate("abcdef"):
        PILImage.new("RGB", (40, 30), (40 * position, 90, 200)).save(tmp_path / "jpg" / f"{stem}.jpg")
    write_oxford(tmp_path, [KEEP_1, KEEP_2, OLD_MILL_1])
    return tmp_path


def rewrite(root, name, text):
    (root / "lab" / name).write_text(text, encoding="utf-8")


def test_what_is_written_is_read_back(root):
    dataset = read_oxford(root, "small")
    assert dataset.name == "small"
    assert dataset.queries == (KEEP_1, KEEP_2, OLD_MILL_1)
    assert [image.id for image in dataset.images] == list("abcdef")
    assert all(Path(image.path).is_absolute() for image in dataset.images)


def test_labels_come_from_the_first_query_of_a_landmark(root):
    labels = {image.id: image.label for image in read_oxford(root, "small").images}
    # e is only in the second query, d is junk, f's landmark has empty lists.
    assert labels == {"a": "keep", "b": "keep", "c": "keep", "d": None, "e": None, "f": None}


def test_an_image_of_two_landmarks_gets_the_label_of_the_first(root):
    rewrite(root, "old_mill_1_good.txt", "b\nf\n")
    labels = {image.id: image.label for image in read_oxford(root, "small").images}
    assert (labels["b"], labels["f"]) == ("keep", "old_mill")


def test_the_lowest_number_is_the_first_query_whatever_it_is(root):
    for file in (root / "lab").glob("keep_1_*"):
        file.rename(file.with_name(file.name.replace("keep_1", "keep_10")))
    dataset = read_oxford(root, "small")
    assert [query.id for query in dataset.queries] == ["keep_2", "keep_10", "old_mill_1"]
    assert [image.id for image in dataset.images if image.label == "keep"] == ["b", "e"]


@pytest.mark.parametrize(("jpg", "lab"), [("jpg", "gt_files_170407"), ("images", "lab"), (".", "."), ("jpg", ".")])
def test_other_places_of_the_files(root, jpg, lab):
    expected = read_oxford(root, "small")
    for old, new in (("jpg", jpg), ("lab", lab)):
        for file in list((root / old).iterdir()):
            (root / new).mkdir(exist_ok=True)
            file.rename(root / new / file.name)
    assert read_oxford(root, "small").queries == expected.queries


def test_query_line_without_prefix_and_windows_line_ends(root):
    (root / "lab" / "keep_1_query.txt").write_bytes(b"\xef\xbb\xbfa 1.5 2 30 20.25\r\n")
    (root / "lab" / "keep_1_good.txt").write_bytes(b"a\r\nb\r\n")
    assert read_oxford(root, "small").queries[0] == KEEP_1


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("keep_1_query.txt", "oxc1_a 1 2 30\n", ["keep_1_query.txt", "x1 y1 x2 y2"]),
        ("keep_1_query.txt", "oxc1_a 1 2 thirty 20\n", ["keep_1_query.txt", "thirty"]),
        ("keep_1_query.txt", "", ["keep_1_query.txt", "one line"]),
        ("keep_1_query.txt", "oxc1_a 1 2 30 20\noxc1_b 1 2 30 20\n", ["keep_1_query.txt", "one line"]),
        ("keep_1_query.txt", "oxc1_zebra 1 2 30 20\n", ["keep_1_query.txt", "'zebra'", "jpg"]),
        ("keep_1_query.txt", "oxc1_a 1 2 42 20\n", ["keep_1_query.txt", "a.jpg", "40 x 30"]),
        ("keep_1_query.txt", "oxc1_a -3 2 30 20\n", ["keep_1_query.txt", "a.jpg", "-3"]),
        ("keep_1_query.txt", "oxc1_a 30 2 30 20\n", ["keep_1_query.txt", "x1 < x2"]),
        ("keep_1_query.txt", "oxc1_a 1 nan 30 20\n", ["keep_1_query.txt", "nan"]),
        ("keep_1_ok.txt", "zebra\n", ["keep_1_ok.txt", "'zebra'", "Add the photograph or remove the line"]),
        ("keep_1_junk.txt", "a\n", ["keep_1_junk.txt", "'a'", "keep_1_good.txt"]),
        ("keep_1_ok.txt", "c\nc\n", ["keep_1_ok.txt", "'c'"]),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(root, file, text, words):
    rewrite(root, file, text)
    with pytest.raises(RetrievalError) as caught:
        read_oxford(root, "small")
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_box_may_stand_out_by_a_rounding(root):
    rewrite(root, "keep_1_query.txt", "oxc1_a -0.5 0 40.6 31\n")
    assert read_oxford(root, "small").queries[0].box == (-0.5, 0.0, 40.6, 31.0)


@pytest.mark.parametrize("kind", ["query", "good", "ok", "junk"])
def test_a_missing_file_of_a_query_is_named(root, kind):
    (root / "lab" / f"keep_2_{kind}.txt").unlink()
    with pytest.raises(RetrievalError, match=f"keep_2_{kind}.txt is missing"):
        read_oxford(root, "small")


def test_a_file_that_is_not_text_is_named(root):
    (root / "lab" / "keep_1_good.txt").write_bytes(b"a\x81\x8d")
    with pytest.raises(RetrievalError, match=r"keep_1_good.txt can't be read"):
        read_oxford(root, "small")


def test_two_files_of_one_query_are_refused(root):
    rewrite(root, "keep_01_good.txt", "a\n")
    with pytest.raises(RetrievalError, match=r"keep_01_good\.txt and .*keep_1_good\.txt"):
        read_oxford(root, "small")


def test_missing_empty_and_half_empty_folders(root, tmp_path):
    with pytest.raises(RetrievalError, match="does not exist"):
        read_oxford(tmp_path / "nowhere", "small")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RetrievalError, match=r"No photographs in .*empty"):
        read_oxford(tmp_path / "empty", "small")
    for file in (root / "lab").iterdir():
        file.unlink()
    with pytest.raises(RetrievalError, match="No ground truth for"):
        read_oxford(root, "small")


def test_a_query_that_the_layout_can_not_hold_is_refused(tmp_path):
    for query_id, label in (("keep-1", "keep"), ("keep_x", "keep"), ("a_1", "b")):
        with pytest.raises(RetrievalError, match=query_id):
            write_oxford(tmp_path, [Query(query_id, "a", label, (0, 0, 1, 1), (), (), ())])


def test_a_query_without_a_box_is_the_whole_photograph(root):
    whole = Query("barn_1", "c", "barn", None, good=("c",), ok=(), junk=())
    write_oxford(root, [whole])
    assert read_oxford(root, "small").query("barn_1") == whole


def test_the_ground_truth_may_lie_elsewhere(root, tmp_path):
    (root / "lab").rename(tmp_path / "truth")
    assert read_oxford(root, "small", tmp_path / "truth").queries == (KEEP_1, KEEP_2, OLD_MILL_1)


@pytest.mark.skipif(not PHOTOS.is_dir(), reason=f"the photographs {PHOTOS.name} are not beside the project")
def test_real_photographs():
    dataset = read_oxford(PHOTOS, "photos")
    assert (len(dataset.images), len(dataset.queries), len(dataset.labels)) == (70, 35, 14)
    assert sum(image.label is None for image in dataset.images) == 24
    assert all(query.image_id in query.positives for query in dataset.queries)
