"""The commands about bins, on a folder in the Oxford layout: from saving to a folder that can be added again."""

import csv
import io
import shutil
import zipfile

import pytest

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.export import part_of, part_table, zipped_part
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.stored.bins import read_bins
from retrieval_core.workspace import Workspace

IDS = (*tuple(f"mill_{number}" for number in range(4)), "other_0")
QUERIES = (
    Query("mill_1", "mill_0", "mill", (1, 1, 9, 9), ("mill_0", "mill_1"), ("mill_2",), ("other_0",)),
    Query("mill_2", "mill_3", "mill", (1, 1, 9, 9), ("mill_3",), (), ()),
)


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command on a cache that has the dataset `mine`; its exit status and what it says."""
    from PIL import Image

    photographs = tmp_path / "photographs"
    (photographs / "jpg").mkdir(parents=True)
    for number, name in enumerate(IDS):
        Image.new("RGB", (32, 24), (40 * number, 90, 120)).save(photographs / "jpg" / f"{name}.jpg")
    write_oxford(photographs, QUERIES)

    def run_it(*words):
        status = main(["--cache", str(tmp_path / "cache"), *words])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    assert run_it("data", "add", "mine", str(photographs))[0] == 0
    return run_it


def kept(tmp_path, name="mine"):
    return read_bins(Workspace(tmp_path / "cache"), name)


def test_saving_listing_showing_and_removing(run, tmp_path):
    assert "has no bins. Keep one with" in run("bins", "list", "--dataset", "mine")[1]
    listed = tmp_path / "ids.txt"
    listed.write_text("other_0\r\n\nmill_1\n")
    assert run("bins", "save", "towers", "mill_2", "--from", str(listed), "--dataset", "mine", "--made-by", "by hand")[0] == 0
    assert [(bin.ids, bin.made_by) for bin in kept(tmp_path)] == [(("mill_2", "other_0", "mill_1"), "by hand")]
    assert "3 photographs; by hand" in run("bins", "list", "--dataset", "mine")[1]
    said = run("bins", "show", "towers", "--dataset", "mine")[1]
    assert "mill_2  (mill)" in said
    assert "other_0  unlabelled" in said
    assert run("bins", "remove", "towers", "--dataset", "mine")[0] == 0
    assert kept(tmp_path) == []


@pytest.mark.parametrize(("words", "said"), [
    (("save", "x", "mill_1", "nobody"), "1 of the 2 ids are not in 'mine', the first is 'nobody'"),
    (("save", "x"), "would be empty"),
    (("save", "a/b", "mill_1"), "can't be the name of a bin"),
    (("save", "x", "--from", "/nowhere.txt"), "does not exist"),
    (("show", "x"), "no bin 'x'. There are: none yet"),
    (("remove", "x"), "no bin 'x'"),
    (("export", "x", "out", "--layout", "npy"), "Choose one of: csv, classes, oxford"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(run, tmp_path, words, said):
    status, printed = run("bins", *words, "--dataset", "mine")
    assert status == 2
    assert said in printed
    assert kept(tmp_path) == []


def test_photographs_that_are_gone_are_named_and_the_others_handed_out(run, tmp_path):
    run("bins", "save", "towers", "mill_1", "mill_3", "other_0", "--dataset", "mine")
    (tmp_path / "photographs" / "jpg" / "other_0.jpg").unlink()
    write_oxford(
        tmp_path / "photographs", [*QUERIES[1:], Query("mill_1", "mill_0", "mill", (1, 1, 9, 9), ("mill_0", "mill_1"), (), ())]
    )
    assert "3 photographs, 1 of them gone" in run("bins", "list", "--dataset", "mine")[1]
    assert "no longer in mine: other_0" in run("bins", "show", "towers", "--dataset", "mine")[1]
    status, printed = run("bins", "export", "towers", str(tmp_path / "out"), "--layout", "csv", "--dataset", "mine")
    assert (status, "other_0" in printed) == (0, True)
    assert run("data", "add", "part", str(tmp_path / "out" / "images.csv"))[0] == 0
    assert [image.id for image in open_dataset(Workspace(tmp_path / "cache"), "part").images] == ["mill_1", "mill_3"]


def test_a_bin_of_which_nothing_is_left_is_shown_and_not_handed_out(run, tmp_path):
    run("bins", "save", "gone", "mill_1", "--dataset", "mine")
    (tmp_path / "photographs" / "jpg" / "mill_1.jpg").unlink()
    write_oxford(tmp_path / "photographs", [*QUERIES[1:], Query("mill_1", "mill_0", "mill", (1, 1, 9, 9), ("mill_0",), (), ())])
    assert "no longer in mine: mill_1" in run("bins", "show", "gone", "--dataset", "mine")[1]
    for layout in ("csv", "classes", "oxford"):
        status, said = run("bins", "export", "gone", str(tmp_path / layout), "--layout", layout, "--dataset", "mine")
        assert (status, "Nothing of 'gone' is in the dataset any more" in said) == (2, True)
        assert not (tmp_path / layout).exists()


def test_a_name_that_is_taken_by_other_photographs_is_refused_and_its_bins_stay(run, tmp_path):
    from PIL import Image

    run("bins", "save", "towers", "mill_1", "--dataset", "mine")
    (tmp_path / "others").mkdir()
    Image.new("RGB", (32, 24)).save(tmp_path / "others" / "barn.jpg")
    status, said = run("data", "add", "mine", str(tmp_path / "others"))
    assert (status, "'mine' already names" in said) == (2, True)
    assert [bin.ids for bin in kept(tmp_path)] == [("mill_1",)]


def test_bins_outlive_runs(run, tmp_path):
    """A bin belongs to the dataset: `run` makes no other, and a run that is removed takes none with it."""
    run("bins", "save", "towers", "mill_1", "other_0", "--dataset", "mine")
    before = kept(tmp_path)
    for words in (("--run", "first"), ("--run", "second", "--seed", "1")):
        assert run("run", "--dataset", "mine", "--models", "2a", "--device", "cpu", "--start", "shapes", *words)[0] == 0
        assert kept(tmp_path) == before
    shutil.rmtree(tmp_path / "cache" / "mine" / "first")
    assert run("cache", "prune", "--older", "--yes")[0] == 0
    assert kept(tmp_path) == before
    assert "2 photographs; a list of ids" in run("bins", "list", "--dataset", "mine")[1]


def test_class_folders_and_lists_can_be_added_again(run, tmp_path):
    run("bins", "save", "towers", "mill_1", "mill_2", "other_0", "--dataset", "mine")
    for layout in ("classes", "oxford"):
        assert run("bins", "export", "towers", str(tmp_path / layout), "--layout", layout, "--dataset", "mine")[0] == 0
    assert run("data", "add", "part", str(tmp_path / "classes"))[0] == 0
    workspace = Workspace(tmp_path / "cache")
    assert [image.label for image in open_dataset(workspace, "part").images] == ["mill", "mill", None]
    photographs, lists = str(tmp_path / "photographs"), str(tmp_path / "oxford" / "lab")
    assert run("data", "add", "judged", photographs, "--ground-truth", lists)[0] == 0
    [query] = open_dataset(workspace, "judged").queries
    assert (query.id, query.image_id, query.good, query.ok, query.junk) == ("mill_1", "mill_0", ("mill_1",), ("mill_2",), ("other_0",))
    run("bins", "save", "towers", "other_0", "--dataset", "part")
    assert (
        "No query has an answer" in run("bins", "export", "towers", str(tmp_path / "x"), "--layout", "oxford", "--dataset", "part")[1]
    )
    assert not (tmp_path / "x").exists()


def test_another_name_for_the_same_photographs_has_the_bins(run, tmp_path):
    run("bins", "save", "towers", "mill_1", "--dataset", "mine")
    said = run("data", "add", "renamed", str(tmp_path / "photographs"))[1]
    assert "Bins that were kept of the same photographs under another name are here, too: towers." in said
    assert kept(tmp_path, "renamed") == kept(tmp_path)
    run("bins", "remove", "towers", "--dataset", "renamed")
    run("bins", "save", "own", "mill_2", "--dataset", "renamed")
    assert "Bins that" not in run("data", "add", "renamed", str(tmp_path / "photographs"))[1]
    assert [bin.name for bin in kept(tmp_path, "renamed")] == ["own"]


def test_the_table_and_the_archive_of_the_page(run, tmp_path):
    part = part_of(open_dataset(Workspace(tmp_path / "cache"), "mine"), "towers", ["mill_2", "other_0", "gone"])
    assert list(csv.reader(io.StringIO(part_table(part)))) == [["image_id", "landmark"], ["mill_2", "mill"], ["other_0", ""]]
    with zipfile.ZipFile(io.BytesIO(zipped_part(part, "oxford"))) as archive:
        assert archive.read("lab/mill_1_ok.txt").split() == [b"mill_2"]
    with zipfile.ZipFile(io.BytesIO(zipped_part(part, "classes"))) as archive:
        assert {"mill/mill_2.jpg", "other_0.jpg"} <= set(archive.namelist())
