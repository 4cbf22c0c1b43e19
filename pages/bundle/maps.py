"""The maps of a bundle: a scene of each projection, every model's places and neighbours, and the colours that need no server."""

import json

import numpy as np

from pages.bundle.arrays import Arrays, numbered, percent, quantised, thousandths
from pages.bundle.asked import SUBSET, Asked
from pages.state import loaders
from pages.state.defaults import NEIGHBOURS
from pages.web import map_scene, scene_colours, scene_points
from pages.web.map.messages import ColouringValues, Scene, SceneQuery
from pages.web.map_choice import MapChoice
from retrieval_core.errors import RetrievalError
from retrieval_core.projection.maps import METHODS
from retrieval_core.stored.central import central_ranks

ALWAYS_SHOWN = "hubness"  # beside the map, whatever colours it
_LEFT_OUT = ("bin", "rank", "decision")  # colourings that change, or that have a value for every query or method


def scenes(asked: Asked) -> dict[str, Scene]:
    """A scene of every projection that a model has a map of, with its usual settings, by key."""
    found = {}
    for method in METHODS:
        choice = choice_of(asked, method)
        if not set(map_scene.aligned(asked.dataset_name, choice)) & set(asked.models):
            continue
        scene = map_scene.describe(asked.dataset_name, choice)
        scene["models"] = [model for model in scene["models"] if model["key"] in asked.models]
        scene["queries"] = []  # which are the same of every projection: see truth
        if not asked.photographs:
            scene["sheets"] |= {"files": []}
        found[method] = scene
    return found


def truth(asked: Asked) -> list[SceneQuery]:
    """The queries and their ground truth, as a scene has them."""
    return map_scene.describe(asked.dataset_name, choice_of(asked, next(iter(METHODS))))["queries"]


def choice_of(asked: Asked, method: str) -> MapChoice:
    """The maps of a projection with its usual settings."""
    return MapChoice(asked.run, method, SUBSET)


def add_places(arrays: Arrays, asked: Asked, method: str) -> None:
    """Hold the places of every model on the maps of a projection, and which share of its neighbours each point kept."""
    for model, made in map_scene.aligned(asked.dataset_name, choice_of(asked, method)).items():
        if model in asked.models:
            arrays.add(f"places {method} {model}", quantised(made.xy))
            arrays.add(f"overlap {method} {model}", percent(made.overlap))


def add_neighbours(arrays: Arrays, asked: Asked, model: str) -> int:
    """Hold the neighbour lists of a model, as many as the app lists, and the order of how central the photographs are.

    Returns how many neighbours each photograph has there, 0 where they are not listed.
    """
    found = asked.results(model).neighbours(SUBSET)
    if found is None:
        return 0
    arrays.add(f"neighbours {model}", numbered(np.asarray(found[0])))
    arrays.add(f"similarities {model}", thousandths(np.asarray(found[1])))
    arrays.add(f"central {model}", numbered(np.argsort(np.argsort(central_ranks(asked.results(model), SUBSET), kind="stable"))))
    return found[0].shape[1]


def colourings(asked: Asked, scenes: dict[str, Scene]) -> tuple[dict[str, int], list[ColouringValues]]:
    """The values of every colouring that all models have, each once, and their numbers by "model colour k".

    Takes those from the scenes that a model lacks.
    """
    numbers: dict[str, int] = {}
    known: dict[str, int] = {}
    values: list[ColouringValues] = []
    choice = choice_of(asked, next(iter(scenes), "tsne"))
    keys = {entry["key"] for scene in scenes.values() for entry in scene["colourings"]}
    offered = {key for key in keys if key.partition(":")[0] not in _LEFT_OUT}
    lacking = set()
    for key in sorted(offered):
        for model in asked.models:
            for k in NEIGHBOURS if key == ALWAYS_SHOWN else ("",):
                try:
                    found = scene_colours.values(asked.results(model), choice, key, "", int(k or 0))
                except RetrievalError:  # neighbours that are not listed, clusters that nobody looked for
                    lacking.add(key)
                    continue
                number = known.setdefault(json.dumps(found, sort_keys=True), len(values))
                if number == len(values):
                    values.append(found)
                numbers[f"{model} {key} {k}"] = number
    for scene in scenes.values():
        scene["colourings"] = [entry for entry in scene["colourings"] if entry["key"] in offered - lacking]
    return numbers, values


def label_numbers(asked: Asked) -> list[int]:
    """The number of every photograph's landmark."""
    return scene_points.label_numbers(asked.dataset, SUBSET).tolist()


def titles(scenes: dict[str, Scene]) -> dict[str, str]:
    """What the projections are called, by key."""
    return {method: METHODS[method].title for method in scenes}


def title_of(asked: Asked, model: str) -> str:
    """What a model is called."""
    return f"{model} · {asked.states[model].title}"


def start_of(asked: Asked, model: str) -> str:
    """What a model's network started from."""
    return loaders.START_TITLES[asked.states[model].start]
