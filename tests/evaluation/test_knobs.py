"""Tables of the knobs: each point has its mAP, its interval and its cost, and a value is compared with the default."""

import math

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.evaluation.knobs import (
    BYTES,
    BYTES_MORE,
    CHANGE,
    DEFAULT,
    HIGH,
    KNOBS,
    LOW,
    TIME_MORE,
    Curve,
    knob_table,
    position,
    time_column,
    turned_values,
    value_table,
    why_fixed,
)
from retrieval_core.evaluation.significance import compare, interval_of_mean
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.presets import get_preset

QUERIES = tuple(Query(f"{name}_{k}", "p", name, (0, 0, 9, 9), ("p",), (), ()) for name in ("mill", "gate", "tower") for k in (1, 2))
DATASET = Dataset("set", (Image("p", "p.jpg"),), QUERIES, "x", "y")
APS = np.random.default_rng(0).uniform(size=(3, 6))


def curve(values, own, aps=APS, sizes=(32, 64, 128)):
    rows = {"oxford": np.array(aps), "finite_sum": np.array(aps) / 2}
    return Curve(np.array(values, float), own, np.array(sizes), np.array([0.1, 0.2, 0.4]), tuple(query.id for query in QUERIES), rows)


def test_every_point_has_its_map_its_interval_its_cost_and_says_whether_it_is_the_default():
    aps = APS.copy()
    aps[:, 2] = np.nan  # a query without positives
    table = knob_table({"1d": curve([8, 16, 32], 2, aps), "1f": curve([8, 16, 32], 1)}, "dimension", DATASET, "oxford")
    assert list(table["model"]) == ["1d"] * 3 + ["1f"] * 3
    assert list(table[DEFAULT]) == [False, False, True, False, True, False]
    assert list(table[KNOBS["dimension"].axis]) == ["8", "16", "32"] * 2
    counted = [number for number in range(6) if number != 2]
    assert table[MEAN][0] == pytest.approx(100 * aps[0, counted].mean())
    labels = [query.label for query in QUERIES]
    assert (table[LOW][3], table[HIGH][3]) == pytest.approx(interval_of_mean(APS[0], labels))
    assert (table[LOW][0], table[HIGH][0]) == pytest.approx(interval_of_mean(aps[0, counted], [labels[k] for k in counted]))
    assert list(table[BYTES][:3]) == [32, 64, 128]
    assert list(table[time_column("dimension")][:3]) == [0.1, 0.2, 0.4]
    assert list(table[BYTES_MORE][:3]) == [-96, -64, 0]
    assert list(table[TIME_MORE][3:]) == pytest.approx([-0.1, 0, 0.2])


def test_a_value_is_compared_with_the_default_query_by_query():
    table = value_table({"1d": curve([8, 16, 32], 2), "1f": curve([4, 16, 64], 1)}, "dimension", 8.0, DATASET, "finite_sum")
    assert list(table.index) == ["1d"]  # the other has no 8
    row = table.loc["1d"]
    difference = compare(APS[2] / 2, APS[0] / 2, [query.label for query in QUERIES])
    assert row[CHANGE] == difference.words
    assert (row["at"], row["default"]) == ("8", "32, as it is")
    assert (row["mAP at the default"], row[MEAN]) == pytest.approx((50 * APS[2].mean(), 50 * APS[0].mean()))
    assert (row["bytes more"], row["milliseconds more"]) == (32 - 128, pytest.approx(-0.3))


def test_without_precision_there_are_costs_alone():
    nothing = np.full((3, 6), np.nan)
    assert knob_table({"1d": curve([8, 16, 32], 2, nothing)}, "bits", DATASET, "oxford")[[MEAN, LOW, HIGH]].isna().all(axis=None)
    row = value_table({"1d": curve([8, 16, 32], 2, nothing)}, "bits", 8.0, DATASET, "oxford").loc["1d"]
    assert np.isnan(row[MEAN])
    assert row[CHANGE] is None
    assert row["bytes more"] == -96


def test_where_a_knob_can_be_turned_to():
    curves = {"1d": curve([1, 2.61, math.inf], 1), "1f": curve([1, 2.7, math.inf], 1)}
    assert turned_values(curves, "p") == [1, math.inf]  # the defaults stand between
    assert [position(curves["1d"], value, "p") for value in (1, 2.4, 2.61, 50, math.inf)] == [0, 1, 1, 2, 2]
    whole = curve([16, 32, 32], 1)
    assert turned_values({"1d": whole}, "dimension") == [16, 32]
    assert [position(whole, value, "dimension") for value in (16, 32, 8)] == [0, 2, None]  # PCA to 32, not the 32 as they are
    assert turned_values({"1d": curve([8, 16, 32], 2)}, "bits") == [8, 16, 32]


@pytest.mark.parametrize("knob", KNOBS)
def test_values_rise_along_the_axis_and_each_is_said(knob):
    values = {"p": (1, 3, 50, math.inf), "power": (math.nan, 0, 0.5, 1), "crop": (0, 1)}.get(knob, (1, 2, 64))
    places = [KNOBS[knob].place(value) for value in values]
    assert places == sorted(set(places))
    assert len({KNOBS[knob].text(value) for value in values}) == len(values)


@pytest.mark.parametrize(("knob", "key", "why"), [
    ("p", "1a", "not pooled by GeM"), ("p", "1d-rmac", "not pooled by GeM"), ("p", "1e", None), ("p", "1d-ms", None),
    ("dimension", "1e", "whitened already"), ("power", "1d-pca64", "whitened already"), ("bits", "1e", None), ("dimension", "1a", None),
    ("size", "1b", "one square"), ("crop", "1a", "one square"), ("scales", "1d", None),
    ("bits", "1d-asmk", "sets of visual words"), ("dimension", "1d-asmk", "sets of visual words"), ("size", "1d-asmk", None),
])  # fmt: skip
def test_why_a_knob_is_fixed(knob, key, why):
    found = why_fixed(knob, get_preset(key))
    assert (found is None) if why is None else why in found
