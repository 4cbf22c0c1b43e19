"""Tables, lists and ground truths as other tools write them are read, and what could be meant otherwise is said."""

import json
import pickle
from collections import OrderedDict

import numpy as np
import pytest
from bad_truths import IDS, TRUTH, add, one_file, photographs, text_files

from retrieval_core.cli.main import main
from retrieval_core.datasets.plain_pickle import load_plain
from retrieval_core.errors import RetrievalError

ROWS = (("a.jpg", "mill"), ("b.jpg", "mill"), ("c.jpg", "château"))
PLAIN = "image,landmark\n" + "".join(f"{image},{label}\n" for image, label in ROWS)
READ = [("a", "mill"), ("b", "mill"), ("c", "château")]


def table(root, data, encoding="utf-8"):
    photographs(root)
    (root / "list.csv").write_bytes(data.encode(encoding) if isinstance(data, str) else data)
    dataset = add(root, root / "list.csv")
    return [(image.id, image.label) for image in dataset.images], dataset.notes


@pytest.mark.parametrize("change", [
    lambda root, text: text, lambda root, text: "\ufeff" + text, lambda root, text: text.replace("\n", "\r\n"),
    lambda root, text: text.replace("\n", "\r"), lambda root, text: text.replace(",", ";"), lambda root, text: text.replace(",", "\t"),
    lambda root, text: text.replace(",", "|"), lambda root, text: "sep=;\n" + text.replace(",", ";"), lambda root,
    text: text + ",\n,\n\n",
    lambda root, text: "\n\n" + text, lambda root, text: text.replace("image,landmark", " Image , LANDMARK "),
    lambda root, text: text.replace("\n", ",,\n"), lambda root, text: text.replace("mill", '"mill"').replace("a.jpg", ' "a.jpg" '),
    lambda root, text: text.replace("a.jpg", f"{root}/a.jpg"), lambda root, text: text.replace("a.jpg", "./a.jpg"),
    lambda root, text: text.replace("a.jpg", ".\\a.jpg"), lambda root, text: text.rstrip("\n"),
    lambda root, text: text.replace("château", "cha\u0302teau"),
], ids=range(18))  # fmt: skip
def test_a_table_is_read_as_it_was_written(tmp_path, change):
    assert table(tmp_path / "set", change(tmp_path / "set", PLAIN)) == (READ, ())


@pytest.mark.parametrize(("text", "encoding", "said"), [
    (PLAIN, "cp1252", "read as cp1252"), (PLAIN, "utf-16", None), ("\ufeff" + PLAIN, "utf-16-be", None),
    (PLAIN + "a.jpg,mill\n", "utf-8", "1 rows that are there twice"),
    (PLAIN.replace("\n", ",http://x\n").replace("http://x", "url", 1), "utf-8", "the columns url can colour the map"),
])  # fmt: skip
def test_what_could_be_meant_otherwise_is_said(tmp_path, text, encoding, said):
    rows, notes = table(tmp_path / "set", text, encoding)
    assert rows == READ
    assert said is None or (len(notes) == 1 and said in notes[0])


def test_a_quote_that_is_not_closed_is_named_with_its_line(tmp_path):
    for more in ("", "keep/photo.jpg,keep\n" * 20_000):
        with pytest.raises(RetrievalError, match=r"list\.csv, line 3: a quote is not closed"):
            table(tmp_path / "set", f'image,landmark\na.jpg,mill\nb.jpg,"mill\n{more}')


def matrix(root, count=4):
    rows = np.eye(count, 16, dtype=np.float32)
    np.save(root / "d.npy", rows)
    return root / "d.npy"


@pytest.mark.parametrize("text", ["a\nb\nc\nd", "a\nb\nc\nd\n\n\n", "a.jpg\r\nb.JPG\r\nc.png\r\nd\r\n", "\ufeffa\nb \n c\nd\n"])
def test_ids_are_read_from_a_list(tmp_path, text):
    photographs(tmp_path / "set")
    (tmp_path / "set" / "ids.txt").write_bytes(text.encode())
    assert [image.id for image in add(tmp_path / "set", matrix(tmp_path / "set"), model="1h").images] == list(IDS)


def test_rows_are_in_the_order_of_whole_file_names_and_it_is_said(tmp_path, capsys):
    root = tmp_path / "set"
    names = ("img", "img (2)", "img-1", "img.v2", "img_3", "z-1", "z")
    photographs(root / "photographs", names)
    cache = str(tmp_path / "cache")
    arguments = [
        "--cache",
        cache,
        "data",
        "add",
        "mine",
        str(matrix(root, len(names))),
        "--model",
        "1h",
        "--ids",
        str(root / "photographs"),
    ]
    assert main(arguments) == 0
    assert "in the order of the files' names" in capsys.readouterr().out
    written = (tmp_path / "cache" / "mine" / "ids.txt").read_text().splitlines()
    assert [f"{name}.jpg" for name in written] == sorted(f"{name}.jpg" for name in names)
    assert written != sorted(names)


def test_queries_are_in_the_order_of_their_files_and_it_is_said(tmp_path):
    root = tmp_path / "set"
    photographs(root / "jpg", [f"p{number}" for number in range(12)])
    for number in range(1, 13):
        text_files(root, TRUTH | {"image": f"p{number - 1}", "good": [f"p{number - 1}"], "ok": []})
        for kind in ("query", "good", "ok", "junk"):
            (root / "lab" / f"mill_1_{kind}.txt").rename(root / "lab" / f"keep_{number}_{kind}.txt")
    files = sorted(file.name for file in (root / "lab").glob("*_query.txt"))
    assert files[0] == "keep_10_query.txt"
    rows = np.eye(12, 16, dtype=np.float32)
    np.save(root / "q.npy", np.stack([rows[int(name.split("_")[1]) - 1] for name in files]))
    np.save(root / "d.npy", rows)
    (root / "ids.txt").write_text("".join(f"p{number}\n" for number in range(12)))
    dataset = add(root, root / "d.npy", model="1h", queries=root / "q.npy")
    assert any("keep_10_query.txt" in note for note in dataset.notes)
    from retrieval_core.stored.results import open_results
    from retrieval_core.workspace import Workspace

    found = open_results(Workspace(tmp_path / "cache"), "mine", "imported", "1h").descriptors[1]
    assert np.array_equal(found.rows([f"keep_{number}" for number in range(1, 13)]), rows)


ARRAYS = {
    "whole": np.arange(5), "turned": np.zeros((2, 3), order="F"), "none": np.array([]), "texts": np.array(["x", "yé"]),
    "bytes": np.array([b"ab"]),
    "big": np.arange(3, dtype=">i4"), "true": np.array([True]), "every other": np.arange(12.0).reshape(3, 4)[:, ::2],
    "half": np.float16([1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("module", [b"numpy._core", b"numpy.core"], ids=["NumPy 2", "NumPy 1"])
def test_plain_arrays_of_any_protocol_are_read(tmp_path, protocol, module):
    content = ARRAYS | {
        "number": np.float32(3.5),
        "pairs": OrderedDict(x=1),
        "raw": b"\xff1",
        "objects": np.array([[1], [2, 3]], object),
    }
    data = pickle.dumps(content, protocol)
    if protocol < 4:  # later ones say how long each name is
        data = data.replace(b"numpy._core", module)
    (tmp_path / "a.pkl").write_bytes(data)
    found = load_plain(tmp_path / "a.pkl")
    assert (found["number"], found["pairs"], found["raw"], found["objects"]) == (3.5, {"x": 1}, b"\xff1", [[1], [2, 3]])
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)


def gnd(root, content, protocol=2):
    photographs(root / "jpg")
    (root / "gnd_mine.pkl").write_bytes(pickle.dumps(content, protocol))
    return add(root, root)


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_positives_of_cnnimageretrieval_are_read(tmp_path, protocol):
    entry = {"ok": np.array([1, 2]), "junk": np.array([3]), "bbx": np.array([1.0, 2, 30, 20])}
    dataset = gnd(
        tmp_path / "set", {"imlist": list(IDS), "qimlist": ["a", "b"], "gnd": [entry, entry | {"ok": np.array([0])}]}, protocol
    )
    first, second = dataset.queries
    assert (first.positives, first.junk, first.box) == (("b", "c"), ("d",), (1.0, 2.0, 30.0, 20.0))
    assert second.junk == ("d",)  # the query images are in the database there
    assert dataset.labels == ("a", "b")


def test_endings_in_imlist_are_taken_off(tmp_path):
    content = one_file(TRUTH)
    content["imlist"] = [f"{name}.jpg" for name in IDS]
    content["qimlist"] = ["a.jpg"]
    dataset = gnd(tmp_path / "set", content)
    assert [image.id for image in dataset.images] == list(IDS)
    (tmp_path / "set" / "gnd_mine.pkl").unlink()
    (tmp_path / "set" / "gnd_mine.json").write_text("\ufeff" + json.dumps(content))
    assert add(tmp_path / "set", tmp_path / "set").queries == dataset.queries


def test_one_of_two_ground_truths_never_wins_without_a_word(tmp_path):
    root = tmp_path / "set"
    photographs(root / "jpg")
    text_files(root, TRUTH)
    dataset = gnd(root, one_file(TRUTH))
    assert any("lab/ beside it was not read" in note for note in dataset.notes)
    for empty in ({"imlist": list(IDS), "qimlist": [], "gnd": []}, one_file(TRUTH | {"good": [], "ok": []})):
        with pytest.raises(RetrievalError, match=r"gnd_mine\.pkl .*--layout oxford"):
            gnd(root, empty)
    assert add(root, root, layout="oxford").queries[0].id == "mill_1"


def test_a_query_that_only_finds_itself_is_said(tmp_path, capsys):
    root = tmp_path / "set"
    photographs(root / "jpg")
    text_files(root, TRUTH | {"good": ["a"], "ok": []})
    assert main(["--cache", str(tmp_path / "cache"), "data", "add", "mine", str(root)]) == 0
    assert "'mill_1' has no right answer but the photograph that it is cut from" in capsys.readouterr().out
    text_files(root, TRUTH | {"good": [], "ok": []})
    assert main(["--cache", str(tmp_path / "cache"), "data", "check", "mine"]) == 0
    assert "'mill_1' has no right answer: there is no AP of it" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [
    ["status", "--dataset", "nowhere"], ["data", "add", "x", "nowhere.csv"], ["data", "add", "x", "nowhere"], ["data", "add", "x",
    "nowhere.npy", "--model", "1h"],
    ["data", "add", "x", ".", "--ground-truth", "nowhere"], ["data", "add", "x", ".", "--ids", "nowhere"], ["data", "check", "nowhere"],
    ["data", "export", "nowhere", "out", "--layout", "csv"], ["evaluate", "--dataset", "nowhere"], ["ledger", "--dataset", "nowhere"],
    ["search", "p0", "--dataset", "nowhere"], ["costs", "--dataset", "nowhere"], ["project", "--dataset", "nowhere", "--models", "1a"],
    ["models", "import", "nowhere"],
    ["run", "--models", "nowhere"],
], ids=" ".join)  # fmt: skip
def test_what_is_not_there_is_named_and_the_status_is_2(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    photographs(tmp_path / "x")
    assert main(["--cache", str(tmp_path / "cache"), *arguments]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ")
    assert "nowhere" in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""
