import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import tiny
from caches import copy_cache

from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace


@pytest.fixture(scope="session")
def town_cache(tmp_path_factory):
    """A cache in which all models have gone through the whole pipeline on a tiny town."""
    root = tmp_path_factory.mktemp("town") / "cache"
    undo = tiny.restore()
    tiny.shrink()
    for _ in run(Workspace(root), "town", Settings(device="cpu", start="shapes")):
        pass
    yield root
    undo()


@pytest.fixture
def cache(town_cache, tmp_path):
    """A copy of this cache that may be spoilt; weights may be replaced and not written in place."""
    return copy_cache(town_cache, tmp_path / "cache")
