"""The figures of the page Unlabelled: how well each method finds the hidden ones, how nnPU hangs on its prior, and both densities."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages.widgets import style
from pages.widgets.figures import GAIN

GREY = "#808080"
ABOVE = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star", "hexagon", "pentagon")


def methods_chart(table: pd.DataFrame, measure: str, chosen: str) -> go.Figure:
    """A row a method, a point a model with its 95 % interval; the chosen model's is the large one. `table`: see `unlabelled_table`."""
    names, keys = list(dict.fromkeys(table["kind"])), list(dict.fromkeys(table.index))
    figure = go.Figure()
    for number, key in enumerate(keys):
        rows = table.loc[[key]]
        shift = 0.0 if len(keys) == 1 else 0.6 * (number / (len(keys) - 1) - 0.5)
        figure.add_trace(go.Scatter(
            x=rows[measure], y=[names.index(name) + shift for name in rows["kind"]], name=key, mode="markers",
            marker={"color": style.model_colour(key), "symbol": SYMBOLS[number % len(SYMBOLS)], "size": 13 if key == chosen else 9},
            error_x={"type": "data", "symmetric": False, "array": rows[f"{measure} high"] - rows[measure],
                     "arrayminus": rows[measure] - rows[f"{measure} low"], "thickness": 2 if key == chosen else 1, "width": 3},
            text=[f"{key}, {one['method']}: {one[measure]:.1f} [{one[f'{measure} low']:.1f}, {one[f'{measure} high']:.1f}]"
                  for _, one in rows.iterrows()],
            hovertemplate="%{text}<extra></extra>",
        ))  # fmt: skip
    lowest = 10 * (np.nanmin(table[[measure, f"{measure} low"]].to_numpy(float), initial=100) // 10)  # to where something is seen
    figure.update_layout(
        height=110 + 46 * len(names), margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False,
        xaxis={"title": f"{measure} of the hidden ones, percent", "range": [lowest - 2, 102]},
        yaxis={"tickvals": list(range(len(names))), "ticktext": names, "range": [len(names) - 0.5, -0.5], "showgrid": False,
               "zeroline": False},
        legend=ABOVE,
    )  # fmt: skip
    return figure


def prior_chart(table: pd.DataFrame, columns: list[str], prior: float) -> go.Figure:
    """A line a column over the prior of nnPU, which is the index of the table; a dotted line at the one that was given."""
    figure = go.Figure()
    for name, dash, symbol in zip(columns, ("solid", "dash", "dot", "dashdot"), SYMBOLS, strict=False):
        bars = {"type": "data", "symmetric": False, "array": table[f"{name} high"] - table[name],
                "arrayminus": table[name] - table[f"{name} low"]} if f"{name} low" in table else None  # fmt: skip
        figure.add_trace(go.Scatter(
            x=table.index, y=table[name], name=name, mode="lines+markers", line={"dash": dash}, marker={"symbol": symbol, "size": 9},
            error_y=bars, hovertemplate="π = %{x}: " + name + " %{y:.1f} %<extra></extra>",
        ))  # fmt: skip
    figure.add_vline(x=prior, line={"color": GREY, "dash": "dot"})
    figure.update_layout(
        height=340, margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False, legend=ABOVE,
        xaxis={"title": "π, the share of positives among the unlabelled that nnPU is given"},
        yaxis={"title": "percent", "range": [-2, 102]},
    )  # fmt: skip
    return figure


def density_chart(table: pd.DataFrame, title: str) -> go.Figure:
    """Two outlines, of the labelled and of the unlabelled; `table`: see `density`."""
    figure = go.Figure()
    for name, colour, dash in (("labelled", GAIN, "solid"), ("unlabelled", "#999999", "dash")):
        figure.add_trace(go.Scatter(
            x=table["distance"], y=table[name], name=name, mode="lines",
            line={"color": colour, "dash": dash, "width": 3, "shape": "hvh"},
            hovertemplate="%{x:.2f}: %{y:.1f} % of the " + name + "<extra></extra>",
        ))  # fmt: skip
    figure.update_layout(
        height=300, margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False, legend=ABOVE,
        xaxis={"title": title}, yaxis={"title": "percent of the group", "rangemode": "tozero"},
    )  # fmt: skip
    return figure
