"""A map of 40 photographs in two models, without an app: its files, and a page that shows it and hears what it tells."""

import io

import numpy as np
from modules_page import WEB, open_modules
from PIL import Image

COUNT, WIDTH = 40, 39
IDS = [f"tower_{number:02}" for number in range(COUNT)]
SHARED = {
    "model": "1a", "query": "", "k": "6", "view": "", "landmarks": "", "unlabelled": "0.45", "colour": "landmark",
    "thumbnails": "on", "names": "on", "film": "", "only": "", "brush": "", "selection": [], "placed": "",
}  # fmt: skip


RAMP = {
    "title": "hubness", "names": [], "colours": [], "symbols": [], "low": "fewest", "high": "most", "even": True,
    "values": [float(point) for point in range(COUNT - 1)] + [None], "border": [[-1.0, 0.25, 1.0, 0.25]],
}  # fmt: skip
CATEGORIES = {
    "title": "bin", "names": ["towers", "a, b"], "colours": ["#9678f0", "#808080"], "symbols": [0, 1], "low": "", "high": "",
    "even": True, "values": [0.0] * 5 + [1.0] * 3 + [None] * (COUNT - 8), "border": [],
}  # fmt: skip


def layout(seed: int) -> np.ndarray:
    """Places (40, 2) within -1 … 1 on a lattice, so that no two lie close to each other; their order is drawn."""
    across, up = np.meshgrid(np.linspace(-1, 1, 8), np.linspace(-1, 1, 5))
    return np.random.default_rng(seed).permutation(np.column_stack([across.ravel(), up.ravel()])).astype(np.float32)


def neighbour_lists(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours (40, 39) and similarities of random descriptors."""
    rows = np.random.default_rng(seed).normal(size=(COUNT, 6))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    similarities = rows @ rows.T
    np.fill_diagonal(similarities, -2)
    order = np.argsort(-similarities, axis=1)[:, :WIDTH]
    return order.astype(np.int32), np.take_along_axis(similarities, order, 1).astype(np.float32)


def files() -> dict:
    """All files of the scene by their address."""
    answers = {}
    models = []
    for number, key in enumerate(("1a", "1b")):
        points, similarities = neighbour_lists(number)
        models.append({
            "key": key, "title": f"{key} · a network", "colour": "#888888", "map": [50.0, 60.0], "places": f"files/places/{key}",
            "neighbours": f"files/neighbours/{key}", "central": f"files/central/{key}", "width": WIDTH,
            "search": f"files/search/{key}?x=1",
            "queries": f"files/queries/{key}", "colouring": f"files/colouring/{key}?x=1", "selection": f"files/selection/{key}?x=1",
            "caption": f"model {key}", "judged": 10, "together": [], "tiles": None, "pivots": None,
        })  # fmt: skip
        answers[f"/files/places/{key}"] = layout(number).tobytes() + np.full(COUNT, 0.5, np.float32).tobytes()
        answers[f"/files/central/{key}"] = np.arange(COUNT, dtype=np.float32).tobytes()
        answers[f"/files/neighbours/{key}"] = points.tobytes() + similarities.tobytes()
        answers[f"/files/colouring/{key}"] = RAMP
        answers[f"/files/colouring/{key}?x=1&colour=bin&bins=b"] = CATEGORIES
        answers[f"/files/selection/{key}"] = {"within": 0.25, "similarities": [point / COUNT for point in range(COUNT)]}
        ranking = {"points": points[3].tolist(), "similarities": similarities[3].tolist(), "ap": [0.5, None]}
        answers[f"/files/queries/{key}"] = {"tower_1": ranking}
    truth = {"good": [4, 5], "ok": [6], "junk": [7]}
    query = {"id": "tower_1", "point": 3, "label": "tower", "box": [1, 1, 9, 9], "size": [12, 10], **truth}
    answers["/files/scene"] = {
        "dataset": "small", "count": COUNT, "tiled": None, "extent": [1, 1], "models": models, "queries": [query],
        "landmarks": [{"name": "gate", "colour": "#9678f0", "symbol": 0}, {"name": "tower", "colour": "#b42d78", "symbol": 1}],
        "colourings": [{"key": "bin", "title": "bin"}, {"key": "hubness", "title": "hubness"}],
        "sheets": {"cell": 96, "columns": 42, "files": [], "cells": None},
        "files": {"ids": "files/ids", "labels": "files/labels", "photograph": "files/photograph/", "version": "1"},
    }  # fmt: skip
    answers["/files/ids"] = IDS
    answers["/files/labels"] = np.array([0, 1] * 15 + [65535] * 10, np.uint16).tobytes()
    pixel = io.BytesIO()
    Image.new("RGB", (4, 3)).save(pixel, "PNG")
    answers |= {f"/files/photograph/{image_id}": pixel.getvalue() for image_id in IDS}
    return answers


def changed(**changes) -> dict:
    """The files of the small scene, with changes to its description."""
    answers = files()
    return answers | {"/files/scene": answers["/files/scene"] | changes}


# As Streamlit does it: the component's HTML and CSS below an element of their own, then show() with what the page hands over.
SHOW = """async ([html, css, data]) => {
  document.body.innerHTML = '<div id="host"></div>';
  const root = document.getElementById("host").attachShadow({ mode: "open" });
  root.innerHTML = `<style>${css}</style>${html}`;
  window.told = [];
  const { show } = await import("/web/map/main.js");
  window.events = [];
  const state = { parentElement: root, data, setStateValue: (name, value) => window.told.push(value),
    setTriggerValue: (...event) => window.events.push(event) };
  window.again = (changes, engine = data.engine) =>
    show({ ...state, data: { ...data, engine, shared: { ...data.shared, ...changes } } });
  window.end = show(state);
}"""


def show_small_map(page, wait: bool = True, engine: str = "exact", **shared):
    """Show the map; gives what serves its files."""
    served = open_modules(page, files())
    show_again(page, engine, **shared)
    if wait:
        page.locator(".head[data-chosen]").wait_for(state="attached")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # it is drawn
    return served


def show_again(page, engine: str = "exact", **shared) -> None:
    """Show the map on a page that is open already."""
    html, css = ((WEB / "map" / f"map.{ending}").read_text(encoding="utf-8") for ending in ("html", "css"))
    page.evaluate(SHOW, [html, css, {"scene": "files/scene", "shared": SHARED | shared, "placed": None, "bins": "b", "engine": engine}])


def place_of(page, point: int, model: int = 0) -> tuple[float, float]:
    """Where a point lies on the screen in the usual view."""
    box = page.locator(".stage").bounding_box()
    scale = 0.94 * min(box["width"], box["height"]) / 2
    x, y = layout(model)[point].tolist()
    return box["x"] + box["width"] / 2 + x * scale, box["y"] + box["height"] / 2 - y * scale
