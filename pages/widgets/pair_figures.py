"""The figure of pair similarities: for each model how similar right and wrong pairs are, and where the threshold stands."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.widgets.figures import GAIN, LOSS
from retrieval_core.evaluation.pair_similarities import BINS, Pairs

JOINED = 40  # bins that are drawn as one
_EDGES = np.linspace(-1, 1, BINS // JOINED + 1)


def pair_histograms(found: Mapping[str, Pairs], thresholds: Mapping[str, float]) -> go.Figure:
    """One below the other, a model each: percent of the right and of the wrong pairs by similarity, and a line at its threshold."""
    figure = make_subplots(len(found), 1, shared_xaxes=True, vertical_spacing=0.03, subplot_titles=None)
    for number, (key, pairs) in enumerate(found.items(), 1):
        for name, counts, colour, pattern, dash in (
            ("wrong: two landmarks", pairs.wrong, LOSS, "/", "dot"), ("right: one landmark", pairs.right, GAIN, "", "solid"),
        ):  # fmt: skip
            shares = 100 * counts.reshape(-1, JOINED).sum(axis=1) / max(1, counts.sum())
            figure.add_trace(go.Scatter(
                x=(_EDGES[:-1] + _EDGES[1:]) / 2, y=shares, name=name, legendgroup=name, showlegend=number == 1, mode="lines",
                line={"color": colour, "width": 2, "dash": dash, "shape": "hvh"}, fill="tozeroy",
                fillpattern={"shape": pattern, "fgcolor": colour, "fillmode": "overlay", "size": 6},
                hovertemplate=f"{key}, {name}: %{{y:.1f}} % at %{{x:.2f}}<extra></extra>",
            ), row=number, col=1)  # fmt: skip
        figure.add_vline(thresholds[key], line={"color": "#808080", "width": 2, "dash": "dash"}, row=number, col=1)
        figure.update_yaxes(title=key, nticks=4, ticksuffix=" %", rangemode="tozero", row=number, col=1)
    seen = np.flatnonzero(np.sum([pairs.right + pairs.wrong for pairs in found.values()], axis=0))
    figure.update_xaxes(range=[2 * seen[0] / BINS - 1.03, min(1, 2 * (seen[-1] + 1) / BINS - 0.97)])
    figure.update_xaxes(title="similarity", row=len(found), col=1)
    figure.update_layout(height=130 + 110 * len(found), margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False,
                         legend={"orientation": "h", "y": 1 + 0.12 / len(found), "yanchor": "bottom"})  # fmt: skip
    return figure
