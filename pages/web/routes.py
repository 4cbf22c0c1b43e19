"""What the app serves beside its pages: places on a map, neighbour lists, pictures.

The browser asks for these as it needs them, so nothing of it travels with every click. An address may carry a `v`, the hash of
exactly what it stands for: where that is what is served, the browser may keep it for good.
"""

import json
from collections.abc import Callable

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.state import loaders
from pages.web import map_scene, modules, presenter, scene_colours, scene_points, scene_rankings, tiles
from pages.web.answers import Answer, BadAddress, answering, asked, said, whole
from pages.web.pictures import crop, dataset_of, photograph, rendered, sheet
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.engines import USUAL
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.central import central_ranks
from retrieval_core.stored.results import Results, open_results


def scene(request: Request) -> Answer:
    """All that stays the same while one looks at a map, as JSON; see map_scene.describe."""
    name, choice = request.path_params["dataset"], _choice(request)
    before, content = map_scene.version(name, choice), map_scene.describe(name, choice)
    unchanged = before == map_scene.version(name, choice)  # a run may have finished something meanwhile
    return JSONResponse(content), before if unchanged else ""


def ids(request: Request) -> Answer:
    """Ids of a subset's photographs, in the order of all arrays that are served."""
    dataset, subset = dataset_of(request), asked(request, "subset")
    return JSONResponse(subset_ids(dataset, subset)), scene_rankings.members_version(dataset, subset)


def labels(request: Request) -> Answer:
    """Number of the landmark of each photograph, uint16; 65535 for an unlabelled one."""
    dataset, subset = dataset_of(request), asked(request, "subset")
    return _array(scene_points.label_numbers(dataset, subset)), scene_rankings.members_version(dataset, subset)


def places(request: Request) -> Answer:
    """Places (N, 2) float32 within -1 … 1, then the kNN overlap of each point (N,) float32."""
    name, model = request.path_params["dataset"], request.path_params["model"]
    choice = _choice(request)
    version, maps = map_scene.places_version(name, model, choice), map_scene.aligned(name, choice)
    if model not in maps:
        raise RetrievalError(f"Model {model} has no such map of {name}. Open the map again: it makes it.")
    return _array(maps[model].xy, maps[model].overlap), version


def neighbour_arrays(request: Request) -> Answer:
    """Neighbour lists of all photographs of a subset: (N, K) int32 positions, then (N, K) float32 similarities."""
    results, subset = _results(request), asked(request, "subset")
    found = results.neighbours(subset)
    if found is None:
        raise RetrievalError(f"The neighbours of {results.dataset.name} under {results.model} are not listed. Open the map again: it "
                             "lists them.")  # fmt: skip
    return _array(*found), scene_rankings.rows_version(results, subset)


def central(request: Request) -> Answer:
    """How central each photograph of a subset is, within its landmark or among the unlabelled: (N,) float32."""
    results, subset = _results(request), asked(request, "subset")
    ranks = central_ranks(results, subset)
    if ranks is None:
        raise RetrievalError(f"What is central in {results.dataset.name} under {results.model} follows from neighbour lists, and there "
                             "are none. Open the map again: it lists them.")  # fmt: skip
    return _array(ranks), scene_rankings.rows_version(results, subset)


def neighbours_of(request: Request) -> Answer:
    """The nearest neighbours of one photograph; for sets too large to be listed, and where an engine is asked for.

    What an engine finds is kept by nobody: it may be filled, or measured, at any time.
    """
    results, subset, point = _results(request), asked(request, "subset"), whole(asked(request, "point"), "point")
    engine = request.query_params.get("engine", USUAL)
    found = scene_rankings.neighbours_of(results, subset, point, engine)
    version = scene_rankings.rows_version(results, subset) if engine == USUAL else ""
    return JSONResponse({**found, "found_by": said(request, found["found_by"])}), version


def queries(request: Request) -> Answer:
    """The ranking of every query crop under a model, and its AP; see scene_rankings.query_rankings."""
    results, subset = _results(request), asked(request, "subset")
    return JSONResponse(scene_rankings.query_rankings(results, subset)), scene_rankings.rankings_version(results, subset)


def colouring(request: Request) -> Answer:
    """A colouring's value of every point; see scene_colours.values. Bins and columns may change, so nobody keeps it."""
    choice, given = _choice(request), request.query_params
    return JSONResponse(scene_colours.values(_results(request), choice, asked(request, "colour"), given.get("query", ""),
                                             whole(given.get("k", "12"), "k"))), ""  # fmt: skip


async def selection(request: Request) -> Response:
    """How similar photographs are to a selection, the points of the body (uint32), or to a query; see scene_colours.measures."""
    points = await request.body()
    return await run_in_threadpool(answering(lambda request: _measured(request, points)), request)


def _measured(request: Request, points: bytes) -> Answer:
    found = scene_colours.measures(_results(request), asked(request, "subset"), points, request.query_params.get("query", ""))
    return JSONResponse(found), ""


def tree(request: Request) -> Answer:
    """The tiles of a map of very many points; see tiles.tree."""
    results, choice = _results(request), _choice(request)
    return JSONResponse(tiles.tree(results, choice)), map_scene.tiles_version(results.dataset, results.model, choice)


def tile(request: Request) -> Answer:
    """One tile as bytes; see tiles.tile."""
    results, choice = _results(request), _choice(request)
    return _array(*tiles.tile(results, choice, asked(request, "tile"))), map_scene.tiles_version(results.dataset, results.model, choice)


def around(request: Request) -> Answer:
    """What a click on a map in tiles shows, of a point or a query; see tiles.around."""
    point = whole(asked(request, "point"), "point") if "point" in request.query_params else None
    given = request.query_params
    found = tiles.around(_results(request), _choice(request), point, given.get("query", ""), given.get("engine", USUAL))
    return JSONResponse({**found, "found_by": said(request, found["found_by"])}), ""


async def point_rows(request: Request) -> Response:
    """What is known of single points, named in the body; see tiles.rows."""
    return await _answered(request, tiles.rows)


async def inside(request: Request) -> Response:
    """The points inside the lasso of the body; see tiles.within."""
    return await _answered(request, tiles.within)


async def _answered(request: Request, answer: Callable) -> Response:
    body = await request.body()

    def found(request: Request) -> Answer:
        try:
            question = json.loads(body)
        except (ValueError, RecursionError):
            raise BadAddress("What is asked is no JSON.") from None
        return JSONResponse(answer(_results(request), _choice(request), question)), ""

    return await run_in_threadpool(answering(found), request)


def _results(request: Request) -> Results:
    name, model = request.path_params["dataset"], request.path_params["model"]
    return open_results(loaders.workspace(), name, asked(request, "run"), model)


def _choice(request: Request) -> map_scene.MapChoice:
    needed = {name: asked(request, name) for name in ("run", "method", "subset")}
    return map_scene.MapChoice.read(dict(request.query_params) | needed)


def _array(*arrays: np.ndarray) -> Response:
    return Response(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays), media_type="application/octet-stream")


ROUTES = (
    [modules.ROUTE, presenter.ROUTE]
    + [
        Route(f"/files/{path}", answering(endpoint))
        for path, endpoint in (
            ("photograph/{dataset}/{image:path}", photograph),
            ("rendered/{dataset}/{picture:path}", rendered),
            ("crop/{dataset}/{query:path}", crop),
            ("sheet/{dataset}/{number}", sheet),
            ("scene/{dataset}", scene),
            ("ids/{dataset}", ids),
            ("labels/{dataset}", labels),
            ("places/{dataset}/{model}", places),
            ("neighbours/{dataset}/{model}", neighbour_arrays),
            ("neighbours-of/{dataset}/{model}", neighbours_of),
            ("central/{dataset}/{model}", central),
            ("queries/{dataset}/{model}", queries),
            ("colouring/{dataset}/{model}", colouring),
            ("tree/{dataset}/{model}", tree),
            ("tile/{dataset}/{model}", tile),
            ("around/{dataset}/{model}", around),
        )
    ]
    + [
        Route(f"/files/{kind}/{{dataset}}/{{model}}", endpoint, methods=["POST"])
        for kind, endpoint in (("selection", selection), ("rows", point_rows), ("inside", inside))
    ]
)
