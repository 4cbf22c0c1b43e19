"""Bins: kept whole, read sorted, refused where they can't be one; tidying leaves them, and ids that are gone are named."""

import json
import shutil
from dataclasses import replace

import pytest
from caches import files

from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.bins import Bin, gone, read_bin, read_bins, remove_bin, save_bin
from retrieval_core.stored.prune import not_needed, older_results, remove
from retrieval_core.stored.run_list import find_runs
from retrieval_core.workspace import Workspace

TOWERS = Bin("towers", ("b", "a", "c"), "lasso on the map of 1d")


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "cache")


def test_what_is_kept_is_read_sorted_by_name_and_in_its_own_order(workspace):
    assert read_bins(workspace, "mine") == []
    later = Bin("wrong ones", ("z", "y"), "marks of the query all_souls_1: wrong")
    save_bin(workspace, "mine", later)
    save_bin(workspace, "mine", TOWERS)
    save_bin(workspace, "other", TOWERS)
    assert read_bins(workspace, "mine") == [TOWERS, later]
    assert read_bin(workspace, "mine", "wrong ones") == later
    save_bin(workspace, "mine", replace(TOWERS, ids=("q", "a", "q")))
    assert read_bin(workspace, "mine", "towers").ids == ("q", "a")
    assert json.loads((workspace.root / "mine" / "bins" / "towers.bin.json").read_text()) == {
        "made_by": TOWERS.made_by,
        "ids": ["q", "a"],
    }
    assert [path.name for path in (workspace.root / "mine" / "bins").iterdir() if path.name.startswith(".")] == []


def test_removing_takes_one_away(workspace):
    save_bin(workspace, "mine", TOWERS)
    save_bin(workspace, "mine", replace(TOWERS, name="domes"))
    remove_bin(workspace, "mine", "towers")
    assert [bin.name for bin in read_bins(workspace, "mine")] == ["domes"]
    with pytest.raises(RetrievalError, match=r"no bin 'towers'\. There are: 'domes'"):
        remove_bin(workspace, "mine", "towers")


@pytest.mark.parametrize("name", ["", " a", "a ", "../a", "a/b", "a.b", ".a", "a\n", "a" * 51, "\ud800"])
def test_bad_names_are_refused_and_nothing_is_written(workspace, name):
    with pytest.raises(RetrievalError, match="can't be the name of a bin"):
        save_bin(workspace, "mine", replace(TOWERS, name=name))
    with pytest.raises(RetrievalError, match="can't be the name of a bin"):
        remove_bin(workspace, "mine", name)
    assert not workspace.root.exists()


def test_names_of_other_scripts_and_of_other_files_can_be_those_of_bins(workspace):
    names = ["Türme", "塔" * 50, "a", "manifest", "run", "x-1_y"]
    for name in names:
        save_bin(workspace, "mine", replace(TOWERS, name=name))
    assert [bin.name for bin in read_bins(workspace, "mine")] == sorted(names)
    assert find_runs(workspace, "mine") == []
    save_bin(workspace, "mine", replace(TOWERS, name="Tu\u0308rme", made_by="again"))
    assert read_bin(workspace, "mine", "Türme").made_by == "again"


def test_an_empty_bin_is_refused_and_the_old_one_stays(workspace):
    save_bin(workspace, "mine", TOWERS)
    with pytest.raises(RetrievalError, match="would be empty"):
        save_bin(workspace, "mine", replace(TOWERS, ids=()))
    assert read_bins(workspace, "mine") == [TOWERS]


@pytest.mark.parametrize(
    "content", ["{", "null", "[]", '{"ids": ["a"]}', '{"made_by": "x", "ids": []}', '{"made_by": "x", "ids": [1]}']
)
def test_a_damaged_file_is_named_with_the_remedy_and_can_be_removed(workspace, content):
    save_bin(workspace, "mine", TOWERS)
    file = workspace.root / "mine" / "bins" / "towers.bin.json"
    file.write_text(content)
    with pytest.raises(RetrievalError, match=r"towers\.bin\.json.*[Dd]elete this file"):
        read_bins(workspace, "mine")
    remove_bin(workspace, "mine", "towers")
    assert read_bins(workspace, "mine") == []


def test_ids_that_the_dataset_no_longer_has_are_named(workspace):
    assert gone(TOWERS, Dataset("mine", (Image("a", ""), Image("d", "")), ())) == ["b", "c"]


def test_tidying_leaves_bins_and_a_renamed_folder_carries_them(cache):
    workspace = Workspace(cache)
    for name in ("damaged-1", "pixels-1", "towers"):
        save_bin(workspace, "town", replace(TOWERS, name=name))
    before = {name: entry for name, entry in files(cache).items() if name.startswith("town/bins/")}
    assert len(before) == 3
    remove(workspace, not_needed(workspace) + older_results(workspace))
    shutil.rmtree(cache / "town" / "quick")
    assert {name: entry for name, entry in files(cache).items() if name.startswith("town/bins/")} == before
    (cache / "town").rename(cache / "village")
    assert [bin.name for bin in read_bins(workspace, "village")] == ["damaged-1", "pixels-1", "towers"]
