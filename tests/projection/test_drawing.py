"""Maps as SVG: every point once, in its landmark's colour and with its marker; names are never markup."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from retrieval_core.projection.drawing import HUES, SYMBOLS, as_svg, drawn_map, landmark_hue, landmark_symbol, marker

ROOT = Path(__file__).parents[2]


def test_every_point_is_drawn_once_inside_and_the_right_way_up():
    xy = np.array([[0.0, 0], [10, 0], [10, 10], [5, 5]])
    drawing = drawn_map(xy, np.array([0, 1, 1, -1]), chosen=[2], lines=[(0, 0, 10, 10, "1.5")], size=20)
    assert list(drawing.paths) == [-1, 0, 1]
    assert sum(path.count("M") for path in drawing.paths.values()) == 4
    assert drawing.rings == ((drawing.side - 24, 24),)  # right and on top
    assert drawing.lines == ((24, drawing.side - 24, drawing.side - 24, 24, "1.5"),)
    assert all(0 < int(number) < drawing.side for path in drawing.paths.values()
               for place in re.findall(r"M(\d+) (\d+)", path) for number in place)  # fmt: skip
    assert drawn_map(np.zeros((3, 2)), np.zeros(3, int)).paths  # all in one place


def test_the_svg_is_well_formed_and_says_what_it_shows():
    svg = as_svg(drawn_map(np.random.default_rng(0).normal(size=(5, 2)), np.array([0, 0, 1, 12, -1]), lines=[(0, 0, 1, 1, "<b>")]),
                 'map "of" <all> & more')  # fmt: skip
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == 'map "of" <all> & more'
    assert [path.get("fill") for path in root.iter("path")] == ["#999999", HUES[0], HUES[1], HUES[1]]
    assert "<b>" not in svg
    assert ElementTree.fromstring(marker(3)).find("path").get("fill") == HUES[3]


def test_landmarks_look_as_on_the_map():
    script = (ROOT / "pages" / "web" / "map" / "symbols.js").read_text()
    assert len(re.findall(r'^  "M', script, re.M)) == SYMBOLS
    assert len({(landmark_hue(number), landmark_symbol(number)) for number in range(60)}) == 60
