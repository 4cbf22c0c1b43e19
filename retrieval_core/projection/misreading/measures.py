"""What is measured on a small map beside trustworthiness: clusters that one sees, colours side by side, sizes, distances."""

from collections.abc import Sequence

import numpy as np

from retrieval_core.evaluation.density_clusters import SMALLEST
from retrieval_core.projection.euclidean import euclidean_neighbours
from retrieval_core.projection.maps import ProjectedMap
from retrieval_core.projection.quality import NEIGHBOURS

TRUST, KEPT, SEEN = "trustworthiness", "neighbours kept, %", "clusters seen"
ORDER = "order of distances kept, %"


def quality(layout: ProjectedMap) -> dict[str, float]:
    """What a map says of itself: trustworthiness, and the share of the nearest neighbours that it keeps."""
    return {TRUST: layout.quality["trustworthiness"], KEPT: 100 * layout.quality["knn_overlap"]}


def clusters_seen(points: np.ndarray) -> int:
    """Clusters that HDBSCAN finds among (N, D) points by their distance: on a map, those that an eye would see."""
    if len(points) < max(SMALLEST, 3):
        return 0
    from sklearn.cluster import HDBSCAN

    return int(HDBSCAN(min_cluster_size=SMALLEST, copy=True).fit(np.asarray(points, np.float64)).labels_.max()) + 1


def nearest(points: np.ndarray) -> np.ndarray:
    """The nearest others (N, k) of each of (N, D) points, ten of them where there are so many."""
    return euclidean_neighbours(points, max(1, min(NEIGHBOURS, (len(points) - 1) // 2)))[0]


def shared_neighbours(one: np.ndarray, other: np.ndarray) -> float:
    """Share, 0 to 1, of the nearest neighbours of each point that two layouts (N, 2) have in common."""
    first, second = nearest(one), nearest(other)
    return float(np.mean([len(np.intersect1d(*rows)) / first.shape[1] for rows in zip(first, second, strict=True)]))


def same_colour(points: np.ndarray, codes: np.ndarray) -> float:
    """Share, 0 to 1, of the nearest neighbours of (N, D) points that have their colour (N,)."""
    return float((codes[nearest(points)] == codes[:, None]).mean())


def same_by_chance(codes: np.ndarray) -> float:
    """The share that colours (N,) would have anywhere: of all pairs of points, those of one colour."""
    counts = np.unique(codes, return_counts=True)[1]
    return float((counts * (counts - 1)).sum() / (len(codes) * (len(codes) - 1)))


def width(points: np.ndarray) -> float:
    """How wide (N, D) points lie: the median distance to their middle, so that a few that went astray don't decide."""
    return float(np.median(np.linalg.norm(points - np.mean(points, axis=0), axis=1)))


def middles(points: np.ndarray, codes: np.ndarray, landmarks: Sequence[int]) -> np.ndarray:
    """The middle (L, D) of each landmark among points (N, D)."""
    return np.stack([np.asarray(points[codes == code], np.float64).mean(axis=0) for code in landmarks])


def pair_distances(places: np.ndarray) -> np.ndarray:
    """Distances of all pairs of (L, D) places: first to second, first to third, … ."""
    from scipy.spatial.distance import pdist

    return pdist(places)


def order_kept(truth: np.ndarray, seen: np.ndarray) -> float:
    """Share, 0 to 1, of all comparisons of two distances (P,) that come out alike in two spaces; 0.5 is chance. At least two."""
    first, second = np.triu_indices(len(truth), 1)
    alike = np.sign(truth[first] - truth[second]) == np.sign(seen[first] - seen[second])
    return float(alike.mean())


def order_of_landmarks(matrix: np.ndarray, xy: np.ndarray, codes: np.ndarray, landmarks: Sequence[int]) -> dict[str, float]:
    """How well a map keeps which landmarks are nearer to each other than others; nothing with fewer than three landmarks."""
    if len(landmarks) < 3:
        return {}
    truth, seen = (pair_distances(middles(points, codes, landmarks)) for points in (matrix, xy))
    return {ORDER: 100 * order_kept(truth, seen)}
