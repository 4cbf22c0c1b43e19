"""Where each artefact lies and what it is made from: the one place that decides what is fresh and what is stale.

cache/<training set>/<stage>/weights.safetensors, training.jsonl, whitening.npz
cache/<dataset>/thumbnails/sheet-<number>.jpg
cache/<dataset>/<model>/descriptors.npy, queries.npy, ids.json, scores.json, neighbours-<subset>.npy,
    similarities-<subset>.npy, maps/<method>-<key>.npy
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval_core.datasets.catalog import fingerprint
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.networks.weights import local_file
from retrieval_core.presets import PRESETS, SCHEDULES, Preset, Schedule, check_model, get_preset, lineage
from retrieval_core.workspace import Workspace, file_hash, short_hash

STARTS = ("auto", "imagenet", "shapes")
CROPS = ("fill", "same")
TRAINING_SET = "town-train"
IMPORTED = "imported"  # the note on weights that were not trained here: schedule, seed and start that they were made with
MOST_LISTED = 60_000  # photographs whose neighbours are listed beforehand; above, a click searches
VERSIONS = {"weights": 2, "whitening": 1, "descriptors": 2, "scores": 1, "map": 7, "neighbours": 1, "thumbnails": 1}
"""Raised by hand when a stage's code changes what it computes, so that everything it made is known to be stale."""


@dataclass(frozen=True)
class Origin:
    """Where a model's weights come from: `start` (imagenet or shapes) of its network, and the landmarks it is trained on."""

    start: str
    training: str = TRAINING_SET


@dataclass(frozen=True)
class Settings:
    """What a person chooses for a run. `start` auto means: ImageNet weights if they are at hand, else `shapes`."""

    schedule: str = "quick"
    seed: int = 0
    start: str = "auto"
    crop: str = "fill"
    device: str = "auto"
    download: bool = False  # consent to fetch the ImageNet weights
    weights: str | None = None  # a person's own file of ImageNet weights, or a folder with one for each backbone
    models: tuple[str, ...] = tuple(PRESETS)
    training: str = TRAINING_SET  # the dataset of landmarks that models are trained on

    def __post_init__(self):
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("start", self.start, STARTS)
        check_choice("crop rule", self.crop, CROPS)
        check_choice("device", self.device, ("auto", "cuda", "mps", "cpu"))
        if self.weights is not None and self.start == "shapes":
            raise RetrievalError("--weights is for a start from ImageNet. Leave out --start shapes, or --weights.")
        for model in self.models:
            check_model(model)


def origin_of(recipe: dict) -> Origin:
    """The origin of the weights that a recipe names."""
    return Origin(recipe["start"], recipe.get("training", TRAINING_SET))


def stage_folder(workspace: Workspace, stage: Preset, origin: Origin) -> Path:
    """Folder of a trained stage, below the set that it was trained on (`shapes` or `imagenet` for a start)."""
    return workspace.folder(origin.start if stage.is_start else origin.training, stage.key)


def weights_path(workspace: Workspace, stage: Preset, origin: Origin) -> Path:
    """The weights file of a trained stage."""
    return stage_folder(workspace, stage, origin) / "weights.safetensors"


def identity(stage: Preset) -> dict:
    """What a stage is, apart from its title, its schedules and what is chosen at search time."""
    left_out = (*SCHEDULES, "title", "scales", "crop")
    return {key: value for key, value in asdict(stage).items() if key not in left_out} | {"whitening": bool(stage.whitening)}


def imported_note(workspace: Workspace, path: Path) -> dict | None:
    """With what schedule, seed and start imported weights (or a whitening) were made; None for those that were not imported."""
    record = workspace.record(path)
    return record.notes.get(IMPORTED) if record is not None else None


def imported_stage(workspace: Workspace, stage: Preset, training: str) -> dict | None:
    """The note on a stage's weights, whatever they start from."""
    paths = (weights_path(workspace, stage, Origin(start, training)) for start in STARTS[1:])
    return next(filter(None, (imported_note(workspace, path) for path in paths)), None)


def start_file(workspace: Workspace, preset: Preset, origin: Origin) -> dict | None:
    """Name and hash of the person's own file that a model's ImageNet start was read from; None for other starts."""
    note = imported_stage(workspace, preset.weights_stage, origin.training)
    if note is not None:
        return note["start_file"]
    record = workspace.record(weights_path(workspace, lineage(preset.key)[0], origin))
    own = record is not None and "file" in record.notes
    return {"name": record.notes["file"], "sha256": record.inputs["file"]} if own else None


def figures(schedule: Schedule) -> dict:
    """A schedule as it is compared: all of it but the estimate of the time."""
    return {name: value for name, value in asdict(schedule).items() if name != "seconds"}


def weights_inputs(workspace: Workspace, stage: Preset, settings: Settings, origin: Origin) -> dict:
    """What a stage's weights are made from. Imported ones are what they were made from.

    A start's own file counts by its hash; where none is chosen, the one that was used before still does.
    """
    path = weights_path(workspace, stage, origin)
    known = workspace.record(path)
    if imported_note(workspace, path) is not None:
        return dict(known.inputs)
    trained_on = "shapes" if stage.is_start else origin.training
    downloaded = stage.is_start and origin.start == "imagenet"
    parent = get_preset(stage.parent) if stage.parent else None
    own_file = {}
    if downloaded and settings.weights is not None:
        own_file = {"file": file_hash(local_file(Path(settings.weights), stage.backbone))}
    elif downloaded and known is not None and "file" in known.inputs:
        own_file = {"file": known.inputs["file"]}
    return {
        **own_file,
        "version": VERSIONS["weights"],
        "stage": identity(stage),
        "schedule": None if downloaded else figures(stage.schedule(settings.schedule)),
        "seed": None if downloaded else settings.seed,
        "start": origin.start,
        "data": None if downloaded else fingerprint(workspace, trained_on),
        "parent": _sha256(workspace, weights_path(workspace, parent, origin)) if parent else None,
    }


def whitening_path(workspace: Workspace, preset: Preset, origin: Origin) -> Path:
    """The whitening of a model, learnt on the training set."""
    return stage_folder(workspace, preset, origin) / "whitening.npz"


def whitening_inputs(workspace: Workspace, preset: Preset, settings: Settings, origin: Origin) -> dict:
    """What a whitening is learnt from: the training photographs under the model's weights."""
    path = whitening_path(workspace, preset, origin)
    if imported_note(workspace, path) is not None:
        return dict(workspace.record(path).inputs)
    return {
        "version": VERSIONS["whitening"],
        "data": fingerprint(workspace, origin.training),
        "size": preset.schedule(settings.schedule).extract_size,
        "power": preset.schedule(settings.schedule).whitening_power,
        "weights": _sha256(workspace, weights_path(workspace, preset.weights_stage, origin)),
        **_scales(preset),
        **({"kind": preset.whitening} if preset.whitening != "pca" else {}),
    }


def descriptors_inputs(workspace: Workspace, dataset: str, preset: Preset, settings: Settings, origin: Origin) -> dict:
    """What a dataset's descriptors are made from."""
    whitening = whitening_path(workspace, preset, origin)
    return {
        "version": VERSIONS["descriptors"],
        "data": fingerprint(workspace, dataset),
        "size": preset.schedule(settings.schedule).extract_size,
        "crop": preset.crop or settings.crop,
        "weights": _sha256(workspace, weights_path(workspace, preset.weights_stage, origin)),
        "whitening": _sha256(workspace, whitening) if preset.whitening else None,
        **_scales(preset),
    }


def scores_inputs(workspace: Workspace, dataset: str, model: str) -> dict:
    """What the scores are made from: the descriptors of photographs and queries, and the ground truth."""
    folder = workspace.folder(dataset, model)
    return {
        "version": VERSIONS["scores"],
        "data": fingerprint(workspace, dataset),
        "descriptors": _sha256(workspace, folder / "descriptors.npy"),
        "queries": _sha256(workspace, folder / "queries.npy"),
    }


def map_path(workspace: Workspace, dataset: str, model: str, choice: dict) -> Path:
    """File of one map; `choice` holds method, parameters, subset and seed, whose hash is part of the name."""
    return workspace.folder(dataset, model) / "maps" / f"{choice['method']}-{short_hash(choice)}.npy"


def map_inputs(workspace: Workspace, dataset: str, model: str, choice: dict) -> dict:
    """What a map is made from."""
    descriptors = workspace.folder(dataset, model) / "descriptors.npy"
    return {"version": VERSIONS["map"], "descriptors": _sha256(workspace, descriptors), **choice}


def listed(count: int) -> int:
    """How many neighbours are listed of each of `count` photographs: enough for a gallery, and few enough for a browser."""
    return 96 if count <= 20_000 else 48


def neighbours_paths(workspace: Workspace, dataset: str, model: str, subset: str) -> tuple[Path, Path]:
    """The files of a model's neighbour lists: positions in the subset, and similarities."""
    folder = workspace.folder(dataset, model)
    return folder / f"neighbours-{subset}.npy", folder / f"similarities-{subset}.npy"


def neighbours_inputs(workspace: Workspace, dataset: str, model: str, subset: str) -> dict:
    """What neighbour lists are made from."""
    descriptors = workspace.folder(dataset, model) / "descriptors.npy"
    return {"version": VERSIONS["neighbours"], "descriptors": _sha256(workspace, descriptors), "subset": subset}


def sheet_path(workspace: Workspace, dataset: str, number: int) -> Path:
    """One sheet of a dataset's thumbnails."""
    return workspace.folder(dataset) / "thumbnails" / f"sheet-{number:03}.jpg"


def sheets_inputs(workspace: Workspace, dataset: str) -> dict:
    """What sheets of thumbnails are made from."""
    return {"version": VERSIONS["thumbnails"], "data": fingerprint(workspace, dataset)}


def _scales(preset: Preset) -> dict:
    return {"scales": list(preset.scales)} if len(preset.scales) > 1 else {}


def _sha256(workspace: Workspace, path: Path) -> str | None:
    record = workspace.record(path)
    return record.sha256 if record else None
