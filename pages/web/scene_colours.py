"""The colours of a map besides those of the landmarks: a colouring's value of every point, and how similar all are to a selection."""

import numpy as np

from pages.web.map.messages import ColouringValues, SelectionMeasures
from pages.web.map_choice import MapChoice
from pages.web.map_scene import aligned
from pages.widgets import style
from retrieval_core.descriptors.matrix import chosen_rows
from retrieval_core.errors import RetrievalError
from retrieval_core.projection.border import border
from retrieval_core.ranking.selection import mean_within, similarity_to
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.colourings import OTHER, Ramp, colour, colourings_of, shortened
from retrieval_core.stored.results import Results


def values(results: Results, choice: MapChoice, key: str, query: str, k: int) -> ColouringValues:
    """The values of a colouring for the points of a map, ready to be drawn: the tail of the categories is one, grey.

    RetrievalError for a colouring that there is not, or if what it reads is missing.
    """
    found = colour(results, key, choice.subset, query, k)
    ids, title = subset_ids(results.dataset, choice.subset), colourings_of(results.dataset)[key]
    if isinstance(found, Ramp):
        numbers = [float(f"{found.values[image_id]:.6g}") if image_id in found.values else None for image_id in ids]
        line = [] if found.border is None else _border(results, choice, numbers, found.border)
        return {"title": title, "names": [], "colours": [], "symbols": [], "low": found.low, "high": found.high, "even": found.even,
                "values": numbers, "border": line}  # fmt: skip
    names, category = shortened(found)
    places = {name: float(place) for place, name in enumerate(names)}
    return {
        "title": title, "names": names, "low": "", "high": "", "even": True,
        "colours": [style.TAIL if name == OTHER else style.HUES[place] for place, name in enumerate(names)],
        "symbols": [place % style.SYMBOLS for place in range(len(names))],
        "values": [places[category[image_id]] if image_id in category else None for image_id in ids],
        "border": [],
    }  # fmt: skip


def _border(results: Results, choice: MapChoice, numbers: list[float | None], level: float) -> list[list[float]]:
    """Where the numbers of the photographs cross a level on the map of a model; nothing where it has no map of this choice."""
    if (made := aligned(results.dataset.name, choice).get(results.model)) is None:
        return []
    pieces = border(made.xy, np.array(numbers, float) - level)
    return np.round(pieces.astype(float), 4).tolist()


def measures(results: Results, subset: str, points: bytes, query: str) -> SelectionMeasures:
    """How similar the points of a subset are to some of them (uint32), else to a query; RetrievalError for neither."""
    matrix, queries = results.rows(subset), results.descriptors[1]
    chosen = np.frombuffer(points[: len(points) // 4 * 4], "<u4")
    if len(chosen) > len(matrix) or (len(chosen) and chosen.max() >= len(matrix)):
        raise RetrievalError(f"The selection names a point that is not among the {len(matrix):,}. Open the map again.")
    if not len(chosen) and query not in queries:
        raise RetrievalError(f"{results.dataset.name} has no query {query!r}. Choose another.")
    rows = chosen_rows(matrix, chosen.astype(np.int64)) if len(chosen) else queries.matrix[[queries.row(query)]]
    similarities = np.round(similarity_to(matrix, rows).astype(float), 4)
    return {"within": mean_within(rows), "similarities": similarities.tolist()}
