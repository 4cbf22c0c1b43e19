"""A small cache for the soaks: what is put into it, by which commands, and what must be the same at the end.

Commands run in forks of a process that has loaded the libraries: a start takes a moment instead of seconds.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import tiny

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import find_runs
from retrieval_core.workspace import MANIFEST, Workspace

TIMED = ("made", "seconds", "versions")  # in manifests: not the same twice
LEFT_OUT = ("jobs", ".locks")
STAT_BASED = ("dataset.json", "overlaps.json", "perceptual_hashes.npz")  # they hold times of files
IN_PLACE = {"shapes": "photographs", "town-train": "photographs", "town": "photographs"}


def prepare() -> None:
    """Make presets and built-in sets tiny, and load what commands need."""
    tiny.shrink(steps=4)
    import retrieval_core.runs.plan  # noqa: F401
    from retrieval_core.training import loop

    loop.CHECKPOINT_EVERY = 0.0


def commands(root: Path) -> list[list[str]]:
    """What is done with a cache, in this order: adding, training, describing, scoring, mapping, importing."""
    made = ["--device", "cpu", "--start", "shapes"]
    return [
        ["run", "--dataset", "town", "--models", "1d,1e", *made],
        ["data", "add", "photos", str(root / "photos")],
        ["run", "--dataset", "photos", "--models", "1d", *made],
        ["data", "add", "theirs", str(root / "theirs" / "descriptors.npy"), "--model", "1e", "--queries",
         str(root / "theirs" / "queries.npy"), "--ground-truth", str(root / "photos" / "lab")],
        ["run", "--dataset", "theirs"],
        ["run", "--dataset", "town", "--models", "1d-same", "--run", "quick"],
        ["project", "--dataset", "town", "--models", "1d", "--method", "pca"],
        ["models", "export", str(root / "handed"), "--run", "quick", "--models", "1d,1e"],
        ["models", "import", str(root / "handed"), "--run", "handed"],
        ["run", "--dataset", "photos", "--models", "1e", "--run", "handed", "--device", "cpu"],
    ]  # fmt: skip


def inputs(root: Path, cache: Path) -> None:
    """The photographs and descriptors of a person, from the built-in town of a cache."""
    shutil.copytree(cache / "town" / "photographs", root / "photos", ignore=shutil.ignore_patterns(".units"))
    town = open_dataset(Workspace(cache), "town")
    random = np.random.default_rng(0)
    (root / "theirs").mkdir()
    for name, count in (("descriptors", len(town.images)), ("queries", len(town.queries))):
        rows = random.normal(size=(count, 16)).astype(np.float32)
        np.save(root / "theirs" / f"{name}.npy", rows / np.linalg.norm(rows, axis=1, keepdims=True))
    (root / "theirs" / "ids.txt").write_text("".join(f"{image.id}\n" for image in town.images))


def seeded(source: Path, cache: Path) -> None:
    """A new cache that has the rendered photographs of another, and nothing else."""
    for name, folder in IN_PLACE.items():
        shutil.copytree(source / name / folder, cache / name / folder)
        shutil.copyfile(source / name / "dataset.json", cache / name / "dataset.json")


def fork(cache: Path, arguments: list[str], log: Path) -> int:
    """Start a command in a fork of this process; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        from retrieval_core.cli.main import main

        status = main(["--cache", str(cache), *arguments])
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def finish(pid: int) -> int:
    """Wait for a fork; its exit status, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_after(pid: int, seconds: float) -> int:
    """Kill a fork after a time, unless it ends before; its exit status as `finish` gives it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    return finish(pid)


def artefacts(cache: Path) -> dict[str, bytes]:
    """Every file of a cache that must come out the same, by its path; manifests without times."""
    found = {}
    for path in sorted(cache.rglob("*")):
        name = path.relative_to(cache).as_posix()
        left_out = path.name in STAT_BASED or name.split("/")[0] in LEFT_OUT or ".damaged-" in name
        if left_out or not path.is_file() or any(part.startswith(".") for part in name.split("/")):
            continue
        content = path.read_bytes()
        if path.name == MANIFEST:
            entries = json.loads(content)["artefacts"]
            plain = {key: {field: value for field, value in entry.items() if field not in TIMED} for key, entry in entries.items()}
            content = json.dumps(plain, sort_keys=True).encode()
        found[name] = content
    return found


def readable(cache: Path) -> dict[str, bytes]:
    """All results of a cache that may be explored, as bytes; raises where one can't be read or holds other ids than its dataset."""
    workspace, found = Workspace(cache), {}
    for name in ("town", "photos", "theirs"):
        try:
            dataset = open_dataset(workspace, name)
        except RetrievalError:
            continue  # not added yet
        for run in [*(run.name for run in find_runs(workspace, name)), IMPORTED_RUN]:
            for state in model_states(workspace, name, run):
                if not state.explorable:
                    continue
                results = open_results(workspace, name, run, state.key)
                database, queries = results.descriptors
                assert database.ids == tuple(image.id for image in dataset.images), (name, run, state.key)
                assert queries.ids == tuple(query.id for query in dataset.queries), (name, run, state.key)
                key = f"{name}/{run}/{state.key}"
                found[key] = database.matrix.tobytes() + queries.matrix.tobytes()
                if results.scored:
                    found[f"{key}/scores"] = json.dumps(results.score_file, sort_keys=True).encode()
                for item in results.maps():
                    if item.state == "fresh":
                        choice = {"method": item.method, "subset": item.subset, "parameters": item.parameters, "seed": item.seed}
                        found[f"{key}/{item.method}/{item.subset}"] = results.map(choice).xy.tobytes()
    return found
