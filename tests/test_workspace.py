import json

import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace, canonical, read_json


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "cache")


def write(workspace, text="hello", inputs=None):
    path = workspace.folder("town", "1a") / "thing.txt"
    with workspace.writing(path, inputs or {"seed": 0}, notes={"of": "a test"}) as temporary:
        temporary.write_text(text)
    return path


def test_a_written_artefact_is_fresh_and_recorded(workspace):
    path = write(workspace)
    assert path.read_text() == "hello"
    assert workspace.state(path, {"seed": 0}) == "fresh"
    record = workspace.record(path)
    assert record.bytes == 5
    assert record.notes == {"of": "a test"}
    assert "torch" in record.versions


def test_other_inputs_make_it_stale_and_the_order_of_keys_does_not(workspace):
    path = write(workspace, inputs={"a": 1, "b": (1, 2)})
    assert workspace.state(path, {"b": [1, 2], "a": 1}) == "fresh"
    assert workspace.state(path, {"a": 1, "b": [1, 3]}) == "stale"


def test_changed_bytes_are_found_damaged_and_set_aside(workspace):
    path = write(workspace)
    path.write_text("hullo")
    assert workspace.state(path, {"seed": 0}) == "damaged"
    kept = workspace.set_aside(path)
    assert kept.read_text() == "hullo"
    assert workspace.state(path, {"seed": 0}) == "missing"


def test_a_writer_that_fails_leaves_the_old_artefact_and_no_litter(workspace):
    path = write(workspace)

    def fail():
        with workspace.writing(path, {"seed": 1}) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "hello"
    assert workspace.state(path, {"seed": 0}) == "fresh"
    assert sorted(file.name for file in path.parent.iterdir()) == ["manifest.json", "thing.txt"]


def test_require_names_the_file_and_the_remedy(workspace):
    path = workspace.folder("town", "1a") / "nothing.npy"
    with pytest.raises(RetrievalError, match=r"nothing\.npy is missing\. Run it\."):
        workspace.require(path, "Run it.")


def test_a_manifest_that_is_no_json_is_named(workspace):
    path = write(workspace)
    (path.parent / "manifest.json").write_text("{half")
    with pytest.raises(RetrievalError, match=r"manifest\.json"):
        workspace.record(path)


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RetrievalError, match="--cache"):
        Workspace(tmp_path / "file" / "cache").ensure_writable()


@pytest.mark.parametrize("name", ["..", "a/b", "", " town", "-x"])
def test_names_cannot_leave_the_cache(workspace, name):
    if name:
        with pytest.raises(RetrievalError):
            workspace.folder(name)
    else:
        assert workspace.folder("town", name) == workspace.root / "town"


def test_canonical_is_json():
    assert json.loads(canonical({"b": 1, "a": [None]})) == {"a": [None], "b": 1}


def test_read_json_gives_the_default_where_there_is_no_file(tmp_path):
    assert read_json(tmp_path / "no.json", {}) == {}
