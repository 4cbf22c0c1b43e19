"""What the map in the browser is given: points and their landmarks, every model's places, neighbours and rankings.

Points are numbered by the order of their ids in the subset; the numbers mean the same in every array of a scene. Every address
carries the hash of exactly what it stands for.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from pages.state import loaders
from pages.web import modules, scene_rankings
from pages.web.map.messages import Place, Scene, SceneModel
from pages.web.map.tile_messages import SceneTiles, Tiled
from pages.web.map_choice import MapChoice
from pages.web.scene_points import OFF, UNLABELLED, counts, is_tiled, label_numbers
from pages.widgets import style
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.images import image_size
from retrieval_core.datasets.thumbnails import CELL, COLUMNS
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.clusters import NEAREST, own_shares
from retrieval_core.progress import finished
from retrieval_core.projection.alignment import align
from retrieval_core.projection.maps import METHODS, ProjectedMap
from retrieval_core.projection.placement import place
from retrieval_core.projection.quadtree import nearest_places
from retrieval_core.ranking.neighbour_lists import listed
from retrieval_core.ranking.picture import Picture
from retrieval_core.stored.artefacts import sha256, subset_ids
from retrieval_core.stored.colourings import colourings_of
from retrieval_core.stored.model_states import ModelState, model_states
from retrieval_core.stored.ranking import first_of
from retrieval_core.stored.results import Results, list_sheets, open_results
from retrieval_core.workspace import short_hash

Versions = tuple[tuple[str, str | None], ...]
"""Every model that can be explored, with the hash of its map; None where it has none."""


def describe(name: str, choice: MapChoice) -> Scene:
    """The scene: models with a map of this choice, landmarks with colours and symbols, queries with their ground truth."""
    dataset = open_dataset(loaders.workspace(), name)
    order = {image_id: number for number, image_id in enumerate(subset_ids(dataset, choice.subset))}
    numbers = lambda found: [order[image_id] for image_id in found if image_id in order]  # noqa: E731
    states = _explorable(name, choice.run)
    versions = _versions(name, choice, states)
    laid_out = _aligned(name, choice, versions)
    tiled: Tiled | None = {"counts": counts(dataset, choice.subset), "off": OFF} if is_tiled(len(order)) else None
    shown = f"{name}?subset={choice.subset}&v={scene_rankings.members_version(dataset, choice.subset)}"
    return {
        "dataset": name, "count": len(order),
        "extent": np.max([np.abs(made.xy).max(axis=0) for made in laid_out.values()], axis=0).tolist() if laid_out else [1, 1],
        "landmarks": [{"name": label, "colour": style.hue(dataset.labels, label), "symbol": style.symbol_number(dataset.labels, label)}
                      for label in dataset.labels],
        "queries": [{"id": query.id, "point": order[query.image_id], "label": query.label,
                     "box": _box(dataset, query), "size": _size(dataset, query),
                     "good": numbers(query.good), "ok": numbers(query.ok), "junk": numbers(query.junk)}
                    for query in dataset.queries if query.image_id in order],
        "models": [_model(state, dataset, choice, laid_out.get(state.key), _places_version(state.key, versions)) for state in states],
        "colourings": [] if tiled else [{"key": key, "title": title} for key, title in colourings_of(dataset).items()],
        "tiled": tiled,
        "sheets": {"cell": CELL, "columns": COLUMNS, "files": _sheets(dataset), "cells": sheet_cells(dataset, choice.subset)},
        "files": {"ids": f"files/ids/{shown}", "labels": f"files/labels/{shown}", "photograph": f"files/photograph/{name}/",
                  "version": dataset.photographs[:12]},
    }  # fmt: skip


def _box(dataset: Dataset, query: Query) -> list[float] | None:
    """The box of a query; without the photograph there is nothing to draw it on."""
    return list(query.box) if query.box and dataset.image(query.image_id).path else None


def _size(dataset: Dataset, query: Query) -> list[int] | None:
    return list(image_size(path)) if (path := dataset.image(query.image_id).path) else None


def sheet_cells(dataset: Dataset, subset: str) -> list[int] | None:
    """The cell of every point on the sheets; None where point and cell have the same number."""
    if subset == "all":
        return None
    wanted = set(subset_ids(dataset, subset))
    return [number for number, image in enumerate(dataset.images) if image.id in wanted]


def aligned(name: str, choice: MapChoice) -> dict[str, ProjectedMap]:
    """Maps of this choice by model, each laid on the one before, all moved and scaled to lie within -1 … 1."""
    return _aligned(name, choice, maps_version(name, choice))


def maps_version(name: str, choice: MapChoice) -> Versions:
    """The hash of every model's map of this choice: what the places of all of them depend on."""
    return _versions(name, choice, _explorable(name, choice.run))


def _explorable(name: str, run: str) -> list[ModelState]:
    return [state for state in model_states(loaders.workspace(), name, run) if state.explorable]


def _versions(name: str, choice: MapChoice, explorable: Sequence[ModelState]) -> Versions:
    results = [open_results(loaders.workspace(), name, choice.run, state.key) for state in explorable]
    return tuple((one.model, record.sha256 if (record := one.map_record(choice.as_stored())) else None) for one in results)


@lru_cache(maxsize=8)
def _aligned(name: str, choice: MapChoice, versions: Versions) -> dict[str, ProjectedMap]:
    chain: dict[str, ProjectedMap] = {}
    before = None
    for key, _ in versions:
        made = open_results(loaders.workspace(), name, choice.run, key).map(choice.as_stored())
        if made is not None:
            before = chain[key] = made if before is None else align(made, before)
    return {key: _boxed(made) for key, made in chain.items()}


def _boxed(made: ProjectedMap) -> ProjectedMap:
    low, high = made.xy.min(axis=0), made.xy.max(axis=0)
    return replace(made, xy=((made.xy - (low + high) / 2) / max((high - low).max() / 2, 1e-9)).astype(np.float32))


def together(dataset: Dataset, subset: str, nearest: np.ndarray | None) -> list[float | None]:
    """Of each landmark the mean share of it among the NEAREST of its photographs; None where that is not known."""
    if nearest is None or not dataset.labels:
        return [None] * len(dataset.labels)
    codes = label_numbers(dataset, subset).astype(np.int64)
    codes[codes == UNLABELLED] = -1
    shares = own_shares(codes, nearest, NEAREST)
    known = ~np.isnan(shares)
    sums = np.bincount(codes[known], shares[known], minlength=len(dataset.labels))
    counts = np.bincount(codes[known], minlength=len(dataset.labels))
    return [round(float(total / count), 4) if count else None for total, count in zip(sums, counts, strict=True)]


def placed(results: Results, choice: MapChoice, descriptor: np.ndarray, picture: Picture) -> Place:
    """Where the descriptor (1, D) of a new picture belongs on a model's map, and the points that come first for it."""
    members = subset_ids(results.dataset, choice.subset)
    matrix = results.descriptors[0].rows(members)
    points, similarities = finished(first_of(results, descriptor, [picture], members, listed(len(matrix))))
    xy = aligned(results.dataset.name, choice)[results.model].xy
    where = place(matrix, xy, descriptor)[0]
    return {
        "place": where.tolist(),
        "near": nearest_places(xy, where, listed(len(matrix))) if is_tiled(len(matrix)) else [],
        "points": points[0].tolist(),
        "similarities": np.round(similarities[0], 4).tolist(),
    }


def _model(state: ModelState, dataset: Dataset, choice: MapChoice, made: ProjectedMap | None, version: str) -> SceneModel:
    """One model of a scene; without a map of this choice its `places` is None. `version` is that of its places."""
    results = open_results(loaders.workspace(), dataset.name, choice.run, state.key)
    found = results.neighbours(choice.subset)
    tiled = made is not None and is_tiled(len(made.ids))
    whole = found is not None and not tiled
    address = lambda kind, version: f"files/{kind}/{dataset.name}/{state.key}?{choice.address()}&v={version}"  # noqa: E731
    rows = scene_rankings.rows_version(results, choice.subset)
    return {
        "key": state.key, "title": f"{state.key} · {state.title}", "colour": style.model_colour(state.key),
        "map": [state.map_oxford, state.map_finite_sum],
        "places": address("places", version) if made else None,
        "neighbours": address("neighbours", rows) if whole else None, "central": address("central", rows) if whole else None,
        "width": found[0].shape[1] if found else listed(len(dataset.images)),
        "search": address("neighbours-of", rows),
        "queries": address("queries", scene_rankings.rankings_version(results, choice.subset)),
        "colouring": address("colouring", rows), "selection": address("selection", rows),
        "tiles": _tiles(dataset, state.key, choice) if tiled else None,
        "pivots": made.pivots if made else None,
        "caption": caption(made, state, choice.run) if made else "",
        "judged": made.quality["neighbours"] if made else None,
        "together": together(dataset, choice.subset, found[0] if found else None),
    }  # fmt: skip


def _tiles(dataset: Dataset, model: str, choice: MapChoice) -> SceneTiles:
    """The addresses of what is sent of a map in tiles."""
    version = tiles_version(dataset, model, choice)
    address = lambda kind: f"files/{kind}/{dataset.name}/{model}?{choice.address()}&v={version}"  # noqa: E731
    return {"tree": address("tree"), "tile": address("tile"), "rows": address("rows"), "around": address("around"),
            "inside": address("inside")}  # fmt: skip


def tiles_version(dataset: Dataset, model: str, choice: MapChoice) -> str:
    """Hash of the tiles of a model: of its places, and of ids and landmarks."""
    return short_hash([places_version(dataset.name, model, choice), scene_rankings.members_version(dataset, choice.subset)])


def places_version(name: str, model: str, choice: MapChoice) -> str:
    """Hash of the places of a model: they depend on the maps of all, which are laid on one another."""
    return _places_version(model, maps_version(name, choice))


def _places_version(model: str, versions: Versions) -> str:
    return short_hash([model, versions])


def places_addresses(name: str, choice: MapChoice) -> dict[str, str]:
    """Where the browser finds the places of every model that has a map of this choice."""
    versions = maps_version(name, choice)
    return {key: f"files/places/{name}/{key}?{choice.address()}&v={_places_version(key, versions)}" for key, made in versions if made}


def caption(made: ProjectedMap, model: ModelState, run: str) -> str:
    """What a map was made with, and how far it can be trusted."""
    used = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in made.parameters.items())
    quality = made.quality
    judged = "" if quality["rows"] == len(made.ids) else f", judged on {quality['rows']:,} points drawn at random"
    part = f" ({made.pivots:,} of them laid out, the rest placed by their nearest)" if made.pivots else ""
    return (
        f"{METHODS[made.method].title} of {len(made.ids):,} photographs{part}, model {model.key} of run {run} (start: "
        f"{loaders.START_TITLES[model.start]}), seed {made.seed}" + (f", {used}" if used else "") + ". "
        f"Trustworthiness {quality['trustworthiness']:.3f}, kNN overlap {quality['knn_overlap']:.3f} "
        f"({quality['neighbours']} neighbours{judged})."
    )  # fmt: skip


def _sheets(dataset: Dataset) -> list[str]:
    return [f"files/sheet/{dataset.name}/{number}?v={sha256(loaders.workspace(), path)[:12]}"
            for number, path in enumerate(list_sheets(loaders.workspace(), dataset))]  # fmt: skip


def version(name: str, choice: MapChoice) -> str:
    """Hash of all that a scene is made from: when a model has been trained or a map computed, the scene is another one."""
    dataset = open_dataset(loaders.workspace(), name)
    states = model_states(loaders.workspace(), name, choice.run)
    made = [[state.key, state.state, state.map_oxford, state.map_finite_sum, state.title] for state in states]
    maps = _versions(name, choice, [state for state in states if state.explorable])
    results = (open_results(loaders.workspace(), name, choice.run, state.key) for state in states)
    listed_now = [one.neighbours(choice.subset) is not None for one in results]
    members = scene_rankings.members_version(dataset, choice.subset)
    colourings = list(colourings_of(dataset))
    read_by = modules.address("map/scene.js")  # a browser may hold the scene of an older program, which lacks what this one reads
    parts = [members, choice.address(), made, listed_now, maps, _sheets(dataset), colourings, read_by]
    return short_hash(parts)
