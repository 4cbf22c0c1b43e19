"""What a browser holds of a map in tiles while answers come late, or in another order than they were asked for."""

import pytest
from modules_page import open_modules

pytestmark = pytest.mark.browser

SCENE = """async (steps) => {
  const { TiledScene } = await import("/web/map/tiled_scene.js");
  // Point n lies at n / 1000 under model a, at -n / 1000 under b, and at 0 under c. The only tile holds the first ten.
  const place = { a: 0.001, b: -0.001, c: 0 };
  const rows = (key, points) => ({ points, xy: points.map((point) => [place[key] * point, 0]), overlap: points.map(() => null),
    labels: points.map(() => 0), ids: points.map((point) => `p${point}`) });
  const tile = (key) => {
    const points = Int32Array.from({ length: 10 }, (_, k) => k);
    const places = Float32Array.from({ length: 20 }, (_, k) => (k % 2 ? 0 : (place[key] * k) / 2));
    const ids = new TextEncoder().encode(JSON.stringify([...points].map((point) => `p${point}`)));
    return new Blob([points, points, places, new Float32Array(10), new Uint16Array(10), ids]);
  };
  const asked = [];
  let busy = 0; // requests that will be answered without anybody's leave
  const held = new Map(); // requests that wait, by what they are told apart by
  const waiting = {};
  window.fetch = async (address, how) => {
    const { key, kind } = /(?<kind>[a-z]+)\\/(?<key>[abc])/.exec(address).groups;
    const body = how ? JSON.parse(how.body) : null;
    const name = `${kind}-${key}${/point=[0-9]+/.exec(address) ?? ""}`;
    asked.push([name, body?.points?.length ?? 0]);
    if (waiting[name]) await new Promise((go) => held.set(name, go));
    busy++;
    setTimeout(() => busy--, 0);
    if (kind === "tree") return new Response(JSON.stringify({ tiles: [[0, 0, 0, 10, 0]] }));
    if (kind === "tile") return new Response(tile(key));
    const centre = Number(/point=([0-9]+)/.exec(address)?.[1]);
    const found = { rows: rows(key, body?.points ?? (kind === "inside" ? [20, 21] : [centre, 30])) };
    if (kind === "inside") Object.assign(found, { count: 2 });
    if (kind === "around") Object.assign(found, { point: centre, points: [30], similarities: [0.5], near: [30], ap: [null, null] });
    return new Response(JSON.stringify(kind === "rows" ? found.rows : found));
  };
  const models = ["a", "b", "c"].map((key) => ({ key, places: "",
    tiles: Object.fromEntries(["tree", "tile", "rows", "around", "inside"].map((kind) => [kind, `${kind}/${key}?x=1`])) }));
  const scene = new TiledScene("", { count: 50_000, queries: [], models, tiled: {} });
  const later = async () => {
    do await new Promise((go) => setTimeout(go, 50)); while (busy);
  };
  const [used, found] = [[], []];
  await scene.prepare(models[0]);
  scene.used = () => used;
  const of = (key) => models.find((model) => model.key === key);
  const acts = {
    slow: (name) => { waiting[name] = true; },
    go: (name) => { delete waiting[name]; held.get(name)(); },
    show: (key) => { scene.next = of(key); scene.loadPlaces(of(key)); },
    hold: (points) => scene.hold(points).then((slots) => used.push(...slots)),
    lasso: () => scene.inside([[0, 0], [0, 1], [1, 0]], true).then(({ slots }) => used.push(...slots)),
    click: (point) => scene.loadAround(scene.current, { point: scene.slots.slotOf.get(point) }),
  };
  for (const [act, what] of steps) {
    acts[act](what);
    await later();
  }
  const { slots, current } = scene;
  return { current: current.key, asked, centre: current.found ? slots.points[current.found.centre] : null,
    places: Object.fromEntries([...slots.slotOf].map(([point, slot]) => [point, slots.xy[2 * slot]])) };
}"""


@pytest.fixture
def run(page):
    """Take steps of a scene, which shows model a; gives what it holds then."""
    open_modules(page)
    return lambda *steps: page.evaluate(SCENE, steps)


def test_points_that_come_after_the_map_has_changed_lie_where_the_map_of_now_has_them(run):
    for ask, slow, points in ((("hold", [40, 41]), "rows-a", (40, 41)), (("lasso", None), "inside-a", (20, 21))):
        said = run(["slow", slow], ask, ["show", "b"], ["go", slow])
        assert said["current"] == "b"
        assert [said["places"][str(point)] for point in points] == pytest.approx([-0.001 * point for point in points])


def test_what_is_chosen_while_another_map_is_on_its_way_lies_on_that_too(run):
    said = run(["hold", [40]], ["slow", "rows-b"], ["show", "b"], ["hold", [41]], ["go", "rows-b"])
    assert said["current"] == "b"
    assert [said["places"][point] for point in ("40", "41")] == pytest.approx([-0.04, -0.041])


def test_of_two_maps_that_are_asked_for_the_later_is_shown_whichever_comes_first(run):
    assert run(["slow", "tree-b"], ["show", "b"], ["show", "c"], ["go", "tree-b"])["current"] == "c"
    assert run(["slow", "tree-b"], ["show", "b"], ["show", "a"], ["go", "tree-b"])["current"] == "a"


def test_of_two_clicks_the_later_is_shown_whichever_is_answered_first(run):
    said = run(["slow", "around-apoint=3"], ["click", 3], ["click", 5], ["go", "around-apoint=3"])
    assert said["centre"] == 5
    assert run(["click", 5], ["click", 3])["centre"] == 3


def test_another_map_of_more_chosen_points_than_are_told_at_once_asks_in_parts(run):
    said = run(["hold", list(range(100, 10_200))], ["show", "b"])
    assert said["current"] == "b"
    assert [count for name, count in said["asked"] if name == "rows-b"] == [10_000, 100]
    assert said["places"]["10199"] == pytest.approx(-10.199)
