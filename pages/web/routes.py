"""What the app serves beside its pages: photographs, sheets of thumbnails, places on a map, neighbour lists.

The browser asks for these as it needs them, so nothing of it travels with every click. An address may carry a `v`, the hash of
exactly what it stands for: where that is what is served, the browser may keep it for good.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.web import map_scene, modules, presenter, scene_colours, scene_points, scene_rankings, tile_routes
from pages.web.answers import Answer, answering, arrays, asked, chosen, opened, said, whole
from pages.web.pictures import crop, dataset_of, photograph, rendered, sheet
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.engines import USUAL
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.central import central_ranks


def scene(request: Request) -> Answer:
    """All that stays the same while one looks at a map, as JSON; see map_scene.describe."""
    name, choice = request.path_params["dataset"], chosen(request)
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
    return arrays(scene_points.label_numbers(dataset, subset)), scene_rankings.members_version(dataset, subset)


def places(request: Request) -> Answer:
    """Places (N, 2) float32 within -1 … 1, then the kNN overlap of each point (N,) float32."""
    name, model = request.path_params["dataset"], request.path_params["model"]
    choice = chosen(request)
    version, maps = map_scene.places_version(name, model, choice), map_scene.aligned(name, choice)
    if model not in maps:
        raise RetrievalError(f"Model {model} has no such map of {name}. Open the map again: it makes it.")
    return arrays(maps[model].xy, maps[model].overlap), version


def neighbour_arrays(request: Request) -> Answer:
    """Neighbour lists of all photographs of a subset: (N, K) int32 positions, then (N, K) float32 similarities."""
    results, subset = opened(request), asked(request, "subset")
    found = results.neighbours(subset)
    if found is None:
        raise RetrievalError(f"The neighbours of {results.dataset.name} under {results.model} are not listed. Open the map again: it "
                             "lists them.")  # fmt: skip
    return arrays(*found), scene_rankings.rows_version(results, subset)


def central(request: Request) -> Answer:
    """How central each photograph of a subset is, within its landmark or among the unlabelled: (N,) float32."""
    results, subset = opened(request), asked(request, "subset")
    ranks = central_ranks(results, subset)
    if ranks is None:
        raise RetrievalError(f"What is central in {results.dataset.name} under {results.model} follows from neighbour lists, and there "
                             "are none. Open the map again: it lists them.")  # fmt: skip
    return arrays(ranks), scene_rankings.rows_version(results, subset)


def neighbours_of(request: Request) -> Answer:
    """The nearest neighbours of one photograph; for sets too large to be listed, and where an engine is asked for.

    What an engine finds is kept by nobody: it may be filled, or measured, at any time.
    """
    results, subset, point = opened(request), asked(request, "subset"), whole(asked(request, "point"), "point")
    engine = request.query_params.get("engine", USUAL)
    found = scene_rankings.neighbours_of(results, subset, point, engine)
    version = scene_rankings.rows_version(results, subset) if engine == USUAL else ""
    return JSONResponse({**found, "found_by": said(request, found["found_by"])}), version


def queries(request: Request) -> Answer:
    """The ranking of every query crop under a model, and its AP; see scene_rankings.query_rankings."""
    results, subset = opened(request), asked(request, "subset")
    return JSONResponse(scene_rankings.query_rankings(results, subset)), scene_rankings.rankings_version(results, subset)


def colouring(request: Request) -> Answer:
    """A colouring's value of every point; see scene_colours.values. Bins and columns may change, so nobody keeps it."""
    choice, given = chosen(request), request.query_params
    return JSONResponse(scene_colours.values(opened(request), choice, asked(request, "colour"), given.get("query", ""),
                                             whole(given.get("k", "12"), "k"))), ""  # fmt: skip


async def selection(request: Request) -> Response:
    """How similar photographs are to a selection, the points of the body (uint32), or to a query; see scene_colours.measures."""
    points = await request.body()
    return await run_in_threadpool(answering(lambda request: _measured(request, points)), request)


def _measured(request: Request, points: bytes) -> Answer:
    found = scene_colours.measures(opened(request), asked(request, "subset"), points, request.query_params.get("query", ""))
    return JSONResponse(found), ""


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
        )
    ]
    + [Route("/files/selection/{dataset}/{model}", selection, methods=["POST"])]
    + tile_routes.ROUTES
)
