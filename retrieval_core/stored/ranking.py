"""Rankings of what is stored: queries, photographs and pictures of one's own, all by what the model does after the search."""

from collections.abc import Generator, Mapping, Sequence
from functools import partial
from hashlib import sha256

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.types import Box, Dataset, Image
from retrieval_core.progress import Progress
from retrieval_core.ranking.after_search import Count, Ordered
from retrieval_core.ranking.order import METHODS, order
from retrieval_core.ranking.picture import LONGEST, Picture
from retrieval_core.ranking.search import Ranking, named, search
from retrieval_core.ranking.verification import counting
from retrieval_core.stored.matches import read_matches
from retrieval_core.stored.results import Results


def rank_queries(results: Results, parameters: Mapping[str, float] | None = None) -> Generator[Progress, None, list[Ranking]]:
    """The whole database as each query of the ground truth sees it; `parameters` of what is done after the search."""
    database, queries = results.descriptors
    pictures = query_pictures(results.dataset, queries.ids)
    found = yield from order_rows(results, queries.matrix, pictures, queries.ids, parameters)
    return named(queries.ids, database.ids, *found)


def order_rows(
    results: Results,
    rows: np.ndarray,
    pictures: Sequence[Picture | None],
    query_ids: Sequence[str] = (),
    parameters: Mapping[str, float] | None = None,
    fresh: np.ndarray | None = None,
) -> Generator[Progress, None, Ordered]:
    """Rank the stored photographs for descriptors (Q, D) by what the model does after the search. Returns positions and scores (Q, N).

    `pictures` are those that the rows describe, None where there is none. `query_ids` names the rows where they are queries of
    the ground truth exactly: what was counted of these is not counted again. `fresh` (N, D) takes the place of what is stored.
    Raises RetrievalError as `order` does.
    """
    after = results.preset.after
    count = picture_count(results.dataset, pictures) if after and METHODS[after].looks else None
    if count and query_ids:
        count = _with_stored(read_matches(results), query_ids, count)
    if fresh is not None:
        return (yield from order(rows, fresh, after, parameters, count))
    return (yield from order(rows, results.descriptors[0].matrix, after, parameters, count, results.version))


def first_of(
    results: Results,
    rows: np.ndarray,
    pictures: Sequence[Picture | None],
    members: Sequence[str],
    k: int,
    query_ids: Sequence[str] = (),
) -> Generator[Progress, None, Ordered]:
    """The first k of some of the photographs in the order of `order_rows`: positions in `members` (Q, K), and scores (Q, K)."""
    database, _ = results.descriptors
    if results.preset.after is None:  # whatever else there is changes nothing
        return search(rows, database.rows(members), k)
    positions, scores = yield from order_rows(results, rows, pictures, query_ids)
    numbers = np.full(len(database.ids), -1, np.int32)
    numbers[[database.row(one) for one in members]] = np.arange(len(members))
    found = numbers[positions]
    inside, shape = found >= 0, (len(rows), len(members))
    return found[inside].reshape(shape)[:, :k], scores[inside].reshape(shape)[:, :k]


def picture_count(dataset: Dataset, pictures: Sequence[Picture | None]) -> Count | None:
    """What counts the matches of pictures with a dataset's photographs; None where one of these is not there."""
    if not all(image.path for image in dataset.images) or not all(pictures):
        return None
    return counting(pictures, [photograph_picture(dataset, image) for image in dataset.images])


def photograph_picture(dataset: Dataset, image: Image) -> Picture:
    """A photograph, as it is compared."""
    return Picture((dataset.photographs, image.id), partial(read_image, image.path, LONGEST))


def query_pictures(dataset: Dataset, query_ids: Sequence[str]) -> list[Picture | None]:
    """What lies inside the boxes of queries; None for one whose photograph is not there."""
    queries = [dataset.query(query_id) for query_id in query_ids]
    return [box_picture(dataset, dataset.image(query.image_id), query.box) for query in queries]


def box_picture(dataset: Dataset, image: Image, box: Box | None) -> Picture | None:
    """What lies inside a box on a photograph, or all of it; None where the photograph is not there."""
    if not image.path:
        return None
    if box is None:
        return photograph_picture(dataset, image)
    return Picture((dataset.photographs, image.id, *box), lambda: cut(read_image(image.path), box))


def asked_picture(picture: PILImage.Image, box: Box | None) -> Picture:
    """What lies inside a box of a picture that was read already; its pixels tell it from others."""
    return Picture((sha256(picture.tobytes()).hexdigest(), picture.size, box), lambda: cut(picture, box))


def cut(picture: PILImage.Image, box: Box | None) -> PILImage.Image:
    """What lies inside a box of a picture, one pixel at least."""
    if box is None:
        return picture
    left, top, right, bottom = (round(value) for value in box)
    return picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _with_stored(known: Mapping[str, Mapping[int, int]], query_ids: Sequence[str], count: Count) -> Count:
    """Count only what is not known yet."""

    def counted(row: int, positions: np.ndarray) -> Generator[Progress, None, np.ndarray]:
        of_query = known.get(query_ids[row], {})
        found = np.array([of_query.get(int(position), -1) for position in positions], np.int32)
        left = np.flatnonzero(found < 0)
        if len(left):
            found[left] = yield from count(row, positions[left])
        return found

    return counted
