"""The line at which values change their sign over a map."""

import numpy as np
import pytest

from retrieval_core.projection.border import REACH, SIDE, border


def lattice(count=41):
    return np.stack(np.meshgrid(np.linspace(-1, 1, count), np.linspace(-1, 1, count)), axis=-1).reshape(-1, 2)


def test_the_border_of_two_halves_is_the_line_between_them():
    places = lattice()
    pieces = border(places, places[:, 0] - 0.26)
    assert pieces.dtype == np.float32
    assert pieces[:, [0, 2]] == pytest.approx(0.26, abs=0.06)
    assert (pieces[:, [1, 3]].min(), pieces[:, [1, 3]].max()) == pytest.approx((-1, 1), abs=0.1)


def test_the_border_of_a_disc_is_a_ring_and_large_values_weigh_no_more():
    places = lattice()
    values = np.where(np.linalg.norm(places, axis=1) < 0.5, 100.0, -0.1)
    pieces = border(places, values)
    radius = np.linalg.norm(pieces.reshape(-1, 2), axis=1)
    assert (radius.min(), radius.max()) == pytest.approx((0.5, 0.5), abs=0.06)
    assert np.linalg.norm(pieces[:, :2] - pieces[:, 2:], axis=1).sum() == pytest.approx(np.pi, rel=0.15)


def test_empty_regions_have_no_line_and_photographs_without_a_value_take_no_part():
    near = lattice(9) * 0.1
    places = np.vstack([near - (1, 0), near - (-1, 0)])
    values = np.repeat([1.0, -1.0], len(near))
    assert len(border(places, values)) == 0  # what lies between is out of reach of both
    assert REACH * 2.2 / SIDE < 0.8
    values = places[:, 0] + 1.0
    values[places[:, 0] > 0] = np.nan
    assert border(places, values)[:, [0, 2]] == pytest.approx(-1, abs=0.05)


@pytest.mark.parametrize("values", [[1.0, 2.0], [-1.0, np.nan], [np.nan, np.nan], [0.0, 0.0]])
def test_one_sign_alone_has_no_border(values):
    assert border(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array(values)).shape == (0, 4)


def test_all_in_one_place():
    assert border(np.zeros((2, 2)), np.array([1.0, -1.0])).shape[1] == 4
