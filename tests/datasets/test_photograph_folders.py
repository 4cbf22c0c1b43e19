"""Photographs as people have them: found out what they are, read, and each fault named."""

import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.csv_table import read_csv
from retrieval_core.datasets.no_precision import why_no_precision
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.photograph_folders import find_layout, read_classes, read_flat
from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace


def photographs(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        PILImage.new("RGB", (40, 30), (len(name), 90, 200)).save(root / name)
    return root


def table(root, *lines):
    (root / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root / "list.csv"


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (["a.jpg", "b.png"], "flat"),
        (["jpg/a.jpg"], "flat"),
        (["jpg/a.jpg", "mill/b.jpg"], "classes"),
        (["mill/b.jpg"], "classes"),
        (["mill/b.jpg", "a.jpg"], "classes"),
    ],
)
def test_what_lies_there_is_found_out(tmp_path, names, layout):
    photographs(tmp_path, *names)
    assert find_layout(tmp_path) == layout


def test_a_ground_truth_makes_it_oxford_wherever_it_lies(tmp_path):
    root = photographs(tmp_path / "pictures", "a.jpg")
    write_oxford(tmp_path / "truth", [Query("mill_1", "a", "mill", None, ("a",), (), ())])
    assert find_layout(root) == "flat"
    assert find_layout(root, tmp_path / "truth") == "oxford"
    write_oxford(root, [Query("mill_1", "a", "mill", None, ("a",), (), ())])
    assert find_layout(root) == "oxford"
    photographs(root, "keep/b.jpg")
    assert find_layout(root) == "classes"


def test_nothing_to_be_found_is_said(tmp_path):
    with pytest.raises(RetrievalError, match=r"No photographs in .*nor in the folders"):
        find_layout(tmp_path)
    with pytest.raises(RetrievalError, match=r"nowhere is no folder"):
        find_layout(tmp_path / "nowhere")


def test_a_flat_folder_has_photographs_and_nothing_else(tmp_path):
    photographs(tmp_path, "b.jpg", "a.png")
    dataset = read_flat(tmp_path, "mine")
    assert [(image.id, image.label) for image in dataset.images] == [("a", None), ("b", None)]
    assert dataset.queries == dataset.labels == ()
    with pytest.raises(RetrievalError, match="layout oxford"):
        read_flat(tmp_path, "mine", tmp_path)


def test_class_folders_with_unlabelled_photographs_and_queries(tmp_path):
    root = photographs(tmp_path, "mill/1.jpg", "mill/2.jpg", "keep/1.jpg", "z.jpg", "a.jpg")
    dataset = read_classes(root, "mine")
    assert [(image.id, image.label) for image in dataset.images] == [
        ("a", None), ("keep/1", "keep"), ("mill/1", "mill"), ("mill/2", "mill"), ("z", None),
    ]  # fmt: skip
    assert dataset.queries == ()
    query = Query("mill_1", "mill/1", "mill", (0, 0, 9, 9), ("mill/1", "mill/2"), ("z",), ("a",))
    write_oxford(root, [query])
    with_queries = read_classes(root, "mine")
    assert with_queries.queries == (query,)
    assert with_queries.labels == ("keep", "mill")
    assert with_queries.truth != dataset.truth


def test_a_landmark_may_be_called_lab(tmp_path):
    dataset = read_classes(photographs(tmp_path, "lab/1.jpg", "mill/1.jpg"), "mine")
    assert dataset.labels == ("lab", "mill")
    assert dataset.queries == ()


def test_a_folder_may_get_its_ground_truth_later(tmp_path):
    root, workspace = photographs(tmp_path / "pictures", "a.jpg", "b.jpg"), Workspace(tmp_path / "cache")
    assert add_dataset(workspace, "mine", root).queries == ()
    assert f"data add mine {root} --ground-truth" in why_no_precision(workspace, open_dataset(workspace, "mine"))
    query = Query("mill_1", "a", "mill", None, ("a", "b"), (), ())
    write_oxford(tmp_path / "truth", [query])
    assert add_dataset(workspace, "mine", root, ground_truth=tmp_path / "truth").queries == (query,)
    assert open_dataset(workspace, "mine").queries == (query,)
    with pytest.raises(RetrievalError, match="already names"):
        add_dataset(workspace, "mine", photographs(tmp_path / "others", "a.jpg"))
    with pytest.raises(RetrievalError, match="only for those"):
        add_dataset(workspace, "mine", root, model="1a")
    with pytest.raises(RetrievalError, match="oxford, revisited, holidays, lists, gldv2, sfm, flat, classes, csv, npy"):
        add_dataset(workspace, "mine", root, "tree")


def test_a_table_names_photographs_and_landmarks(tmp_path):
    photographs(tmp_path, "p/b.jpg", "a.jpg", "c, d.jpg")
    file = table(tmp_path, "landmark,image", "mill,p/b.jpg", ",a.jpg", 'keep,"c, d.jpg"', "")
    dataset = read_csv(file, "mine")
    assert [(image.id, image.label) for image in dataset.images] == [("a", None), ("c, d", "keep"), ("p/b", "mill")]
    assert dataset.queries == ()
    table(tmp_path, "landmark,image", "mill,p/b.jpg", "mill,a.jpg", 'keep,"c, d.jpg"')
    changed = read_csv(file, "mine")
    assert changed.truth != dataset.truth
    assert changed.photographs == dataset.photographs


def test_the_split_of_a_table_makes_queries_that_are_not_in_the_database(tmp_path):
    photographs(tmp_path, *(f"{name}.jpg" for name in "abcdef"))
    file = table(tmp_path, "image,landmark,split", "a.jpg,mill,query", "b.jpg,mill,database", "c.jpg,mill,", "d.jpg,keep,query",
                 "e.jpg,keep,train", "f.jpg,mill,query")  # fmt: skip
    dataset = read_csv(file, "mine")
    assert [image.id for image in dataset.images] == list("abcdf")
    assert dataset.queries == (
        Query("keep_1", "d", "keep", None, (), (), ("a", "d", "f")),
        Query("mill_1", "a", "mill", None, ("b", "c"), (), ("a", "d", "f")),
        Query("mill_2", "f", "mill", None, ("b", "c"), (), ("a", "d", "f")),
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["image landmark", "a.jpg mill"], r"line 1: the columns are image landmark\. .*separated by commas"),
        (["picture,label", "a.jpg,mill"], r"line 1: .*call 'label' landmark"),
        ([], r"line 1: the columns are missing"),
        (["image,landmark", "a.jpg,mill", "", "b.jpg,mill"], r"line 4: .*b\.jpg is no photograph"),
        (["image,landmark", "a.jpg,mill", "a.jpg,keep"], r"line 3: the image 'a' is already in line 2"),
        (["image,landmark", "a.jpg,mill,tower"], r"line 2: 3 cells where the first line has 2"),
        (["image,landmark", "../a.jpg,mill"], r"line 2: .*below the folder"),
        (["image,landmark", "/etc/a.jpg,mill"], r"line 2: .*below the folder"),
        (["image,landmark", ",mill"], r"line 2: .*below the folder"),
        (["image,landmark,split", "a.jpg,mill,test"], r"line 2: unknown split 'test'; write one of database, query, train"),
        (["image,landmark,split", "a.jpg,,query"], r"line 2: a query needs a landmark"),
        (["image,landmark,split", "a.jpg,mill,train"], r"no photographs to look at"),
    ],
)
def test_a_faulty_line_of_a_table_is_named(tmp_path, lines, words):
    photographs(tmp_path, "a.jpg")
    with pytest.raises(RetrievalError, match=words):
        read_csv(table(tmp_path, *lines), "mine")


def test_a_table_with_two_kinds_of_queries_is_refused(tmp_path):
    photographs(tmp_path, "a.jpg")
    write_oxford(tmp_path, [Query("mill_1", "a", "mill", None, ("a",), (), ())])
    with pytest.raises(RetrievalError, match="Keep one of the two"):
        read_csv(table(tmp_path, "image,landmark,split", "a.jpg,mill,query"), "mine")


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RetrievalError, match=r"list\.csv.*UTF-8"):
        read_csv(tmp_path / "list.csv", "mine")
