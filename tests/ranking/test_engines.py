"""Search engines against brute force: recall, filters, what is killed and goes on, and what is refused."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from unit_rows import unit_rows

from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.ranking import search_index
from retrieval_core.ranking.engines import ENGINES, read_engine
from retrieval_core.ranking.search import search

COUNT, WIDTH, VERSION = 6000, 32, "ab" * 32
APPROXIMATE = ["faiss-ivfpq", "faiss-hnsw", "milvus"]


def chosen(text, folder):
    """The engine of a text; Milvus in a file of the folder."""
    found = read_engine(text)
    if found.name != "milvus":
        return found
    pytest.importorskip("pymilvus")
    pytest.importorskip("milvus_lite")
    return replace(found, address=str(folder / "milvus.db"))


def build(text, folder, rows):
    one = chosen(text, folder)
    (folder / one.name).mkdir(exist_ok=True)
    engine = ENGINES[one.name]
    path = finished(engine.build(rows, folder / one.name, one, VERSION)) if engine.build else None
    return lambda: engine.open(rows, path, one)


@pytest.fixture(scope="module")
def rows():
    return unit_rows(0, COUNT, WIDTH, groups=150)


@pytest.fixture(scope="module")
def opened(rows, tmp_path_factory):
    """An engine that holds the rows, by its name; each is built once and closed at the end."""
    kept = {}

    def give(name):
        if name not in kept:
            kept[name] = build(name, tmp_path_factory.mktemp(name), rows)()
        return kept[name]

    yield give
    for index in kept.values():
        index.close()


@pytest.mark.parametrize("name", ["faiss-flat", *APPROXIMATE])
def test_an_engine_finds_what_brute_force_finds(opened, rows, name):
    index, queries = opened(name), rows[::97]
    right = search(queries, rows, 10)[0]
    positions, similarities = index.search(queries, 10)
    recall = np.mean([len(np.intersect1d(found, true)) / 10 for found, true in zip(positions, right, strict=True)])
    assert recall == 1 if name == "faiss-flat" else recall > 0.9
    assert (index.count, index.exact) == (COUNT, name == "faiss-flat")
    assert np.allclose(similarities, np.einsum("qd,qkd->qk", queries, rows[positions]), atol=1e-6)
    assert (np.diff(similarities, axis=1) <= 0).all()
    assert (positions[:, 0] == np.arange(COUNT)[::97]).all()


@pytest.mark.parametrize("name", ["faiss-flat", *APPROXIMATE])
@pytest.mark.parametrize("among", [np.arange(0, COUNT, 3), np.delete(np.arange(COUNT), np.arange(0, COUNT, 9)), np.array([5, 17])],
                         ids=["a third", "most", "two"])  # fmt: skip
@pytest.mark.parametrize("few", [0, 10_000], ids=["by the engine", "one by one"])
def test_a_filter_leaves_what_it_names(opened, rows, name, among, few, monkeypatch):
    monkeypatch.setattr(search_index, "FEW", few)
    queries = rows[1::501]
    positions, _ = opened(name).search(queries, 5, among)
    right = among[search(queries, rows[among], 5)[0]]
    assert np.isin(positions[positions >= 0], among).all()
    width = min(5, len(among))
    assert (positions[:, width:] == -1).all()
    if few or name == "faiss-flat":
        assert (positions[:, :width] == right).all()
    elif len(among) > 2:  # of few an engine loses some: that is why these are compared one by one
        assert np.mean([len(np.intersect1d(a, b)) for a, b in zip(positions, right, strict=True)]) > 0.7 * width


@pytest.mark.parametrize("name", APPROXIMATE)
def test_more_than_there_are_and_queries_of_another_width(opened, rows, name):
    few = unit_rows(3, 4, WIDTH)
    positions, similarities = opened(name).search(few, COUNT + 5)
    assert positions.shape == (4, COUNT + 5)
    assert (similarities[positions < 0] == -np.inf).all()
    with pytest.raises(RetrievalError, match="dimensions"):
        opened(name).search(few[:, :8], 3)


@pytest.mark.parametrize("name", ["faiss-flat", *APPROXIMATE])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_handful_of_photographs_is_found(name, count, tmp_path):
    few = unit_rows(3, count, WIDTH)
    index = build(name, tmp_path, few)()
    positions, similarities = index.search(few[:1], 4)
    index.close()
    assert positions[0, 0] == 0
    assert sorted(positions[0, :count].tolist()) == list(range(count))
    assert similarities[0, 0] == pytest.approx(1)
    assert (positions[0, count:] == -1).all()


CHILD = """
import sys, json
from dataclasses import replace
from pathlib import Path
import numpy as np
from retrieval_core.ranking import faiss_engines, milvus
from retrieval_core.ranking.engines import ENGINES, read_engine
faiss_engines.BATCH, faiss_engines.KEPT_EVERY, milvus.BATCH_BYTES = 256, 0.0, 256 * 4 * 32
faiss_engines.time.monotonic = iter(range(10**9)).__next__  # every batch is late
folder = Path(sys.argv[1])
one = read_engine(sys.argv[2])
if one.name == "milvus":
    one = replace(one, address=str(folder / "milvus.db"))
for step in ENGINES[one.name].build(np.load(folder / "rows.npy", mmap_mode="r"), folder, one, sys.argv[3]):
    print(json.dumps([step.stage, step.done]), flush=True)
"""


def child(folder, name):
    return subprocess.Popen([sys.executable, "-c", CHILD, str(folder), name, VERSION], stdout=subprocess.PIPE, text=True,
                            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})  # fmt: skip


@pytest.mark.parametrize("name", APPROXIMATE)
def test_what_is_killed_goes_on_and_holds_every_row_once(rows, tmp_path, name):
    chosen(name, tmp_path)
    np.save(tmp_path / "rows.npy", rows)
    with child(tmp_path, name) as first:
        for line in first.stdout:
            if json.loads(line) == ["insert", 2048]:
                first.send_signal(signal.SIGKILL)
                break
    with child(tmp_path, name) as second:
        steps = [json.loads(line) for line in second.stdout]
    assert second.returncode == 0
    begun = next(done for stage, done in steps if stage == "insert")
    assert 0 < begun <= 2048 + 256
    assert "learn" not in [stage for stage, _ in steps]
    index = build(name, tmp_path, rows)() if name == "milvus" else reopened(name, tmp_path, rows)
    positions, _ = index.search(rows, 1)
    index.close()
    assert (positions[:, 0] == np.arange(COUNT)).mean() > 0.99
    if name != "milvus":
        import faiss

        assert faiss.read_index(str(tmp_path / "index.faiss")).ntotal == COUNT


def reopened(name, folder, rows):
    return ENGINES[name].open(rows, folder / "index.faiss", read_engine(name))


def test_milvus_is_filled_once(rows, tmp_path, monkeypatch):
    """Built again, and again after rows were lost: nothing is doubled, and what was lost is there."""
    pytest.importorskip("pymilvus")
    from retrieval_core.ranking import milvus

    monkeypatch.setattr(milvus, "BATCH_BYTES", 512 * 4 * WIDTH)
    build("milvus", tmp_path, rows)
    build("milvus", tmp_path, rows)
    one = chosen("milvus", tmp_path)
    client, close = milvus._connect(one.address)
    assert milvus.rows_of(client, milvus.collection_name(VERSION)) == COUNT
    client.delete(milvus.collection_name(VERSION), filter="row >= 100 and row < 150")
    assert milvus.rows_of(client, milvus.collection_name(VERSION)) == COUNT - 50
    close()
    with pytest.raises(RetrievalError, match="run the same command once more"):
        build("milvus", tmp_path, rows)
    index = build("milvus", tmp_path, rows)()
    positions, _ = index.search(rows[100:150], 1)
    index.close()
    assert (positions[:, 0] == np.arange(100, 150)).all()


def test_a_server_is_filled_and_searched_by_its_address(rows, tmp_path):
    """Milvus' own embedded engine behind a port stands for a server: what is spoken is the same."""
    pytest.importorskip("pymilvus")
    served = pytest.importorskip("milvus_lite.adapter.grpc.server")
    server, database, port = served.start_server_in_thread(str(tmp_path / "served"), port=0)
    try:
        index = _served(rows, tmp_path, port)
        assert (index.search(rows[:20], 1)[0][:, 0] == np.arange(20)).all()
        index.close()
    finally:
        server.stop(grace=0)
        database.close()


def _served(rows, folder, port):
    one = read_engine(f"milvus:http://127.0.0.1:{port}")
    path = finished(ENGINES["milvus"].build(rows, folder, one, VERSION))
    return ENGINES["milvus"].open(rows, path, one)


def test_a_server_that_does_not_answer_is_said(rows, tmp_path, monkeypatch):
    pytest.importorskip("pymilvus")
    from retrieval_core.ranking import milvus

    monkeypatch.setattr(milvus, "_PATIENCE", 0.5)
    with pytest.raises(RetrievalError, match=r"Milvus does not answer at http://127\.0\.0\.1:1 "):
        _served(rows, tmp_path, 1)


def test_a_server_that_is_silent_is_said_within_seconds(rows, tmp_path, monkeypatch):
    """It takes the connection and says nothing: first when it is connected to, then, stopped, when it is searched."""
    pytest.importorskip("pymilvus")
    served = pytest.importorskip("milvus_lite.adapter.grpc.server")
    from retrieval_core.ranking import milvus

    monkeypatch.setattr(milvus, "_PATIENCE", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begin = time.monotonic()
        with pytest.raises(RetrievalError, match=r"does not answer at .* Start it, or write another address"):
            _served(rows, tmp_path, silent.getsockname()[1])
        assert time.monotonic() - begin < 10
    monkeypatch.setattr(milvus, "_PATIENCE", 10)
    monkeypatch.setattr(milvus, "_SEARCHED", 0.5)
    asked = threading.Event()
    monkeypatch.setattr("milvus_lite.adapter.grpc.servicer.MilvusServicer.Search", lambda *_: asked.wait(30))
    server, database, port = served.start_server_in_thread(str(tmp_path / "served"), port=0)
    index = _served(rows, tmp_path, port)
    begin = time.monotonic()
    with pytest.raises(RetrievalError, match="Try again, or search with exact"):
        index.search(rows[:2], 3)
    assert time.monotonic() - begin < 10
    asked.set()
    server.stop(grace=0)
    database.close()


def test_a_file_where_milvus_keeps_a_folder_and_one_that_cannot_be_written_are_said(rows, tmp_path, monkeypatch):
    pytest.importorskip("pymilvus")
    pytest.importorskip("milvus_lite")
    (tmp_path / "milvus.db").write_text("mine")
    with pytest.raises(RetrievalError, match="is a file that Milvus did not write"):
        build("milvus", tmp_path, rows)
    assert (tmp_path / "milvus.db").read_text() == "mine"
    (tmp_path / "milvus.db").unlink()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(RetrievalError, match=r"milvus\.db can't be written"):
        build("milvus", tmp_path, rows)


def test_files_of_milvus_that_are_spoilt_are_said_with_what_to_delete(rows, tmp_path):
    build("milvus", tmp_path, rows)().close()
    for file in (tmp_path / "milvus.db").rglob("*.json*"):
        file.write_bytes(b"\x8b\x8b\x8b")
    one = chosen("milvus", tmp_path)
    with pytest.raises(RetrievalError, match=r"delete \S+milvus\.db and run engines build, or search with exact"):
        ENGINES["milvus"].open(rows, tmp_path / "milvus" / "collection.json", one)


def test_a_file_that_another_process_holds_is_said(rows, tmp_path):
    pytest.importorskip("pymilvus")
    db = pytest.importorskip("milvus_lite.db")
    held = db.MilvusLite(str(tmp_path / "milvus.db"))
    with pytest.raises(RetrievalError, match="Another process has it open"):
        build("milvus", tmp_path, rows)
    held.close()


@pytest.mark.parametrize(("text", "words"), [
    ("faiss", "Unknown search engine"), ("exact:x", "has no address"), ("faiss-flat:k=1", "has no address"),
    ("faiss-hnsw:ef", "not name=number"), ("faiss-hnsw:wide=3", "Unknown parameter"), ("faiss-hnsw:ef=0", "at least 1"),
    ("milvus:here", "ends in .db"), ("milvus:ftp://host", "not the address"), ("milvus:http://user:word@host", "MILVUS_TOKEN"),
    ("milvus:http://", "not the address"), ("milvus:http://a b", "not the address"),
])  # fmt: skip
def test_what_is_no_engine_is_refused(text, words):
    with pytest.raises(RetrievalError, match=words):
        read_engine(text)


def test_parameters_are_read_and_an_address_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_engine("faiss-ivfpq:visited=64,lists=16").parameters == {"lists": 16, "parts": 64, "visited": 64, "wider": 20}
    assert read_engine("milvus:mine.db").address == str(tmp_path / "mine.db")
    assert read_engine("milvus:http://localhost:19530").address == "http://localhost:19530"
    assert read_engine("milvus").address == ""


def test_a_folder_that_is_not_there_is_said(rows, tmp_path):
    pytest.importorskip("pymilvus")
    pytest.importorskip("milvus_lite")
    one = read_engine(f"milvus:{tmp_path}/nowhere/a.db")
    with pytest.raises(RetrievalError, match="There is no folder"):
        finished(ENGINES["milvus"].build(rows, tmp_path, one, VERSION))


@pytest.mark.parametrize(("name", "package", "words"), [
    ("milvus", "pymilvus", r"pip install '\.\[milvus\]'"), ("faiss-hnsw", "faiss", "pip install faiss-cpu"),
])  # fmt: skip
def test_what_is_not_installed_is_said_with_what_installs_it(name, package, words, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(RetrievalError, match=words):
        ENGINES[name].need()
    ENGINES["exact"].need()


def test_a_broken_index_is_said(rows, tmp_path):
    (tmp_path / "broken").write_bytes(b"no index")
    with pytest.raises(RetrievalError, match="no index that this version of faiss reads"):
        ENGINES["faiss-hnsw"].open(rows, tmp_path / "broken", read_engine("faiss-hnsw"))
