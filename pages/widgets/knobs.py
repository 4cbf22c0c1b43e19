"""Knobs: what of the models can be turned without training anew, with the curve of all models at once."""

from collections.abc import Mapping
from zlib import crc32

import numpy as np
import pandas as pd
import streamlit as st

from pages.state import door, groups, link, loaders
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.widgets import figures, gem_knob, model_choice, tables, work
from pages.widgets.knob_chart import knob_chart
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.evaluation.knobs import (
    BYTES,
    CHANGE,
    CHOICES,
    KNOBS,
    Curve,
    knob_table,
    time_column,
    turned_values,
    value_table,
)
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.runs.expected import expected
from retrieval_core.runs.settings import Settings
from retrieval_core.search_choices import described_key
from retrieval_core.stored.costs import read_cost
from retrieval_core.stored.knobs import found_curves, turnable, turned_keys

ABOUT = {
    "p": "One pass through the network describes the dataset at every p. What comes after the pooling stays as it was learnt.",
    "dimension": "PCA learnt on the training landmarks, whitened as by the choice `pca64`. A diamond: the descriptor as it is.",
    "bits": "The photographs in fewer bits, the query as it is: float32, float16, int8, and below 8 product quantisation, whose 256 "
            "centres a part are learnt on the training landmarks.",
    "power": "PCA whitening of all dimensions, learnt on the training landmarks; only its power is turned. A diamond at *none*: the "
             "model as it is.",
    "size": "Each size is a search-time choice and a model of its own, as `1d-224px`, with a map and galleries on every page.",
    "scales": "Descriptors of 3 or 4 sizes of a picture, averaged; models of their own, as `1d-ms`.",
    "crop": "*fill* scales the box of a query to the size at which photographs are described, *same* by as much as its photograph. "
            "Models of their own, as `1d-same`.",
}  # fmt: skip
QUIET = {"label_visibility": "collapsed"}


def show(protocol: str) -> None:
    """The chosen knob: its curves, the live control, and a button that makes what is missing."""
    st.subheader("Knobs: one thing turned, nothing trained")
    if link.get("run") == IMPORTED_RUN:
        st.info(
            "The descriptors were imported: there is no network of which a knob could be turned. Choose another dataset on the left."
        )
        return
    knob = choose("knob", KNOBS, st.segmented_control, "Knob", format_func=lambda name: KNOBS[name].title, **QUIET)
    st.caption(ABOUT[knob])
    dataset, chosen = loaders.dataset(), described_key(link.get("model"))
    models = groups.compared(loaders.explorable_models())
    found, fixed = turnable(loaders.workspace(), link.get("run"), models, knob)
    curves = found_curves(loaders.workspace(), dataset.name, link.get("run"), found, knob)
    if curves:
        _shown(curves, knob, chosen if chosen in curves else next(iter(curves)), dataset, protocol)
    if fixed:
        st.caption(f"Left out: {'; '.join(map(door.shown, fixed))}.")
    _make(knob, found, [key for key in found if key not in curves or _lacks(key, knob)])


def _shown(curves: Mapping[str, Curve], knob: str, chosen: str, dataset: Dataset, protocol: str) -> None:
    stamp = tuple((key, crc32(b"".join(array.tobytes() for array in (one.values, one.ap[protocol], one.milliseconds))))
                  for key, one in curves.items())  # fmt: skip
    table = _table(dataset.name, dataset.truth, knob, protocol, stamp, curves, dataset)
    values = turned_values(curves, knob)
    if knob == "p":
        values = sorted({*values, float(curves[chosen].values[curves[chosen].own])})
    texts = {KNOBS[knob].text(value): value for value in values}
    if link.get("value") not in texts:
        if link.get("value") not in ("", *(KNOBS[knob].text(value) for curve in curves.values() for value in curve.values)):
            st.warning(f"The link asks for {KNOBS[knob].title} '{plain(link.get('value'))}', which is not here. Showing the default.")
        link.put(value=_nearest(curves[chosen], values, knob))
    if knob == "p":
        gem_knob.show(chosen, curves[chosen], dataset, protocol)
    else:
        choose("value", texts, st.select_slider, KNOBS[knob].axis)
    value = texts[link.get("value")]
    with alone.part("knob"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**All models at {KNOBS[knob].text(value)}** · {KNOBS[knob].axis}", width="stretch")
            tables.save(table, f"{dataset.name}-{knob}-{protocol}", "save knob")
            alone.button("knob")
        if table[MEAN].notna().any():
            title = f"m{PROTOCOL_TITLES[protocol]} in percent"
            figures.show(knob_chart(table, knob, chosen, value, title), f"{dataset.name}-{knob}-{protocol}", "knob")
        else:
            st.info(f"Without ground truth there is no mAP, only what each step takes. {loaders.why_no_precision()}")
        _at(_beside(dataset.name, dataset.truth, knob, protocol, stamp, value, curves, dataset), knob)
    if knob in CHOICES:
        key = turned_keys(loaders.workspace(), link.get("run"), chosen, knob).get(value)
        if key in loaders.explorable_models():
            with st.container(horizontal=True):
                model_choice.opened(key, "knob")


@st.cache_data(max_entries=64, show_spinner="Drawing landmarks anew …")
def _table(
    name: str, truth: str, knob: str, protocol: str, stamp: tuple, _curves: Mapping[str, Curve], _dataset: Dataset
) -> pd.DataFrame:
    """Kept as long as curves and ground truth stay the same: the intervals are drawn anew ten thousand times."""
    return knob_table(_curves, knob, _dataset, protocol)


@st.cache_data(max_entries=256, show_spinner=False)
def _beside(
    name: str, truth: str, knob: str, protocol: str, stamp: tuple, value: float, _curves: Mapping[str, Curve], _dataset: Dataset
) -> pd.DataFrame:
    return value_table(_curves, knob, value, _dataset, protocol)


def _nearest(curve: Curve, values: list[float], knob: str) -> str:
    """The value nearest to the default, as the slider says it."""
    own = curve.values[curve.own]
    own = values[0] if np.isnan(own) else own
    return KNOBS[knob].text(min(values, key=lambda value: abs(KNOBS[knob].place(value) - KNOBS[knob].place(own))))


def _at(table: pd.DataFrame, knob: str) -> None:
    """All models at one value, beside their defaults."""
    column = st.column_config.Column
    heads = {time_column(knob): column(f"ms, {KNOBS[knob].time}", help=time_column(knob)),
             "milliseconds more": column("ms more", help="milliseconds a photograph more than at the default")}  # fmt: skip
    digits = 1 if knob in CHOICES else 4  # describing takes a thousand times as long as what is turned after it
    numbers = {MEAN: "{:.1f}", "mAP at the default": "{:.1f}", BYTES: "{:,.0f}", "bytes more": "{:+,.0f}",
               time_column(knob): f"{{:.{digits}f}}", "milliseconds more": f"{{:+.{digits}f}}"}  # fmt: skip
    shown = table if table[MEAN].notna().any() else table.drop(columns=[MEAN, CHANGE, "mAP at the default"])
    tables.draw(shown.style.format({name: form for name, form in numbers.items() if name in shown}, na_rep="–"), heads)
    words = ["A diamond is a model's default. Bytes of a stored descriptor; milliseconds a photograph of", f"{KNOBS[knob].time} alone."]
    if MEAN in shown:
        words.append("Whiskers: 95 % interval of the mean over queries when whole landmarks are drawn anew; the change is compared "
                     "query by query, likewise.")  # fmt: skip
    st.caption(" ".join(words))


def _lacks(model: str, knob: str) -> bool:
    """Whether a model of a knob of search-time choices is missing, or what it costs."""
    if knob not in CHOICES:
        return False
    found = [loaders.results(key) for key in turned_keys(loaders.workspace(), link.get("run"), model, knob).values()]
    return any(results.state[0] != "ready" or read_cost(results) is None for results in found)


def _make(knob: str, found: list[str], missing: list[str]) -> None:
    """A button that makes the curves that are missing, and the work while it goes on."""
    words = ["knobs", "--knob", knob, "--dataset", link.get("dataset"), "--run", link.get("run")]
    if found:
        work.offer(f"Turn it of {', '.join(missing)}" if missing else "", [*words, "--models", ",".join(missing or found)],
                   icon=":material/tune:", help=_takes(knob, missing) if missing else None)  # fmt: skip


def _takes(knob: str, missing: list[str]) -> str:
    """What the button makes."""
    if knob in CHOICES:
        keys = [key for model in missing for key in turned_keys(loaders.workspace(), link.get("run"), model, knob).values()]
        much = expected(loaders.workspace(), link.get("dataset"), Settings(run=link.get("run"), models=tuple(keys)))
        return f"{much.words} Then it measures what each of {len(keys)} models costs."
    if knob == "p":
        return "Describes the dataset once under each of these models."
    return "Describes the training landmarks under each of these models, unless a knob has done so before, and learns from them."
