"""Tables of AP: heat, the best marked, a cell that leads to its query, and files to take away."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.state import link
from pages.state.plain import plain
from retrieval_core.evaluation import table_files

FILES = {
    "CSV": (table_files.to_csv, "csv", "text/csv"),
    "LaTeX": (table_files.to_latex, "tex", "application/x-tex"),
    "Markdown": (table_files.to_markdown, "md", "text/markdown"),
}
_BLUE, _ORANGE = "47, 111, 176", "214, 110, 20"
_LETTER, _EDGES = 8.5, 26  # pixels of a table's letter, about, and of the edges of its cell
BEST = "★"


def heat(table: pd.DataFrame, change: bool = False) -> "pd.io.formats.style.Styler":
    """Colour each cell by its value and mark the best of a row; of a change, gains are blue and losses orange."""
    style = table.style.format("{:+.1f}" if change else "{:.1f}", na_rep="–")
    if not change:
        style = mark_best(style, 1)
    return style.apply(lambda row: [_cell(value, change) for value in row], axis=1)


def mark_best(style: "pd.io.formats.style.Styler", axis: int, columns: Sequence[str] | None = None) -> "pd.io.formats.style.Styler":
    """Put a star before the best of each row (axis 1) or of each column (axis 0): a table in the browser shows signs, not type."""
    table = style.data if columns is None else style.data[list(columns)]
    best = table.eq(table.max(axis=axis), axis=0 if axis == 1 else 1)
    for column in table.columns:
        style = style.format(f"{BEST} {{:.1f}}", subset=(best.index[best[column]], [column]))
    return style


def draw(table: "pd.DataFrame | pd.io.formats.style.Styler", columns: Mapping | None = None, **arguments):
    """Draw a table as wide as the page, its names in full, a dash where nothing is known; returns st.dataframe's."""
    plain = table if isinstance(table, pd.DataFrame) else table.data
    texts = {name: plain[name] for name in plain if not pd.api.types.is_numeric_dtype(plain[name])}
    if not arguments.get("hide_index"):
        texts["_index"] = plain.index
    widths = {name: st.column_config.Column(width=_width(name, values)) for name, values in texts.items()}
    return st.dataframe(table, width="stretch", placeholder="–", column_config=widths | dict(columns or {}), **arguments)


def _width(name: str, values: Iterable) -> int:
    longest = max((len(str(value)) for value in values if value is not None), default=0)
    return round(min(60, max(longest, len(name))) * _LETTER + _EDGES)


def show_table(table: pd.DataFrame, key: str, change: bool = False) -> tuple[str, str] | None:
    """Draw a table; returns the row and the column of the cell that is selected."""
    event = draw(heat(table, change), height=min(38 * (len(table) + 1), 900), key=key, on_select="rerun", selection_mode="single-cell")
    cells = event["selection"]["cells"]
    return (str(table.index[cells[0][0]]), str(cells[0][1])) if cells else None


def save(table: pd.DataFrame, stem: str, key: str) -> None:
    """A menu that saves a table, as it is shown, in each format; a file is written when it is asked for."""
    with st.popover("Save", icon=":material/download:"):
        for name, (write, suffix, kind) in FILES.items():
            st.download_button(name, partial(write, table), f"{stem}.{suffix}", kind, key=f"{key} {name}", width="stretch",
                               on_click="ignore")  # fmt: skip


def links(query: str | None, model: str | None, image: str | None, select: Callable[[str], None], key: str) -> None:
    """Buttons that lead from a row to its query and to its photograph on the map."""
    with st.container(horizontal=True):
        words = f"Open {plain(query)} under {model}" if model else f"Open {plain(query)}"
        if query and st.button(words, icon=":material/search:", key=f"{key} query"):
            link.put(query=query, photo="", box="", show="ranking", **({"model": model} if model else {}))
            link.go("query.py")
        if image and st.button(f"{plain(image)} on the map", icon=":material/map:", key=f"{key} map"):
            link.put(query=query or "", **({"model": model} if model else {}))
            select(image)
            link.go("map.py")


def _cell(value: float, change: bool) -> str:
    if pd.isna(value):
        return ""
    colour = _ORANGE if change and value < 0 else _BLUE
    depth = min(abs(value) / 40, 1) if change else value / 100
    return f"background-color: rgba({colour}, {0.05 + 0.55 * depth:.2f});"
