"""Laboratory → Misread t-SNE: a button makes the strips, the browser is given what is stored, and one strip can be shown alone."""

import pytest
from looking import button, end_of_work, stored, texts, views
from typed import problems

from pages.state.plain import plain
from pages.web.small_maps import View
from retrieval_core.cli.main import main
from retrieval_core.projection.misreading.strips import STRIPS
from retrieval_core.stored.misread import read_misread


@pytest.fixture
def made(cache):
    assert main(["--cache", str(cache), "misread", "--models", "1d"]) == 0
    return cache


def test_a_button_makes_the_strips(open_page, cache):
    app = open_page("Laboratory", cache, part="misread", model="1d")
    assert "misread --dataset town --run quick --models 1d" in texts(app.caption)
    button(app, "Make the strips of 1d").click().run()
    assert end_of_work(cache).state == "done"
    assert read_misread(stored(cache, "1d"))


def test_the_browser_is_given_what_is_stored(open_page, made):
    app = open_page("Laboratory", made, part="misread", model="1d")
    found, shown = read_misread(stored(made, "1d")), views(app)
    drawn = {key: strip for key, strip in found.strips.items() if strip.panels}
    assert len(drawn) >= 5
    for key, strip in drawn.items():
        view = shown[f"misread {key}"]
        assert problems(view, View) == []
        assert [one["title"] for one in view["maps"]] == [panel.title for panel in strip.panels]
        assert [one["opens"] for one in view["maps"]] == [panel.settings is not None for panel in strip.panels]
        assert [sum(path["path"].count("M") for path in one["paths"]) for one in view["maps"]] == [len(one.xy) for one in strip.panels]
        assert plain(STRIPS[key].says(strip)) in texts(app.markdown)
    assert problems(shown["legend"], View) == []
    assert [mark["name"] for mark in shown["legend"]["marks"]] == list(stored(made, "1d").dataset.labels)
    assert "Distances between clusters mean nothing" in texts(app.markdown)
    app = open_page("Laboratory", made, part="misread", model="1d", strip="noise")
    assert [kind for kind in views(app) if kind.startswith("misread")] == ["misread noise"]
