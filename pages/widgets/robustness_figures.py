"""The figures of Break it: how one picture's AP moves under every model, and what all queries keep of theirs."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages.widgets import style
from retrieval_core.descriptors.changes import Change
from retrieval_core.evaluation.tables import MEAN

SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star", "hexagon", "pentagon")
_GREY = "#808080"


def moves_chart(before: Mapping[str, float], after: Mapping[str, float], similarities: Mapping[str, float], title: str) -> go.Figure:
    """A row a model: a ring at its AP of the unchanged picture, a dot at that of the changed one; on the right their similarity.

    `before` and `after`: AP in percent by model, in the order of the rows.
    """
    keys = list(before)
    figure = go.Figure()
    for key in keys:
        figure.add_shape(type="line", x0=before[key], x1=after[key], y0=key, y1=key, line={"color": _GREY, "width": 3}, layer="below")
    for name, found, symbol in (("unchanged", before, "circle-open"), ("changed", after, "circle")):
        figure.add_trace(go.Scatter(
            x=list(found.values()), y=keys, mode="markers", name=name, hovertemplate="%{y} " + name + ": %{x:.1f}<extra></extra>",
            marker={"symbol": symbol, "size": 13, "color": [style.model_colour(key) for key in keys], "line": {"width": 3}},
        ))  # fmt: skip
    for key, similarity in similarities.items():
        figure.add_annotation(x=1.01, xref="paper", xanchor="left", y=key, text=f"{similarity:.3f}", showarrow=False)
    figure.add_annotation(x=1, xref="paper", xanchor="center", y=1, yref="paper", yanchor="bottom", text="similarity", showarrow=False)
    figure.update_layout(
        height=100 + 30 * len(keys), margin={"l": 0, "r": 60, "t": 30, "b": 0}, dragmode=False, legend={"orientation": "h", "y": 1.02,
        "yanchor": "bottom"}, xaxis={"title": title, "range": [-3, 103]}, yaxis={"type": "category", "autorange": "reversed"},
    )  # fmt: skip
    return figure


def similarity_chart(similarities: Mapping[str, float]) -> go.Figure:
    """A bar a model: how similar the changed picture is to the unchanged one."""
    keys = list(similarities)
    figure = go.Figure(go.Bar(
        y=keys, x=list(similarities.values()), orientation="h", text=[f"{value:.3f}" for value in similarities.values()],
        marker={"color": [style.model_colour(key) for key in keys]}, hovertemplate="%{y}: %{x:.4f}<extra></extra>",
    ))  # fmt: skip
    figure.update_layout(
        height=80 + 30 * len(keys), margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False,
        xaxis={"title": "similarity to the unchanged picture", "range": [min(0.0, *similarities.values()), 1.02]},
        yaxis={"type": "category", "autorange": "reversed"},
    )  # fmt: skip
    return figure


def robustness_chart(curves: pd.DataFrame, change: Change, strengths: Sequence[float], chosen: str, title: str) -> go.Figure:
    """A curve a model over the strengths of a change, with the 95 % intervals of its points; the chosen model's is the thick one.

    The strengths stand one beside the other at equal distances; the models' points beside each other, so that whiskers don't hide
    one another. See `robustness_curves`.
    """
    figure, keys = go.Figure(), list(dict.fromkeys(curves["model"]))
    shifts = np.linspace(-0.25, 0.25, len(keys)) if len(keys) > 1 else [0.0]
    for number, (key, shift) in enumerate(zip(keys, shifts, strict=True)):
        rows = curves[curves["model"] == key]
        places = [strengths.index(strength) for strength in rows["strength"]]
        figure.add_trace(go.Scatter(
            x=[place + shift for place in places], y=rows[MEAN].tolist(), name=key, mode="lines+markers",
            line={"color": style.model_colour(key), "width": 4 if key == chosen else 1.5},
            marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 10 if key == chosen else 8},
            error_y={"type": "data", "symmetric": False, "array": rows["high"] - rows[MEAN], "arrayminus": rows[MEAN] - rows["low"],
                     "thickness": 1.5, "width": 3},
            text=[f"{key}, {change.say(strength)}: {mean:.1f} [{low:.1f}, {high:.1f}]" for strength, mean, low, high
                  in rows[["strength", MEAN, "low", "high"]].itertuples(index=False)],
            hovertemplate="%{text}<extra></extra>",
        ))  # fmt: skip
    figure.update_layout(
        height=420, margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": f"{change.title}: {change.words}", "zeroline": False, "showgrid": False,
               "tickvals": list(range(len(strengths))),
               "ticktext": [change.say(one) + ("<br>unchanged" if one == change.unchanged else "") for one in strengths]},
        yaxis={"title": title, "rangemode": "tozero"},
    )  # fmt: skip
    return figure
