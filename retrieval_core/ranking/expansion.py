"""Query expansion and database-side augmentation: a descriptor is averaged with those of its nearest neighbours.

Sources: Chum et al., "Total recall: automatic query expansion with a generative feature model for object retrieval", ICCV 2007
(AQE); Radenović, Tolias and Chum, "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2018 (αQE); Arandjelović and
Zisserman, "Three things everyone should know to improve object retrieval", CVPR 2012 (DBA). k = 10 and α = 3 are the defaults of
FastReID.
"""

from collections.abc import Generator, Mapping

import numpy as np

from retrieval_core.datasets.large_arrays import large_empty, row_blocks
from retrieval_core.progress import Progress
from retrieval_core.ranking.after_search import AfterSearch, Help, Ordered, unit_rows
from retrieval_core.ranking.neighbour_lists import neighbour_lists
from retrieval_core.ranking.search import search

_K, _ALPHA = (1, 500), (0.0, 20.0)  # bounds


def expand(queries: np.ndarray, database: np.ndarray, k: int, alpha: float) -> np.ndarray:
    """Queries (Q, D), each averaged with the first k of the database (N, D), of which one of similarity s weighs max(s, 0)^alpha.

    All rows have length 1, also those returned, (Q, D) float32. `alpha` 0 is AQE, the plain mean.
    """
    return averaged(queries, *search(queries, database, k), database, alpha)


def augment(database: np.ndarray, k: int, alpha: float) -> Generator[Progress, None, np.ndarray]:
    """The database (N, D), each row averaged with the k other rows nearest to it, as `expand` does. Returns (N, D) float32."""
    positions, similarities = yield from neighbour_lists(database, k)
    return averaged(database, positions, similarities, database, alpha)


def averaged(rows: np.ndarray, positions: np.ndarray, similarities: np.ndarray, database: np.ndarray, alpha: float) -> np.ndarray:
    """Each of (R, D) rows averaged with the database's rows at its positions (R, K); see `expand` for the weights."""
    found = large_empty(rows.shape, np.float32)
    weights = np.maximum(similarities, 0) ** np.float32(alpha)
    for block in row_blocks(rows):
        grown = np.array(rows[block], np.float32)
        for row, (places, shares) in enumerate(zip(positions[block], weights[block], strict=True)):  # all would be K times the rows
            grown[row] += shares @ database[places]
        found[block] = unit_rows(grown, rows[block])
    return found


def _order_expanded(
    queries: np.ndarray, database: np.ndarray, parameters: Mapping[str, float], help: Help
) -> Generator[Progress, None, Ordered]:
    yield from ()
    return search(expand(queries, database, int(parameters["k"]), parameters.get("alpha", 0.0)), database)


def _prepare(database: np.ndarray, parameters: Mapping[str, float]) -> Generator[Progress, None, np.ndarray]:
    return augment(database, int(parameters["k"]), parameters["alpha"])


def _order_augmented(
    queries: np.ndarray, database: np.ndarray, parameters: Mapping[str, float], help: Help
) -> Generator[Progress, None, Ordered]:
    yield from ()
    return search(queries, help.prepared)


_TO_MEAN = "similarity to the mean"
AQE = AfterSearch("average query expansion", {"k": 10}, {"k": _K}, _TO_MEAN, _order_expanded)
ALPHA_QE = AfterSearch("α query expansion", {"k": 10, "alpha": 3.0}, {"k": _K, "alpha": _ALPHA}, _TO_MEAN, _order_expanded)
DBA = AfterSearch(
    "database-side augmentation", {"k": 10, "alpha": 3.0}, {"k": _K, "alpha": _ALPHA},
    "similarity of the query to the mean of the photograph and its neighbours", _order_augmented, _prepare, ("k", "alpha"),
)  # fmt: skip
