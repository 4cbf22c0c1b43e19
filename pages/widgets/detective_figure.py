"""The figure of the detective: how often it is right, by the number of votes, and how much of what was hidden it finds."""

import pandas as pd
import plotly.graph_objects as go

from pages.widgets.figures import GAIN, LOSS
from retrieval_core.evaluation.detective_judged import FOUND, HIGH, LOW, PRECISION


def right_by_votes(table: pd.DataFrame) -> go.Figure:
    """Precision with its 95 % interval, and the share of the hidden that are found, over the least number of votes; see `judged`."""
    votes = [str(least) for least in table.index]
    figure = go.Figure(go.Scatter(
        x=votes, y=table[PRECISION], name="precision", mode="lines+markers", marker={"size": 11, "color": GAIN},
        error_y={"type": "data", "symmetric": False, "array": table[HIGH] - table[PRECISION],
                 "arrayminus": table[PRECISION] - table[LOW], "thickness": 2, "width": 5},
        text=[f"{count:,} suspects" for count in table["suspects"]], hovertemplate="%{y:.1f} % of %{text}<extra></extra>",
    ))  # fmt: skip
    figure.add_trace(go.Scatter(
        x=votes, y=table[FOUND], name="share of the hidden that is found", mode="lines+markers", line={"dash": "dash"},
        marker={"size": 11, "symbol": "diamond", "color": LOSS}, hovertemplate="%{y:.1f} % of the hidden<extra></extra>",
    ))  # fmt: skip
    figure.update_layout(
        height=320, margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": "votes, at least", "type": "category"}, yaxis={"title": "percent", "range": [-2, 104]},
    )  # fmt: skip
    return figure
