"""A ranking beside the ground truth of its query: which images are counted, and which of them are right."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.ranked_ids import RankedIds
from retrieval_core.ranking.search import Ranking


def with_queries(dataset: Dataset, rankings: Iterable[Ranking]) -> Iterator[tuple[Query, Ranking]]:
    """Each ranking with the query that it answers, in the order of the rankings.

    Raises RetrievalError if a ranking's query is not one of the dataset's.
    """
    queries = {query.id: query for query in dataset.queries}
    for ranking in rankings:
        query = queries.get(ranking.query_id)
        if query is None:
            raise RetrievalError(
                f"The dataset {dataset.name} has no query {ranking.query_id!r}. Its ground truth has changed: "
                "extract the descriptors again."
            )
        yield query, ranking


def counted(ranked_ids: Sequence[str], query: Query) -> Iterator[tuple[int, str, bool]]:
    """The images of a ranking without the query's junk: rank from 1 (ranks close up), image id, whether it is right."""
    positives, junk = set(query.positives), set(query.junk)
    kept = (image_id for image_id in ranked_ids if image_id not in junk)
    return ((rank, image_id, image_id in positives) for rank, image_id in enumerate(kept, 1))


def ranks_of(ranked_ids: Sequence[str], wanted: Collection[str], junk: Collection[str] = ()) -> dict[str, int]:
    """The rank, from 1, of each wanted image that a ranking holds, in its order; junk has none and is not counted (ranks close up)."""
    if isinstance(ranked_ids, RankedIds):
        places, group = ranked_ids.marked(wanted, junk)
        ranks = 1 + places - np.cumsum(group)
        return {ranked_ids[place]: int(rank) for place, rank in zip(places[group == 0], ranks[group == 0], strict=True)}
    wanted, junk = set(wanted), set(junk)
    kept = (image_id for image_id in ranked_ids if image_id not in junk)
    return {image_id: rank for rank, image_id in enumerate(kept, 1) if image_id in wanted}


def right_ranks(ranked_ids: Sequence[str], query: Query) -> dict[str, int]:
    """The rank of each right image of a ranking; see `ranks_of`."""
    return ranks_of(ranked_ids, query.positives, query.junk)


def without_query_image(query: Query) -> Query:
    """The same query with its own image as junk, and so no positive: as in ROxford5k, where it is not in the database.

    Radenović et al., "Revisiting Oxford and Paris", CVPR 2018.
    """
    own = query.image_id
    good, ok = (tuple(image_id for image_id in ids if image_id != own) for ids in (query.good, query.ok))
    return replace(query, good=good, ok=ok, junk=(*query.junk, own))


def without_query_images(dataset: Dataset) -> Dataset:
    """The same dataset with `without_query_image` for each query: to score with, not to keep (the fingerprint stays)."""
    return replace(dataset, queries=tuple(without_query_image(query) for query in dataset.queries))
