"""Names and faces on the map against naive counting in Python: which clusters and regions there are, and what is shown of them."""

import itertools

import numpy as np
import pytest
from modules_page import open_modules

pytestmark = pytest.mark.browser
BARE = 65535
HALF = 0.94 * 400  # pixels a unit of the view below, at zoom 1


@pytest.fixture
def run(page):
    """Run a function of JavaScript on a page that has the modules."""
    open_modules(page)
    return lambda script, argument=None: page.evaluate(script, argument)


# Each asked view of one map in turn: names, faces, regions, and whether they were counted anew.
PLACED = """async ([xy, labels, names, views, changes]) => {
  const { placeNames } = await import("/web/map/names.js");
  const { placeFaces } = await import("/web/map/faces.js");
  const { regionsOf } = await import("/web/map/regions.js");
  const { Places } = await import("/web/map/places.js");
  const { View } = await import("/web/map/view.js");
  const view = Object.assign(new View(), { width: 800, height: 800 });
  const scene = { count: labels.length, labels: Uint16Array.from(labels), landmarks: names.map((name) => ({ name })),
    sheets: { files: changes.sheets === false ? [] : ["sheet"] } };
  const ranks = changes.ranks === null ? undefined : Float32Array.from(changes.ranks ?? labels.map((_, k) => k));
  const app = { scene, places: new Places(Float32Array.from(xy)), view, isolated: new Set(changes.isolated ?? []), onTheWay: false,
    mask: changes.mask ? Uint8Array.from(changes.mask) : null, unlabelled: changes.unlabelled ?? 0.45, model: { ranks }, named: [] };
  return views.map((text) => {
    const before = app.regions;
    view.text = text;
    app.onTheWay = changes.onTheWay ?? false;
    app.named = placeNames(app, (name) => 7 * name.length);
    const faces = placeFaces(app);
    const { clusters, regions } = regionsOf(app);
    return { names: app.named, faces, clusters, regions, anew: app.regions !== before };
  });
}"""


def crowd(seed: int, count: int = 2000) -> tuple[list[float], list[int]]:
    """Places and landmarks of photographs of 12 landmarks, and as many that are unlabelled: clusters that overlap in part."""
    random = np.random.default_rng(seed)
    groups = random.integers(0, 24, count)
    middles = random.uniform(-0.9, 0.9, (24, 2))
    xy = np.clip(middles[groups] + random.normal(0, 0.06, (count, 2)), -1, 1).astype(np.float32)
    return xy.ravel().tolist(), np.where(groups < 12, groups, BARE).tolist()


NAMES = [f"landmark {k}" for k in range(12)]


def squares(xy: list[float], level: float) -> list[tuple[int, int]]:
    return [(int(np.floor(x * level / 130)), int(np.floor(-y * level / 130))) for x, y in np.reshape(xy, (-1, 2))]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("zoom", [1, 3, 0.4])
def test_clusters_and_regions_are_those_of_a_naive_count(run, seed, zoom):
    xy, labels = crowd(seed)
    level = 2.0 ** np.round(np.log2(HALF * zoom))
    ranks = np.random.default_rng(seed).permutation(len(labels)).tolist()
    [found] = run(PLACED, [xy, labels, NAMES, [f"0,0,{zoom}"], {"ranks": ranks}])
    by_square: dict[tuple[int, int], list[int]] = {}
    for point, square in enumerate(squares(xy, level)):
        by_square.setdefault(square, []).append(point)
    clusters, regions = [], []
    for points in by_square.values():
        labelled = [labels[point] for point in points if labels[point] != BARE]
        clusters += [(label, labelled.count(label)) for label in set(labelled) if labelled.count(label) >= 3]
        if not labelled and len(points) >= 3:
            regions.append((len(points), max(points, key=lambda point: ranks[point])))
    # What is counted reaches as far beyond the view as the view is wide: at this zoom, or with less, that is all.
    assert sorted((one["label"], one["count"]) for one in found["clusters"]) == sorted(clusters)
    assert sorted((one["count"], one["point"]) for one in found["regions"]) == sorted(regions)
    assert regions or zoom < 1
    counts = [one["count"] for one in found["clusters"]]
    assert counts == sorted(counts, reverse=True)


def test_names_stand_over_their_clusters_and_over_no_other_name(run):
    """Three tight clusters, two of which overlap: the larger of them is named, and the other once it is looked at alone."""
    middles, sizes = [(-0.5, 0.5), (0.4, -0.4), (0.42, -0.41)], [6, 9, 5]
    xy, labels = [], []
    for label, ((x, y), size) in enumerate(zip(middles, sizes, strict=True)):
        for number in range(size):
            xy += [x + 0.002 * number, y]
            labels.append(label)
    xy, labels = [*xy, 0.1, 0.1, 0.11, 0.1], [*labels, BARE, BARE]
    names = ["mill", "gate", "tower"]
    [found] = run(PLACED, [xy, labels, names, [""], {}])
    assert [one["name"] for one in found["names"]] == ["gate", "mill"]
    assert found["names"][1]["left"] == pytest.approx(400 + (-0.5 + 0.002 * 2.5) * HALF, abs=0.1)
    assert found["names"][1]["top"] == pytest.approx(400 - 0.5 * HALF, abs=0.1)
    [alone] = run(PLACED, [xy, labels, names, [""], {"isolated": [2]}])
    assert [one["name"] for one in alone["names"]] == ["tower"]


@pytest.mark.parametrize("seed", range(3))
def test_no_name_and_no_face_lies_over_another(run, seed):
    xy, labels = crowd(seed)
    views = run(PLACED, [xy, labels, NAMES, ["", "0.2,0.1,2.5", "-0.3,0.2,6"], {}])
    assert any(len(found["faces"]) > 1 for found in views)
    for found in views:
        names, faces = found["names"], found["faces"]
        assert len(names) <= 60
        assert len(faces) <= 24
        for one, other in itertools.combinations(names, 2):
            assert abs(one["top"] - other["top"]) >= 20 or abs(one["left"] - other["left"]) >= one["half"] + other["half"]
            assert one["name"] != other["name"] or np.hypot(one["left"] - other["left"], one["top"] - other["top"]) >= 320
        for one, other in itertools.combinations(faces, 2):
            assert max(abs(one["top"] - other["top"]), abs(one["left"] - other["left"])) >= 44
        for face, name in itertools.product(faces, names):
            assert abs(face["top"] - name["top"]) >= (20 + 44) / 2 or abs(face["left"] - name["left"]) >= name["half"] + 22


def test_a_face_is_the_most_central_photograph_of_a_region_where_it_lies(run):
    """A labelled cluster with unlabelled ones in it, and two regions without labels: three photographs, and two, which are too few."""
    xy = [-0.4, 0.4, -0.4, 0.41, -0.41, 0.4, -0.4, 0.39, 0.4, -0.4, 0.41, -0.4, 0.4, -0.42, 0.4, 0.6, 0.41, 0.6]
    labels = [0, 0, 0, BARE, BARE, BARE, BARE, BARE, BARE]
    ranks = [0, 0, 0, 9, 0.2, 0.5, 0.3, 9, 9]
    asked = lambda **changes: run(PLACED, [xy, labels, ["mill"], [""], {"ranks": ranks} | changes])[0]["faces"]  # noqa: E731
    [face] = asked()
    assert face["point"] == 5
    assert (face["left"], face["top"]) == (pytest.approx(400 + 0.41 * HALF, abs=0.1), pytest.approx(400 + 0.4 * HALF, abs=0.1))
    assert asked(unlabelled=0) == []
    assert asked(sheets=False) == []
    assert asked(ranks=None) == []
    assert asked(isolated=[0]) == []
    assert [one["point"] for one in asked(isolated=[BARE])] == [5]
    assert asked(mask=[1] * 5 + [0] + [1] * 3) == []  # two are left of it
    assert run(PLACED, [xy[:6], [0, 0, 0], ["mill"], [""], {}])[0]["faces"] == []  # nothing is unlabelled
    assert [one["point"] for one in run(PLACED, [xy, [BARE] * 9, [], [""], {"ranks": ranks}])[0]["faces"]] == [3, 5]  # all is


def test_who_zooms_in_reads_more_names_and_sees_more_faces(run):
    xy = [part for k in range(30) for part in (0.001 * k, 0.0)] + [part for k in range(60) for part in (-0.5 - 0.001 * k, 0.01)]
    labels = [k // 10 for k in range(30)] + [BARE] * 60
    few, more, there = run(PLACED, [xy, labels, ["mill", "gate", "tower"], ["", "0.01,0,30", "-0.53,0,30"], {}])
    assert len(few["names"]) == 1
    assert {one["name"] for one in more["names"]} == {"mill", "gate", "tower"}
    assert len(few["faces"]) == 1
    assert len(there["faces"]) > 2


def test_while_the_map_moves_all_stays_where_it_is_and_is_counted_once(run):
    xy, labels = crowd(1)
    views = [f"{0.1 + 0.004 * k:.4f},-0.2,4" for k in range(8)]
    found = run(PLACED, [xy, labels, NAMES, views, {}])
    assert [one["anew"] for one in found] == [True, *[False] * 7]
    seen = [{face["point"] for face in one["faces"]} for one in found]
    middles = [{(one["name"], round((one["left"] - 400) / (HALF * 4) + 0.1 + 0.004 * k, 3)) for one in frame["names"]
                if one["half"] + 2 < one["left"] < 798 - one["half"]} for k, frame in enumerate(found)]  # fmt: skip
    assert all(len(one ^ other) <= 4 for one, other in itertools.pairwise(seen))
    assert all(len(one ^ other) <= 4 for one, other in itertools.pairwise(middles))  # what enters or leaves at the edge
    assert [one["anew"] for one in run(PLACED, [xy, labels, NAMES, ["", "0,0,8", "0.9,0.9,8", "0,0,8"], {}])] == [True] * 4
    assert [one["anew"] for one in run(PLACED, [xy, labels, NAMES, ["", "0,0,8", "0.9,0.9,8"], {"onTheWay": True}])] == [
        True,
        False,
        False,
    ]
