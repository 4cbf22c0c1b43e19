"""Tables as text to take away: CSV, LaTeX and Markdown. The index is the first column."""

import numpy as np
import pandas as pd

from retrieval_core.datasets.csv_cells import safe_cell

_MARKDOWN = str.maketrans({"\\": r"\\", "|": r"\|", "*": r"\*", "`": r"\`", "[": r"\[", "]": r"\]", "~": r"\~", "<": "&lt;", "\n": " "})
_LATEX = str.maketrans({"\n": " "})  # pandas escapes the rest


def to_csv(table: pd.DataFrame, decimals: int | None = None) -> str:
    """Comma-separated values with a header; None keeps every digit, so that reading gives the same numbers back.

    Missing values are empty; a text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    named = table.rename_axis(table.index.name and safe_cell(table.index.name)).rename(index=_safe, columns=_safe)
    return named.map(_safe).to_csv(float_format=None if decimals is None else f"%.{decimals}f", lineterminator="\n")


def _safe(value: object) -> object:
    return safe_cell(value) if isinstance(value, str) else value


def to_latex(table: pd.DataFrame, decimals: int = 2, bold_best: bool = True) -> str:
    """A `tabular` for the package booktabs, special characters escaped, missing values as a dash.

    `bold_best` sets the highest of each column of numbers in bold; all of those that print like it.
    """
    texts = _texts(table, decimals, "--", _LATEX)
    style = texts.style.hide(axis="index").format(escape="latex").format_index(escape="latex", axis="columns")
    if bold_best:
        numbers = [place for place, letter in enumerate(_alignment(table)) if letter == "r"]
        best = {texts.columns[place]: _text(table.iloc[:, place - 1].max(), decimals, "", _LATEX) for place in numbers}
        style.apply(lambda column: np.where(column == best[column.name], "textbf:--rwrap;", ""), subset=list(best))
    return style.to_latex(hrules=True, column_format=_alignment(table))


def to_markdown(table: pd.DataFrame, decimals: int = 2) -> str:
    """A table in GitHub's Markdown, numbers to the right, missing values as a dash."""
    align = [{"l": "left", "r": "right"}[letter] for letter in _alignment(table)]
    texts = _texts(table, decimals, "–", _MARKDOWN)
    return texts.to_markdown(index=False, disable_numparse=True, colalign=align) + "\n"  # else "007" would turn into 7


def _texts(table: pd.DataFrame, decimals: int, missing: str, escapes: dict[int, str]) -> pd.DataFrame:
    """The table with its index as the first column and every value as it is printed."""
    flat = table.reset_index(names=table.index.name or "")
    flat.columns = [str(name).translate(escapes) for name in flat.columns]
    return flat.astype(object).map(_text, decimals=decimals, missing=missing, escapes=escapes)


def _text(value: object, decimals: int, missing: str, escapes: dict[int, str]) -> str:
    if pd.isna(value):
        return missing
    return f"{value:.{decimals}f}" if isinstance(value, (float, np.floating)) else str(value).translate(escapes)


def _alignment(table: pd.DataFrame) -> str:
    """A letter for each column, the index first: "r" for numbers, "l" for texts and truth values."""
    return "l" + "".join("r" if pd.api.types.is_any_real_numeric_dtype(kind) else "l" for kind in table.dtypes)
