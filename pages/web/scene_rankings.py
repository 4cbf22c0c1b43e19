"""What comes first on a map: for a photograph its neighbours, for a query its ranking; points are numbered as in map_scene."""

import numpy as np

from pages.web.map.messages import Neighbours, QueryRanking
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.ranking.neighbour_lists import listed
from retrieval_core.ranking.search import nearest
from retrieval_core.stored.artefacts import scores_path, sha256, subset_ids
from retrieval_core.stored.ranking import first_of, query_pictures
from retrieval_core.stored.results import Results
from retrieval_core.workspace import short_hash


def members_version(dataset: Dataset, subset: str) -> str:
    """Hash of the photographs of a subset and their landmarks."""
    return short_hash([dataset.photographs, dataset.truth, subset])


def neighbours_of(results: Results, subset: str, point: int) -> Neighbours:
    """The nearest photographs of a subset to one of it; RetrievalError for a point that it does not have."""
    matrix = results.rows(subset)
    if not 0 <= point < len(matrix):
        raise RetrievalError(f"There is no point {point}: the subset {subset} of {results.dataset.name} has {len(matrix):,}, from 0.")
    points, similarities = nearest(matrix, point, listed(len(matrix)))
    return {"points": points.tolist(), "similarities": [round(float(value), 4) for value in similarities]}


def query_rankings(results: Results, subset: str) -> dict[str, QueryRanking]:
    """By query id: the points most similar to the query crop, their similarities, and its AP in both protocols."""
    queries, members = results.descriptors[1], subset_ids(results.dataset, subset)
    pictures = query_pictures(results.dataset, queries.ids)
    points, similarities = finished(first_of(results, queries.matrix, pictures, members, listed(len(members)), queries.ids))
    scores = results.scores if results.scored else []
    known: dict[str, list[float | None]] = {score.query_id: [score.ap_oxford, score.ap_finite_sum] for score in scores}
    return {
        query_id: {
            "points": points[row].tolist(),
            "similarities": np.round(similarities[row], 4).tolist(),
            "ap": known.get(query_id, [None, None]),
        }
        for row, query_id in enumerate(queries.ids)
    }


def rankings_version(results: Results, subset: str) -> str:
    """Hash of what `query_rankings` gives: descriptors, what comes after the search, the APs that stand in it, and the subset."""
    scores = sha256(results.workspace, scores_path(results.workspace, results.dataset.name, results.run, results.model))
    after = [results.preset.after] if results.preset.after else []
    return short_hash([results.version, *after, scores if results.scored else None, members_version(results.dataset, subset)])


def rows_version(results: Results, subset: str) -> str:
    """Hash of the descriptors of a subset."""
    return short_hash([results.version, members_version(results.dataset, subset)])
