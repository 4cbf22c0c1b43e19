"""The logic of the map against naive loops in Python: neighbours, picking, lasso, zoom, and the order in which points are drawn."""

import json

import numpy as np
import pytest
from modules_page import open_modules

pytestmark = pytest.mark.browser
SEEDS = range(6)


@pytest.fixture
def run(page):
    """Run a function of JavaScript on a page that has the modules."""
    open_modules(page)
    return lambda script, argument=None: page.evaluate(script, argument)


def plane(seed: int, count: int = 60) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (count, 2)).astype(np.float32)


COMPARE = """async ([places, found, k]) => {
  const { Places } = await import("/web/map/places.js");
  const { compareNeighbours } = await import("/web/map/neighbours.js");
  return compareNeighbours(new Places(new Float32Array(places)), found, k);
}"""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("k", "count"), [(1, 60), (6, 60), (12, 60), (48, 30), (6, 3), (6, 1)])
def test_kept_and_torn_neighbours_are_those_of_a_naive_comparison(run, seed, k, count):
    xy, centre = plane(seed, count), seed % count
    listed = [int(point) for point in np.random.default_rng(seed).permutation(count)]  # with the centre somewhere in it
    similarities = np.linspace(1, 0, count).tolist()
    said = run(COMPARE, [xy.ravel().tolist(), {"centre": centre, "list": listed, "similarities": similarities}, k])
    others = [point for point in listed if point != centre]
    apart = np.sum((xy.astype(float) - xy[centre].astype(float)) ** 2, axis=1)
    on_map = sorted((point for point in range(count) if point != centre), key=lambda point: apart[point])
    near = min(2 * k, len(others))
    assert said["points"] == others[:k]
    assert said["kept"] == [point in on_map[:near] for point in others[:k]]
    assert said["lookNear"] == [point for point in on_map[:near][:k] if point not in others[:near]]


def test_a_new_picture_has_neighbours_though_it_is_no_point(run):
    xy = plane(1)
    found = {"centre": -1, "place": [0.2, 0.1], "list": list(range(60)), "similarities": [1.0] * 60}
    said = run(COMPARE, [xy.ravel().tolist(), found, 6])
    on_map = np.argsort(np.sum((xy - np.float32([0.2, 0.1])) ** 2, axis=1))
    assert said["kept"] == [point in on_map[:12] for point in range(6)]


PICK = """async ([from, to, share, places, radius, hidden]) => {
  const { Places } = await import("/web/map/places.js");
  const { View } = await import("/web/map/view.js");
  const all = new Places(new Float32Array(from));
  all.between(new Float32Array(from), new Float32Array(to), share);
  const view = Object.assign(new View(), { width: 700, height: 500, x: 0.1, y: -0.2, zoom: 1.5 });
  const drawn = (point) => !hidden.includes(point);
  return places.map(([left, top]) => all.at(view, left, top, radius, drawn));
}"""


@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_the_point_below_the_mouse_is_the_nearest_that_is_drawn(run, share):
    before, after, hidden, radius = plane(1), plane(2), [3, 4, 5, 30], 14
    asked = np.random.default_rng(3).uniform(0, 1, (80, 2)) * [700, 500]
    found = run(PICK, [before.ravel().tolist(), after.ravel().tolist(), share, asked.tolist(), radius, hidden])
    scale = 0.94 * 1.5 * min(700 / 2, 500 / 2)
    xy = before + (after - before) * share
    screen = np.column_stack([350 + (xy[:, 0] - 0.1) * scale, 250 - (xy[:, 1] + 0.2) * scale])
    for place, point in zip(asked, found, strict=True):
        apart = {number: float(np.linalg.norm(screen[number] - place)) for number in range(60) if number not in hidden}
        nearest = min(apart, key=apart.get)
        assert point == (nearest if apart[nearest] <= radius else -1)
    assert {point >= 0 for point in found} == {True, False}


INSIDE = """async ([places, outline]) => {
  const { Places } = await import("/web/map/places.js");
  return new Places(new Float32Array(places)).inside(outline, (point) => point !== 7);
}"""


def within(outline, x: float, y: float) -> bool:
    """Whether an odd number of sides lies straight above a place."""
    odd = False
    for (x1, y1), (x2, y2) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if (x1 > x) != (x2 > x) and y < y1 + (x - x1) / (x2 - x1) * (y2 - y1):
            odd = not odd
    return odd


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lasso_takes_what_lies_inside_it_also_where_it_crosses_itself(run, seed):
    xy, random = plane(seed, 300), np.random.default_rng(seed + 100)
    outline = random.uniform(-1, 1, (3 + 4 * (seed % 3), 2)).tolist()
    expected = [number for number, (x, y) in enumerate(xy.astype(float)) if number != 7 and within(outline, x, y)]
    assert run(INSIDE, [xy.ravel().tolist(), outline]) == expected
    assert run(INSIDE, [xy.ravel().tolist(), outline[:2]]) == []


def test_what_lies_below_the_mouse_stays_there_while_one_zooms_and_the_zoom_has_ends(run):
    script = """async (steps) => {
      const { View } = await import("/web/map/view.js");
      const view = Object.assign(new View(), { width: 640, height: 480, extent: [1, 0.6] });
      return steps.map(([factor, left, top]) => {
        const before = view.toMap(left, top);
        view.zoomAt(factor, left, top);
        return [before, view.toMap(left, top), view.zoom, view.toScreen(...view.toMap(left, top)), [left, top]];
      });
    }"""
    random = np.random.default_rng(5)
    steps = [[float(factor), float(x * 640), float(y * 480)] for factor, x, y in random.uniform([0.3, 0, 0], [3, 1, 1], (40, 3))]
    for before, after, zoom, screen, place in run(script, [*steps, [1e9, 3, 4], [1e-9, 600, 400]]):
        np.testing.assert_allclose(after, before, atol=1e-9)
        np.testing.assert_allclose(screen, place, atol=1e-6)
        assert 0.4 <= zoom <= 2000
    texts = ["0.5000,-0.2500,3.000", "", "1,2", "a,b,c", "1,2,0", "1,2,-1", "1,2,Infinity", "0,0,1"]
    read = """async (texts) => {
      const { View } = await import("/web/map/view.js");
      return texts.map((text) => Object.assign(new View(), { text }).text);
    }"""
    assert run(read, texts) == [texts[0], *[""] * 7]


ORDER = """async ([count, labels, unlabelled, isolated, focus, width]) => {
  const { drawingOrder, paint } = await import("/web/map/appearance.js");
  const { Places } = await import("/web/map/places.js");
  const { View } = await import("/web/map/view.js");
  const xy = Float32Array.from({ length: 2 * count }, (_, k) => ((k * 0.618034) % 2) - 1);
  const view = Object.assign(new View(), { width, height: width, zoom: 1 });
  const landmarks = ["#ff0000", "#00ff00", "#0000ff"].map((colour, symbol) => ({ colour, symbol }));
  const scene = { count, labels: Uint16Array.from(labels), landmark: (point) => landmarks[labels[point]] ?? null };
  const chosen = { unlabelled, colour: "landmark", isolated: new Set(isolated), focus: focus && new Set(focus), model: {} };
  const app = { scene, places: new Places(xy), view, ...chosen };
  const { colours, looks } = count > 1000 ? { colours: [], looks: [] } : paint(app);
  return [[...drawingOrder(app)], [...colours], [...looks]];
}"""


@pytest.mark.parametrize("unlabelled", [0, 0.5])
@pytest.mark.parametrize(("isolated", "focus"), [([], None), ([1], None), ([], [0, 5, 9]), ([0], [0, 5, 9])])
def test_every_point_is_drawn_once_what_is_in_colour_above_the_rest(run, unlabelled, isolated, focus):
    labels = [0, 1, 2, 65535] * 10
    order, colours, looks = run(ORDER, [40, labels, unlabelled, isolated, focus, 400])
    assert sorted(order) == [point for point in range(40) if unlabelled or labels[point] != 65535]
    lit = lambda point: (focus is None or point in focus) and (not isolated or labels[point] in isolated)  # noqa: E731
    layer = lambda point: 2 if lit(point) and (focus or labels[point] != 65535) else 0 if labels[point] == 65535 else 1  # noqa: E731
    assert [layer(point) for point in order] == sorted(layer(point) for point in order)
    full = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    for point in range(40):
        colour = colours[4 * point : 4 * point + 3]
        if labels[point] != 65535:
            assert (colour == full[labels[point]]) == lit(point)
            assert looks[2 * point + 1] == labels[point]


def test_the_machine_adds_up_what_a_naive_walk_adds_up(run):
    from pages.widgets.ranking_views import _curve
    from retrieval_core.datasets.types import Query
    from retrieval_core.evaluation.precision_recall import ap_steps

    random = np.random.default_rng(7)
    ids = [f"p{number}" for number in random.permutation(50)]
    good, ok, junk = ids[2:30:7], ids[5:40:12], ids[1:20:6]
    query = Query("q_1", "p0", "q", None, tuple(good), tuple(ok), tuple(junk))
    curve = json.loads(json.dumps(_curve(ap_steps(ids, query)), default=float))
    walk = [{"id": one, "name": "", "src": "", "word": "wrong"} for one in ids]
    said = run("""async (data) => {
      const { Machine } = await import("/web/ranking/machine.js");
      const machine = new Machine(document.body.appendChild(document.createElement("div")));
      machine.show(data);
      const told = data.walk.map((_, place) => machine.at(place));
      machine.go(-5);
      const first = machine.place;
      machine.go(1e6);
      const last = machine.place;
      machine.end();
      return [told, first, last];
    }""", {"kind": "machine", "walk": walk, "length": 50, "counted": curve, "left_out": None})  # fmt: skip
    told, first, last = said
    assert (first, last) == (0, 49)
    positives, found, seen, oxford, finite, before = {*good, *ok} - {*junk}, 0, 0, 0.0, 0.0, 1.0
    for place, image_id in enumerate(ids):
        if image_id not in junk:
            seen += 1
            if image_id in positives:
                found += 1
                oxford += (before + found / seen) / 2 / len(positives)
                finite += found / seen / len(positives)
            before = found / seen
        here = told[place]
        assert (here["seen"], here["found"]) == (seen, found)
        areas = [here["recall"], here["oxford"], here["finite_sum"]]
        np.testing.assert_allclose(areas, [found / len(positives), oxford, finite], atol=1e-9)
        if seen:
            assert here["precision"] == pytest.approx(found / seen)


def test_the_machine_and_the_flow_ask_why_as_a_card_does(run):
    why = {"query": "", "model": "1d"}
    cards = [{"id": f"p{number}", "name": "mill", "src": "", "word": "good", "why": why} for number in range(3)]
    event = {"word": "good", "before": 1.0, "precision": 1.0, "oxford": 1.0, "finite_sum": 1.0}
    events = [event | {"place": place, "found": place + 1, "recall": (place + 1) / 3} for place in range(3)]
    curve = {"positives": 3, "events": events, "ap": {"oxford": 1.0, "finite_sum": 1.0}}
    asked = run("""async ([machine, flow]) => {
      const [{ Machine }, { Flow }] = [await import("/web/ranking/machine.js"), await import("/web/ranking/flow.js")];
      const asked = [];
      const tell = (event) => asked.push(event);
      const one = new Machine(document.body.appendChild(document.createElement("div")), tell);
      one.show(machine);
      one.go(1);
      one.words.querySelector("button.why").click();
      one.end();
      const other = new Flow(document.body.appendChild(document.createElement("div")), { tell });
      other.show(flow);
      other.choose(flow.lines[2]);
      other.card.querySelector("button.why").click();
      delete flow.lines[2].why;
      other.show(flow);
      return [...asked, other.card.querySelectorAll("button.why").length];
    }""", [{"kind": "machine", "walk": cards, "length": 3, "counted": curve, "left_out": None},
           {"kind": "flow", "models": ["1a", "1d"], "lines": [card | {"ranks": [1, 2]} for card in cards], "count": 3}])  # fmt: skip
    assert asked == [{"match": "p1", **why}, {"match": "p2", **why}, 0]
