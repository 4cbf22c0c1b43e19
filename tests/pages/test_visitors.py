"""A visitor from another machine sees every page and hands over a picture; they start, cancel and add nothing, and see no path."""

import io
import json
import re
import time

import numpy as np
import pytest
from looking import PAGES, button, texts
from PIL import Image
from streamlit.testing.v1.element_tree import Dataframe

from pages.state import actions, door
from pages.state.door import Caller
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.runs import jobs
from retrieval_core.workspace import Workspace, write_json

VISITOR = Caller.of("192.168.1.20", [("Host", "192.168.1.5:8501"), ("Origin", "http://192.168.1.5:8501")])


def everything(app) -> str:
    """All that travels to the browser, as text."""
    found = []

    def walk(node):
        for child in getattr(node, "children", {}).values():
            walk(child)
        if isinstance(node, Dataframe):
            found.append(node.value.to_string())
        elif hasattr(node, "proto"):
            found.append(str(node.proto))

    walk(app._tree)
    return "\n".join(found)


def left_behind(cache, state: str, error: str = "") -> None:
    """Write the state of work in the place "run"."""
    (cache / "jobs").mkdir(exist_ok=True)
    write_json(cache / "jobs" / "run.json", {
        "state": state, "arguments": ["run", "--dataset", "town"], "pid": 1, "started": time.time(), "updated": time.time(),
        "stage": "train 1b", "done": 1, "total": 2, "message": f"{cache}/x.bin was damaged", "overall": 0.5, "values": {},
        "finished": [], "error": error})  # fmt: skip


def pressed(one) -> None:
    """Send the press of a button that is closed, as a browser could that somebody has tampered with."""
    one.proto.disabled = False
    one.disabled = False
    one.click().run()


@pytest.fixture
def full(cache, tmp_path, monkeypatch):
    """A visitor, and a cache with whatever has a path in it: own datasets, imported descriptors, a failed run, a training set."""
    workspace, generator = Workspace(cache), np.random.default_rng(0)
    for name, count in (("photos", 4), ("train me", 3)):
        folder = tmp_path / "private place" / name
        for landmark in ("mill", "gate", "bridge"):
            (folder / landmark).mkdir(parents=True)
            for number in range(count):
                pixels = generator.integers(0, 255, (48, 64, 3), np.uint8)
                Image.fromarray(pixels).save(folder / landmark / f"{number}.jpg")
    add_dataset(workspace, "photos", tmp_path / "private place" / "photos")
    add_dataset(workspace, "landmarks", tmp_path / "private place" / "train me", training=True)
    matrix = generator.normal(size=(20, 8)).astype(np.float32)
    np.save(tmp_path / "private place" / "theirs.npy", matrix)
    (tmp_path / "private place" / "ids.txt").write_text("".join(f"p{number}\n" for number in range(20)))
    add_dataset(workspace, "theirs", tmp_path / "private place" / "theirs.npy", model="1e")
    left_behind(cache, "failed", f"{tmp_path}/private place/x.jpg is broken. Run: {workspace.command('status')}")
    (cache / "town" / "1a").mkdir()
    (cache / "town" / "1a" / "scores.json").write_text("{}")
    monkeypatch.setattr(door, "caller", lambda: VISITOR)
    return cache


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("dataset", ["town", "photos", "theirs"])
def test_no_page_shows_a_path(open_page, full, tmp_path, page, dataset):
    app = open_page(page, full, dataset=dataset)
    seen = everything(app)
    assert len(seen) > 100
    assert str(tmp_path) not in seen
    assert "private place" not in seen
    assert not re.findall(r"(?<![\w:/.])/(?:tmp|root|home|work|usr|var)/\S+", seen)


def test_the_owner_sees_them(open_page, full, tmp_path, monkeypatch):
    monkeypatch.setattr(door, "caller", lambda: None)
    assert str(tmp_path / "private place") in everything(open_page("Start", full))


@pytest.mark.parametrize("page", PAGES)
def test_an_error_shows_no_path(open_page, full, tmp_path, page):
    (full / "town" / "dataset.json").write_text("broken")
    app = open_page(page, full)
    assert "is not readable as JSON" in texts(app.error)
    assert str(tmp_path) not in everything(app)


def test_buttons_that_start_something_are_seen_and_closed(open_page, full):
    app = open_page("Start", full, dataset="photos")
    closed = [one for one in app.button if one.disabled]
    assert "Describe 'photos'" in {one.label for one in closed}
    assert all(one.help == door.WHY for one in closed)
    assert not [one for one in app.text_input if one.label == "Folder or CSV file"]
    assert button(open_page("Duplicates", full, dataset="photos"), "Compare them").disabled
    assert button(open_page("Compare", full), "Recompute now").disabled


def test_a_press_that_is_sent_all_the_same_starts_nothing(open_page, full, monkeypatch):
    begun = []
    monkeypatch.setattr(jobs, "start", lambda *arguments: begun.append(arguments))
    monkeypatch.setattr(jobs, "cancel", lambda *arguments: begun.append(arguments))
    for page, dataset in (("Start", "photos"), ("Start", "town"), ("Compare", "town"), ("Query", "town"), ("Failures", "town"),
                          ("Unlabelled", "town"), ("Duplicates", "photos")):  # fmt: skip
        app = open_page(page, full, dataset=dataset)
        for one in [one for one in app.button if one.disabled]:
            pressed(one)
            assert not app.exception
    assert not begun


def test_the_map_begins_no_projection_for_a_visitor(open_page, full, monkeypatch):
    monkeypatch.setattr(jobs, "start", lambda *arguments: pytest.fail("work was begun"))
    app = open_page("Map", full, model="1d", settings="perplexity=4")
    assert f"is not computed yet. {door.WHY}" in texts(app.info)
    assert open_page("Map", full, model="1d").get("bidi_component")


def test_a_run_that_goes_on_is_seen_and_not_cancelled(open_page, full, monkeypatch):
    left_behind(full, "running")
    monkeypatch.setattr(jobs, "_is_locked", lambda *arguments: True)
    stopped = []
    monkeypatch.setattr(jobs, "cancel", lambda *arguments: stopped.append(arguments))
    app = open_page("Start", full)
    assert "train 1b" in app.get("progress")[0].proto.text
    assert str(full) not in everything(app)
    assert button(app, "Cancel").disabled
    pressed(button(app, "Cancel"))
    assert not stopped


def test_the_actions_themselves_are_closed(full, tmp_path, monkeypatch):
    monkeypatch.setenv("RETRIEVAL_CACHE", str(full))
    for act in (lambda: actions.start_work(["status"], "look"), lambda: actions.cancel_work("run"),
                lambda: actions.add_folder("mine", str(tmp_path), None), lambda: actions.call_different("landmarks", [])):  # fmt: skip
        with pytest.raises(RetrievalError, match="from another machine"):
            act()
    assert not (full / "mine").exists()


def test_a_visitor_hands_over_a_picture_and_it_is_searched_for(open_page, full):
    data = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8)).save(data, "PNG")
    app = open_page("Query", full, model="1d")
    app.get("file_uploader")[0].set_value(("mine.png", data.getvalue(), "image/png")).run()
    assert not app.exception
    assert not app.error
    shown = json.dumps([json.loads(one.proto.json) for one in app.get("bidi_component")])
    assert "mine.png" in shown or "mine.png" in everything(app)
