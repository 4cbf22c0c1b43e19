"""`engines build` and `engines compare`, and `search` with an engine and filters; what is killed, refused, tidied up and missing."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_runs import tiny_python_path

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.search import search
from retrieval_core.stored.bins import Bin, save_bin
from retrieval_core.stored.engines import chosen_engine, engines_folder, index_path, open_index, read_measured
from retrieval_core.stored.prune import not_needed
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

QUERY = "alder_court_2"


@pytest.fixture
def command(cache, capsys):
    def run(*words):
        status = main(["--cache", str(cache), *words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def imported(tmp_path):
    """A cache with 20,000 imported descriptors without photographs."""
    rows = np.random.default_rng(0).normal(size=(400, 16)).repeat(50, axis=0)
    rows += 0.3 * np.random.default_rng(1).normal(size=rows.shape)
    np.save(tmp_path / "net.npy", (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))
    (tmp_path / "ids.txt").write_text("\n".join(f"image_{number:05}" for number in range(len(rows))) + "\n")
    add_dataset(Workspace(tmp_path / "cache"), "theirs", tmp_path / "net.npy", model="1h")
    return tmp_path / "cache"


def results_of(cache, model="1d", dataset="town", run="quick"):
    return open_results(Workspace(cache), dataset, run, model)


def printed_ids(out):
    return [line.split()[-2] for line in out.splitlines() if line.startswith("  ")]


def change(cache, model="1d"):
    """Write the descriptors anew, as another making would."""
    workspace, path = Workspace(cache), cache / "town" / "quick" / model / "descriptors.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    with workspace.writing(path, workspace.record(path).inputs, notes=workspace.record(path).notes) as temporary:
        temporary.write_bytes(content)


def test_the_table_is_what_was_measured(command, cache):
    status, out, _ = command(
        "engines", "compare", "--models", "1d", "--engine", "exact", "--engine", "faiss-hnsw:ef=16", "--format", "csv"
    )
    assert status == 0
    table = pd.read_csv(StringIO(out), comment="#").set_index(["model", "engine"])
    for engine in ("exact", "faiss-hnsw:ef=16"):
        one = read_measured(results_of(cache), chosen_engine(results_of(cache), engine))
        row = table.loc[("1d", engine)]
        assert row["recall@10"] == pytest.approx(one.recall)
        assert (row["median ms"], row["95 % ms"]) == pytest.approx(one.milliseconds)
        assert one.searched == min(200, len(open_dataset(Workspace(cache), "town").images))
    assert table.loc[("1d", "exact"), "recall@10"] == 1
    assert table.loc[("1d", "faiss-hnsw:ef=16"), "MB on disk"] > 0
    before = read_measured(results_of(cache), chosen_engine(results_of(cache), "exact"))
    command("engines", "compare", "--models", "1d", "--engine", "exact")
    assert read_measured(results_of(cache), chosen_engine(results_of(cache), "exact")) == before  # it is not measured twice
    _, out, _ = command("status")
    assert "; faiss-hnsw:ef=16" in next(line for line in out.splitlines() if line.startswith("1d "))


def test_search_says_the_engine_and_its_recall_and_no_average_precision(command, cache):
    words = ("search", QUERY, "--models", "1d", "--k", "5")
    status, _, err = command(*words, "--engine", "faiss-hnsw")
    assert status == 2
    assert "is not built yet. Run: " in err
    assert "engines build --engine faiss-hnsw --dataset town --run quick --models 1d" in err
    assert command("engines", "build", "--engine", "faiss-hnsw", "--models", "1d")[0] == 0
    _, out, _ = command(*words, "--engine", "faiss-hnsw")
    assert "by faiss-hnsw, recall not measured" in out
    assert "AP (" not in out
    command("engines", "compare", "--engine", "faiss-hnsw", "--models", "1d")
    _, out, _ = command(*words, "--engine", "faiss-hnsw")
    _, exact, _ = command(*words)
    assert "by faiss-hnsw, recall@10 " in out
    assert "AP (Oxford)" in exact
    assert len(np.intersect1d(printed_ids(out), printed_ids(exact))) >= 4


@pytest.mark.parametrize("engine", ["exact", "faiss-flat"])
def test_filters_leave_what_they_name(command, cache, engine):
    dataset = open_dataset(Workspace(cache), "town")
    save_bin(Workspace(cache), "town", Bin("mine", tuple(image.id for image in dataset.images[::2]), "every other"))
    label, results = dataset.labels[0], results_of(cache)
    database, queries = results.descriptors
    order = [database.ids[row] for row in search(queries.rows([QUERY]), database.matrix)[0][0]]
    kept = {"--landmark": {image.id for image in dataset.images if image.label == label},
            "--unlabelled": {image.id for image in dataset.images if image.label is None},
            "--bin": {image.id for image in dataset.images[::2]}}  # fmt: skip
    values = {"--landmark": [label], "--unlabelled": [], "--bin": ["mine"]}
    for chosen in (("--landmark",), ("--unlabelled",), ("--bin",), ("--landmark", "--bin")):
        words = [word for name in chosen for word in (name, *values[name])]
        _, out, _ = command("search", QUERY, "--models", "1d", "--k", "6", "--engine", engine, *words)
        assert printed_ids(out) == [one for one in order if all(one in kept[name] for name in chosen)][:6]
        assert "only" in out.splitlines()[0]
        assert "AP" not in out


def test_a_filter_of_what_comes_after_the_search(command, cache):
    assert command("run", "--models", "1d-aqe", "--start", "shapes", "--device", "cpu")[0] == 0
    _, whole, _ = command("search", QUERY, "--models", "1d-aqe", "--k", "1000")
    dataset = open_dataset(Workspace(cache), "town")
    own = {image.id for image in dataset.images if image.label == dataset.labels[0]}
    _, out, _ = command("search", QUERY, "--models", "1d-aqe", "--k", "3", "--landmark", dataset.labels[0])
    assert printed_ids(out) == [one for one in printed_ids(whole) if one in own][:3]
    command("engines", "build", "--engine", "faiss-hnsw", "--models", "1d-aqe")
    status, _, err = command("search", QUERY, "--models", "1d-aqe", "--engine", "faiss-hnsw")
    assert status == 2
    assert "orders all photographs anew after the search" in err


@pytest.mark.parametrize(("words", "said"), [
    (("search", QUERY, "--engine", "fast"), "Unknown search engine"),
    (("search", QUERY, "--landmark", "nowhere"), "has no landmark 'nowhere'"),
    (("search", QUERY, "--landmark", "alder_court", "--unlabelled"), "Ask for one of the two"),
    (("search", QUERY, "--bin", "nothing"), "has no bin"),
    (("engines", "build", "--engine", "milvus:here"), "ends in .db"),
    (("engines", "compare", "--engine", "faiss-hnsw:ef=no"), "not name=number"),
    (("evaluate", "--engine", "faiss-hnsw"), "Average precision needs the place of every right answer"),
    (("evaluate", "--engine", "fast"), "Unknown search engine"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_remedy(command, words, said):
    status, _, err = command(*words)
    assert status == 2
    assert said in err
    assert "Traceback" not in err


def test_an_index_of_other_descriptors_is_never_searched_and_is_tidied_up(command, cache):
    pytest.importorskip("milvus_lite")
    for engine in ("faiss-hnsw", "milvus"):
        assert command("engines", "compare", "--engine", engine, "--models", "1d")[0] == 0
    results = results_of(cache)
    version = results.version
    old = {path for path in engines_folder(results).iterdir() if path.name != "manifest.json"}
    assert len(old) == 5  # two indexes, what was measured of each, and the folder of Milvus
    assert not {item.path for item in not_needed(Workspace(cache))} & old
    change(cache)
    assert results_of(cache).version != version
    for engine, why in (("faiss-hnsw", "is of other descriptors than these"), ("milvus", "is not built yet")):
        with pytest.raises(RetrievalError, match=why):
            open_index(results_of(cache), engine)
    assert {item.path for item in not_needed(Workspace(cache)) if "index" in item.why} == old
    assert command("engines", "build", "--engine", "faiss-hnsw", "--models", "1d")[0] == 0
    with closing(open_index(results_of(cache), "faiss-hnsw")) as index:
        assert index.count == len(results.descriptors[0].ids)
    assert command("cache", "prune", "--yes")[0] == 0
    left = {path.name for path in engines_folder(results).iterdir()}
    assert left == {"manifest.json", index_path(results, chosen_engine(results, "faiss-hnsw")).name}


KILLED = """
import os, signal, sys, types
from retrieval_core.cli.main import main
from retrieval_core.ranking import faiss_engines, milvus
from retrieval_core.ranking.search_index import batches

def until_it_is_killed(start, count, size):
    for block in batches(start, count, 500):
        if block.start >= 5000:
            os.kill(os.getpid(), signal.SIGKILL)
        yield block

faiss_engines.batches = milvus.batches = until_it_is_killed
faiss_engines.KEPT_EVERY, faiss_engines.time = 0, types.SimpleNamespace(monotonic=iter(range(10**9)).__next__)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("engine", ["faiss-ivfpq", "milvus"])
def test_a_build_that_is_killed_goes_on_with_the_same_command(imported, engine):
    if engine == "milvus":
        pytest.importorskip("milvus_lite")
    words = ["--cache", str(imported), "engines", "build", "--engine", engine, "--dataset", "theirs"]
    environment = {**os.environ, "PYTHONPATH": tiny_python_path() + os.pathsep + str(Path(__file__).parents[2])}
    process = subprocess.run([sys.executable, "-c", KILLED, *words], capture_output=True, env=environment)
    results = results_of(imported, "1h", "theirs", "imported")
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(RetrievalError, match="is not built yet"):
        open_index(results, engine)
    assert list(engines_folder(results).glob(".*/begun.json"))
    assert main(words) == 0
    assert not list(engines_folder(results).glob(".*"))
    with closing(open_index(results, engine)) as index:
        rows = results.descriptors[0].matrix
        positions, _ = index.search(rows[::40], 1)
    assert (positions[:, 0] == np.arange(len(rows))[::40]).mean() > 0.98


def test_without_the_optional_package_all_else_works(command, cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    status, _, err = command("engines", "build", "--engine", "milvus", "--models", "1d")
    assert status == 2
    assert "pip install '.[milvus]'" in err
    assert "pip install '.[milvus]'" in command("search", QUERY, "--engine", "milvus", "--models", "1d")[2]
    status, out, _ = command("engines", "compare", "--models", "1d")
    assert status == 0
    assert "milvus" not in out
    assert "faiss-hnsw" in out
    assert command("search", QUERY, "--models", "1d")[0] == 0
