"""What comes first on a map: for a photograph its neighbours, for a query its ranking; points are numbered as in map_scene."""

import numpy as np

from pages.state import engines
from pages.web.map.messages import FoundNear, QueryRanking
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.ranking.engines import USUAL, read_engine
from retrieval_core.ranking.neighbour_lists import listed
from retrieval_core.ranking.search import nearest
from retrieval_core.stored.artefacts import scores_path, sha256, subset_ids
from retrieval_core.stored.ranking import first_of, query_pictures
from retrieval_core.stored.results import Results
from retrieval_core.stored.searched import engine_words
from retrieval_core.workspace import short_hash


def members_version(dataset: Dataset, subset: str) -> str:
    """Hash of the photographs of a subset and their landmarks."""
    return short_hash([dataset.photographs, dataset.truth, subset])


def neighbours_of(results: Results, subset: str, point: int, engine: str = USUAL) -> FoundNear:
    """The nearest photographs of a subset to one of it, by a search engine where that holds the descriptors, else by exact search.

    RetrievalError for a point that the subset does not have, and where the engine does not answer.
    """
    matrix = results.rows(subset)
    if not 0 <= point < len(matrix):
        raise RetrievalError(f"There is no point {point}: the subset {subset} of {results.dataset.name} has {len(matrix):,}, from 0.")
    why = engines.lacks(results, engine)
    if why or read_engine(engine).name == USUAL:
        points, similarities = nearest(matrix, point, listed(len(matrix)))
        found_by, approximate = f"{engine} {why}, so they are found by exact search." if why else "", False
    else:
        points, similarities, found_by, approximate = _found(results, subset, matrix, point, engine)
    return {"points": points.tolist(), "similarities": [round(float(value), 4) for value in similarities],
            "found_by": found_by, "approximate": approximate}  # fmt: skip


def _found(results: Results, subset: str, matrix: np.ndarray, point: int, engine: str) -> tuple[np.ndarray, np.ndarray, str, bool]:
    """Points and similarities that an engine finds, what is said of it, and whether it may have missed some."""
    index, within = engines.opened(results, engine), None if subset == "all" else results.dataset.labelled
    positions, similarities = index.search(np.asarray(matrix[point : point + 1], np.float32), listed(len(matrix)) + 1, within)
    points = positions[0] if within is None else np.where(positions[0] < 0, -1, np.searchsorted(within, positions[0]))
    others = np.flatnonzero((points >= 0) & (points != point))[: listed(len(matrix))]
    approximate = not (index.exact or index.is_few(within))
    words = engine_words(results, engine) if not index.is_few(within) else ""
    said = f"Approximate: found by {words}, so some of the nearest may be missing." if approximate else words and f"Found by {words}."
    return points[others], similarities[0, others], said, approximate


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
