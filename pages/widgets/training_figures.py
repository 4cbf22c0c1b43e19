"""The figures of a training: all that was logged by step in one chart, and how far each layer moved."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.widgets.figures import GAIN, LOSS
from retrieval_core.networks.weight_changes import CHANGE
from retrieval_core.stored.trained_stages import TrainedStage

_ROWS = {  # title of the axis: what the log calls it, what a person calls it, how it is drawn
    "loss": (("loss", "loss", GAIN, "solid"),),
    "percent": (("accuracy", "accuracy of the batch", GAIN, "solid"), ("active", "active triplets", GAIN, "solid")),
    "distance": (("d(a,p)", "d(a,p), to positives", GAIN, "solid"), ("d(a,n)", "d(a,n), to negatives", LOSS, "dash")),
    "validation mAP": (("validation_map", "validation mAP", GAIN, "solid"),),
    "GeM's p": (("p", "GeM's p", GAIN, "solid"),),
}
_PERCENT = ("accuracy", "active")
_DIAMOND = {"color": LOSS, "symbol": "diamond", "size": 8}
_EACH_NAMED = 14  # layers; of more the first of every block is, where there is room
_APART = 0.05  # share of all layers between two names


def training_chart(trained: TrainedStage) -> go.Figure:
    """Loss, accuracy or active triplets, distances, validation mAP and p, one below the other; a line marks the step that was kept."""
    logged = {name for line in trained.figures for name in line}
    rows = {title: [one for one in lines if one[0] in logged] for title, lines in _ROWS.items()}
    rows = {title: lines for title, lines in rows.items() if lines}
    figure = make_subplots(len(rows), 1, shared_xaxes=True, vertical_spacing=0.035)
    for row, (title, lines) in enumerate(rows.items(), 1):
        for name, words, colour, dash in lines:
            points = [(line["step"], line[name]) for line in trained.figures if name in line]
            figure.add_trace(go.Scatter(
                x=[step for step, _ in points], y=[100 * value if name in _PERCENT else value for _, value in points], name=words,
                mode="lines+markers" if name == "validation_map" or len(points) < 3 else "lines",
                line={"color": colour, "width": 2, "dash": dash}, marker={"size": 8}, showlegend=len(lines) > 1,
                hovertemplate=words + " %{y:.4~g}, step %{x}<extra></extra>",
            ), row, 1)  # fmt: skip
        figure.update_yaxes(title=title if len(lines) > 1 or title != "percent" else f"{lines[0][0]}, %", row=row, col=1)
    figure.update_xaxes(title="step", row=len(rows), col=1)
    for mining in trained.minings:
        figure.add_vline(x=mining.step, line={"color": "#808080", "width": 1, "dash": "dot"}, opacity=0.6)
    if trained.kept is not None:
        figure.add_vline(x=trained.kept, line={"color": "#808080", "width": 2, "dash": "dash"})
        at_the_end = trained.kept > 0.5 * max(line["step"] for line in trained.figures)
        figure.add_annotation(x=trained.kept, y=1, yref="paper", xref="x", text=f"<b>kept: step {trained.kept}</b>", showarrow=False,
                              yanchor="bottom", xanchor="right" if at_the_end else "left")  # fmt: skip
    figure.update_layout(height=70 + 112 * len(rows), margin={"l": 0, "r": 0, "t": 26, "b": 0}, dragmode=False, hovermode="x",
                         legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.5, "xanchor": "center"})  # fmt: skip
    return figure


def change_chart(table) -> go.Figure:
    """‖Δw‖ / ‖w‖ in percent of every layer, first to last: bars of convolutions and linear layers, diamonds of normalisations' scales.

    table: see `change_table`. What has no parent has no bar.
    """
    weights = table[table.index.str.endswith(".weight") | (table["kind"] == "pooling")]
    places = {name: place for place, name in enumerate(weights.index)}
    figure = go.Figure()
    for words, rows, draw in (
        ("convolutions, linear layers, GeM's p", weights[weights["kind"].isin(["convolution", "linear", "pooling"])], _bars),
        ("scales of normalisations", weights[weights["kind"] == "normalisation"], _diamonds),
    ):
        if len(rows):
            figure.add_trace(draw(words, [places[name] for name in rows.index], rows[CHANGE], list(rows.index)))
    ticks = _ticks(list(weights.index))
    figure.update_layout(
        height=320, margin={"l": 0, "r": 0, "t": 10, "b": 0}, dragmode=False, bargap=0.25, legend={"orientation": "h", "y": 1.12},
        yaxis={"title": "change in percent", "rangemode": "tozero"},
        xaxis={"tickvals": list(ticks), "ticktext": list(ticks.values()), "showgrid": False, "tickangle": 0,
               "range": [-0.7, len(weights) - 0.3]},
    )  # fmt: skip
    return figure


def _bars(words: str, places: Sequence[int], values, names: Sequence[str]) -> go.Bar:
    return go.Bar(x=places, y=values, name=words, marker={"color": GAIN}, text=names, textposition="none",
                  hovertemplate="%{text}: %{y:.3~g} %<extra></extra>")  # fmt: skip


def _diamonds(words: str, places: Sequence[int], values, names: Sequence[str]) -> go.Scatter:
    return go.Scatter(x=places, y=values, name=words, mode="markers", text=names, marker=_DIAMOND,
                      hovertemplate="%{text}: %{y:.3~g} %<extra></extra>")  # fmt: skip


def _ticks(names: Sequence[str]) -> dict[int, str]:
    """Which layers are named below the chart: all where they are few, else the first of every block."""
    if len(names) <= _EACH_NAMED:
        return {place: name.removesuffix(".weight") for place, name in enumerate(names)}
    blocks, found = [name.split(".")[0] for name in names], dict[int, str]()
    for place, block in enumerate(blocks):
        if block not in blocks[:place] and place - max(found, default=-len(names)) > _APART * len(names):
            found[place] = block
    return found
