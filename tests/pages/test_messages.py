"""What Python hands to the browser is what the TypedDicts say."""

import pytest
from looking import views
from typed import problems

from pages.web.home import View as HomeView
from pages.web.map.messages import FoundNear, MapData, Neighbours, QueryRanking, Scene
from pages.web.ranking.messages import FlowView, MachineView, MarkingView, PickView, PictureView, StripsView

KINDS = {"pick": PickView, "picture": PictureView, "strips": StripsView, "machine": MachineView, "flow": FlowView}


def test_a_missing_a_strange_and_a_wrong_field_are_found():
    good = {"points": [1, 2], "similarities": [0.5, 1]}
    assert problems(good, Neighbours) == []
    assert problems({"points": [1]}, Neighbours) == ["it.similarities is missing"]
    assert problems(good | {"x": 1}, Neighbours) == ["it.x is no field of Neighbours"]
    assert problems(good | {"points": [1, "2"]}, Neighbours) == ["it.points[1] is '2', not int"]
    assert problems(good | {"points": [True]}, Neighbours) == ["it.points[0] is True, not int"]


def plain(view: dict) -> dict:
    """A view without the name of its place on the page."""
    return {name: value for name, value in view.items() if name != "key"}


@pytest.mark.parametrize("subset", ["all", "labelled"])
def test_a_scene_and_its_rankings_and_neighbours(client, subset):
    scene = client.get(f"/files/scene/town?run=quick&method=tsne&subset={subset}").json()
    assert problems(scene, Scene) == []
    model = scene["models"][0]
    assert problems(client.get(f"/{model['queries']}").json(), dict[str, QueryRanking]) == []
    assert problems(client.get(f"/{model['search']}&point=0").json(), FoundNear) == []


@pytest.mark.parametrize("parameters", [{}, {"selection": "alder_court_000001"}, {"query": "brock_tower_1"}])
def test_what_the_map_is_told(open_page, town_cache, parameters):
    assert problems(views(open_page("Map", town_cache, model="1d", **parameters))["map"], MapData) == []


@pytest.mark.parametrize("strips", ["one", "two", "all"])
def test_the_views_of_a_query(open_page, town_cache, strips):
    shown = views(open_page("Query", town_cache, model="1d", strips=strips))
    for kind in ("pick", "picture", "strips"):
        assert problems(plain(shown[kind]), KINDS[kind]) == []


@pytest.mark.parametrize("kind", ["machine", "flow"])
def test_the_machine_and_the_flow(open_page, town_cache, kind):
    shown = views(open_page("Query", town_cache, model="1d", show=kind))
    assert problems(plain(shown[kind]), KINDS[kind]) == []


def test_what_can_be_marked(open_page, town_cache):
    shown = views(open_page("Query", town_cache, model="1d", show="feedback", marks="castle_gate_000001,!brock_tower_000001"))
    assert problems(plain(shown["marking"]), MarkingView) == []


def test_a_gallery_and_the_home(open_page, town_cache):
    assert problems(plain(views(open_page("Failures", town_cache, model="1a", atlas="hard"))["strips"]), StripsView) == []
    assert problems(views(open_page("Start", town_cache))["home"], HomeView) == []
