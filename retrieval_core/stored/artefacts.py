"""Where each artefact lies and what it is made from: the one place that spells file names and decides what is fresh.

cache/<training set, start or "published">/<run>/run.json, <stage>/weights.safetensors, training.jsonl, whitening.npz,
    vocabulary.safetensors, learning.safetensors
cache/<dataset>/sheets/sheet-<number>.jpg
cache/<dataset>/<run>/run.json, <model>/descriptors.safetensors, scores.json, costs.json, matches.safetensors, clusters.safetensors,
    misread.safetensors, robustness-<change>.json, neighbours-<subset>.safetensors, knobs/<knob>.safetensors,
    feedback/<method>-<key>.json, maps/ and unlabelled/<method>-<key>.safetensors, engines/ (see engines.py)
"""

from dataclasses import asdict
from pathlib import Path

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.imported import DESCRIPTORS
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.presets import Preset, get_preset, split_key
from retrieval_core.schedules import Schedule
from retrieval_core.search_choices import SEARCH_CHOICES, after_search, described_key
from retrieval_core.stored.model_names import in_path
from retrieval_core.stored.origins import is_fetched, start_file, start_of, trained_on
from retrieval_core.stored.run import Run
from retrieval_core.stored.versions import VERSIONS
from retrieval_core.workspace import Workspace, short_hash

RUN_FILE = "run.json"
WEIGHTS, TRAINING_LOG, WHITENING = "weights.safetensors", "training.jsonl", "whitening.npz"
VOCABULARY, SCORES, COSTS, MATCHES = "vocabulary.safetensors", "scores.json", "costs.json", "matches.safetensors"
LEARNING, CLUSTERS, MISREAD, KNOBS = "learning.safetensors", "clusters.safetensors", "misread.safetensors", "knobs"
UNLABELLED, FEEDBACK, ROBUSTNESS = "unlabelled", "feedback", "robustness-{}.json"  # the last of a change
IMPORT_NOTE = "imported"  # in the notes of weights (or a whitening) that were not made here
SUBSETS = ("all", "labelled")


def stage_folder(workspace: Workspace, run: Run, stage: Preset) -> Path:
    """Folder of a trained stage."""
    return workspace.folder(trained_on(run, stage), run.name, in_path(described_key(stage.key)))


def weights_path(workspace: Workspace, run: Run, preset: Preset) -> Path:
    """The weights file of a stage, or of the stage whose weights a model uses."""
    return stage_folder(workspace, run, preset.weights_stage) / WEIGHTS


def whitening_path(workspace: Workspace, run: Run, preset: Preset) -> Path:
    """The whitening of a model, learnt on the training set."""
    return stage_folder(workspace, run, preset) / WHITENING


def identity(stage: Preset) -> dict:
    """What a stage is, apart from its title and what is chosen at search time."""
    left_out = {"title", "size", "scales", "crop", "aggregation", "kept", "after"}
    left_out |= {name for name in ("origin", "squashed", "local_pooling") if not getattr(stage, name)}
    known = {key: value for key, value in asdict(stage).items() if key not in left_out} | {"whitening": bool(stage.whitening)}
    return known | {"augmentation": {None: False, "strong": True}.get(stage.augmentation, stage.augmentation)}  # once a yes or no


def figures(schedule: Schedule) -> dict:
    """A schedule as it is compared: all of it but the estimate of the time, and a share where there is none."""
    return {name: value for name, value in asdict(schedule).items() if name != "seconds" and (name, value) != ("share", None)}


def is_imported(workspace: Workspace, path: Path) -> bool:
    """Whether weights (or a whitening) were imported: they are used as they are."""
    return (record := workspace.record(path)) is not None and IMPORT_NOTE in record.notes


def weights_inputs(workspace: Workspace, run: Run, stage: Preset) -> dict:
    """What a stage's weights are made from; for imported ones, what they were made from."""
    path = weights_path(workspace, run, stage)
    if is_imported(workspace, path):
        return dict(workspace.record(path).inputs)
    file = {"file": own} if (own := start_file(run, stage)) else {}
    if stage.origin:  # the same for every run
        return {"version": VERSIONS["weights"], "stage": identity(stage), **file}
    fetched = is_fetched(run, stage)  # there is nothing to train
    return {
        **file,
        "version": VERSIONS["weights"],
        "stage": identity(stage),
        "schedule": None if fetched else figures(stage.schedule(run.column)),
        "seed": None if fetched else run.seed,
        "start": start_of(run, stage),
        "data": None if fetched else _training_data(workspace, trained_on(run, stage), path),
        "parent": sha256(workspace, weights_path(workspace, run, get_preset(stage.parent))) if stage.parent else None,
    }


def whitening_inputs(workspace: Workspace, run: Run, preset: Preset) -> dict:
    """What a whitening is learnt from: the training photographs under the model's weights."""
    path = whitening_path(workspace, run, preset)
    if is_imported(workspace, path):
        return dict(workspace.record(path).inputs)
    return {
        "version": VERSIONS["whitening"],
        "data": _training_data(workspace, run.training, path),
        "size": preset.described_size(run.column),
        "power": preset.schedule(run.column).whitening_power,
        "weights": sha256(workspace, weights_path(workspace, run, preset)),
        "kind": preset.whitening,
        "scales": list(preset.scales),
        **({"kept": preset.kept} if preset.kept else {}),
        **_pooled(workspace, run, preset),
    }


def vocabulary_path(workspace: Workspace, run: Run, preset: Preset) -> Path:
    """The vocabulary of a model's aggregation, learnt on the training set: that of all its whitenings, scales and crop rules."""
    base, names = split_key(preset.key)
    of = [name for name in names if SEARCH_CHOICES[name].field in ("size", "aggregation")]
    return workspace.folder(run.training, run.name, in_path("-".join([base, *of]))) / VOCABULARY


def vocabulary_inputs(workspace: Workspace, run: Run, preset: Preset) -> dict:
    """What a vocabulary is learnt from."""
    return {
        "version": VERSIONS["vocabulary"],
        "aggregation": [preset.aggregation, VERSIONS["aggregation"]],
        "data": _training_data(workspace, run.training, vocabulary_path(workspace, run, preset)),
        "size": preset.described_size(run.column),
        "weights": sha256(workspace, weights_path(workspace, run, preset)),
    }


def _pooled(workspace: Workspace, run: Run, preset: Preset) -> dict:
    """How the features of a network become a vector, where that is not known from its weights."""
    if preset.aggregation is None:
        return {"pooling": preset.pooling} if preset.pooling in ("head", "shifted") else {}
    vocabulary = sha256(workspace, vocabulary_path(workspace, run, preset)) if preset.has_vocabulary else None
    return {"aggregation": [preset.aggregation, VERSIONS["aggregation"]], "vocabulary": vocabulary}


def _training_data(workspace: Workspace, name: str, path: Path) -> list[str] | None:
    """The fingerprints of a training set; where it is gone, those that the artefact was made from; None if nothing is known."""
    try:
        dataset = open_dataset(workspace, name)
        return [dataset.photographs, dataset.truth]
    except RetrievalError:
        return record.inputs["data"] if (record := workspace.record(path)) else None


def model_folder(workspace: Workspace, dataset: str, run: str, model: str) -> Path:
    """Folder of what a model of a run made of a dataset."""
    return workspace.folder(dataset, run, in_path(model))


def descriptors_path(workspace: Workspace, dataset: str, run: str, model: str) -> Path:
    """Ids and descriptors of photographs and queries, one file."""
    return model_folder(workspace, dataset, run, described_key(model)) / DESCRIPTORS


def descriptors_inputs(workspace: Workspace, dataset: Dataset, run: Run, preset: Preset) -> dict:
    """What a dataset's descriptors are made from. The ground truth is no part of it."""
    # A whole photograph as a query was once made smaller before it was squashed, and differed from the photograph.
    squashed = {"whole": 2} if preset.square and any(query.box is None for query in dataset.queries) else {}
    return {"data": dataset.photographs, **squashed, **describing_inputs(workspace, run, preset)}


def describing_inputs(workspace: Workspace, run: Run, preset: Preset) -> dict:
    """What descriptors are made from besides the photographs."""
    return {
        "version": VERSIONS["descriptors"],
        "size": preset.described_size(run.column),
        "crop": preset.crop or "fill",
        "scales": list(preset.scales),
        **_pooled(workspace, run, preset),
        "weights": sha256(workspace, weights_path(workspace, run, preset)),
        "whitening": sha256(workspace, whitening_path(workspace, run, preset)) if preset.whitening else None,
    }


def scores_path(workspace: Workspace, dataset: str, run: str, model: str) -> Path:
    """The AP of every query."""
    return model_folder(workspace, dataset, run, model) / SCORES


def scores_inputs(workspace: Workspace, dataset: Dataset, run: str, model: str) -> dict:
    """What the scores are made from: the descriptors, what is done after the search, and the ground truth."""
    described = sha256(workspace, descriptors_path(workspace, dataset.name, run, model))
    after = {"after": VERSIONS["after"]} if after_search(model) else {}
    return {"version": VERSIONS["scores"], "truth": dataset.truth, "descriptors": described, **after}


def subset_ids(dataset: Dataset, subset: str) -> tuple[str, ...]:
    """Ids of the photographs of a subset: all, or only the labelled ones."""
    check_choice("subset", subset, SUBSETS)
    return dataset.ids if subset == "all" else tuple(image.id for image in dataset.images if image.label is not None)


def map_choice(method: str, subset: str, parameters: dict | None, seed: int) -> dict:
    """What a person chooses of a map: `parameters` None means the method's defaults."""
    check_choice("subset", subset, SUBSETS)
    return {"method": method, "subset": subset, "parameters": dict(parameters or {}), "seed": seed}


def maps_folder(workspace: Workspace, dataset: str, run: str, model: str) -> Path:
    """Folder of a model's maps."""
    return model_folder(workspace, dataset, run, described_key(model)) / "maps"


def map_path(workspace: Workspace, dataset: str, run: str, model: str, choice: dict) -> Path:
    """File of one map, by the hash of what was chosen."""
    return maps_folder(workspace, dataset, run, model) / f"{choice['method']}-{short_hash(choice)}.safetensors"


def map_inputs(workspace: Workspace, dataset: Dataset, run: str, model: str, choice: dict) -> dict:
    """What a map is made from."""
    return {"version": VERSIONS["map"], **_of_subset(workspace, dataset, run, model, choice["subset"]), **choice}


def neighbours_path(workspace: Workspace, dataset: str, run: str, model: str, subset: str) -> Path:
    """A model's neighbour lists: positions in the subset, and similarities."""
    return model_folder(workspace, dataset, run, described_key(model)) / f"neighbours-{subset}.safetensors"


def neighbours_inputs(workspace: Workspace, dataset: Dataset, run: str, model: str, subset: str) -> dict:
    """What neighbour lists are made from."""
    return {"version": VERSIONS["neighbours"], **_of_subset(workspace, dataset, run, model, subset)}


def sheet_path(workspace: Workspace, dataset: str, number: int) -> Path:
    """One sheet of a dataset's thumbnails."""
    return workspace.folder(dataset) / "sheets" / f"sheet-{number:03}.jpg"


def sheets_inputs(dataset: Dataset) -> dict:
    """What sheets of thumbnails are made from."""
    return {"version": VERSIONS["sheets"], "data": dataset.photographs}


def half_done(path: Path, inputs: dict) -> Path:
    """Folder of the half-done work on an artefact, by the hash of what it is made from."""
    return path.with_name(f".{path.stem}-{short_hash(inputs)}")


def unfinished(path: Path) -> list[Path]:
    """All folders of half-done work on an artefact, whatever it is made from."""
    return sorted(path.parent.glob(f".{path.stem}-????????"))


def sha256(workspace: Workspace, path: Path) -> str | None:
    """The hash of an artefact as its record has it; None where there is none."""
    return record.sha256 if (record := workspace.record(path)) else None


def _of_subset(workspace: Workspace, dataset: Dataset, run: str, model: str, subset: str) -> dict:
    """Descriptors, and which of them: labels may change without the photographs."""
    members = {} if subset == "all" else {"members": short_hash(subset_ids(dataset, subset))}
    return {"descriptors": sha256(workspace, descriptors_path(workspace, dataset.name, run, model)), "subset": subset, **members}
