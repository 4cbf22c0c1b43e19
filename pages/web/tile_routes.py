"""What the app serves of a map in tiles: the tree, a tile, what a click shows, single points, and what a lasso holds."""

import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.web import map_scene, tiles
from pages.web.answers import Answer, BadAddress, answering, arrays, asked, chosen, opened, said, whole
from pages.web.map_choice import MapChoice
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.engines import USUAL
from retrieval_core.stored.results import Results


def tree(request: Request) -> Answer:
    """The tiles of a map of very many points; see tiles.tree."""
    results, choice, version = _tiled(request)
    return JSONResponse(tiles.tree(results, choice)), version


def tile(request: Request) -> Answer:
    """One tile as bytes; see tiles.tile."""
    results, choice, version = _tiled(request)
    return arrays(*tiles.tile(results, choice, asked(request, "tile"))), version


def around(request: Request) -> Answer:
    """What a click on a map in tiles shows, of a point or a query; see tiles.around."""
    point = whole(asked(request, "point"), "point") if "point" in request.query_params else None
    results, choice, _ = _tiled(request)
    given = request.query_params
    found = tiles.around(results, choice, point, given.get("query", ""), given.get("engine", USUAL))
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
        results, choice, _ = _tiled(request)
        return JSONResponse(answer(results, choice, question)), ""

    return await run_in_threadpool(answering(found), request)


def _tiled(request: Request) -> tuple[Results, MapChoice, str]:
    """The model and the map whose tiles are asked for, and their hash.

    RetrievalError for those of an earlier map: in this one numbers may stand for other points, and a browser would mix the two.
    """
    results, choice = opened(request), chosen(request)
    version = map_scene.tiles_version(results.dataset, results.model, choice)
    if request.query_params.get("v", version) != version:
        raise RetrievalError("This map has been made anew since it was opened. Load the page again.")
    return results, choice, version


ROUTES = [
    *(Route(f"/files/{kind}/{{dataset}}/{{model}}", answering(endpoint))
      for kind, endpoint in (("tree", tree), ("tile", tile), ("around", around))),
    *(Route(f"/files/{kind}/{{dataset}}/{{model}}", endpoint, methods=["POST"])
      for kind, endpoint in (("rows", point_rows), ("inside", inside))),
]  # fmt: skip
