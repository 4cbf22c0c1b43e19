"""Look: colours of landmarks, models and verdicts, and the few rules of CSS that all pages share, in style.css."""

from pathlib import Path
from zlib import crc32

import streamlit as st

from retrieval_core.presets import PRESETS
from retrieval_core.projection.drawing import HUES, SYMBOLS, landmark_hue, landmark_symbol

__all__ = ["HUES", "SYMBOLS"]  # of the map

TAIL = "#808080"  # categories without a hue of their own, beside #999999 for what has no value: their marker tells them apart
MODEL_RAMP = ("#9ecae1", "#6baed6", "#4292c6", "#f4b183", "#ee9558", "#dd7434", "#b9541c", "#7d3a14")  # of the report
BEYOND_RAMP = ("#86d096", "#76be86", "#69b079", "#5da26d", "#4c925d", "#3c814e", "#2b713f", "#186131")  # beyond it

_RULES = Path(__file__).with_name("style.css")


def apply() -> None:
    """Put the CSS into the page."""
    st.html(_RULES)


def hue(labels: tuple[str, ...], label: str) -> str:
    """The colour of a landmark: fixed by its place among the sorted names."""
    return landmark_hue(labels.index(label))


def symbol_number(labels: tuple[str, ...], label: str) -> int:
    """The number of a landmark's marker, as the map draws it; with more landmarks than hues the pairs still differ."""
    return landmark_symbol(labels.index(label))


def model_colour(key: str) -> str:
    """The colour of a model on the ramp; a variant (1d-ms) has its model's. Models by name share what is left of the ramp."""
    ramp, base, fixed = (*MODEL_RAMP, *BEYOND_RAMP), key.split("-")[0], list(PRESETS)
    left = len(ramp) - len(fixed)
    return ramp[fixed.index(base) if base in fixed else len(fixed) + crc32(base.encode()) % left]
