"""A run of a page reads the state of the models once, however often it asks; the next run reads it anew."""

import shutil

import pytest
from looking import texts

from pages.state import loaders
from pages.web import map_scene
from pages.web.map_choice import MapChoice


@pytest.mark.parametrize("page", ["Start", "Compare", "Ledger"])
def test_the_models_are_looked_at_once_in_a_run_of_a_page(open_page, cache, monkeypatch, page):
    looks, real = [], loaders.states_of
    monkeypatch.setattr(loaders, "states_of", lambda *chosen: looks.append(chosen) or real(*chosen))
    app = open_page(page, cache, run="quick", model="1d")
    assert len(looks) == 1
    app.run()
    assert len(looks) == 2


def test_what_has_changed_is_seen_in_the_next_run(open_page, cache):
    app = open_page("Query", cache, run="quick", model="1c")
    assert app.get("bidi_component")
    shutil.rmtree(cache / "town" / "quick" / "1c")
    app.run()
    assert "Model 1c of run quick has not described 'town' yet." in texts(app.info)


def test_a_scene_of_the_map_looks_at_the_models_once_whatever_their_number(cache, monkeypatch):
    monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
    looks, real = [], map_scene.model_states
    monkeypatch.setattr(map_scene, "model_states", lambda *chosen: looks.append(chosen) or real(*chosen))
    choice = MapChoice("quick", "tsne")
    assert len(map_scene.describe("town", choice)["models"]) > 1
    assert len(looks) == 1
    map_scene.version("town", choice)
    assert len(looks) == 2
