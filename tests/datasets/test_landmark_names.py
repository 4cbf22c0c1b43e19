"""A landmark may be called anything: nothing is written outside of the folder, and it comes back as it was from every layout."""

import csv
import io

import pytest
from bad_truths import photographs

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.csv_cells import read_cells, safe_cell, write_cells
from retrieval_core.datasets.export import export_dataset, export_descriptors
from retrieval_core.datasets.landmark_names import TABLE, as_names, read_names, write_names
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace

ODD = (
    "..", ".", ".hidden", "images", "jpg", "lab", "gt_files", "a/b", "a\\b", "../../up", "/root", "CON", "con", "nul.txt", "LPT1",
    "dot.", "blank ",
    " blank", "Mill", "mill", "MILL", "007", "07", "7", "1e3", "2019-01-01", "NA", "nan", "null", "true", "unlabelled", "other",
    "old_mill",
    "old mill", "=1+1", "+1", "-1", "@sum", "'=1", "''t Hof", "'t Hof", "a,b", 'say "x"', "*bold*", "<b>x</b>", "$x$", ":red[x]", "a:b",
    "x" * 180, "東京", "mill_1", "landmark-1", "a.jpg", "~", "-rf", "%2C", "images.csv", "a|b", "#1",
)  # fmt: skip


@pytest.fixture
def dataset(tmp_path):
    """A photograph and a query of every odd landmark, and one that is unlabelled."""
    root = tmp_path / "set"
    names = [f"p{number:02}" for number in range(len(ODD) + 1)]
    photographs(root, names)
    rows = "".join(write_cells((f"{name}.jpg", label)) for name, label in zip(names, (*ODD, ""), strict=True))
    (root / "list.csv").write_text("image,landmark\n" + rows, encoding="utf-8")
    queries = [Query(f"{label}_12", name, label, (1, 2, 9.5, 8), (name,), (), ()) for name, label in zip(names, ODD, strict=False)]
    write_oxford(root, queries)
    return add_dataset(Workspace(tmp_path / "cache"), "mine", root / "list.csv")


def test_every_name_is_read_from_a_table_and_from_text_files(dataset):
    assert [image.label for image in dataset.images] == [*ODD, None]
    assert {query.label: query.image_id for query in dataset.queries} == {label: f"p{number:02}" for number, label in enumerate(ODD)}


@pytest.mark.parametrize("layout", ["oxford", "classes", "csv"])
def test_every_name_comes_back(dataset, tmp_path, layout):
    before = sorted(path for path in tmp_path.rglob("*"))
    out = tmp_path / "deep" / "out"
    export_dataset(dataset, out, layout)
    written = set(tmp_path.rglob("*")) - set(before)
    assert all(path.is_relative_to(tmp_path / "deep") for path in written)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    again = add_dataset(Workspace(tmp_path / "cache"), "again", out / "images.csv" if layout == "csv" else out)
    labels = {image.id.rpartition("/")[2]: image.label for image in again.images}
    assert labels == {image.id: image.label for image in dataset.images}
    of = lambda dataset: {query.id: (query.label, query.box) for query in dataset.queries}  # noqa: E731
    assert of(again) == of(dataset)


def test_queries_of_a_matrix_come_back_in_their_order(dataset, tmp_path):
    import numpy as np

    rows = np.random.default_rng(0).normal(size=(2 * len(dataset.images), 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    database, queries = rows[: len(dataset.images)], rows[-len(dataset.queries) :]
    export_descriptors(dataset, tmp_path / "out", database, queries)
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "again", tmp_path / "out" / "descriptors.npy", model="1h", queries=tmp_path / "out" / "queries.npy")
    from retrieval_core.stored.results import open_results

    found = open_results(workspace, "again", "imported", "1h").descriptors[1]
    assert np.array_equal(found.rows([query.id for query in dataset.queries]), queries)


def test_names_of_folders_are_names_on_any_system():
    names = as_names(ODD)
    assert set(names) == set(ODD)
    assert len({name.casefold() for name in names.values()}) == len(ODD)
    for name in names.values():
        assert not set(name) & set('/\\:*?"<>|\0')
        assert name not in ("jpg", "images", "lab", ".", "..")
        assert name.strip(". ") == name
    assert names["old_mill"] == "old_mill"
    assert names["landmark-1"] == "landmark-1"
    assert names["007"] == "007"


def test_a_faulty_table_of_names_is_named(tmp_path):
    write_names(tmp_path, {"mill": "mill"})
    assert read_names(tmp_path) == {}
    for line in ("x\n", "x,\n", "a,b\na,c\n", 'x,"y\n', "a,b,c\n"):
        (tmp_path / TABLE).write_text(f"name,landmark\n{line}")
        with pytest.raises(RetrievalError, match=r"landmark_names\.csv, line [23]: "):
            read_names(tmp_path)


@pytest.mark.parametrize("cell", [*ODD, "", " ", "\t", "\tx", '"', '""', "a b", "'", "''", "'=", "=", "-", "\r"])
def test_a_cell_comes_back_and_is_no_formula(cell):
    line = write_cells((cell, "x"))
    if "\r" not in cell:  # a row is one line: what ends one is refused where names are read
        assert read_cells(line.rstrip("\n")) == [cell, "x"]
    assert next(csv.reader(io.StringIO(line)))[0].lstrip("'") == cell.lstrip("'")
    for seen in (next(csv.reader(io.StringIO(line)))[0], safe_cell(cell)):
        assert not seen.startswith(("=", "@", "\t", "\r"))


def test_numbers_stay_numbers():
    for number in ("-0.25", "+3", "-1e-05", ".5", "-7"):
        assert safe_cell(number) == number
    assert safe_cell("-1+2") == "'-1+2"
