"""Every page on datasets of odd sizes: what can be shown is shown, and the rest says why."""

import pytest
from looking import PAGES, shared, texts, views
from odd_sets import PHOTOGRAPHS, ROWS
from odd_sets import name as photograph

from retrieval_core.projection.maps import FEWEST


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", [*PHOTOGRAPHS, *ROWS])
def test_every_page_opens_on_every_odd_set(open_page, odd_cache, name, page):
    app = open_page(page, odd_cache, dataset=name, model=ROWS[name][2] if name in ROWS else "2a")
    assert not app.error, texts(app.error)
    if page == "Map" and (PHOTOGRAPHS | ROWS)[name][0] < FEWEST:
        assert f"at least {FEWEST} photographs" in texts(app.info)
        assert "strips" in views(app) or name in ROWS
    elif page == "Map":
        assert shared(app)["scene"].startswith(f"files/scene/{name}")


@pytest.mark.parametrize("name", [*PHOTOGRAPHS, *ROWS])
def test_what_comes_after_the_search_is_shown_of_every_odd_set(open_page, odd_cache, name):
    model = ROWS[name][2] if name in ROWS else "2a"
    app = open_page("Query", odd_cache, dataset=name, model=model, photo=photograph(0), show="after", rerank="diffusion")
    assert not app.error, texts(app.error)
    assert len(views(app)["strips"]["strips"]) == 2
    app.selectbox(key="widget rerank").select("verified").run()
    assert ("there are only descriptors" in texts(app.error)) == (name in ROWS)
    assert app.error or len(views(app)["strips"]["strips"]) == 2


@pytest.mark.parametrize("how", ["heat", "lines"])
@pytest.mark.parametrize("name", [*PHOTOGRAPHS, *ROWS])
def test_why_a_match_is_one_is_shown_or_said_why_not_on_every_odd_set(open_page, odd_cache, name, how):
    model, photo = (ROWS[name][2], "") if name in ROWS else ("2a", "p000")
    app = open_page("Query", odd_cache, dataset=name, model=model, photo=photo, show="why", how=how)
    assert not app.error, texts(app.error)
    assert how in views(app) or (name in ROWS and app.info)


@pytest.mark.parametrize("name", [*PHOTOGRAPHS, *ROWS])
def test_a_picture_of_every_odd_set_is_changed_or_said_why_not(open_page, odd_cache, name):
    model = ROWS[name][2] if name in ROWS else "2a"
    app = open_page("Laboratory", odd_cache, dataset=name, model=model, part="break", changes="rotation=45,crop=20")
    assert not app.error, texts(app.error)
    if name in ROWS:
        assert "there is no network to describe a changed picture" in texts(app.info)
        return
    assert len(views(app)["strips"]["strips"]) == 2
    judged = any(query.positives for query in PHOTOGRAPHS[name][2])
    assert ("there is none here" in texts(app.info)) != judged


def test_it_says_that_there_is_nothing_to_find(open_page, odd_cache):
    app = open_page("Compare", odd_cache, dataset="nothing-to-find", model="2a")
    assert "Not even the only query of 'nothing-to-find' has a good or ok photograph" in texts(app.info)
