import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: the threads of its sums wait in circles, and pictures here are tiny

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import tiny
from caches import copy_cache
from lesson_runs import make_lesson_cache
from odd_sets import add_odd_sets
from workers import made_once, together

from retrieval_core.datasets import opened
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return together(nodeid)

    return Together(config, log)


@pytest.fixture(autouse=True, scope="session")
def changes_are_seen_at_once():
    """On a busy machine a look at a dataset's files takes long enough that the next one is put off; tests change files between two."""
    before, opened.PAUSE = opened.PAUSE, 0
    yield
    opened.PAUSE = before


@pytest.fixture(scope="session")
def town_cache(tmp_path_factory):
    """A cache in which all models have gone through the whole pipeline on a tiny town."""
    undo = tiny.restore()
    tiny.shrink()
    yield made_once(tmp_path_factory, "town", make_town)
    undo()


def make_town(root: Path) -> None:
    for _ in run(Workspace(root / "cache"), "town", Settings(device="cpu", start="shapes")):
        pass


@pytest.fixture
def cache(town_cache, tmp_path):
    """A copy of this cache that may be spoilt; weights may be replaced and not written in place."""
    return copy_cache(town_cache, tmp_path / "cache")


@pytest.fixture(scope="session")
def odd_cache(town_cache, tmp_path_factory):
    """A cache with datasets of odd sizes, each gone through a run: see odd_sets."""
    return made_once(tmp_path_factory, "odd", lambda root: add_odd_sets(Workspace(copy_cache(town_cache, root / "cache")), root))


@pytest.fixture(scope="session")
def lesson_cache(tmp_path_factory):
    """A cache with the two small sets of lesson_runs."""
    return made_once(tmp_path_factory, "lessons", make_lesson_cache)
