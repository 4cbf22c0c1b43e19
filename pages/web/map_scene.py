"""What the map in the browser is given: points and their landmarks, every model's places, neighbours and rankings.

Points are numbered by the order of their ids in the subset; the numbers mean the same in every array of a scene.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pages.state import loaders
from pages.widgets import style
from retrieval_core.datasets.images import image_size
from retrieval_core.datasets.thumbnails import CELL, COLUMNS
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.projection.alignment import align
from retrieval_core.projection.maps import TITLES, ProjectedMap, read_parameters
from retrieval_core.projection.placement import place
from retrieval_core.ranking.search import nearest, search
from retrieval_core.stored import artefacts, results
from retrieval_core.workspace import short_hash

UNLABELLED = 65535


@dataclass(frozen=True)
class MapChoice:
    """Which maps are looked at: `settings` as in "perplexity=40,iterations=200"; empty for the method's defaults."""

    method: str
    subset: str = "all"
    settings: str = ""
    seed: int = 0

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "MapChoice":
        """From the parameters of a link; RetrievalError for a seed that is no whole number."""
        seed = values.get("seed") or "0"
        if not seed.isdigit():
            raise RetrievalError(f"The link asks for the seed {seed!r}, which is no whole number. Write seed=0 for the usual map.")
        return cls(values["method"], values["subset"], values.get("settings", ""), int(seed))

    def parameters(self) -> dict[str, float]:
        """The settings as numbers; RetrievalError for one that is none."""
        return read_parameters(self.settings)

    def address(self) -> str:
        """As the parameters of a link."""
        return f"method={self.method}&subset={self.subset}&settings={self.settings}&seed={self.seed}"


def describe(name: str, choice: MapChoice) -> dict:
    """The scene: models with a map of this choice, landmarks with colours and symbols, queries with their ground truth."""
    dataset, workspace = loaders.open_named(name), loaders.workspace()
    order = {image_id: number for number, image_id in enumerate(ids(name, choice.subset))}
    numbers = lambda found: [order[image_id] for image_id in found if image_id in order]  # noqa: E731
    laid_out = aligned(name, choice)
    return {
        "dataset": name,
        "count": len(order),
        "extent": np.max([np.abs(layout.xy).max(axis=0) for layout in laid_out.values()], axis=0).tolist() if laid_out else [1, 1],
        "landmarks": [{"name": label, "colour": style.hue(dataset.labels, label), "symbol": style.symbol_number(dataset.labels, label)}
                      for label in dataset.labels],
        "queries": [{"id": query.id, "point": order[query.image_id], "label": query.label, **_box(dataset, query),
                     "good": numbers(query.good), "ok": numbers(query.ok), "junk": numbers(query.junk)}
                    for query in dataset.queries if query.image_id in order],
        "models": [_model(state, name, choice, laid_out.get(state.key)) for state in results.model_states(workspace, name)
                   if state.explorable],
        "sheets": {"cell": CELL, "columns": COLUMNS, "files": _sheets(name, choice.subset),
                   "cells": sheet_cells(name, choice.subset)},
        "files": {
            "ids": f"files/ids/{name}?subset={choice.subset}&v={dataset.fingerprint[:12]}",
            "labels": f"files/labels/{name}?subset={choice.subset}&v={dataset.fingerprint[:12]}",
            "photograph": f"files/photograph/{name}/",
            "version": dataset.fingerprint[:12],
        },
    }  # fmt: skip


def ids(name: str, subset: str) -> list[str]:
    """Ids of a subset's photographs, in the order of all arrays."""
    return list(results.dataset_images(loaders.workspace(), name, subset))


def label_numbers(name: str, subset: str) -> np.ndarray:
    """Number of each photograph's landmark among the dataset's sorted landmarks, uint16; UNLABELLED where it has none."""
    dataset = loaders.open_named(name)
    numbers = {label: number for number, label in enumerate(dataset.labels)}
    return np.array([numbers.get(dataset.image(image_id).label, UNLABELLED) for image_id in ids(name, subset)], np.uint16)


def _box(dataset: Dataset, query: Query) -> dict:
    """The box of a query and the size of its photograph; without the photograph there is nothing to draw a box on."""
    path = dataset.image(query.image_id).path
    return {"box": query.box, "size": image_size(path)} if path else {"box": None, "size": None}


def sheet_cells(name: str, subset: str) -> list[int] | None:
    """The cell of every point on the sheets; None where point and cell have the same number."""
    if subset == "all":
        return None
    wanted = set(ids(name, subset))
    return [number for number, image in enumerate(loaders.open_named(name).images) if image.id in wanted]


def aligned(name: str, choice: MapChoice) -> dict[str, ProjectedMap]:
    """Maps of this choice by model, each laid on the one before, all moved and scaled to lie within -1 … 1."""
    described = [state.key for state in results.model_states(loaders.workspace(), name) if state.explorable]
    versions = tuple((key, record.sha256 if (record := _map_record(name, key, choice)) else None) for key in described)
    return _aligned(name, choice, versions)


@lru_cache(maxsize=8)
def _aligned(name: str, choice: MapChoice, versions: tuple) -> dict[str, ProjectedMap]:
    chain: dict[str, ProjectedMap] = {}
    before = None
    for key, _ in versions:
        layout = results.load_map(
            loaders.workspace(), name, key, choice.method, choice.subset, choice.parameters(), choice.seed
        )
        if layout is not None:
            before = chain[key] = layout if before is None else align(layout, before)
    return {key: _boxed(layout) for key, layout in chain.items()}


def _boxed(layout: ProjectedMap) -> ProjectedMap:
    low, high = layout.xy.min(axis=0), layout.xy.max(axis=0)
    return replace(layout, xy=((layout.xy - (low + high) / 2) / max((high - low).max() / 2, 1e-9)).astype(np.float32))


def neighbours_of(name: str, model: str, subset: str, point: int) -> dict:
    """The nearest photographs of a subset to one of it."""
    matrix = _rows(name, model, subset)
    points, similarities = nearest(matrix, point, artefacts.listed(len(matrix)))
    return {"points": points.tolist(), "similarities": [round(float(value), 4) for value in similarities]}


def query_rankings(name: str, model: str, subset: str) -> dict:
    """By query id: the points most similar to the query crop, their similarities, and its AP in both protocols."""
    _, queries = results.load_descriptors(loaders.workspace(), name, model)
    matrix = _rows(name, model, subset)
    points, similarities = search(queries.matrix, matrix, artefacts.listed(len(matrix)))
    scores = {score.query_id: score for score in results.load_scores(loaders.workspace(), name, model)}
    return {
        query_id: {"points": points[row].tolist(), "similarities": np.round(similarities[row], 4).tolist(),
                   "ap": [scores[query_id].ap_oxford, scores[query_id].ap_finite_sum]}
        for row, query_id in enumerate(queries.ids)
    }  # fmt: skip


def placed(name: str, model: str, choice: MapChoice, descriptor: np.ndarray) -> dict:
    """Where a new descriptor (1, D) belongs on a model's map, and the points most similar to it."""
    matrix = _rows(name, model, choice.subset)
    points, similarities = search(descriptor, matrix, artefacts.listed(len(matrix)))
    return {
        "place": place(matrix, aligned(name, choice)[model].xy, descriptor)[0].tolist(),
        "points": points[0].tolist(),
        "similarities": np.round(similarities[0], 4).tolist(),
    }


def _rows(name: str, model: str, subset: str) -> np.ndarray:
    database, _ = results.load_descriptors(loaders.workspace(), name, model)
    if subset == "all":
        return database.matrix
    return database.matrix[[database.row(image_id) for image_id in ids(name, subset)]]


def _model(state: results.ModelState, name: str, choice: MapChoice, layout: ProjectedMap | None) -> dict:
    """One model of a scene; without a map of this choice its `places` is None."""
    version = short_hash([state.recipe, choice.address()])
    common = f"{name}/{state.key}?{choice.address()}&v="
    described = loaders.workspace().record(loaders.workspace().folder(name, state.key) / "descriptors.npy").sha256[:12]
    listed = results.load_neighbour_lists(loaders.workspace(), name, state.key, choice.subset)
    record = _map_record(name, state.key, choice)
    return {
        "key": state.key,
        "title": f"{state.key} · {state.title}",
        "colour": style.model_colour(state.key),
        "map": [state.map_oxford, state.map_finite_sum],
        "places": f"files/places/{common}{record.sha256[:12]}{version}" if layout and record else None,
        "neighbours": f"files/neighbours/{common}{described}" if listed else None,
        "width": listed[0].shape[1] if listed else artefacts.listed(len(loaders.open_named(name).images)),
        "search": f"files/neighbours-of/{common}{described}",
        "queries": f"files/queries/{common}{described}",
        "caption": caption(layout, state) if layout else "",
        "judged": layout.quality["neighbours"] if layout else None,
    }


def caption(layout: ProjectedMap, model: results.ModelState) -> str:
    """What a map was made with, and how far it can be trusted."""
    used = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in layout.parameters.items())
    quality = layout.quality
    judged = "" if quality["rows"] == len(layout.ids) else f", judged on {quality['rows']:,} points drawn at random"
    return (
        f"{TITLES[layout.method]} of {len(layout.ids):,} photographs, model {model.key} (start: "
        f"{loaders.START_TITLES[model.start]}), seed {layout.seed}" + (f", {used}" if used else "") + ". "
        f"Trustworthiness {quality['trustworthiness']:.3f}, kNN overlap {quality['knn_overlap']:.3f} "
        f"({quality['neighbours']} neighbours{judged})."
    )  # fmt: skip


def _sheets(name: str, subset: str) -> list[str]:
    version = loaders.open_named(name).fingerprint[:12]
    return [f"files/sheet/{name}/{number}?v={version}" for number in range(len(results.list_sheets(loaders.workspace(), name)))]


def _map_record(name: str, model: str, choice: MapChoice):
    wanted = results.map_choice(choice.method, choice.subset, choice.parameters(), choice.seed)
    return loaders.workspace().record(artefacts.map_path(loaders.workspace(), name, model, wanted))


def version(name: str, choice: MapChoice) -> str:
    """Hash of all that a scene is made from: when a model has been trained or a map computed, the scene is another one."""
    states = results.model_states(loaders.workspace(), name)
    made = [[state.key, state.state, state.map_oxford, str(_map_record(name, state.key, choice)),
             results.load_neighbour_lists(loaders.workspace(), name, state.key, choice.subset) is not None]
            for state in states]  # fmt: skip
    return short_hash([loaders.open_named(name).fingerprint, choice.address(), made, len(_sheets(name, choice.subset))])
