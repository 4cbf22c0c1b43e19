from pathlib import Path

import pytest

from pages.state.hidden_paths import without_paths
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.workspace import Workspace


@pytest.mark.parametrize(("text", "shown"), [
    ("/srv/data/my/window.jpg can't be read (x). Copy it again.", "…/window.jpg can't be read (x). Copy it again."),
    ("See '/srv/data' or /srv/data/x.", "See '…' or …."),
    ("python -m retrieval_core --cache /mnt/big/cache ledger --run quick", "python -m retrieval_core --cache … ledger --run quick"),
    ("~/photos/a.png is gone", "…/a.png is gone"),
    (r"C:\Users\me\a.png and C:/Users/me are gone", "…/a.png and … are gone"),
    (r"\\server\share\a.png is gone", "…/a.png is gone"),
    ("/srv/data: no such folder", "…: no such folder"),
    ("milvus:/srv/data/a.db holds it", "milvus:…/a.db holds it"),
])  # fmt: skip
def test_paths_are_hidden_and_names_of_files_left(tmp_path, text, shown):
    assert without_paths(text, Workspace(tmp_path)) == shown


@pytest.mark.parametrize("text", [
    "Fetch it from https://example.org/data/set.tgz.",
    "queries better / equal / worse: 3 / 2 / 1", "castle/gate_2 and/or mill/window_1",
    "AP of 1a/1b; tsne/all",
    "t-SNE: 3 < 4, loss=0.3/s", "http://localhost:8501/map?run=quick",
])  # fmt: skip
def test_what_is_no_path_of_this_machine_stays(tmp_path, text):
    assert without_paths(text, Workspace(tmp_path)) == text


def test_a_folder_with_blanks_that_the_program_knows_is_hidden_whole(tmp_path):
    from PIL import Image

    folder = tmp_path / "holidays of my aunt, 2019" / "a b"
    folder.mkdir(parents=True)
    for number in range(3):
        Image.new("RGB", (40, 30), (number, 90, 90)).save(folder / f"{number}.jpg")
    workspace = Workspace(tmp_path / "a cache")
    add_dataset(workspace, "aunt", folder)
    for text in (f"{folder}/0.jpg is broken", f"Remove '{workspace.root}/aunt'", f"in {Path.home()}/x y", f"{str(folder)!r} is gone"):
        shown = without_paths(text, workspace)
        assert "aunt, 2019" not in shown
        assert str(tmp_path) not in shown
        assert str(Path.home()) + "/" not in shown
    assert without_paths(f"{folder}/0.jpg is broken", workspace) == "…/0.jpg is broken"
