"""A dataset is described while it is rendered: the same bits as afterwards, also after a stop, and every error is said."""

import multiprocessing
import time
from contextlib import closing

import pytest
import tiny
from caches import result_of

from retrieval_core.descriptors import extract
from retrieval_core.errors import RetrievalError
from retrieval_core.runs import ahead, steps
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored import artefacts
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace

ONLY_2A = Settings(device="cpu", start="shapes", models=("2a",))
BATCH = 3


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A tiny town, and batches so small that there are many."""
    undo = tiny.restore()
    tiny.shrink()
    monkeypatch.setattr(extract, "BATCH", BATCH)
    yield
    undo()


@pytest.fixture
def found(monkeypatch):
    """How many batches lie ready when the step `describe` looks for them."""
    seen, real = [], extract.extract_dataset

    def look(*arguments):
        seen.append(len(list(arguments[-1].glob("*.npy"))))
        return real(*arguments)

    monkeypatch.setattr(steps, "extract_dataset", look)
    return seen


@pytest.fixture
def patient(monkeypatch):
    """Rendering does not end before something is described, however busy the machine is."""

    def build(workspace, name, real=ahead.build_dataset):
        for progress in real(workspace, name):
            end = time.monotonic() + 60
            while progress.done == progress.total and not list(workspace.root.rglob("*.npy")) and time.monotonic() < end:
                time.sleep(0.05)
            yield progress

    monkeypatch.setattr(ahead, "build_dataset", build)


def descriptors(workspace: Workspace):
    return artefacts.descriptors_path(workspace, "town", "quick", "2a")


@pytest.mark.usefixtures("patient")
def test_what_is_described_while_it_is_rendered_is_the_same_to_the_bit(tmp_path, found):
    workspace = Workspace(tmp_path / "cache")
    list(run(workspace, "town", ONLY_2A, ("describe",)))
    streamed = descriptors(workspace).read_bytes()
    descriptors(workspace).unlink()
    list(run(workspace, "town", ONLY_2A, ("describe",)))
    assert descriptors(workspace).read_bytes() == streamed
    assert found[0] > 0, "nothing was described ahead"
    assert found[1:] == [0]
    assert not list(descriptors(workspace).parent.glob(".*")), "something half done is left"


@pytest.mark.usefixtures("patient")
def test_a_run_that_is_stopped_while_it_renders_goes_on_and_ends_with_the_same_bits(tmp_path, found):
    whole, broken = Workspace(tmp_path / "whole"), Workspace(tmp_path / "broken")
    list(run(whole, "town", ONLY_2A, ("describe",)))
    with closing(run(broken, "town", ONLY_2A, ("describe",))) as stopped:
        next(step for step in stopped if step.message.endswith(" described"))
    assert not multiprocessing.active_children()
    assert not descriptors(broken).exists()
    kept = set(descriptors(broken).parent.rglob("*.npy"))
    assert kept
    list(run(broken, "town", ONLY_2A, ("describe",)))
    assert descriptors(broken).read_bytes() == descriptors(whole).read_bytes()


def test_what_can_not_be_described_is_said_and_the_rendering_stops(tmp_path, monkeypatch):
    def fail(*_):
        raise RetrievalError("no such weights")

    monkeypatch.setattr(steps, "start_weights", fail)
    with pytest.raises(RetrievalError, match="no such weights"):
        list(run(Workspace(tmp_path / "cache"), "town", ONLY_2A))
    assert not multiprocessing.active_children()


def test_where_another_process_describes_nothing_is_described_ahead(tmp_path, found):
    workspace = Workspace(tmp_path / "cache")
    chosen, preset = Run("quick"), steps.get_preset("2a")
    with workspace.lock("town", "quick", "2a", "descriptors"):
        result_of(ahead.build_and_describe(workspace, "town", chosen, preset, "cpu"))
    assert not list(descriptors(workspace).parent.rglob("*.npy"))


def test_a_model_that_is_trained_first_waits_for_its_training(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "_describe", lambda *_: pytest.fail("described without weights"))
    built = run(Workspace(tmp_path / "cache"), "town", Settings(device="cpu", start="shapes", models=("1a",)))
    with closing(built):
        assert next(step for step in built if not step.stage.startswith("build town")).stage == "build shapes"
