"""The walk through the landmarks on the map: its cards, its keys, and the flight from one to the next."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from modules_page import open_modules
from small_scene import COUNT, RAMP, changed, files, layout, show_again, show_small_map

pytestmark = pytest.mark.browser

FACES = """async ([labels, ranks]) => {
  const { facesOf } = await import("/web/map/landmarks.js");
  const landmarks = ["gate", "mill", "tower"].map((name) => ({ name }));
  return facesOf({ labels: Uint16Array.from(labels), landmarks }, ranks && Float32Array.from(ranks));
}"""


def test_a_card_has_the_landmarks_most_central_photograph_and_its_number_of_photographs(page):
    open_modules(page)
    random = np.random.default_rng(4)
    labels = random.choice([0, 2, 65535], 50)  # none shows the mill
    ranks = random.random(50).astype(np.float32)
    found = page.evaluate(FACES, [labels.tolist(), ranks.tolist()])
    rows = {label: np.flatnonzero(labels == label) for label in (0, 2)}
    assert found == [{"label": label, "count": len(own), "point": int(own[np.argmax(ranks[own])])} for label, own in rows.items()]
    unranked = page.evaluate(FACES, [labels.tolist(), None])
    assert [one["point"] for one in unranked] == [int(own[0]) for own in rows.values()]


FLIGHT = """async ([points, start, shares]) => {
  const { between, viewOf } = await import("/web/map/flight.js");
  const { View } = await import("/web/map/view.js");
  const view = Object.assign(new View(), { width: 900, height: 600, text: start });
  const to = viewOf(points, view);
  return [to, shares.map((share) => between({ x: view.x, y: view.y, zoom: view.zoom }, to, share))];
}"""


def test_a_flight_ends_where_most_of_the_photographs_fill_the_middle(page):
    open_modules(page)
    random = np.random.default_rng(5)
    points = random.uniform([0.2, -0.5], [0.5, -0.4], (40, 2))
    points[0] = [-0.9, 0.9]  # one lies far away
    shares = [0, 0.25, 0.5, 0.75, 1]
    to, way = page.evaluate(FLIGHT, [points.tolist(), "-0.3,0.3,2", shares])
    scale = 0.94 * 300 * to["zoom"]
    across, down = 450 + (points[1:, 0] - to["x"]) * scale, 300 - (points[1:, 1] - to["y"]) * scale
    assert ((across > 0) & (across < 900) & (down > 0) & (down < 600)).all()
    assert np.ptp(across) > 450  # and they are as large as that allows
    assert [way[0], way[-1]] == [{"x": -0.3, "y": 0.3, "zoom": 2}, pytest.approx(to)]
    zooms = np.log([one["zoom"] for one in way])
    np.testing.assert_allclose(np.diff(zooms), np.diff(zooms)[0])
    for one in way:  # on a straight line
        assert (one["x"] + 0.3) * (to["y"] - 0.3) == pytest.approx((one["y"] - 0.3) * (to["x"] + 0.3), abs=1e-6)
    one_point, _ = page.evaluate(FLIGHT, [[[0.5, 0.5]], "", [0]])
    assert one_point == {"x": 0.5, "y": 0.5, "zoom": 24}
    _, level = page.evaluate(FLIGHT, [[[0, 0], [0.5, 0.5]], "0,0,1", shares])
    assert all(np.isfinite(value) for one in level for value in one.values())


def test_cards_buttons_and_keys_walk_from_landmark_to_landmark(page):
    page.emulate_media(reduced_motion="reduce")
    show_small_map(page)
    head, cards = page.locator(".head"), page.locator(".cards .card")
    assert head.locator("h2").inner_text() == "2 landmarks"
    cards.nth(1).wait_for()
    # Of the gate are the points 0, 2 … 28, of the tower 1, 3 … 29, and the files say that the last is the most central.
    page.wait_for_function("""() => [...document.getElementById("host").shadowRoot.querySelectorAll(".cards .card")]
      .map((card) => card.dataset.image).join() === "tower_28,tower_29" """)
    assert cards.first.inner_text().split("\n") == ["15", "gate"]
    told = lambda landmarks: page.wait_for_function(  # noqa: E731
        "(names) => window.told.at(-1)?.landmarks === names", arg=landmarks
    )
    cards.nth(1).click()
    told("tower")
    assert cards.nth(1).get_attribute("aria-pressed") == "true"
    assert head.locator("h2").inner_text() == "tower"
    assert json.loads(page.evaluate("() => JSON.stringify(window.told.at(-1).selection)")) == []
    page.wait_for_function("() => window.told.at(-1)?.view !== ''")
    page.get_by_role("button", name="Next landmark").press("Enter")
    told("gate")
    page.get_by_role("button", name="Next landmark").press("Enter")  # it has kept the keyboard's focus
    told("tower")
    page.keyboard.press("n")
    told("gate")
    page.keyboard.press("Shift+N")
    told("tower")
    page.keyboard.press("Escape")
    told("")
    page.wait_for_function("() => window.told.at(-1)?.view === ''")
    assert head.locator("h2").inner_text() == "2 landmarks"
    page.locator(".cards .card").first.press("Enter")
    told("gate")
    page.keyboard.press("Enter")  # the focus has stayed on the card, which now takes it back
    told("")


def test_a_dataset_without_landmarks_says_what_to_do_and_shows_the_queries(page):
    bare = {"/files/labels": np.full(COUNT, 65535, np.uint16).tobytes()}
    open_modules(page, changed(landmarks=[]) | bare)
    show_again(page)
    page.get_by_role("heading", name="Click a point").wait_for()
    page.locator('.cards .card[data-image="tower_03"]').wait_for()  # that of the query
    page.keyboard.press("n")
    assert page.locator(".head h2").inner_text() == "Click a point"


def test_without_neighbour_lists_a_card_has_some_photograph_and_claims_no_more(page):
    models = [model | {"central": None, "together": [None, None]} for model in files()["/files/scene"]["models"]]
    open_modules(page, changed(models=models))
    show_again(page)
    page.get_by_role("heading", name="2 landmarks").wait_for()
    page.locator('.cards .card[data-image="tower_00"]').wait_for()
    said = page.locator(".head p").inner_text()
    assert "A card shows a photograph and the number of photographs." in said
    assert "PageRank" not in said


ON_THE_MAP = """() => {
  const texts = [], pictures = [];
  const own = CanvasRenderingContext2D.prototype;
  const [fillText, drawImage] = [own.fillText, own.drawImage];
  window.drawn = { texts, pictures };
  own.fillText = function (text, ...at) {
    if (this.canvas.isConnected) texts.push([text, ...at]);
    return fillText.call(this, text, ...at);
  };
  own.drawImage = function (picture, ...at) {
    if (this.canvas.isConnected) pictures.push(at);
    return drawImage.call(this, picture, ...at);
  };
}"""


def test_a_saved_svg_has_the_names_and_the_faces_that_are_on_the_map(page, tmp_path):
    """Seen from far enough for a face: the ten unlabelled photographs lie beside the rest."""
    places = layout(0) * 0.4
    places[30:] = [[0.8 + 0.01 * k, -0.8] for k in range(10)]
    answers = changed(sheets={"cell": 96, "columns": 42, "files": ["files/sheet"], "cells": None})
    answers["/files/places/1a"] = places.tobytes() + np.full(COUNT, 0.5, np.float32).tobytes()
    page.add_init_script(f"({ON_THE_MAP})()")
    open_modules(page, answers)
    show_again(page, thumbnails="off", view="0.1,0,0.8")
    page.locator(".faced", has_text="Framed").wait_for()
    page.evaluate("() => { window.drawn.texts.length = window.drawn.pictures.length = 0; }")
    page.locator(".menu summary", has_text="Save").click()
    with page.expect_download() as saved:
        page.locator("[data-do=svg]").click()
    texts, pictures = page.evaluate("() => [window.drawn.texts, window.drawn.pictures]")
    root = ElementTree.fromstring(saved.value.path().read_text(encoding="utf-8"))
    svg = "{http://www.w3.org/2000/svg}"
    number = lambda one, name: float(one.get(name))  # noqa: E731
    written = [[one.text, number(one, "x"), number(one, "y")] for one in root.iter(f"{svg}text")]
    texts, pictures = texts[-len(written) :], pictures[-1:]  # of the last frame
    assert [one[0] for one in written] == [one[0] for one in texts]
    np.testing.assert_allclose([one[1:] for one in written], [one[1:] for one in texts], atol=0.06)
    shown = [[number(one, name) for name in ("x", "y", "width", "height")] for one in root.iter(f"{svg}image")]
    np.testing.assert_allclose(shown, pictures, atol=0.06)
    assert len(written) >= 1
    assert len(shown) == 1
    assert all(one.get("href").startswith("data:image/jpeg;base64,") for one in root.iter(f"{svg}image"))
    page.evaluate("() => window.again({ names: 'off' })")
    page.wait_for_function("""() => !document.getElementById("host").shadowRoot.querySelector(".faced").textContent""")


def test_small_maps_have_the_chosen_colouring_of_their_own_models(page):
    answers = files()
    ramp = lambda first: RAMP | {"values": [first] * 20 + [1.0 - first] * 20, "border": []}  # noqa: E731
    answers |= {"/files/colouring/1a": ramp(0.0), "/files/colouring/1b": ramp(1.0)}
    open_modules(page, answers)
    show_again(page, film="open", colour="hubness")
    page.locator(".minis button").nth(1).wait_for()
    colour = """([number, [x, y]]) => {
      const canvas = document.getElementById("host").shadowRoot.querySelectorAll(".minis canvas")[number];
      const [wide, high] = [canvas.clientWidth, canvas.clientHeight], scale = 0.47 * Math.min(wide, high);
      const ratio = canvas.width / wide;
      const { data } = canvas.getContext("2d").getImageData((wide / 2 + x * scale) * ratio, (high / 2 - y * scale) * ratio, 1, 1);
      return [...data].slice(0, 3);
    }"""
    low, high = [0, 34, 78], [254, 232, 56]
    for number, (first, rest) in enumerate(((low, high), (high, low))):
        places = layout(number)
        for point, expected in ((3, first), (25, rest)):
            page.wait_for_function(f"([asked, expected]) => ({colour})(asked).every((part, k) => Math.abs(part - expected[k]) < 40)",
                                   arg=[[number, places[point].tolist()], expected])  # fmt: skip
    page.locator("details.menu summary", has_text="Look").click()
    page.locator('[data-do="colour"]').select_option("landmark")
    gate = [0x96, 0x78, 0xF0]
    page.wait_for_function(f"([asked, expected]) => ({colour})(asked).every((part, k) => Math.abs(part - expected[k]) < 40)",
                           arg=[[0, layout(0)[0].tolist()], gate])  # fmt: skip


def test_counts_and_shares_are_seen_also_where_the_legend_lies_below_the_map(page):
    page.set_viewport_size({"width": 700, "height": 900})
    models = [model | {"together": [0.25, 0.75]} for model in files()["/files/scene"]["models"]]
    names = [f"a landmark with a long name {number}" for number in range(12)]
    looks = [{"name": name, "colour": "#9678f0", "symbol": 0} for name in names]
    models = [model | {"together": [0.25] * 12} for model in models]
    open_modules(page, changed(models=models, landmarks=looks))
    show_again(page)
    page.locator('.legend[data-place="below"]').wait_for()
    assert page.locator(".legend .count").first.inner_text() == "(15 · 25 %)"
    assert page.locator(".legend .count").first.is_visible()
