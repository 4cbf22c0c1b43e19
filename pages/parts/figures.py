"""The figures: the map, and the bars of mAP."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages.parts import style
from retrieval_core.datasets.types import Dataset
from retrieval_core.projection.layouts import Layout


def map_figure(
    layout: Layout,
    dataset: Dataset,
    shown: Sequence[str],
    unlabelled: float,
    selected: Sequence[str],
    neighbours: Sequence[str],
    view: str,
) -> go.Figure:
    """The map. `shown`: labels in colour, the others go to light grey. `unlabelled`: their opacity, 0 hides them.

    Every point carries its image id. Of one selected image the neighbours get a ring and a line; several selected ones
    are ringed. The zoom is kept as long as `view` stays the same.
    """
    place = dict(zip(layout.ids, layout.xy, strict=True))
    groups: dict[str | None, list[str]] = {}
    for image_id in layout.ids:
        groups.setdefault(dataset.image(image_id).label, []).append(image_id)
    figure = go.Figure()
    labels = dataset.labels
    if None in groups:
        # Hidden, not left out: the numbers of the other traces, by which the browser keeps its selection, stay the same.
        grey = _points("unlabelled", groups[None], place, style.UNLABELLED, "circle", 5, unlabelled)
        figure.add_trace(grey.update(visible=unlabelled > 0))
    for label in labels:
        if label in groups:
            lit = label in shown
            colour = style.hue(labels, label) if lit else style.DIMMED
            figure.add_trace(_points(label, groups[label], place, colour, style.symbol(labels, label), 9, 0.95 if lit else 0.45))
    placed = [image_id for image_id in selected if image_id in place]
    if len(placed) == 1:
        _mark(figure, place, placed[0], [image_id for image_id in neighbours if image_id in place])
    elif placed:
        _ring(figure, np.array([place[image_id] for image_id in placed]), 13, 1.5)
    figure.update_layout(
        height=620, margin={"l": 0, "r": 0, "t": 6, "b": 0}, uirevision=view,
        dragmode="pan", clickmode="event+select", hovermode="closest",
        legend={"itemsizing": "constant", "font": {"size": 14}, "orientation": "h", "y": -0.02, "yanchor": "top"},
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return figure


def _points(name, ids, place, colour, symbol, size, opacity) -> go.Scattergl:
    xy = np.array([place[image_id] for image_id in ids])
    return go.Scattergl(
        x=xy[:, 0], y=xy[:, 1], mode="markers", name=f"{name} ({len(ids)})", customdata=ids,
        hovertemplate=f"%{{customdata}}<br>{name}<extra></extra>",
        marker={"color": colour, "symbol": symbol, "size": size, "opacity": opacity, "line": {"width": 0}},
        unselected={"marker": {"opacity": opacity * 0.75}}, selected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _mark(figure: go.Figure, place, selected: str, neighbours: Sequence[str]) -> None:
    x, y = place[selected]
    ends = np.array([place[other] for other in neighbours]).reshape(-1, 2)
    lines = np.full((len(ends), 3, 2), np.nan)  # a gap after each line
    lines[:, 0], lines[:, 1] = (x, y), ends
    common = {"hoverinfo": "skip", "showlegend": False}
    flat = lines.reshape(-1, 2)
    colour = {"color": "#7f8a99", "width": 1}
    figure.add_trace(go.Scattergl(x=flat[:, 0], y=flat[:, 1], mode="lines", line=colour, **common))
    _ring(figure, ends, 17, 2.5)
    star = {"symbol": "star", "size": 20, "color": "#d9480f", "line": {"width": 1.5, "color": "#ffffff"}}
    figure.add_trace(go.Scattergl(x=[x], y=[y], mode="markers", marker=star, **common))


def _ring(figure: go.Figure, xy: np.ndarray, size: float, width: float) -> None:
    rings = {"symbol": "circle-open", "size": size, "color": "#d9480f", "line": {"width": width}}
    figure.add_trace(go.Scattergl(x=xy[:, 0], y=xy[:, 1], mode="markers", marker=rings, hoverinfo="skip", showlegend=False))


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
