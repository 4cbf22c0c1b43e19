"""The figures: bars of mAP, and the loss of a training."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from pages.parts import style


def map_bars(means: pd.DataFrame) -> go.Figure:
    """Bars of mAP in percent: rows are models in their order, columns protocols."""
    figure = go.Figure()
    for pattern, protocol in zip(("", "/"), means.columns, strict=False):
        figure.add_trace(go.Bar(
            x=list(means.index), y=means[protocol], name=protocol, text=means[protocol].round(1), textposition="outside",
            marker={"color": list(style.MODEL_RAMP[: len(means)]), "pattern": {"shape": pattern}},
        ))  # fmt: skip
    figure.update_layout(
        height=360, margin={"l": 0, "r": 0, "t": 10, "b": 0}, barmode="group", yaxis={"title": "mAP in percent", "rangemode": "tozero"},
        legend={"orientation": "h", "y": 1.12},
    )  # fmt: skip
    return figure


def loss_curve(losses: Mapping[int, float]) -> go.Figure:
    """The loss of the training that is going on, by step."""
    figure = go.Figure(go.Scatter(x=list(losses), y=list(losses.values()), mode="lines", line={"color": "#2f6fb0", "width": 2}))
    figure.update_layout(height=180, margin={"l": 0, "r": 0, "t": 6, "b": 0}, xaxis={"title": "step"}, yaxis={"title": "loss"})
    return figure
