"""Points that two pictures share: SIFT, mutual nearest neighbours with the ratio test, and the homography that most agree with.

Sources: Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004; Barath et al., "MAGSAC++, a fast, reliable and
accurate robust estimator", CVPR 2020, as in OpenCV. A homography and no fundamental matrix: it maps a facade exactly, and random
matches agree with it far less often (see LOG.md).
"""

from dataclasses import dataclass

import cv2
import numpy as np

SIDE = 480  # pixels of the longest side at which pictures are best compared; larger ones were no better and took twice as long
MOST_POINTS = 2000  # of a picture, the strongest
RATIO = 0.8  # Lowe's: the second-best match must be this much farther away
THRESHOLD = 5.0  # pixels by which an inlier may miss the homography
_FEWEST = 4  # matches that a homography takes
_TRIES = 5000
_SURE = 0.999


@dataclass(frozen=True, eq=False)
class LocalMatches:
    """Matching points (K, 2) float32 of two pictures, x and y in pixels, and which of them agree with one homography, (K,) bool."""

    first: np.ndarray
    second: np.ndarray
    inliers: np.ndarray


def match_locally(first: np.ndarray, second: np.ndarray) -> LocalMatches:
    """The matching points of two RGB pictures (H, W, 3) or grey ones (H, W), uint8; the same pictures give the same points.

    Two pictures of different things have a few inliers by chance: any four matches agree with some homography.
    """
    (points, rows), (others, other_rows) = _keypoints(first), _keypoints(second)
    pairs = mutual_matches(rows, other_rows)
    found, partners = points[pairs[:, 0]], others[pairs[:, 1]]
    return LocalMatches(found, partners, _agreeing(found, partners))


def mutual_matches(rows: np.ndarray, others: np.ndarray, ratio: float = RATIO) -> np.ndarray:
    """Pairs (K, 2) of positions in `rows` (N, D) and `others` (M, D) that are nearest to each other, and clearly so.

    The second-nearest of the others must be farther by the ratio; where there is no second, nothing tells a match from chance.
    """
    if len(rows) == 0 or len(others) < 2:
        return np.empty((0, 2), np.int64)
    rows, others = rows.astype(np.float32), others.astype(np.float32)
    squares = (rows**2).sum(1)[:, None] + (others**2).sum(1)[None] - 2 * rows @ others.T
    nearest, back = squares.argmin(1), squares.argmin(0)
    best, second = np.partition(squares, 1, axis=1)[:, :2].T
    kept = np.flatnonzero((back[nearest] == np.arange(len(rows))) & (best < ratio**2 * second))
    return np.stack([kept, nearest[kept]], axis=1)


def _keypoints(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 2) of a picture and their SIFT descriptors (N, 128)."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    points, rows = cv2.SIFT.create(MOST_POINTS).detectAndCompute(grey, None)
    if rows is None:
        return np.empty((0, 2), np.float32), np.empty((0, 128), np.float32)
    return np.array([point.pt for point in points], np.float32), rows


def _agreeing(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    none = np.zeros(len(points), bool)
    if len(points) < _FEWEST:
        return none
    found, mask = cv2.findHomography(points, others, cv2.USAC_MAGSAC, THRESHOLD, None, _TRIES, _SURE)
    return none if found is None else mask.ravel().astype(bool)
