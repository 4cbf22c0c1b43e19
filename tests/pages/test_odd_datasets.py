"""Datasets whose files are called as nobody would call them, on every page and at every served address; what was left out is said."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx2
import pytest
import streamlit as st
from caches import linked_cache
from looking import PAGES, texts
from odd_pictures import photograph
from starlette.applications import Starlette

from pages.state import kept_pictures
from pages.state.plain import plain
from pages.web.routes import ROUTES
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace

MARKS = "**bold** [x](http:evil) ![y](z) $q$ :red[r]"
NAMES = ("<img src=x onerror=alert(1)>", "new\nline", "hash#1?a=b&c", "per%2Fcent", "caf\udce9", "back\\slash", '"quoted\'', " blank ",
         "-dash", "a;b,c", "=1+1", "東京")  # fmt: skip


@pytest.fixture(scope="module")
def oddly_named(town_cache, tmp_path_factory):
    """A cache with `odd`: two landmarks with Markdown and HTML in their names, and photographs whose names are odd."""
    root = tmp_path_factory.mktemp("odd")
    linked_cache(town_cache, root / "cache")
    for number, name in enumerate(NAMES):
        folder = root / "photographs" / (MARKS if number % 2 else "<b>keep")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jpg").write_bytes(photograph(number))
    (root / "photographs" / "**IMG_1**.HEIC").write_bytes(b"")
    workspace = Workspace(root / "cache")
    add_dataset(workspace, "odd", root / "photographs")
    for _ in run(workspace, "odd", Settings(device="cpu", start="shapes", models=("1c",))):
        pass
    return root / "cache"


@pytest.mark.parametrize("page", PAGES)
def test_odd_names_open_on_every_page(open_page, oddly_named, page):
    app = open_page(page, oddly_named, dataset="odd", model="1c")
    assert not app.error, texts(app.error)
    shown = texts([*app.markdown, *app.caption, *app.info, *app.warning])
    assert "**IMG_1**" not in shown
    if page == "Start":
        assert f"Of odd, {len(NAMES)} files read, 1 left out" in shown.replace("\\", "")
        assert plain("**IMG_1**.HEIC") in shown


def test_a_photograph_of_an_odd_name_is_searched_for_and_its_name_stays_text(open_page, oddly_named):
    dataset = open_dataset(Workspace(oddly_named), "odd")
    for image in dataset.images:
        app = open_page("Query", oddly_named, dataset="odd", model="1c", photo=image.id)
        assert not app.error, texts(app.error)
        assert not app.warning, texts(app.warning)
        assert f"**{plain(image.id)}** · {plain(image.label)}" in texts(app.markdown)
    app = open_page("Query", oddly_named, dataset="odd", model="1c", photo=MARKS)
    assert plain(MARKS) in texts(app.warning)


def fetched(*paths):
    """What is served at these paths; unlike Starlette's own client, this decodes them once, as a server does."""

    async def ask():
        transport = httpx2.ASGITransport(app=Starlette(routes=ROUTES))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return [await client.get(path) for path in paths]

    with ThreadPoolExecutor(1) as threads:  # in the thread of the tests a browser's loop may be running
        return threads.submit(asyncio.run, ask()).result()


def test_every_photograph_is_served_under_its_id(oddly_named, monkeypatch):
    monkeypatch.setenv("RETRIEVAL_CACHE", str(oddly_named))
    st.cache_resource.clear()
    ids = [image.id for image in open_dataset(Workspace(oddly_named), "odd").images]
    for image_id, answer in zip(ids, fetched(*(f"/files/photograph/odd/{quote(image_id)}" for image_id in ids)), strict=True):
        assert (answer.status_code, answer.content[:2]) == (200, b"\xff\xd8"), image_id
    missing, listed = fetched("/files/photograph/odd/nothing", "/files/ids/odd?subset=all")
    assert missing.status_code == 404
    assert listed.json() == ids
    st.cache_resource.clear()


def test_so_many_pictures_are_kept_and_the_oldest_are_forgotten():
    words = [kept_pictures.keep(number, 1) for number in range(kept_pictures.MOST + 2)]
    assert [kept_pictures.find(word) for word in words[:3]] == [None, None, 2]
    assert kept_pictures.find(words[-1]) == kept_pictures.MOST + 1
    large = kept_pictures.keep("large", kept_pictures.MOST_PIXELS + 1)
    assert kept_pictures.find(large) == "large"
    assert kept_pictures.find(words[-1]) is None
    kept_pictures.forget(large)
    assert kept_pictures.find(large) is None
