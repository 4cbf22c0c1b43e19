"""Look: colours of landmarks, models and verdicts, and the few rules of CSS that the galleries need."""

import streamlit as st

# Eleven hues that stay apart in normal vision and in the three kinds of colour blindness, on white and on dark. Found by
# search; tests/pages/test_style.py measures the distances.
HUES = (
    "#9678f0", "#b42d78", "#697800", "#f09600", "#87a5e1", "#963ca5", "#ff4b78", "#1ec3b4", "#692dff", "#d2a55a", "#00783c",
)  # fmt: skip
SYMBOLS = 11  # markers that the map can draw
MODEL_RAMP = ("#9ecae1", "#6baed6", "#4292c6", "#f4b183", "#ee9558", "#dd7434", "#b9541c", "#7d3a14")
VERDICTS = {
    "good": ("✓", "good"),
    "ok": ("~", "ok"),
    "junk": ("∅", "junk, not counted"),
    "wrong": ("✗", "wrong"),
    "none": ("", ""),
}

_CSS = """
<style>
.block-container, [data-testid="stMainBlockContainer"] { padding: 1.6rem 2rem 2rem; max-width: 1700px; }
h1 { padding: 0 !important; font-size: 1.9rem !important; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: .7rem; }
[data-testid="stMainBlockContainer"] [data-testid="stButtonGroup"] button { padding-left: .5rem; padding-right: .5rem; }
[data-testid="stSidebar"] { min-width: 270px; max-width: 270px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--card, 150px), 1fr)); gap: .7rem; }
.card { border: 3px solid rgba(128,128,128,.35); border-radius: .5rem; overflow: hidden; background: rgba(128,128,128,.08);
        font-size: .82rem; line-height: 1.25; position: relative; }
.card img { width: 100%; aspect-ratio: 4/3; object-fit: contain; display: block; background: rgba(128,128,128,.14); }
.card p { margin: .25rem .45rem .35rem; }
.card .mark { position: absolute; top: .3rem; left: .3rem; padding: 0 .4rem; border-radius: .4rem; font-weight: 700;
              background: rgba(20,24,30,.82); color: #fff; }
.card.good { border: 4px solid #1a8a3c; }
.card.ok { border: 2px solid #1a8a3c; }
.card.junk { border-color: #888; background: repeating-linear-gradient(45deg, rgba(128,128,128,.35) 0 5px, transparent 5px 11px); }
.card.junk img { opacity: .55; }
.card.wrong { border-color: #e07b00; }
.card.query { outline: 3px solid #2f6fb0; outline-offset: 1px; }
</style>
"""


def apply() -> None:
    """Put the CSS into the page."""
    st.html(_CSS)


def hue(labels: tuple[str, ...], label: str) -> str:
    """The colour of a landmark: fixed by its place among the sorted names."""
    return HUES[labels.index(label) % len(HUES)]


def symbol_number(labels: tuple[str, ...], label: str) -> int:
    """The number of a landmark's marker, as the map draws it; with more landmarks than hues the pairs still differ."""
    place = labels.index(label)
    return (place + place // len(HUES)) % SYMBOLS
