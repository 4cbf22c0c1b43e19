"""What bench_map.py measures: an app with the map or a plain `st.plotly_chart` of synthetic points, and the files that it serves.

MAP_POINTS says how many points, MAP_KIND is "map" or "plain". Run by bench_map.py with `streamlit run`.
"""

import io
import os
import sys
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

sys.path.insert(0, str(Path(__file__).resolve().parent))

from map_data import LANDMARKS, synthetic_labels, synthetic_layout

from pages.web import modules

COUNT, WIDTH, LISTED = int(os.environ["MAP_POINTS"]), 48, 60_000


@cache
def points() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two layouts and landmark numbers."""
    return synthetic_layout(COUNT, 0), synthetic_layout(COUNT, 1), synthetic_labels(COUNT)


@cache
def descriptors() -> np.ndarray:
    """Descriptors (N, 128) near their landmark's mean, so that neighbours are found by a real search."""
    random = np.random.default_rng(1)
    matrix = random.normal(size=(2 * LANDMARKS, 128)).astype(np.float32)[np.minimum(points()[2], 2 * LANDMARKS - 1)]
    matrix += random.standard_normal((COUNT, 128), np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


@cache
def lists() -> bytes:
    """Neighbour lists; taken from the plane, since only their size matters here."""
    from scipy.spatial import cKDTree

    distances, found = cKDTree(points()[0]).query(points()[0], WIDTH + 1)
    return found[:, 1:].astype(np.int32).tobytes() + (1 - distances[:, 1:]).astype(np.float32).tobytes()


@cache
def ranks() -> bytes:
    """How central each point is, on these lists, as the app ranks them."""
    from retrieval_core.ranking.page_rank import page_rank

    content = lists()
    found = np.frombuffer(content, np.int32, COUNT * WIDTH).reshape(COUNT, WIDTH)
    similarities = np.frombuffer(content, np.float32, offset=4 * COUNT * WIDTH).reshape(COUNT, WIDTH)
    return page_rank(found, similarities, points()[2].astype(int)).astype(np.float32).tobytes()


@cache
def sheet() -> bytes:
    """A sheet of thumbnails; which ones does not matter here."""
    cells = np.random.default_rng(0).integers(0, 255, (42, 42, 3), dtype=np.uint8)
    data = io.BytesIO()
    Image.fromarray(cells).resize((42 * 96, 42 * 96)).save(data, "JPEG", quality=84)
    return data.getvalue()


@lru_cache(4000)
def picture(number: int) -> bytes:
    """A photograph of 240×180 pixels, a few kilobytes as a JPEG."""
    noise = np.random.default_rng(number).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    data = io.BytesIO()
    Image.fromarray(noise).resize((240, 180)).save(data, "JPEG", quality=84)
    return data.getvalue()


def scene() -> dict:
    """A scene of two models as pages.web.map_scene describes one."""
    from pages.widgets.style import HUES

    model = lambda key, number: {  # noqa: E731
        "key": key, "title": key, "colour": "#888888", "map": [None, None], "caption": f"{COUNT:,} synthetic points", "width": WIDTH,
        "places": f"files/places/{number}?v=1", "neighbours": "files/lists?v=1" if COUNT <= LISTED else None,
        "central": "files/central?v=1" if COUNT <= LISTED else None,
        "search": f"files/search?model={number}", "queries": "files/queries?v=1", "judged": None, "together": [0.5] * LANDMARKS,
        "colouring": "files/colouring?x=1", "selection": "files/selection?x=1", "tiles": None, "pivots": None,
    }  # fmt: skip
    return {
        "tiled": None, "dataset": "synthetic", "count": COUNT,
        "extent": [1, 1], "queries": [], "models": [model("1a", 0), model("1b", 1)],
        "landmarks": [{"name": f"landmark {k}", "colour": HUES[k % len(HUES)], "symbol": k % 11} for k in range(LANDMARKS)],
        "colourings": [{"key": "hubness", "title": "hubness"}, {"key": "column:kind", "title": "column kind"}],
        "sheets": {"cell": 96, "columns": 42, "files": [f"files/sheet/{k}" for k in range(-(-COUNT // 42**2))], "cells": None},
        "files": {"ids": "files/ids?v=1", "labels": "files/labels?v=1", "photograph": "files/photograph/", "version": "1"},
    }  # fmt: skip


def places(request):
    layout = points()[int(request.path_params["number"])]
    return raw(layout.tobytes() + np.zeros(COUNT, np.float32).tobytes())


def neighbours_of(request):
    from retrieval_core.ranking.search import nearest

    found, similarities = nearest(descriptors(), int(request.query_params["point"]), WIDTH)
    return JSONResponse({"points": found.tolist(), "similarities": similarities.tolist()})


def colouring(request):
    """A number of every point, or one of eleven kinds."""
    if request.query_params["colour"] == "hubness":
        return JSONResponse({"title": "hubness", "names": [], "colours": [], "symbols": [], "low": "few", "high": "many", "even": True,
                             "values": [k % 97 for k in range(COUNT)], "border": []})  # fmt: skip
    from pages.widgets.style import HUES

    return JSONResponse({"title": "kind", "names": [f"kind {k}" for k in range(11)], "colours": list(HUES), "symbols": list(range(11)),
                         "low": "", "high": "", "even": True, "values": [k % 11 for k in range(COUNT)], "border": []})  # fmt: skip


async def selection(request):
    from retrieval_core.ranking.selection import mean_within, similarity_to

    rows = descriptors()[np.frombuffer(await request.body(), "<u4")]
    return JSONResponse({"within": mean_within(rows), "similarities": np.round(similarity_to(descriptors(), rows), 4).tolist()})


def raw(content: bytes, kind: str = "application/octet-stream") -> Response:
    return Response(content, media_type=kind, headers={"Cache-Control": "private, max-age=31536000, immutable"})


ROUTES = [
    modules.ROUTE,
    Route("/files/scene", lambda request: JSONResponse(scene())),
    Route("/files/ids", lambda request: JSONResponse([f"photograph_{k:07}" for k in range(COUNT)])),
    Route("/files/labels", lambda request: raw(points()[2].tobytes())),
    Route("/files/places/{number}", places),
    Route("/files/lists", lambda request: raw(lists())),
    Route("/files/central", lambda request: raw(ranks())),
    Route("/files/sheet/{number}", lambda request: raw(sheet(), "image/jpeg")),
    Route("/files/search", neighbours_of),
    Route("/files/queries", lambda request: JSONResponse({})),
    Route("/files/colouring", colouring),
    Route("/files/selection", selection, methods=["POST"]),
    Route("/files/photograph/{name}", lambda request: raw(picture(int(request.path_params["name"][-7:])), "image/jpeg")),
]


# Made once before the server listens: what is measured is the way to the screen.
points()
descriptors()
if COUNT <= LISTED:
    ranks()
app = st.App(Path(__file__).with_name("map_page.py"), routes=ROUTES)
