from itertools import combinations, pairwise

import numpy as np
import pytest

from pages.widgets.style import BEYOND_RAMP, HUES, MODEL_RAMP, SYMBOLS, hue, model_colour, symbol_number
from retrieval_core.presets import PRESETS

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009:
# severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE, DARK = "#ffffff", "#12161c"  # the backgrounds of the two themes


def linear(colour):
    value = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = TO_XYZ @ rgb / (0.95047, 1, 1.08883)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
def test_every_two_landmarks_differ_for_every_kind_of_vision(vision):
    seen = {colour: lab(np.clip(np.asarray(VISION[vision]) @ linear(colour), 0, 1)) for colour in HUES}
    distances = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]) for pair in combinations(HUES, 2)}
    closest = min(distances, key=distances.get)
    assert distances[closest] > 20, closest


@pytest.mark.parametrize("background", [WHITE, DARK])
def test_every_hue_stands_out_from_both_backgrounds(background):
    for colour in HUES:
        dark, light = sorted((TO_XYZ @ linear(one))[1] + 0.05 for one in (colour, background))
        assert light / dark > 2, colour


def test_with_more_landmarks_than_hues_no_two_look_the_same():
    labels = tuple(f"landmark {number:02}" for number in range(3 * len(HUES)))
    looks = [(hue(labels, label), symbol_number(labels, label)) for label in labels]
    assert len(set(looks)) == len(labels)
    assert {number for _, number in looks} == set(range(SYMBOLS))


def contrast(one, other):
    dark, light = sorted((TO_XYZ @ linear(colour))[1] + 0.05 for colour in (one, other))
    return light / dark


def test_models_beyond_the_report_stand_out_and_darken_step_by_step():
    lightness = [lab(linear(colour))[0] for colour in BEYOND_RAMP]
    assert all(before - after > 5 for before, after in pairwise(lightness))
    for colour in BEYOND_RAMP:
        assert min(contrast(colour, background) for background in (WHITE, DARK)) > 1.7, colour


def test_every_model_has_a_colour_and_the_fixed_ones_have_one_of_their_own():
    assert len({model_colour(key) for key in PRESETS}) == len(PRESETS)
    assert model_colour("1d-ms-lw") == model_colour("1d")
    named = [model_colour(f"timm:network{number}") for number in range(40)]
    assert set(named) == set(BEYOND_RAMP[len(PRESETS) - len(MODEL_RAMP) :])
