"""Whatever address is asked for is answered: 400 or 404 and one sentence, without a path of this machine."""

from urllib.parse import quote

import pytest
import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.web.routes import ROUTES
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.workspace import Workspace

MAP = "run=quick&method=tsne&subset=all"
GOOD = {
    "photograph/town/brock_tower_000001": "", "crop/town/brock_tower_1": "", "sheet/town/0": "", "scene/town": MAP,
    "ids/town": "subset=all", "labels/town": "subset=all", "places/town/1d": MAP, "neighbours/town/1d": "run=quick&subset=all",
    "neighbours-of/town/1d": "run=quick&subset=all&point=0", "queries/town/1d": "run=quick&subset=all",
}  # fmt: skip
"""A right address of every kind, and what stands behind it."""
HUGE = "9" * 5000
WRONG = ["", "-1", "x", "1e9", "²", "٣", "0x1", "1.5", "nan", "NaN", "1 ", "+1", "1,2", "true", str(10**9), str(2**64), HUGE, "\0",
         "../..", "..%2f..%2fetc%2fpasswd", "💥", "a" * 3000, "quick/../..", "' OR 1=1", "<b>",
         "\ud800".encode("utf-8", "surrogatepass")]  # fmt: skip


@pytest.fixture(scope="module")
def client(town_cache):
    patch = pytest.MonkeyPatch()
    patch.setenv("RETRIEVAL_CACHE", str(town_cache))
    st.cache_resource.clear()
    yield TestClient(Starlette(routes=ROUTES), raise_server_exceptions=False)
    patch.undo()
    st.cache_resource.clear()


def refused(answer, root) -> None:
    assert answer.status_code in (400, 404), (answer.request.url, answer.status_code, answer.text[:200])
    assert 5 < len(answer.text) < 6000
    assert "\n" not in answer.text
    assert "Traceback" not in answer.text
    assert str(root) not in answer.text


def changed(query: str, name: str, value) -> str:
    parts = [part for part in query.split("&") if part.partition("=")[0] != name]
    return "&".join([*parts, *([] if value is None else [f"{name}={quote(value)}"])])


def test_the_right_ones_are_answered(client):
    for path, query in GOOD.items():
        assert client.get(f"/files/{path}?{query}").status_code == 200, path


@pytest.mark.parametrize(("path", "name"), [(path, part.partition("=")[0]) for path, query in GOOD.items() for part in query.split("&")
                                            if part])  # fmt: skip
def test_a_parameter_that_is_missing_or_doubled_is_named(client, town_cache, path, name):
    query = GOOD[path]
    missing, doubled = client.get(f"/files/{path}?{changed(query, name, None)}"), client.get(f"/files/{path}?{query}&{name}=1")
    for answer in (missing, doubled):
        refused(answer, town_cache)
        assert answer.status_code == 400
        assert name in answer.text


@pytest.mark.parametrize(("path", "name"), [(path, part.partition("=")[0]) for path, query in GOOD.items() for part in query.split("&")
                                            if part and "run=" not in part])  # fmt: skip
@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
def test_a_wrong_parameter_is_refused(client, town_cache, path, name, value):
    refused(client.get(f"/files/{path}?{changed(GOOD[path], name, value)}"), town_cache)


@pytest.mark.parametrize("path", [path for path, query in GOOD.items() if "run=" in query])
@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
def test_an_unknown_run_is_no_error_of_the_server(client, town_cache, path, value):
    answer = client.get(f"/files/{path}?{changed(GOOD[path], 'run', value)}")
    if path != "scene/town" or answer.status_code != 200:  # a run that has made nothing has an empty scene
        refused(answer, town_cache)


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("value", ["nowhere", *WRONG[1:]], ids=lambda value: repr(value)[:20])
def test_a_wrong_dataset_model_photograph_query_or_sheet_is_refused(client, town_cache, path, place, value):
    parts = path.split("/")
    if place >= len(parts):
        return
    parts[place] = quote(value, safe="")
    refused(client.get(f"/files/{'/'.join(parts)}?{GOOD[path]}"), town_cache)


@pytest.mark.parametrize("value", [
    "seed=x", "seed=-1", f"seed={HUGE}", "seed=%C2%B2", "seed=1.5", "settings=perplexity", "settings=perplexity=nan",
    "settings=perplexity=1e400", "settings==", "settings=%00",
])  # fmt: skip
def test_wrong_settings_of_a_map_are_refused(client, town_cache, value):
    for path in ("scene/town", "places/town/1d"):
        refused(client.get(f"/files/{path}?{MAP}&{value}"), town_cache)


@pytest.mark.parametrize("path", [
    "photograph/town/../../../etc/passwd", "photograph/town/..%2F..%2Fdataset", "photograph/town/%2Fetc%2Fpasswd", "photograph/../town",
    "rendered/town/../dataset.json", "rendered/town/..%2Fdataset.json", "rendered/town/%2Fetc%2Fpasswd", "rendered/town/%00.jpg",
    f"rendered/town/{'a' * 2000}.jpg", "rendered/..%2Ftown/jpg/x.jpg", "rendered/photos/jpg/x.jpg", "crop/town/..%2F..%2Fx",
    "sheet/town/-1", "sheet/town/1.0", f"sheet/town/{HUGE}", "sheet/town/..%2F0", "scene/..", "scene/%2e%2e", "scene/.locks",
    "ids/jobs",
])  # fmt: skip
def test_nothing_outside_of_a_dataset_is_served(client, town_cache, path):
    answer = client.get(f"/files/{path}?{MAP}")
    refused(answer, town_cache)
    assert "root:" not in answer.text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=some.sampled_from(sorted(GOOD)), name=some.sampled_from(["run", "method", "subset", "settings", "seed", "point", "v"]),
       value=some.text(max_size=30))  # fmt: skip
def test_no_address_is_an_error_of_the_server(client, path, name, value):
    value = value.encode("utf-8", "replace").decode()
    assert client.get(f"/files/{path}?{changed(GOOD[path], name, value)}").status_code in (200, 400, 404)


def test_a_set_without_queries_and_a_photograph_that_went_away(client, town_cache, tmp_path, monkeypatch):
    from PIL import Image

    folder = tmp_path / "private" / "photos"
    folder.mkdir(parents=True)
    for number in range(4):
        Image.new("RGB", (40, 30), (60 * number, 9, 9)).save(folder / f"{number}.png")
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "photos", folder)
    monkeypatch.setenv("RETRIEVAL_CACHE", str(workspace.root))
    st.cache_resource.clear()
    assert client.get("/files/photograph/photos/1").status_code == 200
    for path, query in GOOD.items():
        refused(client.get(f"/files/{path.replace('town', 'photos')}?{query}"), tmp_path) if path[:3] in ("nei", "que", "pla") else None
    (folder / "2.png").write_bytes(b"broken")
    (folder / "3.png").unlink()
    for number in (2, 3):
        answer = client.get(f"/files/photograph/photos/{number}?large")
        refused(answer, tmp_path)
        assert "private" not in answer.text
    st.cache_resource.clear()
