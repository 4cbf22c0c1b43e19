"""Looking is quiet: a page that is run again opens no photograph and hashes nothing, and no page writes by itself."""

import hashlib
import os
import sys

import pytest
import streamlit as st
from looking import PAGES, shared
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.web.routes import ROUTES
from retrieval_core import workspace

_watchers: list[list[str]] = []


def _audit(event: str, arguments: tuple) -> None:
    if _watchers and event in ("open", "mmap.__new__") and isinstance(arguments[0], str | bytes | os.PathLike):
        for watcher in _watchers:
            watcher.append(os.fsdecode(arguments[0]))


sys.addaudithook(_audit)  # sees every file that is opened in this process, by whichever library


@pytest.fixture
def opened():
    """Paths of all files that are opened from now on."""
    paths: list[str] = []
    _watchers.append(paths)
    yield paths
    _watchers.remove(paths)


@pytest.fixture
def hashed(monkeypatch):
    """What is hashed or decoded from now on."""
    calls: list[object] = []
    for owner, name in ((hashlib, "file_digest"), (workspace, "file_hash"), (Image, "open")):
        kept = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *given, kept=kept, **more: calls.append(given[0]) or kept(*given, **more))
    return calls


def photographs(paths) -> list[str]:
    return [path for path in paths if "photographs" in path or path.endswith(".jpg")]


def test_the_watchers_see_what_the_first_look_opens_and_hashes(open_page, cache, opened, hashed):
    open_page("Map", cache, model="1d")
    assert hashed
    assert any(path.endswith("descriptors.safetensors") for path in opened)


def test_a_click_on_the_map_opens_no_photograph_and_hashes_nothing(open_page, town_cache, opened, hashed):
    app = open_page("Map", town_cache, model="1d")
    opened.clear()
    hashed.clear()
    app.query_params["selection"] = "brock_tower_000001"  # what a click in the browser comes to
    app.run()
    assert shared(app)["shared"]["selection"] == ["brock_tower_000001"]
    assert not hashed
    assert not photographs(opened)
    assert not [path for path in opened if "descriptors" in path or "maps" in path]


@pytest.mark.parametrize("page", ["Start", "Compare", "Ledger", "Failures"])
def test_a_page_that_is_run_again_hashes_nothing(open_page, town_cache, page, opened, hashed):
    app = open_page(page, town_cache, model="1d")
    opened.clear()
    hashed.clear()
    app.run()
    assert not app.exception
    assert not hashed
    assert not photographs(opened)


def snapshot(cache) -> dict[str, tuple]:
    """Every file and folder of a cache with its size and times of change."""
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in [cache, *cache.rglob("*")]}


def test_no_page_writes_into_the_cache_by_itself(open_page, cache, monkeypatch):
    before = snapshot(cache)
    for page in PAGES:
        app = open_page(page, cache, model="1d", query="castle_gate_2")
        assert not app.error
    for show in ("machine", "flow"):
        open_page("Query", cache, model="1d", query="castle_gate_2", show=show)
    open_page("Query", cache, model="1d", query="castle_gate_2", box="whole")  # described anew, and kept in memory alone
    monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
    st.cache_resource.clear()
    client = TestClient(Starlette(routes=ROUTES))
    scene = client.get("/files/scene/town?run=quick&method=tsne&subset=all").json()
    for model in scene["models"]:
        for kind in ("places", "neighbours", "queries"):
            assert client.get(f"/{model[kind]}").status_code == 200
    assert client.get("/files/photograph/town/brock_tower_000001?large").status_code == 200
    assert snapshot(cache) == before


@pytest.mark.parametrize("page", PAGES)
def test_no_page_writes_into_an_empty_cache(open_page, tmp_path, page):
    open_page(page, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
