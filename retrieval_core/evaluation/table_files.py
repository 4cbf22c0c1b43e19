"""Tables as text to take away: CSV, LaTeX and Markdown. The index is the first column."""

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

_LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\n": " ",
})  # fmt: skip
_MARKDOWN = str.maketrans({"\\": r"\\", "|": r"\|", "*": r"\*", "`": r"\`", "<": "&lt;", "\n": " "})


def to_csv(table: pd.DataFrame, decimals: int | None = None) -> str:
    """Comma-separated values with a header; None keeps every digit, so that reading gives the same numbers back.

    Missing values are empty.
    """
    return table.to_csv(float_format=None if decimals is None else f"%.{decimals}f", lineterminator="\n")


def to_latex(table: pd.DataFrame, decimals: int = 2, bold_best: bool = True) -> str:
    """A `tabular` for the package booktabs, special characters escaped, missing values as a dash.

    `bold_best` sets the highest of each column of numbers in bold; all of those that print like it.
    """
    rows = [[_name(index, _LATEX)] for index in table.index]
    for place in range(table.shape[1]):
        column = table.iloc[:, place]
        cells = [_cell(value, decimals, "--", _LATEX) for value in column]
        best = _cell(column.max(), decimals, "--", _LATEX) if bold_best and _is_number(column) else None
        for row, cell, missing in zip(rows, cells, column.isna(), strict=True):
            row.append(rf"\textbf{{{cell}}}" if cell == best and not missing else cell)
    align = "l" + "".join("r" if _is_number(table.iloc[:, place]) else "l" for place in range(table.shape[1]))
    lines = [" & ".join(row) + r" \\" for row in [_header(table, _LATEX), *rows]]
    body = [rf"\begin{{tabular}}{{{align}}}", r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule", r"\end{tabular}"]
    return "\n".join(body) + "\n"


def to_markdown(table: pd.DataFrame, decimals: int = 2) -> str:
    """A table in GitHub's Markdown, numbers to the right, missing values as a dash."""
    columns = [table.iloc[:, place] for place in range(table.shape[1])]
    cells = [[_cell(value, decimals, "–", _MARKDOWN) for value in column] for column in columns]
    rows = [[_name(index, _MARKDOWN), *values] for index, *values in zip(table.index, *cells, strict=True)]
    rule = ["---", *("--:" if _is_number(column) else "---" for column in columns)]
    return "".join(f"| {' | '.join(row)} |\n" for row in [_header(table, _MARKDOWN), rule, *rows])


def _header(table: pd.DataFrame, escapes: dict[int, str]) -> list[str]:
    return [_name(table.index.name or "", escapes), *(_name(column, escapes) for column in table.columns)]


def _name(name: object, escapes: dict[int, str]) -> str:
    return str(name).translate(escapes)


def _cell(value: object, decimals: int, missing: str, escapes: dict[int, str]) -> str:
    if pd.isna(value):
        return missing
    return f"{value:.{decimals}f}" if isinstance(value, (float, np.floating)) else str(value).translate(escapes)


def _is_number(column: pd.Series) -> bool:
    return is_numeric_dtype(column) and not is_bool_dtype(column)
