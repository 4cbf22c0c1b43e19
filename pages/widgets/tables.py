"""Tables of AP: heat, the best marked, a cell that leads to its query, and files to take away."""

from collections.abc import Callable

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
_BEST = " font-weight: 800; text-decoration: underline;"


def heat(table: pd.DataFrame, change: bool = False) -> "pd.io.formats.style.Styler":
    """Colour each cell by its value and mark the best of a row; of a change, gains are blue and losses orange."""

    def colours(row: pd.Series) -> list[str]:
        best = row.max()
        return [_cell(value, value == best and not change, change) for value in row]

    return table.style.format("{:+.1f}" if change else "{:.1f}", na_rep="–").apply(colours, axis=1)


def show_table(table: pd.DataFrame, key: str, change: bool = False) -> tuple[str, str] | None:
    """Draw a table; returns the row and the column of the cell that is selected."""
    event = st.dataframe(
        heat(table, change), width="stretch", height=min(38 * (len(table) + 1), 900), key=key, on_select="rerun",
        selection_mode="single-cell",
    )  # fmt: skip
    cells = event["selection"]["cells"]
    return (str(table.index[cells[0][0]]), str(cells[0][1])) if cells else None


def save(table: pd.DataFrame, stem: str, key: str) -> None:
    """A menu that saves a table, as it is shown, in each format."""
    with st.popover("Save", icon=":material/download:"):
        for name, (write, suffix, kind) in FILES.items():
            st.download_button(name, write(table), f"{stem}.{suffix}", kind, key=f"{key} {name}", width="stretch", on_click="ignore")


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


def _cell(value: float, best: bool, change: bool) -> str:
    if pd.isna(value):
        return ""
    colour = _ORANGE if change and value < 0 else _BLUE
    depth = min(abs(value) / 40, 1) if change else value / 100
    return f"background-color: rgba({colour}, {0.05 + 0.55 * depth:.2f});" + (_BEST if best else "")
