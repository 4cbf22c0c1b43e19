"""The chart of a knob: mAP of every model along its values, with intervals, and where the defaults stand."""

import pandas as pd
import plotly.graph_objects as go

from pages.widgets import style
from retrieval_core.evaluation.knobs import DEFAULT, HIGH, KNOBS, LOW
from retrieval_core.evaluation.tables import MEAN


def knob_chart(table: pd.DataFrame, knob: str, chosen: str, value: float | None, title: str) -> go.Figure:
    """A line a model with its 95 % intervals, the chosen one's thick; a diamond is its default; a dotted line where the knob stands.

    `table` is that of `knob_table`.
    """
    turned = KNOBS[knob]
    figure = go.Figure()
    for key, rows in table.groupby("model", sort=False):
        rows = rows.assign(place=[turned.place(one) for one in rows["value"]], said=rows[turned.axis]).sort_values("place")
        colour, thick = style.model_colour(str(key)), key == chosen
        figure.add_trace(_trace(rows if turned.joined else rows[~rows[DEFAULT]], colour, thick, str(key)))
        default = _trace(rows[rows[DEFAULT]], colour, thick, str(key))
        default.update(
            mode="markers",
            showlegend=False,
            marker={"symbol": "diamond", "size": 14 if thick else 11, "color": colour, "line": {"color": "#808080", "width": 2}},
        )
        figure.add_trace(default)
    if value is not None:
        figure.add_vline(turned.place(value), line={"color": "#808080", "width": 2, "dash": "dot"})
    ticks = table.loc[~table[DEFAULT] | turned.joined & ~turned.apart | (table["value"].isna()), "value"].drop_duplicates()
    figure.update_layout(
        height=400, margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False, hovermode="closest",
        xaxis={"title": turned.axis, "tickvals": [turned.place(one) for one in ticks], "ticktext": [turned.text(one) for one in ticks],
               "zeroline": False},
        yaxis={"title": title}, legend={"orientation": "h", "y": 1.1},
    )  # fmt: skip
    return figure


def _trace(rows: pd.DataFrame, colour: str, thick: bool, name: str) -> go.Scatter:
    said = [f"{'default, ' if default else ''}{text}" for default, text in zip(rows[DEFAULT], rows["said"], strict=True)]
    return go.Scatter(
        x=rows["place"], y=rows[MEAN], name=name, mode="lines+markers", text=said,
        line={"color": colour, "width": 4 if thick else 1.5}, marker={"color": colour, "size": 9 if thick else 5},
        hovertemplate=f"{name} at %{{text}}: mAP %{{y:.1f}}<extra></extra>",
        error_y={"type": "data", "symmetric": False, "array": rows[HIGH] - rows[MEAN], "arrayminus": rows[MEAN] - rows[LOW],
                 "thickness": 2 if thick else 0.6, "width": 4 if thick else 0},
    )  # fmt: skip
