"""Local features of a picture, and which of two pictures' features are of the same places: what geometry is checked with."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image as PILImage

from retrieval_core.ranking.picture import LONGEST, Picture

MOST = 1000  # features of a picture: the strongest
KEPT = 512  # pictures whose features stay in memory, about 70 MB
_RATIO = 0.8  # Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004
_SMALLEST = 16  # pixels of the shortest side
_FEWEST = 5  # matches below which nothing is confirmed: four fit any homography
_APART = 4.0  # pixels, at LONGEST, that a match may lie from where the homography puts it


@dataclass(frozen=True, eq=False)
class LocalFeatures:
    """SIFT features of a picture: places (F, 2) float32 in its own pixels, and descriptors (F, 128) uint8.

    `scale` is how many pixels of the picture one is at which they were looked for.
    """

    places: np.ndarray
    descriptors: np.ndarray
    scale: float

    @property
    def roots(self) -> np.ndarray:
        """Descriptors (F, 128) float32 of length 1: RootSIFT (Arandjelović and Zisserman, CVPR 2012)."""
        values = self.descriptors.astype(np.float32)
        return np.sqrt(values / np.maximum(values.sum(axis=1, keepdims=True), 1))


@dataclass(frozen=True, eq=False)
class LocalMatches:
    """Matching places (K, 2) float32 of two pictures, x and y in pixels, and which of them agree with one homography, (K,) bool."""

    first: np.ndarray
    second: np.ndarray
    inliers: np.ndarray


@lru_cache(maxsize=KEPT)
def local_features(picture: Picture) -> LocalFeatures:
    """The features of a picture, kept in memory. RetrievalError as `read` raises it."""
    return find_features(picture.read())


def find_features(picture: PILImage.Image) -> LocalFeatures:
    """The features of a decoded picture, none where it is too small or shows nothing."""
    scale = max(1.0, max(picture.size) / LONGEST)
    if scale > 1:
        picture = picture.resize([max(1, round(side / scale)) for side in picture.size], PILImage.Resampling.BILINEAR)
    if min(picture.size) < _SMALLEST:
        return LocalFeatures(np.empty((0, 2), np.float32), np.empty((0, 128), np.uint8), scale)
    points, descriptors = cv2.SIFT.create(MOST).detectAndCompute(np.asarray(picture.convert("L")), None)
    if not points:
        return LocalFeatures(np.empty((0, 2), np.float32), np.empty((0, 128), np.uint8), scale)
    places = scale * np.array([point.pt for point in points], np.float32)
    return LocalFeatures(places, descriptors.astype(np.uint8), scale)


def mutual_matches(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pairs (M, 2) of rows of (F, 128) and (G, 128), each the nearest of the other, where the second nearest is clearly farther.

    Rows have length 1. The nearest must be at less than 0.8 of the distance of the second nearest of the other picture.
    """
    if len(first) == 0 or len(second) < 2:
        return np.empty((0, 2), np.int64)
    similarities = first @ second.T
    nearest = similarities.argmax(axis=1)
    rows = np.flatnonzero(similarities.argmax(axis=0)[nearest] == np.arange(len(first)))
    best, next_best = -np.partition(-similarities[rows], 1, axis=1)[:, :2].T
    clear = np.maximum(1 - best, 0) < _RATIO**2 * np.maximum(1 - next_best, 0)  # half the squared distances
    return np.stack([rows[clear], nearest[rows[clear]]], axis=1)


def match_features(first: LocalFeatures, second: LocalFeatures) -> LocalMatches:
    """The mutual matches of two pictures, and those of them that one homography explains.

    The homography is found by MAGSAC++ (Barath et al., CVPR 2020) as OpenCV has it; the same pictures give the same matches. Two
    pictures of different things have a few by chance: any four agree with some homography.
    """
    pairs = mutual_matches(first.roots, second.roots)
    here, there = first.places[pairs[:, 0]], second.places[pairs[:, 1]]
    none = LocalMatches(here, there, np.zeros(len(pairs), bool))
    if len(pairs) < _FEWEST:
        return none
    cv2.setRNGSeed(0)
    try:
        found, inside = cv2.findHomography(here / first.scale, there / second.scale, cv2.USAC_MAGSAC, _APART, maxIters=2000)
    except cv2.error:  # places that lie on one line, or on one another
        return none
    if found is None or (kept := inside.ravel().astype(bool)).sum() < _FEWEST:
        return none
    return LocalMatches(here, there, kept)


def confirmed_matches(first: LocalFeatures, second: LocalFeatures) -> np.ndarray:
    """Places (I, 4) float32, x and y in the first picture, then in the second, of the matches that one homography explains."""
    found = match_features(first, second)
    return np.hstack([found.first, found.second])[found.inliers]
