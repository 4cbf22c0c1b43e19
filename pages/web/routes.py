"""What the app serves beside its pages: photographs, sheets of thumbnails, places on a map, neighbour lists.

The browser asks for these as it needs them, so nothing of it travels with every click. An address that carries a `v`,
a hash of what it stands for, may be kept by the browser for good.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from pages.state import loaders
from pages.web import map_scene
from retrieval_core.datasets.thumbnails import small_crop, small_jpeg
from retrieval_core.datasets.types import Box
from retrieval_core.errors import RetrievalError
from retrieval_core.stored import artefacts, results

SIDE = 360  # pixels of a served photograph's longest side
CROP_SIDE = 160
LARGE = 1400  # of one that is looked at by itself

KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


def photograph(request: Request) -> Response:
    """A photograph, made small; with `large` in the address one that fills a screen."""
    dataset = loaders.open_named(request.path_params["dataset"])
    try:
        path = dataset.image(request.path_params["image"]).path
    except KeyError:
        raise RetrievalError(f"{dataset.name} has no photograph {request.path_params['image']!r}.") from None
    data = small_jpeg(path, LARGE) if "large" in request.query_params else _small(path, dataset.fingerprint)
    return Response(data, media_type="image/jpeg")


@lru_cache(maxsize=6000)
def _small(path: str, version: str) -> bytes:
    return small_jpeg(path, SIDE)


def crop(request: Request) -> Response:
    """What is in the box of a query, made small."""
    dataset = loaders.open_named(request.path_params["dataset"])
    try:
        query = dataset.query(request.path_params["query"])
    except KeyError:
        raise RetrievalError(f"{dataset.name} has no query {request.path_params['query']!r}.") from None
    return Response(_crop(dataset.image(query.image_id).path, query.box, dataset.fingerprint), media_type="image/jpeg")


@lru_cache(maxsize=2000)
def _crop(path: str, box: Box | None, version: str) -> bytes:
    return small_crop(path, box, CROP_SIDE)


def sheet(request: Request) -> Response:
    """One sheet of a dataset's thumbnails."""
    path = artefacts.sheet_path(loaders.workspace(), request.path_params["dataset"], request.path_params["number"])
    if not path.exists():
        raise RetrievalError(f"{path} is missing. Open the map again: it makes the thumbnails.")
    return FileResponse(path)


def scene(request: Request) -> Response:
    """All that stays the same while one looks at a map, as JSON; see map_scene.describe."""
    return JSONResponse(map_scene.describe(request.path_params["dataset"], map_scene.MapChoice.read(request.query_params)))


def ids(request: Request) -> Response:
    """Ids of a subset's photographs, in the order of all arrays that are served."""
    return JSONResponse(map_scene.ids(request.path_params["dataset"], request.query_params["subset"]))


def labels(request: Request) -> Response:
    """Number of the landmark of each photograph, uint16; 65535 for an unlabelled one."""
    return _array(map_scene.label_numbers(request.path_params["dataset"], request.query_params["subset"]))


def places(request: Request) -> Response:
    """Places (N, 2) float32 within -1 … 1, then the kNN overlap of each point (N,) float32."""
    name, model = request.path_params["dataset"], request.path_params["model"]
    layout = map_scene.aligned(name, map_scene.MapChoice.read(request.query_params))[model]
    return _array(layout.xy, layout.overlap)


def neighbour_arrays(request: Request) -> Response:
    """Neighbour lists of all photographs of a subset: (N, K) int32 positions, then (N, K) float32 similarities."""
    name, model, subset = (*(request.path_params[key] for key in ("dataset", "model")), request.query_params["subset"])
    found = results.load_neighbour_lists(loaders.workspace(), name, model, subset)
    if found is None:
        raise RetrievalError(f"The neighbours of {name} under {model} are not listed. Open the map again: it lists them.")
    return _array(*found)


def neighbours_of(request: Request) -> Response:
    """The nearest neighbours of one photograph, as {points, similarities}; for sets too large to be listed."""
    name, model = request.path_params["dataset"], request.path_params["model"]
    query = request.query_params
    return JSONResponse(map_scene.neighbours_of(name, model, query["subset"], int(query["point"])))


def queries(request: Request) -> Response:
    """The ranking of every query crop under a model, and its AP; see map_scene.query_rankings."""
    name, model = request.path_params["dataset"], request.path_params["model"]
    return JSONResponse(map_scene.query_rankings(name, model, request.query_params["subset"]))


def _array(*arrays: np.ndarray) -> Response:
    return Response(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays), media_type="application/octet-stream")


def _answering(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Errors as one sentence of text, and the right to keep what has a version."""

    def answer(request: Request) -> Response:
        try:
            response = endpoint(request)
        except RetrievalError as error:
            return PlainTextResponse(str(error), status_code=404)
        except (KeyError, ValueError) as error:
            return PlainTextResponse(f"The address is not complete: {error}", status_code=400)
        if "v" in request.query_params:
            response.headers.update(KEPT)
        return response

    return answer


ROUTES = [
    Route(f"/files/{path}", _answering(endpoint))
    for path, endpoint in (
        ("photograph/{dataset}/{image:path}", photograph),
        ("crop/{dataset}/{query:path}", crop),
        ("sheet/{dataset}/{number:int}", sheet),
        ("scene/{dataset}", scene),
        ("ids/{dataset}", ids),
        ("labels/{dataset}", labels),
        ("places/{dataset}/{model}", places),
        ("neighbours/{dataset}/{model}", neighbour_arrays),
        ("neighbours-of/{dataset}/{model}", neighbours_of),
        ("queries/{dataset}/{model}", queries),
    )
]
