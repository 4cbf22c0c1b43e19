"""What the browser is sent of a map of more points than it holds: tiles of its quadtree, and single points by need.

Points have the numbers that they have in `map_scene`; the browser knows the places only of those that it was sent.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from math import isnan

import numpy as np

from pages.web import map_scene, scene_rankings
from pages.web.map.tile_messages import Around, Inside, PointRows, Tree
from pages.web.map_choice import MapChoice
from pages.web.scene_points import UNLABELLED, Members, members
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.projection.maps import ProjectedMap
from retrieval_core.projection.quadtree import Quadtree, build_quadtree, inside, nearest_places
from retrieval_core.ranking.neighbour_lists import listed
from retrieval_core.stored.ranking import first_of, query_pictures
from retrieval_core.stored.results import Results

MOST_SELECTED = 10_000  # photographs of one selection, and of one question for points


def tree(results: Results, choice: MapChoice) -> Tree:
    """All tiles of a model's map."""
    found = _tree(results, choice)
    columns = (found.depth, found.column, found.row, found.count, found.first_ranks())
    return {"tiles": np.column_stack(columns).tolist()}


def tile(results: Results, choice: MapChoice, name: str) -> list[np.ndarray]:
    """One tile: points (n,) int32, their ranks (n,) int32, places (n, 2) and overlaps (n,) float32, landmarks (n,) uint16, and the JSON
    of their ids in UTF-8; n is in the tree. RetrievalError for a name that is none."""
    found, made, known = _tree(results, choice), _map(results, choice), members(results.dataset, choice.subset)
    where = found.points(found.find(name))
    points = found.order[where]
    ids = np.frombuffer(json.dumps([known.ids[point] for point in points], ensure_ascii=False).encode(), np.uint8)
    return [points, found.rank[where], made.xy[points], made.overlap[points], known.labels[points], ids]


def rows(results: Results, choice: MapChoice, asked: object) -> PointRows:
    """What is known of single points, asked for as {"points": numbers} or {"ids": ids}; ids that the subset does not have are left out.

    RetrievalError for a question that is neither, or for more than MOST_SELECTED.
    """
    known = members(results.dataset, choice.subset)
    match asked:
        case {"points": list(numbers)} if all(type(number) is int for number in numbers):
            points = numbers
        case {"ids": list(ids)} if all(isinstance(image_id, str) for image_id in ids):
            points = [known.numbers[image_id] for image_id in ids if image_id in known.numbers]
        case _:
            raise RetrievalError('Points are asked for as {"points": [0, 1]} or {"ids": ["…"]}.')
    if len(points) > MOST_SELECTED:
        raise RetrievalError(f"{len(points):,} points are asked for, and at most {MOST_SELECTED:,} are told at once.")
    if points and not 0 <= min(points) <= max(points) < len(known.ids):
        raise RetrievalError(f"A point is asked for that is not among the {len(known.ids):,}. Open the map again.")
    return _rows(_map(results, choice), known, points)


def around(results: Results, choice: MapChoice, point: int | None, query: str, engine: str) -> Around:
    """What a click shows: the nearest in descriptor space of a point or of a query's crop, and the nearest on the map to its point.

    Those of a point are found by the engine; a query's ranking, beside which its AP stands, is exact.
    """
    made, known = _map(results, choice), members(results.dataset, choice.subset)
    ap: list[float | None] = [None, None]
    found_by, approximate = "", False
    if point is not None:
        found = scene_rankings.neighbours_of(results, choice.subset, point, engine)
        points, similarities, found_by, approximate = found["points"], found["similarities"], found["found_by"], found["approximate"]
    else:
        queries = results.descriptors[1]
        if query not in queries:
            raise RetrievalError(f"{results.dataset.name} has no query {query!r}. Choose another.")
        image_id = results.dataset.query(query).image_id
        if image_id not in known.numbers:
            raise RetrievalError(f"The photograph of {query!r} is not among the photographs of this map. Show all, or choose another.")
        point = known.numbers[image_id]
        row, pictures = queries.matrix[[queries.row(query)]], query_pictures(results.dataset, [query])
        positions, scores = finished(first_of(results, row, pictures, known.ids, listed(len(known.ids)), [query]))
        points, similarities = positions[0].tolist(), np.round(scores[0].astype(float), 4).tolist()
        if results.scored:
            ap = next(([one.ap_oxford, one.ap_finite_sum] for one in results.scores if one.query_id == query), ap)
    near = nearest_places(made.xy, made.xy[point], len(points) + 1)
    near = [other for other in near if other != point][: len(points)]
    told = list(dict.fromkeys([point, *points, *near]))
    return {"point": point, "points": points, "similarities": similarities, "near": near, "ap": ap, "found_by": found_by,
            "approximate": approximate, "rows": _rows(made, known, told)}  # fmt: skip


def within(results: Results, choice: MapChoice, asked: object) -> Inside:
    """The points inside a lasso, {"outline": [[x, y], …], "unlabelled": whether these are shown}; `rows` is None if there are too many.

    RetrievalError for a question that is none.
    """
    known, made = members(results.dataset, choice.subset), _map(results, choice)
    match asked:
        case {"outline": list(corners), "unlabelled": bool(unlabelled)} if 0 < len(corners) <= MOST_SELECTED:
            pass
        case _:
            raise RetrievalError('A lasso is told as {"outline": [[x, y], …], "unlabelled": true}.')
    try:
        outline = np.array(corners, np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        raise RetrievalError("The corners of a lasso are pairs of numbers, as in [[0, 0.5], [0.5, 1], [0, 1]].") from None
    points = inside(made.xy, outline)
    if not unlabelled:
        points = points[known.labels[points] != UNLABELLED]
    few = len(points) <= MOST_SELECTED
    return {"count": len(points), "rows": _rows(made, known, points.tolist()) if few else None}


def _rows(made: ProjectedMap, known: Members, points: Sequence[int]) -> PointRows:
    overlap = made.overlap[points].tolist()
    return {
        "points": list(points),
        "xy": made.xy[points].tolist(),
        "overlap": [None if isnan(value) else round(value, 4) for value in overlap],
        "labels": known.labels[points].tolist(),
        "ids": [known.ids[point] for point in points],
    }


def _map(results: Results, choice: MapChoice) -> ProjectedMap:
    maps = map_scene.aligned(results.dataset.name, choice)
    if results.model not in maps:
        raise RetrievalError(f"Model {results.model} has no such map of {results.dataset.name}. Open the map again: it makes it.")
    return maps[results.model]


def _tree(results: Results, choice: MapChoice) -> Quadtree:
    _map(results, choice)  # which says it if there is none
    name, model = results.dataset.name, results.model
    return _built(name, model, choice, map_scene.places_version(name, model, choice))


@lru_cache(maxsize=4)
def _built(name: str, model: str, choice: MapChoice, version: str) -> Quadtree:
    return build_quadtree(np.clip(map_scene.aligned(name, choice)[model].xy, -1, 1))
