"""Knobs: what of a model can be turned without training anew, and the curve of what it finds and costs at each value."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.significance import compare, interval_of_mean
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.presets import Preset

LOW, HIGH, BYTES, DEFAULT, CHANGE = "low", "high", "bytes", "default", "change"
BYTES_MORE, TIME_MORE = "bytes more", "milliseconds more"  # than at the default
CROPS = ("fill", "same")
_MAXIMUM = 6.6  # where ∞ stands on the axis of log₂ p: a step beyond 50
_NONE = -0.15  # where no whitening stands: before 0, which rotates


@dataclass(frozen=True)
class Knob:
    """What is turned. `place` puts a value on the axis of a chart, `text` says it; `time` is what its milliseconds are of."""

    title: str
    axis: str
    place: Callable[[float], float]
    text: Callable[[float], str]
    time: str
    apart: bool = False  # whether the default is no value that is turned to
    joined: bool = True  # whether the default lies on the line of the curve; else beside it: the model as it is


def _power(value: float) -> str:
    return "∞" if math.isinf(value) else f"{value:.3g}"


KNOBS = {
    "p": Knob("GeM p", "p of GeM: 1 is the mean, ∞ the maximum", lambda p: _MAXIMUM if math.isinf(p) else math.log2(p), _power,
              "pooling", apart=True),
    "dimension": Knob("Dimensions", "dimensions that PCA keeps", math.log2, "{:.0f}".format, "rotating", apart=True,
                      joined=False),
    "bits": Knob("Bits", "bits a dimension", math.log2, "{:.3g}".format, "coding"),
    "power": Knob("Whitening power", "power of the whitening: 0 rotates only, 0.5 whitens fully",
                  lambda power: _NONE if math.isnan(power) else power, lambda power: "none" if math.isnan(power) else f"{power:g}",
                  "whitening", apart=True, joined=False),
    "size": Knob("Size", "longest side of the pictures, pixels", math.log2, "{:.0f}".format, "describing"),
    "scales": Knob("Scales", "scales at which a picture is described", float, "{:.0f}".format, "describing"),
    "crop": Knob("Crop rule", "crop rule of the queries", float, lambda value: CROPS[int(value)], "describing"),
}  # fmt: skip
"""The knobs by name, in their order."""

CHOICES = ("size", "scales", "crop")
"""Knobs whose values are search-time choices: each is a model of its own. The others are turned on what is described already."""


LEARNT = ("dimension", "bits", "power")
"""Knobs that turn vectors by what they learn from the training landmarks."""


@dataclass(frozen=True, eq=False)
class Curve:
    """What a model finds and costs at each value of a knob.

    values: (P,) float64, rising; infinity and NaN (none) may be among them. `own`: which of them is the default.
    bytes: (P,) int64 of a stored descriptor. milliseconds: (P,) float64 a photograph, of what the knob's `time` says; NaN where it
    was not measured. ap: by protocol (P, Q) float64 of the queries, 0 to 1, NaN for one without positives.
    """

    values: np.ndarray
    own: int
    bytes: np.ndarray
    milliseconds: np.ndarray
    queries: tuple[str, ...]
    ap: Mapping[str, np.ndarray]


def why_fixed(knob: str, preset: Preset) -> str | None:
    """Why a knob can't be turned of a model; None where it can."""
    if knob in LEARNT and not preset.has_vector:
        return f"{preset.key} makes sets of visual words, and this turns vectors"
    if knob == "p" and (preset.aggregation or preset.pooling not in ("gem", "shifted")):
        return f"{preset.key} is not pooled by GeM"
    if knob in ("dimension", "power") and preset.whitening:
        return f"{preset.key} is whitened already: it is a point of the model without"
    if knob in CHOICES and preset.square:
        return f"{preset.key} squashes every picture to one square"
    return None


def knob_table(curves: Mapping[str, Curve], knob: str, dataset: Dataset, protocol: str) -> pd.DataFrame:
    """A row for every model and value: mAP in percent with its 95 % interval over landmarks, bytes and milliseconds, and how
    many more than at the default, which is marked.

    mAP is NaN without queries that have positives.
    """
    labels = {query.id: query.label for query in dataset.queries}
    rows = []
    for key, curve in curves.items():
        groups = [labels[query_id] for query_id in curve.queries]
        for number, value in enumerate(curve.values):
            aps = curve.ap[protocol][number]
            known = bool(np.isfinite(aps).any())
            low, high = interval_of_mean([None if np.isnan(ap) else ap for ap in aps], groups) if known else (np.nan, np.nan)
            rows.append({
                "model": key, "value": value, KNOBS[knob].axis: KNOBS[knob].text(value), DEFAULT: number == curve.own,
                MEAN: 100 * np.nanmean(aps) if known else np.nan, LOW: low, HIGH: high, BYTES: curve.bytes[number],
                BYTES_MORE: curve.bytes[number] - curve.bytes[curve.own], time_column(knob): curve.milliseconds[number],
                TIME_MORE: curve.milliseconds[number] - curve.milliseconds[curve.own],
            })  # fmt: skip
    return pd.DataFrame(rows)


def value_table(curves: Mapping[str, Curve], knob: str, value: float, dataset: Dataset, protocol: str) -> pd.DataFrame:
    """All models at one value, beside their defaults: the change in points with its interval and p, and what a step of it costs.

    Models that don't have the value are left out; of p, whose defaults lie between the values, each is at its nearest.
    """
    labels = {query.id: query.label for query in dataset.queries}
    rows = {}
    for key, curve in curves.items():
        number = position(curve, value, knob)
        if number is None:
            continue
        now, was = curve.ap[protocol][number], curve.ap[protocol][curve.own]
        known = bool(np.isfinite(now).any())
        difference = compare(was, now, [labels[query_id] for query_id in curve.queries]) if known else None
        rows[key] = {
            "at": KNOBS[knob].text(curve.values[number]), "default": default_text(curve, knob),
            "mAP at the default": 100 * np.nanmean(was) if known else np.nan, MEAN: 100 * np.nanmean(now) if known else np.nan,
            BYTES: curve.bytes[number], BYTES_MORE: curve.bytes[number] - curve.bytes[curve.own],
            time_column(knob): curve.milliseconds[number],
            TIME_MORE: curve.milliseconds[number] - curve.milliseconds[curve.own],
            CHANGE: difference.words if difference else None,
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def default_text(curve: Curve, knob: str) -> str:
    """Where the default stands, in words; beside the curve it is the model as it is."""
    value = curve.values[curve.own]
    return KNOBS[knob].text(value) + ("" if KNOBS[knob].joined or math.isnan(value) else ", as it is")


def position(curve: Curve, value: float, knob: str) -> int | None:
    """The place of a value among those of a curve, None if it has none; of the default and the same on the curve the latter."""
    if knob == "p":
        return int(np.argmin([abs(KNOBS[knob].place(one) - KNOBS[knob].place(value)) for one in curve.values]))
    same = [number for number, one in enumerate(curve.values) if one == value]
    others = [number for number in same if number != curve.own]
    return (others or same or [None])[0]


def turned_values(curves: Mapping[str, Curve], knob: str) -> list[float]:
    """The values to which a knob can be turned: those of all curves but, where it stands apart, the default."""
    apart = KNOBS[knob].apart
    found = {float(value) for curve in curves.values() for number, value in enumerate(curve.values) if not apart or number != curve.own}
    return sorted(found)


def time_column(knob: str) -> str:
    """What the milliseconds of a knob are of, and a photograph."""
    return f"milliseconds a photograph, {KNOBS[knob].time}"
