"""Groups that lie densely in descriptor space, found without a label (HDBSCAN), and how well they agree with landmarks."""

from dataclasses import dataclass

import numpy as np

SMALLEST = 5  # photographs of a cluster, scikit-learn's default
NOISE = -1  # the number of a photograph that is in no cluster
_LEAST = 1e-6  # distance of two equal descriptors: a sparse matrix takes 0 for no edge
_ROWS = 1024  # descriptors compared at a time


def density_clusters(matrix: np.ndarray, positions: np.ndarray, similarities: np.ndarray, smallest: int = SMALLEST) -> np.ndarray:
    """Number (N,) int32 of the cluster that each photograph is in, from 0; NOISE where it is in none.

    Args:
        matrix: (N, D) descriptors, rows of length 1.
        positions, similarities: (N, K) neighbour lists of all of them.
        smallest: photographs that make a cluster.

    HDBSCAN (Campello, Moulavi & Sander, "Density-based clustering based on hierarchical density estimates", PAKDD 2013) by
    Euclidean distance, on the graph of the neighbour lists in place of all pairs: exact where these hold all others, but for edges
    of one length, which may come in another order, else as near as the lists are long. Parts of the graph without a neighbour in
    common are joined by their most similar photographs.
    """
    if len(matrix) < max(smallest, 3):
        return np.full(len(matrix), NOISE, np.int32)
    from sklearn.cluster import HDBSCAN

    graph = _joined(_graph(positions, similarities), matrix)
    return HDBSCAN(min_cluster_size=smallest, metric="precomputed", copy=False).fit(graph).labels_.astype(np.int32)


def purity(numbers: np.ndarray, codes: np.ndarray) -> float | None:
    """Share, 0 to 1, of the photographs in clusters that are of the most frequent landmark of their cluster; None without a cluster.

    numbers, codes: (L,) cluster and landmark of labelled photographs. Noise is left out, so say beside it how much that is.
    """
    counts = _counts(numbers[numbers != NOISE], codes[numbers != NOISE])
    return float(counts.max(axis=1).sum() / counts.sum()) if counts.size else None


def normalised_mutual_information(numbers: np.ndarray, codes: np.ndarray) -> float | None:
    """Mutual information of cluster and landmark (L,) by the mean of their entropies, 0 to 1; noise is one more cluster.

    None without a photograph. Vinh, Epps & Bailey, "Information theoretic measures for clusterings comparison", JMLR 2010.
    """
    if len(numbers) == 0:
        return None
    joint = _counts(numbers, codes) / len(numbers)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    entropy = lambda shares: float(-(shares * np.log(shares)).sum())  # noqa: E731
    kept = joint > 0
    information = float((joint[kept] * np.log(joint[kept] / np.outer(rows, columns)[kept])).sum())
    mean = (entropy(rows) + entropy(columns)) / 2
    return information / mean if mean > 0 else 1.0


@dataclass(frozen=True)
class Agreement:
    """How clusters agree with landmarks: their number, the share of the labelled in none, purity and NMI, all 0 to 1. JSON-able."""

    clusters: int
    noise: float
    purity: float | None
    information: float | None


def agreement(numbers: np.ndarray, codes: np.ndarray) -> Agreement:
    """Of clusters (N,) and landmarks (N,), −1 where unlabelled: these are clustered with the others, and not counted."""
    labelled = numbers[codes >= 0], codes[codes >= 0]
    noise = float((labelled[0] == NOISE).mean()) if len(labelled[0]) else 0.0
    return Agreement(int(numbers.max(initial=NOISE)) + 1, noise, purity(*labelled), normalised_mutual_information(*labelled))


def _counts(numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Photographs (C, G) of each cluster and landmark that there is."""
    _, rows = np.unique(numbers, return_inverse=True)
    _, columns = np.unique(codes, return_inverse=True)
    counts = np.zeros((rows.max(initial=-1) + 1, columns.max(initial=-1) + 1))
    np.add.at(counts, (rows, columns), 1)
    return counts


def _graph(positions: np.ndarray, similarities: np.ndarray):
    """Distances (N, N) of neighbours as a sparse matrix; each row also holds itself, which counts as the nearest."""
    from scipy.sparse import csr_array

    total, width = positions.shape
    columns = np.concatenate([np.arange(total)[:, None], positions], axis=1)
    distances = np.concatenate([np.full((total, 1), _LEAST), _distance(np.asarray(similarities, np.float64))], axis=1)
    graph = csr_array((distances.ravel(), columns.ravel(), np.arange(total + 1) * (width + 1)), shape=(total, total))
    return graph.maximum(graph.T).tocsr()


def _joined(graph, matrix: np.ndarray):
    """The graph with an edge more from each part, but for the largest, to the photograph outside that is nearest, until it is one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    while (found := connected_components(graph, directed=False))[0] > 1:
        count, part = found
        largest = np.bincount(part).argmax()
        bridges = dict(_bridge(matrix, part == number) for number in range(count) if number != largest)
        ends, distances = np.array(list(bridges)).T, list(bridges.values())
        sides = np.concatenate([ends, ends[::-1]], axis=1)
        graph = (graph + coo_array((np.tile(distances, 2), (sides[0], sides[1])), shape=graph.shape)).tocsr()
    return graph


def _bridge(matrix: np.ndarray, inside: np.ndarray) -> tuple[tuple[int, int], float]:
    """The most similar pair of a photograph inside of a part and one outside, the lower first, and their distance."""
    within, best = np.flatnonzero(inside), (-2.0, 0, 0)
    for start in range(0, len(matrix), _ROWS):
        outside = start + np.flatnonzero(~inside[start : start + _ROWS])
        if len(outside):
            others = matrix[outside].T
            for begin in range(0, len(within), _ROWS):
                similar = matrix[within[begin : begin + _ROWS]] @ others
                row, column = np.unravel_index(similar.argmax(), similar.shape)
                best = max(best, (float(similar[row, column]), int(within[begin + row]), int(outside[column])))
    return (min(best[1:]), max(best[1:])), float(_distance(np.array(best[0])))


def _distance(similarities: np.ndarray) -> np.ndarray:
    """Euclidean distance of descriptors of length 1."""
    return np.sqrt(np.maximum(2 - 2 * similarities, _LEAST**2))
