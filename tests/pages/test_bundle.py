"""What a bundle holds: the numbers of the library, names that stay text, modules in an order in which they can be imported."""

import base64
import gzip
import html.parser
import json
import re
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from typed import problems

from pages import bundle
from pages.bundle import arrays, lessons, page
from pages.bundle.asked import Asked
from pages.bundle.pictures import SIDES, fitting_side
from pages.web import modules
from pages.web.bundle.messages import Bundle
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.ledger import ledger
from retrieval_core.evaluation.tables import ap_table
from retrieval_core.progress import finished
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

MODELS = ("1a", "1c", "1d")
NASTY = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def here(town_cache):
    patch = pytest.MonkeyPatch()
    patch.setenv("RETRIEVAL_CACHE", str(town_cache))
    st.cache_resource.clear()
    yield town_cache
    patch.undo()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def written(here, tmp_path_factory):
    out = tmp_path_factory.mktemp("bundle") / "town.html"
    size = finished(bundle.write(out, Asked("town", "quick", MODELS, lessons=("average-precision",))))
    assert size == out.stat().st_size
    assert [path.name for path in out.parent.iterdir()] == ["town.html"]
    return out.read_text(encoding="utf-8")


def held(text: str, name: str) -> bytes:
    """What is packed in a script of the file."""
    packed = re.search(rf'<script type="text/plain" id="{name}">([^<]*)</script>', text)[1]
    return packed.encode() if name == "pictures" else gzip.decompress(base64.b64decode(packed))


@pytest.fixture(scope="module")
def content(written):
    return json.loads(held(written, "content"))


def array(written, content, name):
    """An array as the JavaScript puts it together."""
    about = content["arrays"][name]
    kind = np.dtype(about["kind"])
    data = held(written, "arrays")[about["start"] : about["start"] + about["count"] * kind.itemsize]
    return np.frombuffer(np.frombuffer(data, np.uint8).reshape(kind.itemsize, -1).T.tobytes(), kind)


def test_it_is_what_its_messages_say(content):
    assert problems(content, Bundle) == []
    assert [model["key"] for model in content["models"]] == list(MODELS)
    assert {model["key"] for scene in content["scenes"].values() for model in scene["models"]} == set(MODELS)


def test_ap_and_the_ledger_are_the_librarys(content, here):
    results = {model: open_results(Workspace(here), "town", "quick", model) for model in MODELS}
    scores = {model: found.scores for model, found in results.items()}
    dataset = results["1d"].dataset
    table = ap_table(scores, dataset, "oxford", "all").T
    held_table = content["precision"]["oxford counted all"]
    assert held_table["rows"] == list(table.index)
    np.testing.assert_array_equal(np.array(held_table["cells"], float), table.to_numpy())
    [entry] = ledger(scores, dataset, "oxford")
    [step] = content["ledger"]["oxford"]["steps"]
    assert (step["before"], step["after"]) == ("1c", "1d")
    assert (step["points"], step["low"], step["high"], step["p"]) == (
        entry.difference.points, entry.difference.low, entry.difference.high, entry.difference.p)  # fmt: skip
    for model, entries in scores.items():
        for score in entries:
            machine = content["queries"][score.query_id]["machines"][model]["counted"]
            assert machine["ap"] == pytest.approx({"oxford": score.ap_oxford, "finite_sum": score.ap_finite_sum}, abs=1e-12)
            assert machine["oxford"][-1] == pytest.approx(score.ap_oxford, abs=1e-8)


def test_maps_neighbours_and_rankings_are_the_apps(written, content, client):
    scene = client.get("/files/scene/town?run=quick&method=tsne&subset=all").json()
    model = next(one for one in scene["models"] if one["key"] == "1d")
    count = scene["count"]
    served = np.frombuffer(client.get(f"/{model['places']}").content, np.float32)
    places = array(written, content, "places tsne 1d") / content["about"]["levels"] * 2 - 1
    assert np.abs(places - served[: 2 * count]).max() <= 1 / content["about"]["levels"] + 1e-6
    data = client.get(f"/{model['neighbours']}").content
    width = model["width"]
    assert content["about"]["neighbours"] == width
    np.testing.assert_array_equal(array(written, content, "neighbours 1d"), np.frombuffer(data, np.int32, count * width))
    similarities = array(written, content, "similarities 1d").reshape(count, width).cumsum(1)
    shown = [f"{value:.3f}" for value in np.frombuffer(data, np.float32, offset=4 * count * width)]
    assert [f"{value / 1000:.3f}" for value in similarities.ravel()] == shown
    rankings = client.get(f"/{model['queries']}").json()
    heads = array(written, content, "heads 1d").reshape(len(rankings), -1)
    scores = array(written, content, "answers 1d").reshape(len(rankings), -1).cumsum(1)
    for row, query in enumerate(content["rows"]):
        assert heads[row, : len(rankings[query]["points"])].tolist() == rankings[query]["points"]
        assert [f"{value / 1000:.3f}" for value in scores[row]] == [f"{value:.3f}" for value in rankings[query]["similarities"]]


def test_lessons_have_no_notes_and_there_is_no_path_of_this_machine(written, content, here):
    [lesson] = content["lessons"]
    assert lesson["name"] == "average-precision"
    assert all(card["note"] == "" for card in lesson["cards"])
    assert any(card["question"] for card in lesson["cards"])
    assert str(here) not in json.dumps(content)
    assert "--cache" not in json.dumps(content)


def test_what_a_card_says_is_missing_names_no_folder(here):
    command = Workspace(here).command("run", "--models", "1z")
    assert str(here) in command
    [said] = lessons._said([{"missing": f"Run: {command}", "answers": [1, None]}], Asked("town", "quick", ("1d",)))
    assert said == {"missing": "Run: python -m retrieval_core run --models 1z", "answers": [1, None]}


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.title = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes).get("id")))


def test_a_name_ends_no_script_and_becomes_no_markup(content):
    nasty = json.loads(json.dumps(content).replace("alder_court", json.dumps(NASTY)[1:-1]))
    assert NASTY in nasty["landmarks"]
    text = page.whole(NASTY, nasty, b"", {f"photograph/{NASTY}": "AAAA"})
    plain = page.whole("x", content, b"", {"photograph/x": "AAAA"})
    assert Tags(text).tags == Tags(plain).tags
    assert "alert(1)" not in text.replace("&lt;script&gt;alert(1)", "").replace("onerror=alert(1)&gt;", "")


def test_the_policy_lets_nothing_be_fetched_and_no_other_script_run(written):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', written)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy
    assert "*" not in policy
    assert "unsafe-inline" not in policy.split(";")[1]


def test_modules_come_after_what_they_import_and_are_those_of_the_app():
    seen = set()
    for name, pieces in page.modules_in_order():
        assert set(pieces[1::2]) <= seen
        parts = (re.escape(piece) if place % 2 == 0 else r"[./\w]+" for place, piece in enumerate(pieces))
        assert re.fullmatch("".join(parts), modules.modules()[name]), f"{name} is another text"
        seen.add(name)
    assert {"map/main.js", "ranking/main.js", "lesson/main.js", "bundle/open.js"} <= seen


def test_modules_in_a_circle_are_refused(monkeypatch):
    monkeypatch.setattr(modules, "modules", lambda: {"a/x.js": 'import { y } from "./y.js";', "a/y.js": 'import { x } from "./x.js";'})
    with pytest.raises(RetrievalError, match=r"a/x\.js → a/y\.js → a/x\.js"):
        page.modules_in_order("a/x.js")


def test_without_photographs_there_is_no_picture(here, tmp_path):
    finished(bundle.write(tmp_path / "bare.html", Asked("town", "quick", ("1d",), photographs=False)))
    text = (tmp_path / "bare.html").read_text(encoding="utf-8")
    content = json.loads(held(text, "content"))
    assert held(text, "pictures") == b""
    assert content["pictures"] == []
    assert all(not scene["sheets"]["files"] for scene in content["scenes"].values())


def test_what_is_stopped_leaves_nothing_and_what_was_there_stays(here, tmp_path, monkeypatch):
    out = tmp_path / "town.html"
    out.write_text("the old one")
    steps = bundle.write(out, Asked("town", "quick", ("1d",)))
    next(steps)
    steps.close()
    monkeypatch.setattr(bundle, "publish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        finished(bundle.write(out, Asked("town", "quick", ("1d",))))
    assert [path.name for path in tmp_path.iterdir()] == ["town.html"]
    assert out.read_text() == "the old one"


def test_what_is_missing_is_said(here, tmp_path):
    with pytest.raises(RetrievalError, match="is a folder"):
        finished(bundle.write(tmp_path, Asked("town", "quick", ("1d",))))
    with pytest.raises(RetrievalError, match="1d-ms"):
        finished(bundle.write(tmp_path / "x.html", Asked("town", "quick", ("1d-ms",))))
    with pytest.raises(RetrievalError, match="nothing-like-this"):
        finished(bundle.write(tmp_path / "x.html", replace(Asked("town", "quick", ("1d",)), lessons=("nothing-like-this",))))


def test_coordinates_and_shares_are_held_as_near_as_is_said():
    xy = np.random.default_rng(0).uniform(-1, 1, (500, 2)).astype(np.float32)
    assert np.abs(arrays.quantised(xy) / arrays.LEVELS * 2 - 1 - xy).max() <= 1 / arrays.LEVELS + 1e-6
    assert arrays.percent(np.array([0, 0.005, 0.5, 1, np.nan])).tolist() == [0, 1, 50, 100, arrays.UNKNOWN]
    rows = np.array([[0.9994, 0.5, -0.1], [0.2, 0.1, 0.0996]], np.float32)
    assert arrays.thousandths(rows).cumsum(1).tolist() == [[999, 500, -100], [200, 100, 100]]


def test_photographs_are_as_large_as_find_room(here):
    paths = [image.path for image in Asked("town", "quick", ("1d",)).dataset.images]
    assert fitting_side(paths, 10**9) == SIDES[0]
    assert fitting_side(paths, 0) == SIDES[-1]
