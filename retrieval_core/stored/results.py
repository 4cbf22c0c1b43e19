"""The read side: what has been made so far, checked and read back. Pages and reports call this; it writes nothing."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from retrieval_core.datasets.catalog import fingerprint, is_imported, open_dataset
from retrieval_core.datasets.imported import START as IMPORTED_START
from retrieval_core.datasets.imported import imported_models
from retrieval_core.datasets.thumbnails import sheet_count
from retrieval_core.descriptors.extract import Descriptors
from retrieval_core.errors import check_choice
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.presets import PRESETS, SEARCH_CHOICES, Preset, check_model, get_preset
from retrieval_core.projection.maps import ProjectedMap
from retrieval_core.ranking.search import Ranking, rank
from retrieval_core.stored import artefacts
from retrieval_core.stored.artefacts import Settings
from retrieval_core.workspace import Record, Workspace, read_json

SUBSETS = ("all", "labelled")


@dataclass(frozen=True)
class MapRecord:
    """What is known of a computed map without reading it."""

    method: str
    parameters: dict
    subset: str
    seed: int
    n: int
    quality: dict
    seconds: float
    state: str


@dataclass(frozen=True)
class ModelState:
    """What exists of one model for one dataset. `state`: missing, trained, ready, stale or damaged; mAPs in percent."""

    key: str
    title: str
    state: str
    message: str = ""
    start: str | None = None
    schedule: str | None = None
    seed: int | None = None
    device: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    bytes: int = 0
    map_oxford: float | None = None
    map_finite_sum: float | None = None
    validation_map: float | None = None
    recipe: dict = field(default_factory=dict)
    maps: tuple[MapRecord, ...] = ()

    @property
    def explorable(self) -> bool:
        """Whether its descriptors can be opened, even if they are stale."""
        return self.state in ("ready", "stale")


def model_states(workspace: Workspace, dataset: str) -> list[ModelState]:
    """The state of every preset for a dataset, each followed by its variants that there are; of imported ones what there is."""
    if is_imported(workspace, dataset):
        keys = imported_models(workspace, dataset)
    else:
        keys = [key for model in PRESETS for key in (model, *_variants(workspace, dataset, model))]
    return [model_state(workspace, dataset, get_preset(key)) for key in keys]


def model_state(workspace: Workspace, dataset: str, preset: Preset) -> ModelState:
    """The state of one model for a dataset: its weights, descriptors, scores and maps."""
    folder = workspace.folder(dataset, preset.key)
    described = workspace.record(folder / "descriptors.npy")
    weights, start = _weights_record(workspace, preset, described)
    common = {
        "key": preset.key,
        "title": preset.title,
        "start": start,
        "validation_map": weights.notes.get("validation_map") if weights and not preset.whitening else None,
    }
    if described is None:
        return ModelState(**common, state="trained" if weights else "missing")
    recipe = described.notes["recipe"]
    if start == IMPORTED_START:
        common["title"] = f"{recipe['dim']}-d, imported from {recipe['source']}"
    state, message = _descriptors_state(workspace, dataset, preset, recipe)
    scores = read_json(folder / "scores.json", {}) if workspace.state(folder / "scores.json") == "fresh" else {}
    seconds = {"train": weights.seconds if weights else 0.0, "describe": described.seconds}
    return ModelState(
        **common, state=state, message=message, schedule=recipe.get("schedule"), seed=recipe.get("seed"),
        device=described.device, seconds=seconds, recipe=recipe,
        bytes=workspace.size(folder), map_oxford=scores.get("map_oxford"),
        map_finite_sum=scores.get("map_finite_sum"), maps=tuple(list_maps(workspace, dataset, preset.key)),
    )  # fmt: skip


def recipe_settings(recipe: dict) -> Settings:
    """The settings that a recipe was made with."""
    chosen = {name: recipe[name] for name in ("schedule", "seed", "start", "crop")}
    return Settings(**chosen, training=artefacts.origin_of(recipe).training)


def command(dataset: str, recipe: dict) -> str:
    """The command that repeats the number that this recipe stands behind."""
    if recipe["start"] == IMPORTED_START:
        return f"python -m retrieval_core run --dataset {dataset} --models {recipe['model']}"
    return (
        f"python -m retrieval_core run --dataset {dataset} --models {recipe['model']} --schedule {recipe['schedule']} "
        f"--seed {recipe['seed']} --start {recipe['start']} --crop {recipe['crop']}"
        + (f" --weights {recipe['start_file']['name']}" if "start_file" in recipe else "")
        + (f" --train-on {training}" if (training := artefacts.origin_of(recipe).training) != artefacts.TRAINING_SET else "")
    )


def load_descriptors(workspace: Workspace, dataset: str, model: str) -> tuple[Descriptors, Descriptors]:
    """Descriptors of the database photographs and of the queries; matrices are memory-mapped, read-only.

    Raises RetrievalError if they were not computed yet or are damaged.
    """
    check_model(model)
    folder = workspace.folder(dataset, model)
    remedy = f"Run: python -m retrieval_core run --dataset {dataset} --models {model}"
    ids = None
    loaded = []
    for file, group in (("descriptors.npy", "images"), ("queries.npy", "queries")):
        record = workspace.require(folder / file, remedy)
        if ids is None:
            workspace.require(folder / "ids.json", remedy)
            ids = read_json(folder / "ids.json")
        matrix = np.load(folder / file, mmap_mode="r", allow_pickle=False)
        loaded.append(Descriptors(tuple(ids[group]), matrix, record.notes["recipe"]))
    return loaded[0], loaded[1]


def load_rankings(workspace: Workspace, dataset: str, model: str) -> list[Ranking]:
    """The whole database as each query sees it, ranked now from the stored descriptors."""
    database, queries = load_descriptors(workspace, dataset, model)
    return list(rank(queries.ids, queries.matrix, database.ids, database.matrix))


def load_scores(workspace: Workspace, dataset: str, model: str) -> list[Score]:
    """The AP of every query under one model."""
    path = workspace.folder(dataset, model) / "scores.json"
    workspace.require(path, f"Run: python -m retrieval_core evaluate --dataset {dataset} --models {model}")
    return [Score(**entry) for entry in read_json(path)["scores"]]


def list_maps(workspace: Workspace, dataset: str, model: str) -> list[MapRecord]:
    """All maps of a model, fresh or stale."""
    folder = workspace.folder(dataset, model) / "maps"
    found = []
    for name, record in sorted(workspace.records(folder).items()):
        choice = record.notes["choice"]
        inputs = artefacts.map_inputs(workspace, dataset, model, choice)
        state = workspace.state(folder / name, inputs)
        if state != "missing":
            known = {"n": record.notes["n"], "quality": record.notes["quality"], "seconds": record.seconds}
            found.append(MapRecord(**choice, **known, state=state))
    return found


def load_map(
    workspace: Workspace, dataset: str, model: str, method: str, subset: str = "all", parameters=None, seed: int = 0
) -> ProjectedMap | None:
    """A map that has been computed from the descriptors as they are now; None if there is none."""
    choice = map_choice(method, subset, parameters, seed)
    path = artefacts.map_path(workspace, dataset, model, choice)
    if workspace.state(path, artefacts.map_inputs(workspace, dataset, model, choice)) != "fresh":
        return None
    notes = workspace.record(path).notes
    rows = np.load(path, allow_pickle=False)
    return ProjectedMap(
        tuple(notes["ids"]), rows[:, :2].copy(), method, notes["parameters"], seed, notes["quality"], rows[:, 2].copy()
    )


def load_neighbour_lists(
    workspace: Workspace, dataset: str, model: str, subset: str = "all"
) -> tuple[np.ndarray, np.ndarray] | None:
    """Neighbour lists of a model: positions (N, K) int32 in the subset and similarities (N, K) float32, memory-mapped.

    None if they were not computed from the descriptors as they are now.
    """
    inputs = artefacts.neighbours_inputs(workspace, dataset, model, subset)
    paths = artefacts.neighbours_paths(workspace, dataset, model, subset)
    if any(workspace.state(path, inputs) != "fresh" for path in paths):
        return None
    positions, similarities = (np.load(path, mmap_mode="r", allow_pickle=False) for path in paths)
    return positions, similarities


def list_sheets(workspace: Workspace, dataset: str) -> list[Path]:
    """The sheets of a dataset's thumbnails; empty if one is not there or not of the photographs as they are now."""
    inputs = artefacts.sheets_inputs(workspace, dataset)
    count = sheet_count(open_dataset(workspace, dataset).images)
    paths = [artefacts.sheet_path(workspace, dataset, number) for number in range(count)]
    return paths if all(workspace.state(path, inputs) == "fresh" for path in paths) else []


def map_choice(method: str, subset: str, parameters: dict | None, seed: int) -> dict:
    """What a person chooses of a map: `parameters` None means the method's defaults."""
    check_choice("subset", subset, SUBSETS)
    return {"method": method, "subset": subset, "parameters": dict(parameters or {}), "seed": seed}


def dataset_images(workspace: Workspace, dataset: str, subset: str) -> tuple[str, ...]:
    """Ids of the photographs of a subset: all, or only the labelled ones."""
    check_choice("subset", subset, SUBSETS)
    images = open_dataset(workspace, dataset).images
    return tuple(image.id for image in images if subset == "all" or image.label is not None)


def _variants(workspace: Workspace, dataset: str, model: str) -> list[str]:
    """Keys of a model with search-time choices (1d-ms) that have described a dataset, sorted."""
    found = (path.parent.name for path in workspace.folder(dataset).glob(f"{model}-*/descriptors.npy"))
    return sorted(key for key in found if set(key.split("-")[1:]) <= set(SEARCH_CHOICES))


def _weights_record(workspace: Workspace, preset: Preset, described: Record | None) -> tuple[Record | None, str | None]:
    if described and described.notes["recipe"]["start"] == IMPORTED_START:
        return None, IMPORTED_START
    origins = map(artefacts.Origin, ("imagenet", "shapes"))
    for origin in [artefacts.origin_of(described.notes["recipe"])] if described else origins:
        record = workspace.record(artefacts.weights_path(workspace, preset.weights_stage, origin))
        if record is not None:
            return record, record.inputs["start"]
    return None, (described.notes["recipe"]["start"] if described else None)


def _descriptors_state(workspace: Workspace, dataset: str, preset: Preset, recipe: dict) -> tuple[str, str]:
    folder = workspace.folder(dataset, preset.key)
    if recipe["start"] == IMPORTED_START:
        sound = all(workspace.state(folder / file) == "fresh" for file in ("descriptors.npy", "queries.npy"))
        if sound and recipe["dataset"] == fingerprint(workspace, dataset):
            return "ready", ""
        return "damaged", f"{folder} is damaged, or the ground truth changed since. Add the descriptors again: data add {dataset} …"
    inputs = artefacts.descriptors_inputs(workspace, dataset, preset, recipe_settings(recipe), artefacts.origin_of(recipe))
    for file in ("descriptors.npy", "queries.npy"):
        state = workspace.state(folder / file, inputs)
        if state == "stale":
            return "stale", "The photographs, the weights or the recipe changed since; the next run makes it anew."
        if state != "fresh":
            return "damaged", f"{folder / file} is {state}; the next run makes it anew."
    return "ready", ""
