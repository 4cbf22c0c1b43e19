"""Geometric verification: what one homography explains is confirmed, and the ranking follows it."""

import cv2
import numpy as np
import pytest
from PIL import Image as PILImage
from unit_rows import unit_rows

from retrieval_core.progress import finished
from retrieval_core.ranking.after_search import unit_rows as normalised
from retrieval_core.ranking.local_features import LocalFeatures, confirmed_matches, local_features, mutual_matches
from retrieval_core.ranking.order import order
from retrieval_core.ranking.picture import Picture
from retrieval_core.ranking.search import search
from retrieval_core.ranking.verification import counting

TURN = np.array([[0.9, -0.2, 60], [0.25, 0.85, 20], [2e-4, -1e-4, 1]])


def scene(seed: int, width: int = 320, height: int = 240) -> np.ndarray:
    """Discs and rectangles of many sizes and greys, on no grid: corners enough for any detector, and none of another scene's."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width), 128, np.uint8)
    for x, y, wide, high, grey in random.integers((0, 0, 4, 4, 0), (width, height, 40, 40, 255), (150, 5)).tolist():
        if grey % 2:
            cv2.ellipse(picture, (x, y), (wide, high), 7 * grey, 0, 360, grey, -1)
        else:
            cv2.rectangle(picture, (x, y), (x + wide, y + high), grey, -1)
    return picture


def picture(name: str, pixels: np.ndarray) -> Picture:
    return Picture((name, pixels.tobytes()), lambda: PILImage.fromarray(pixels).convert("RGB"))


def features(name: str, pixels: np.ndarray) -> LocalFeatures:
    return local_features(picture(name, pixels))


def test_matches_are_mutual_and_clear():
    random = np.random.default_rng(0)
    rows = normalised(random.normal(size=(30, 128)), np.zeros((30, 128)))
    turned = rows[::-1].copy()
    assert mutual_matches(rows, turned).tolist() == [[place, 29 - place] for place in range(30)]
    doubled = np.concatenate([turned, turned[:1]])  # two are equally near: neither is clear
    assert 29 not in mutual_matches(rows, doubled)[:, 0]
    distances = np.linalg.norm(rows[:, None] - turned[None, :20], axis=2)
    expected = [[a, int(near.argmin())] for a, near in enumerate(distances)
                if distances[:, near.argmin()].argmin() == a and np.sort(near)[0] < 0.8 * np.sort(near)[1]]  # fmt: skip
    assert mutual_matches(rows, turned[:20]).tolist() == expected
    assert mutual_matches(rows, turned[:1]).shape == (0, 2)
    assert mutual_matches(rows[:0], turned).shape == (0, 2)


def test_a_turned_picture_is_confirmed_where_the_homography_says():
    before = scene(1)
    after = cv2.warpPerspective(before, TURN, (320, 240))
    found = confirmed_matches(features("before", before), features("after", after))
    assert len(found) > 40
    expected = cv2.perspectiveTransform(found[:, None, :2], TURN)[:, 0]
    assert np.abs(expected - found[:, 2:]).max() < 6
    assert np.median(np.abs(expected - found[:, 2:])) < 1


def test_a_large_picture_is_matched_in_its_own_pixels():
    small = scene(2)
    large = cv2.resize(small, (1600, 1200), interpolation=cv2.INTER_CUBIC)
    found = confirmed_matches(features("small", small), features("large", large))
    assert len(found) > 20
    assert np.median(np.abs(5 * found[:, :2] - found[:, 2:])) < 8


@pytest.mark.parametrize("other", [scene(3), np.zeros((240, 320), np.uint8), np.zeros((3, 3), np.uint8), np.zeros((1, 900), np.uint8)])
def test_another_picture_is_not(other):
    assert len(confirmed_matches(features("one", scene(1)), features("other", other))) < 8
    assert len(confirmed_matches(features("other", other), features("one", scene(1)))) < 8


def test_the_same_pictures_give_the_same_matches():
    pair = features("before", scene(1)), features("after", cv2.warpPerspective(scene(1), TURN, (320, 240)))
    first = confirmed_matches(*pair)
    cv2.setRNGSeed(77)
    np.testing.assert_array_equal(confirmed_matches(*pair), first)


@pytest.fixture
def five():
    """Descriptors of a query and five photographs, of which the third and the last show what the query shows."""
    shown = [scene(10), scene(11), cv2.warpPerspective(scene(1), TURN, (320, 240)), scene(12), scene(1)[20:220, 20:300].copy()]
    photographs = [picture(str(place), pixels) for place, pixels in enumerate(shown)]
    query = np.array([[1, 0, 0]], np.float32)
    similarities = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    database = np.stack([similarities, np.sqrt(1 - similarities**2), 0 * similarities], axis=1).astype(np.float32)
    return query, database, counting([picture("query", scene(1))], photographs)


def test_what_is_verified_comes_first(five):
    positions, scores = finished(order(*five[:2], "verified", None, five[2]))
    assert sorted(positions[0, :2].tolist()) == [2, 4]
    assert positions[0, 2:].tolist() == [0, 1, 3]
    assert scores[0, 2:].tolist() == pytest.approx([0.9, 0.8, 0.6])
    for place in range(2):
        matches = scores[0, place] - five[1][positions[0, place], 0]
        assert matches == pytest.approx(round(matches), abs=1e-3)
        assert matches >= 8
    assert (np.diff(scores[0]) <= 0).all()
    assert finished(order(*five[:2], "verified", {"k": 2}, five[2]))[0][0].tolist() == [0, 1, 2, 3, 4]
    assert finished(order(*five[:2], "verified", {"matches": 500}, five[2]))[0][0].tolist() == [0, 1, 2, 3, 4]


def test_only_what_is_verified_expands_the_query(five):
    query, database, count = five
    positions, scores = finished(order(query, database, "vqe", None, count))
    grown = query + database[[2]] + database[[4]]
    expected, similarities = search(grown / np.linalg.norm(grown), database)
    np.testing.assert_array_equal(positions, expected)
    np.testing.assert_allclose(scores, similarities, atol=1e-6)
    nothing = finished(order(query, database, "vqe", {"matches": 500}, count))
    np.testing.assert_array_equal(nothing[0], search(query, database)[0])


def test_only_the_first_are_looked_at():
    asked = []

    def count(row, positions):
        asked.append((row, len(positions)))
        yield from ()
        return np.zeros(len(positions), np.int32)

    finished(order(unit_rows(1, 70), unit_rows(2, 90), "verified", None, count))
    assert asked == [(row, 50) for row in range(70)]
