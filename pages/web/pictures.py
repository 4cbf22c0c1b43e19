"""The pictures that the app serves: photographs, what is in the box of a query, sheets of thumbnails."""

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from pages.state import loaders
from pages.web.answers import Answer, whole
from retrieval_core.datasets.catalog import BUILT_IN, open_dataset
from retrieval_core.datasets.thumbnails import small_crop, small_jpeg
from retrieval_core.datasets.types import Box, Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.results import list_sheets

SIDE = 360  # pixels of a served photograph's longest side
CROP_SIDE = 160
LARGE = 1400  # of one that is looked at by itself


def photograph(request: Request) -> Answer:
    """A photograph, made small; with `large` in the address one that fills a screen."""
    dataset = dataset_of(request)
    try:
        path = dataset.image(request.path_params["image"]).path
    except KeyError:
        raise RetrievalError(f"{dataset.name} has no photograph {request.path_params['image']!r}.") from None
    data = small_jpeg(path, LARGE) if "large" in request.query_params else _small(path, dataset.photographs)
    return Response(data, media_type="image/jpeg"), dataset.photographs[:12]


@lru_cache(maxsize=6000)
def _small(path: str, version: str) -> bytes:
    return small_jpeg(path, SIDE)


def rendered(request: Request) -> Answer:
    """A picture of a dataset of ours that is being rendered, as it was written; it is kept by nobody, since it may be made anew."""
    name, picture = request.path_params["dataset"], request.path_params["picture"]
    root = loaders.workspace().folder(name) / "photographs"
    path = (root / picture).resolve()
    if name not in BUILT_IN or not path.is_relative_to(root.resolve()) or path.suffix != ".jpg" or not path.is_file():
        raise RetrievalError(f"No picture {picture!r} of {name} is rendered yet.")
    return Response(path.read_bytes(), media_type="image/jpeg"), ""


def crop(request: Request) -> Answer:
    """What is in the box of a query, made small."""
    dataset = dataset_of(request)
    try:
        query = dataset.query(request.path_params["query"])
    except KeyError:
        raise RetrievalError(f"{dataset.name} has no query {request.path_params['query']!r}.") from None
    data = _crop(dataset.image(query.image_id).path, query.box, dataset.photographs)
    return Response(data, media_type="image/jpeg"), dataset.photographs[:12]


@lru_cache(maxsize=2000)
def _crop(path: str, box: Box | None, version: str) -> bytes:
    return small_crop(path, box, CROP_SIDE)


def sheet(request: Request) -> Answer:
    """One sheet of a dataset's thumbnails."""
    dataset, number = dataset_of(request), whole(request.path_params["number"], "number of the sheet")
    sheets = list_sheets(loaders.workspace(), dataset)
    if not number < len(sheets):
        raise RetrievalError(f"{dataset.name} has no sheet {number} of thumbnails. Open the map again: it makes them.")
    return Response(sheets[number].read_bytes(), media_type="image/jpeg"), loaders.workspace().record(sheets[number]).sha256[:12]


def dataset_of(request: Request) -> Dataset:
    """The dataset that an address names."""
    return open_dataset(loaders.workspace(), request.path_params["dataset"])
