"""The figures: bars of mAP, what it costs, what each step bought, what is taken for what, and the loss of a training."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.web.figure import PREFIX, save_buttons
from pages.widgets import style
from retrieval_core.evaluation.costs import FASTEST, MEASURES, SLOWEST
from retrieval_core.evaluation.ledger import LedgerStep
from retrieval_core.evaluation.tables import MEAN

GAIN, LOSS = "#2f6fb0", "#d66e14"
MOST_WORDED = 9  # steps that have room for words above their bars; above that pale bars say it alone
_TICKS = [float(f"{digit}e{power}") for power in range(-3, 8) for digit in (1, 1.5, 2, 3, 5, 7)]  # of a logarithmic axis


def show(figure: go.Figure, stem: str, name: str, key: str = "", **arguments):
    """Draw a figure, and below it buttons that save it; returns st.plotly_chart's. `name`: a word, of its own on the page."""
    container = f"{PREFIX}{name}"
    with st.container(key=container, gap=None):
        drawn = st.plotly_chart(figure, width="stretch", key=key or name, config={"displayModeBar": False}, **arguments)
        save_buttons(container, stem)
    return drawn


def map_bars(means: pd.DataFrame) -> go.Figure:
    """Bars of mAP in percent: rows are models in their order, columns measures."""
    figure = go.Figure()
    for pattern, protocol in zip(("", "/"), means.columns, strict=False):
        figure.add_trace(go.Bar(
            x=list(means.index), y=means[protocol], name=protocol, text=means[protocol].round(1), textposition="outside",
            marker={"color": [style.model_colour(key) for key in means.index], "pattern": {"shape": pattern}},
        ))  # fmt: skip
    figure.update_layout(
        height=320, margin={"l": 0, "r": 0, "t": 10, "b": 0}, barmode="group", yaxis={"title": "mAP in percent", "rangemode": "tozero"},
        xaxis={"type": "category"},
        legend={"orientation": "h", "y": 1.12},
    )  # fmt: skip
    return figure


def cost_chart(table: pd.DataFrame, measure: str, front: Sequence[str], title: str) -> go.Figure:
    """mAP against a cost, on a logarithmic axis: a point a model, and a line through those of the front, cheapest first.

    Milliseconds have whiskers from the fastest to the slowest repeat.
    """
    column = MEASURES[measure]
    known = table.dropna(subset=[MEAN])
    whiskers = {
        "type": "data", "symmetric": False, "color": "#808080", "thickness": 1, "width": 4,
        "array": known[SLOWEST] - known[column], "arrayminus": known[column] - known[FASTEST],
    }  # fmt: skip
    figure = go.Figure(go.Scatter(
        x=known.loc[front, column], y=known.loc[front, MEAN], mode="lines", line={"color": "#808080", "width": 2, "dash": "dot"},
        hoverinfo="skip",
    ))  # fmt: skip
    figure.add_trace(go.Scatter(
        x=known[column], y=known[MEAN], mode="markers+text", text=[f"<b>{key}</b>" if key in front else key for key in known.index],
        textposition=_label_places(known[column], known[MEAN], first="top center" if measure == "milliseconds" else "middle right"),
        cliponaxis=False, error_x=whiskers if measure == "milliseconds" else None,
        hovertemplate="%{text}: mAP %{y:.1f}, %{x:,.3~r} " + column + "<extra></extra>",
        marker={"size": 14, "color": [style.model_colour(key) for key in known.index],
                "line": {"color": "#808080", "width": [2 if key in front else 0 for key in known.index]}},
    ))  # fmt: skip
    figure.update_layout(
        height=420, margin={"l": 0, "r": 0, "t": 10, "b": 0}, showlegend=False, dragmode=False,
        xaxis={"title": column, "type": "log", "tickvals": _TICKS, "ticktext": [f"{tick:,g}" for tick in _TICKS]},
        yaxis={"title": title, "rangemode": "tozero"},
    )  # fmt: skip
    return figure


def aggregation_chart(table: pd.DataFrame, title: str) -> go.Figure:
    """mAP of every aggregation with its 95 % interval: a circle as it is, a diamond below it whitened. See `aggregation_table`."""
    names = list(dict.fromkeys(table["aggregation"]))
    figure = go.Figure()
    whitened = table["whitening"].notna()
    for words, rows, shift, colour, symbol in (
        ("not whitened", table[~whitened], -0.15, GAIN, "circle"), ("whitened", table[whitened], 0.15, LOSS, "diamond"),
    ):  # fmt: skip
        figure.add_trace(go.Scatter(
            x=rows[MEAN], y=[names.index(name) + shift for name in rows["aggregation"]], name=words, mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 11}, text=list(rows.index),
            hovertemplate="%{text}: mAP %{x:.1f}<extra></extra>",
            error_x={"type": "data", "symmetric": False, "array": rows["high"] - rows[MEAN], "arrayminus": rows[MEAN] - rows["low"],
                     "thickness": 2, "width": 4},
        ))  # fmt: skip
    figure.update_layout(
        height=90 + 36 * len(names), margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False,
        xaxis={"title": title, "rangemode": "tozero"}, legend={"orientation": "h", "y": 1.08},
        yaxis={"tickvals": list(range(len(names))), "ticktext": names, "range": [len(names) - 0.5, -0.5], "showgrid": False,
               "zeroline": False},
    )  # fmt: skip
    return figure


def _label_places(costs: pd.Series, means: pd.Series, first: str) -> list[str]:
    """Where the label of each point stands: at the first place, unless that of a point close by stands there already."""
    every = [first, *(place for place in ("middle right", "middle left", "top center", "bottom center") if place != first)]
    across, up = np.log(costs), means
    close_across, close_up = 0.06 * max(np.ptp(across), 0.1), 0.07 * max(np.ptp([0.0, *up]), 0.1)
    places: list[str] = []
    for number in range(len(costs)):
        near = (abs(across - across.iloc[number]) < close_across) & (abs(up - up.iloc[number]) < close_up)
        taken = {place for place, close in zip(places, near, strict=False) if close}
        places.append(next((place for place in every if place not in taken), first))
    return places


def differences(entries: Sequence[LedgerStep], title: str) -> go.Figure:
    """What each step gained, with its 95 % interval, one below the other; pale where it is not significant at 5 %."""
    found = [entry.difference for entry in entries]
    points = [difference.points for difference in found]
    figure = go.Figure(go.Scatter(
        x=points, y=[f"{entry.step.after} · {entry.step.change}" for entry in entries], mode="markers",
        marker={"size": 12, "color": [GAIN if value >= 0 else LOSS for value in points],
                "opacity": [1.0 if difference.significant else 0.45 for difference in found]},
        error_x={"type": "data", "symmetric": False, "array": [one.high - one.points for one in found],
                 "arrayminus": [one.points - one.low for one in found], "color": "#808080", "thickness": 2, "width": 4},
        hovertemplate="%{y}: %{x:+.1f} points<extra></extra>",
    ))  # fmt: skip
    figure.add_vline(x=0, line={"color": "#808080", "width": 1})
    figure.update_layout(
        height=110 + 36 * len(entries), margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False, xaxis={"title": title},
        yaxis={"autorange": "reversed", "showgrid": False},
    )  # fmt: skip
    return figure


def waterfall(entries: Sequence[LedgerStep], chosen: int) -> go.Figure:
    """What each step adds to the mAP: bars from the mAP before to the one after, with 95 % whiskers; faint where not significant."""
    first, names = entries[0], [f"{entry.step.before} → {entry.step.after}<br>{entry.step.change}" for entry in entries]
    gains = [entry.difference.points for entry in entries]
    figure = go.Figure(go.Bar(
        x=[first.step.before, *names], base=[0, *(entry.map_before for entry in entries)], y=[first.map_before, *gains],
        marker={
            "color": [style.model_colour(first.step.before), *(GAIN if gain >= 0 else LOSS for gain in gains)],
            "opacity": [1, *(1 if entry.difference.significant else 0.4 for entry in entries)],
            "line": {"width": [0, *(4 if number == chosen else 0 for number in range(len(entries)))], "color": "#808080"},
        },
        error_y={
            "type": "data", "symmetric": False, "color": "#808080", "thickness": 2, "width": 7,
            "array": [0, *(entry.difference.high - entry.difference.points for entry in entries)],
            "arrayminus": [0, *(entry.difference.points - entry.difference.low for entry in entries)],
        },
        hovertext=[f"mAP {first.map_before:.1f}", *(entry.difference.words for entry in entries)], hoverinfo="text",
    ))  # fmt: skip
    for name, entry in zip(names, entries, strict=True):
        top = max(entry.map_before, entry.map_after, entry.map_before + entry.difference.high)
        mark = "" if entry.difference.significant or len(entries) > MOST_WORDED else "<br>not significant"
        figure.add_annotation(x=name, y=top, text=f"<b>{entry.difference.points:+.1f}</b>{mark}", showarrow=False, yshift=20)
    figure.add_annotation(x=first.step.before, y=first.map_before, text=f"<b>{first.map_before:.1f}</b>", showarrow=False, yshift=12)
    figure.update_layout(
        height=400, margin={"l": 0, "r": 0, "t": 10, "b": 0}, showlegend=False, bargap=0.25, clickmode="event+select",
        yaxis={"title": "mAP in percent", "rangemode": "tozero"}, xaxis={"type": "category"}, dragmode=False, hovermode="x",
        hoverdistance=-1,
    )  # fmt: skip
    return figure


def change_bars(changes: Mapping[str, float]) -> go.Figure:
    """Gains and losses in points, the largest gain on top."""
    rows = sorted(changes.items(), key=lambda row: row[1])
    figure = go.Figure(go.Bar(
        y=[_name(name) for name, _ in rows], x=[value for _, value in rows], orientation="h",
        text=[f"{value:+.1f}" for _, value in rows], marker={"color": [GAIN if value >= 0 else LOSS for _, value in rows]},
    ))  # fmt: skip
    figure.update_layout(height=60 + 26 * len(rows), margin={"l": 0, "r": 0, "t": 6, "b": 0}, xaxis={"title": "points of mean AP"},
                         yaxis={"type": "category"}, dragmode=False)  # fmt: skip
    return figure


def confusion(table: pd.DataFrame) -> go.Figure:
    """Shares, 0 to 1, of what is found for each landmark: rows are asked for, columns found."""
    figure = go.Figure(go.Heatmap(
        z=100 * table.to_numpy(), x=[_name(name) for name in table.columns], y=[_name(name) for name in table.index],
        colorscale="Blues", zmin=0, zmax=100,
        texttemplate="%{z:.0f}", colorbar={"title": "%"}, hovertemplate="asked for %{y}<br>found %{x}: %{z:.1f} %<extra></extra>",
    ))  # fmt: skip
    figure.update_layout(
        height=110 + 34 * len(table), margin={"l": 0, "r": 0, "t": 10, "b": 0},
        yaxis={"autorange": "reversed", "title": "asked for", "type": "category"},
        xaxis={"title": "found among the first ten, percent", "tickangle": -35, "type": "category"}, dragmode=False,
    )  # fmt: skip
    return figure


def _name(name: str) -> str:
    """A name so that plotly, which takes text for HTML, shows it as it is. Axes of names are of the type category: else 007 is 7."""
    return name.replace("&", "&amp;").replace("<", "&lt;")


def loss_curve(losses: Mapping[int, float]) -> go.Figure:
    """The loss of the training that is going on, by step."""
    figure = go.Figure(go.Scatter(x=list(losses), y=list(losses.values()), mode="lines", line={"color": "#2f6fb0", "width": 2}))
    figure.update_layout(height=180, margin={"l": 0, "r": 0, "t": 6, "b": 0}, xaxis={"title": "step"}, yaxis={"title": "loss"})
    return figure
