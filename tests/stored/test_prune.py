"""What no run needs is listed and removed, everything else stays byte for byte; what an older version left is said, and not read."""

import json
import shutil

import numpy as np
import pytest
from caches import files
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets import opened
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.prune import folder_size, not_needed, older_results, remove
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import find_runs
from retrieval_core.workspace import Workspace

LOCKS = "locks, but for those that are held"


@pytest.fixture
def older(cache):
    """A cache with what an older version left of model 1a: its folder lay directly below the dataset's."""
    folder = cache / "town" / "1a"
    folder.mkdir()
    np.save(folder / "descriptors.npy", np.zeros((29, 4096), np.float32))
    (folder / "ids.json").write_text("{}")
    record = {"file": "descriptors.npy", "inputs": {}, "sha256": "0" * 64, "bytes": 3, "seconds": 1.0, "made": "2025-01-01"}
    (folder / "manifest.json").write_text(json.dumps({"descriptors.npy": record}))
    return cache


def test_what_is_needed_is_not_listed(cache):
    assert {item.why for item in not_needed(Workspace(cache))} <= {"decoded pictures", LOCKS}
    assert older_results(Workspace(cache)) == []


def spoil(cache):
    """Put one of each kind of thing that can go into a cache; their paths."""
    workspace = Workspace(cache)
    maps = open_results(workspace, "town", "quick", "1c")
    stale = [maps.map_file(item) for item in maps.maps()]
    descriptors = cache / "town" / "quick" / "1c" / "descriptors.safetensors"
    with workspace.writing(descriptors, workspace.record(descriptors).inputs, notes=workspace.record(descriptors).notes) as temporary:
        temporary.write_bytes(descriptors.read_bytes() + b" ")
    torn = open_results(workspace, "town", "quick", "1d")
    torn = torn.map_file(torn.maps()[0])
    torn.write_bytes(torn.read_bytes()[:-1])
    aside = descriptors.with_name("descriptors.safetensors.damaged-20260101-000000-0000")
    left = cache / "town" / "quick" / "1d" / ".scores.json.0123456789ab.writing"
    for path in (aside, left):
        path.write_bytes(b"12345")
    return {*stale, torn, aside, left, *cache.glob("*/pixels-*.safetensors")}


def test_what_no_run_needs_is_listed_and_removed_and_the_rest_stays(cache, capsys):
    expected = spoil(cache)
    found = not_needed(Workspace(cache))
    assert {item.path for item in found if item.why != LOCKS} == expected
    assert [item.path for item in found if item.why == LOCKS] == [cache / ".locks"]
    assert {item.bytes for item in found if item.path.name.startswith((".scores", "descriptors"))} == {5}
    before = files(cache)
    assert main(["--cache", str(cache), "cache", "prune"]) == 0
    printed = capsys.readouterr().out
    assert all(str(path) in printed for path in expected)
    assert "cache prune --yes" in printed
    assert files(cache) == before

    assert main(["--cache", str(cache), "cache", "prune", "--yes"]) == 0
    assert "Removed" in capsys.readouterr().out
    gone = {str(path.relative_to(cache)) for path in expected}
    assert files(cache) == {name: entry for name, entry in before.items() if name not in gone}
    assert not [item for item in not_needed(Workspace(cache)) if item.why != LOCKS]
    assert {state.key: state.state for state in model_states(Workspace(cache), "town", "quick")}["1d"] == "ready"


def test_a_lock_that_is_held_stays(cache):
    workspace = Workspace(cache)
    with workspace.lock("town", "quick", "1d", "scores"):
        remove(workspace, [item for item in not_needed(workspace) if item.why == LOCKS])
        assert (cache / ".locks" / "town--quick--1d--scores.lock").exists()
    assert not [file for file in (cache / ".locks").iterdir() if not file.name.startswith(("town--quick--1d--scores", "job--"))]


def test_nothing_is_removed_while_a_run_is_at_work(cache, capsys):
    workspace, before = Workspace(cache), files(cache)
    with workspace.lock("job", "run"):
        assert main(["--cache", str(cache), "cache", "prune", "--yes"]) == 1
    assert "A run is at work" in capsys.readouterr().err
    assert files(cache) == before


def test_maps_of_photographs_that_changed_stay_until_they_are_described_anew(cache):
    PILImage.new("RGB", (96, 72), (9, 90, 200)).save(cache / "town" / "photographs" / "jpg" / "alder_court_000002.jpg")
    opened._opened.clear()
    assert not [item for item in not_needed(Workspace(cache)) if "map" in item.why]


def test_an_older_cache_is_recognised_and_never_misread(older, capsys):
    workspace = Workspace(older)
    assert [one.name for one in find_runs(workspace, "town")] == ["quick"]
    states = {state.key: state.state for state in model_states(workspace, "town", "quick")}
    assert states["1a"] == "ready"
    shutil.rmtree(older / "town" / "quick")
    assert {state.state for state in model_states(workspace, "town", "quick")} == {"trained"}
    assert main(["--cache", str(older), "status"]) == 0
    printed = capsys.readouterr().out
    assert "1 files and folders of an older version" in printed
    assert f"{older / 'town' / '1a'}. Remove them with: python -m retrieval_core --cache {older} cache prune --older" in printed
    assert main(["--cache", str(older), "search", "alder_court_2"]) == 2
    capsys.readouterr()
    before = files(older)
    assert main(["--cache", str(older), "cache", "prune"]) == 0
    assert str(older / "town" / "1a") not in capsys.readouterr().out
    assert files(older) == before
    assert main(["--cache", str(older), "cache", "prune", "--older", "--yes"]) == 0
    assert not (older / "town" / "1a").exists()
    assert (older / "town" / "photographs").exists()
    assert older_results(workspace) == []


def test_a_file_with_two_names_counts_once(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    (tmp_path / "c").write_bytes(b"12")
    assert folder_size(tmp_path) == 7
