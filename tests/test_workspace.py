import errno
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from retrieval_core import workspace as workspace_module
from retrieval_core.errors import Locked, RetrievalError
from retrieval_core.workspace import Workspace, canonical, read_json, write_json


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
    with pytest.raises(RetrievalError, match="can't be a name here: use up to 200 letters"):
        workspace.folder("town", name)


def test_canonical_is_json():
    assert json.loads(canonical({"b": 1, "a": [None]})) == {"a": [None], "b": 1}


def test_read_json_gives_the_default_where_there_is_no_file(tmp_path):
    assert read_json(tmp_path / "no.json", {}) == {}


THREADS, WRITES = 8, 40


def in_threads(work):
    """Call `work(number)` in THREADS threads that begin together; an error in one of them is raised here."""
    together = threading.Barrier(THREADS)

    def begin(number):
        together.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(begin, range(THREADS)))


def test_threads_write_one_json_file_and_it_is_whole_at_every_moment(tmp_path):
    path = tmp_path / "state.json"
    write_json(path, [0] * 500)

    def work(number):
        for _ in range(WRITES):
            write_json(path, [number] * 500)
            content = read_json(path)
            assert len(content) == 500
            assert len(set(content)) == 1

    in_threads(work)
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_threads_write_artefacts_of_one_folder_and_none_is_lost(workspace):
    folder = workspace.folder("town", "quick", "1a")

    def work(number):
        for turn in range(WRITES // 2):
            with workspace.writing(folder / f"thing-{number}-{turn}", {"turn": turn}) as temporary:
                temporary.write_text(f"{number} {turn}")
            with workspace.writing(folder / "shared", {"same": True}) as temporary:
                temporary.write_text("the same of all")

    in_threads(work)
    for looks in (workspace, Workspace(workspace.root)):
        assert len(looks.records(folder)) == THREADS * WRITES // 2 + 1
        assert {looks.state(folder / name) for name in looks.records(folder)} == {"fresh"}
    assert not list(folder.glob(".*"))


def test_a_manifest_is_parsed_once_as_long_as_it_stays_the_same(workspace, monkeypatch):
    path = write(workspace)
    parsed = []
    monkeypatch.setattr(workspace_module, "_parsed", lambda file, real=workspace_module._parsed: parsed.append(file) or real(file))
    for _ in range(20):
        assert workspace.state(path, {"seed": 0}) == "fresh"
        assert workspace.record(path).bytes == 5
    assert len(parsed) <= 1
    parsed.clear()
    write(Workspace(workspace.root), "others")  # as another process does
    for _ in range(20):
        assert workspace.record(path).bytes == 6
    assert parsed.count(path.parent / "manifest.json") == 2  # of the writer, and one here


@pytest.mark.parametrize("content", [{"thing.txt": {"sha256": "0" * 64}}, {"format": 3, "artefacts": {}}, []])
def test_a_manifest_of_another_version_is_said_in_words(workspace, content):
    path = write(workspace)
    write_json(path.parent / "manifest.json", content)
    with pytest.raises(RetrievalError, match=r"manifest\.json was written by another version .*Remove .*1a, or .*--cache"):
        workspace.state(path)


def test_a_lock_that_is_not_to_be_had_says_who_holds_it_and_what_to_do(workspace):
    with workspace.lock("town", "1a"):
        begin = time.monotonic()
        words = r"at work on town/1a .*town--1a\.lock\. Wait for it, or end it"
        with pytest.raises(Locked, match=words), workspace.lock("town", "1a", limit=0.2):
            pass
        assert time.monotonic() - begin < 5
        with workspace.lock("town", "1b", limit=0.2):  # another one is free
            pass
    with workspace.lock("town", "1a", limit=0.2):
        pass


def test_a_lock_writes_no_other_file(workspace, monkeypatch):
    workspace.ensure_writable(workspace.root / ".locks")
    made = []
    monkeypatch.setattr(workspace_module, "temporary_name", made.append)
    monkeypatch.setattr(Path, "touch", lambda path, *_, **__: made.append(path))
    with workspace.lock("town"):
        pass
    assert not made
    assert [file.name for file in (workspace.root / ".locks").iterdir()] == ["town.lock"]


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_and_what_was_there_stays(workspace, monkeypatch):
    path = write(workspace)

    def fill():
        with workspace.writing(path, {"seed": 1}) as temporary:
            temporary.write_text("half")
            full()

    with pytest.raises(RetrievalError, match=r"The disk is full: .*thing\.txt can't be written.*--cache"):
        fill()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RetrievalError, match="The disk is full"):
        write(workspace, "other", {"seed": 1})
    with pytest.raises(RetrievalError, match=r"The disk is full: .*state\.json"):
        write_json(path.with_name("state.json"), {})
    monkeypatch.undo()
    assert path.read_text() == "hello"
    assert Workspace(workspace.root).state(path, {"seed": 0}) == "fresh"
    assert sorted(file.name for file in path.parent.iterdir()) == ["manifest.json", "thing.txt"]


def test_whoever_looks_between_the_file_and_its_entry_waits_and_sees_no_damage(workspace, monkeypatch):
    path, renamed, seen = write(workspace), threading.Event(), []

    def slow_write(file, value, real=write_json):
        renamed.set()
        time.sleep(0.3)
        real(file, value)

    monkeypatch.setattr(workspace_module, "write_json", slow_write)
    writer = threading.Thread(target=write, args=(workspace, "other bytes"))
    writer.start()
    assert renamed.wait(10)
    for reader in (workspace, Workspace(workspace.root)):
        seen.append(reader.state(path))
    writer.join()
    assert seen == ["fresh", "fresh"]


def test_a_file_that_another_process_sets_aside_at_this_moment_is_missing(workspace, monkeypatch):
    path = write(workspace)

    def set_aside_first(self, file, real=Workspace.hash):
        if file.exists():
            self.set_aside(file)
        return real(self, file)

    monkeypatch.setattr(Workspace, "hash", set_aside_first)
    assert Workspace(workspace.root).state(path, {"seed": 0}) == "missing"


def test_a_damaged_file_is_waited_for_only_once(workspace):
    path = write(workspace)
    path.write_text("hullo")
    assert workspace.state(path) == "damaged"
    begin = time.monotonic()
    assert [workspace.state(path) for _ in range(10)] == ["damaged"] * 10
    assert time.monotonic() - begin < 0.5
    write(workspace)
    assert workspace.state(path) == "fresh"


def test_reading_writes_nothing_and_needs_no_folder(tmp_path):
    workspace = Workspace(tmp_path / "nowhere")
    assert workspace.records(workspace.folder("town")) == {}
    assert workspace.state(workspace.folder("town") / "thing") == "missing"
    assert not workspace.root.exists()
