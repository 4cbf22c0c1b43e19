"""The curves of the knobs, as they are stored: where each lies, when it is fresh, and how it is read back."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import PROTOCOLS
from retrieval_core.evaluation.knobs import CHOICES, CROPS, Curve, why_fixed
from retrieval_core.presets import Preset, get_preset
from retrieval_core.search_choices import SEARCH_CHOICES, described_key
from retrieval_core.stored import artefacts
from retrieval_core.stored.costs import read_cost
from retrieval_core.stored.model_names import in_path
from retrieval_core.stored.named_models import model_preset
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import find_run
from retrieval_core.workspace import Workspace

SIZES = (64, 96, 112, 160, 224, 320, 448)
_NAMES = {
    "size": {float(side): f"{side}px" for side in SIZES}, "scales": {3.0: "ms", 4.0: "ms4"},
    "crop": {float(number): name for number, name in enumerate(CROPS)},
}  # fmt: skip
"""How the values of a knob are written behind a model's key."""


def learning_path(workspace: Workspace, run: Run, preset: Preset) -> Path:
    """Descriptors of the training landmarks under a model: what PCA, whitening and codes are learnt from."""
    return workspace.folder(run.training, run.name, in_path(described_key(preset.key))) / artefacts.LEARNING


def learning_inputs(workspace: Workspace, run: Run, preset: Preset) -> dict:
    """What they are made from."""
    training = open_dataset(workspace, run.training)
    made = {"version": artefacts.VERSIONS["learning"], "data": [training.photographs, training.truth]}
    return {**artefacts.describing_inputs(workspace, run, preset), **made}


def knob_path(results: Results, knob: str) -> Path:
    """The file of a model's curve."""
    folder = artefacts.model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model))
    return folder / artefacts.KNOBS / f"{knob}.safetensors"


def knob_inputs(results: Results, knob: str) -> dict:
    """What a curve is made from: the descriptors as they are, the ground truth, and what was learnt from, if anything was."""
    run = find_run(results.workspace, results.run)
    learnt = None if knob == "p" else artefacts.sha256(results.workspace, learning_path(results.workspace, run, results.preset))
    return {"version": artefacts.VERSIONS["knobs"], "descriptors": results.version, "truth": results.dataset.truth, "learnt": learnt}


def read_knob(results: Results, knob: str) -> tuple[Curve, dict[str, np.ndarray]] | None:
    """The curve of a knob, and for p the places and lists beside it; None if it was not made of these descriptors."""
    if results.run == IMPORTED_RUN or results.state[0] != "ready":
        return None
    path = knob_path(results, knob)
    if results.workspace.state(path, knob_inputs(results, knob)) != "fresh":
        return None
    return _read(path, results.workspace.record(path).sha256)


@lru_cache(maxsize=64)
def _read(path: Path, version: str) -> tuple[Curve, dict[str, np.ndarray]]:
    """Kept as long as the file, whose hash `version` is, stays the same: a page asks for it many times."""
    arrays, about = read_arrays(path)
    own = ("values", "bytes", "milliseconds", *PROTOCOLS)
    values, sizes, milliseconds, *aps = (arrays[name] for name in own)
    curve = Curve(values, about["own"], sizes, milliseconds, tuple(about["queries"]), dict(zip(PROTOCOLS, aps, strict=True)))
    return curve, {name: array for name, array in arrays.items() if name not in own}


def turnable(workspace: Workspace, run: str, models: Iterable[str], knob: str) -> tuple[list[str], list[str]]:
    """Which models a knob can be turned of, without what is done after the search, and for the others why not."""
    found, fixed = [], []
    for key in dict.fromkeys(map(described_key, models)):
        preset = model_preset(workspace, run, key)
        why = why_fixed(knob, preset)
        if why is None and knob in CHOICES and len(turned_keys(workspace, run, key, knob)) < 2:
            why = f"{key} has no other {knob} to choose"
        (fixed.append(why) if why else found.append(key))
    return found, fixed


def turned_keys(workspace: Workspace, run: str, model: str, knob: str) -> dict[float, str]:
    """By value of a knob of CHOICES the model that has it, among them the model itself at its default; in rising order."""
    preset = model_preset(workspace, run, model)
    settings = find_run(workspace, run)
    own = {
        "size": float(preset.described_size(settings.column)), "scales": float(len(preset.scales)),
        "crop": float(CROPS.index(preset.crop or CROPS[0])),
    }[knob]  # fmt: skip
    found = {own: model}
    for value, name in _NAMES[knob].items():
        if value != own and (key := _with(model, name)):
            found[value] = key
    return dict(sorted(found.items()))


def _with(model: str, name: str) -> str | None:
    """A model's key with a search-time choice in the place of another of its field; None where it can't be chosen."""
    base, *names = model.split("-")
    kept = [one for one in names if SEARCH_CHOICES[one].field != SEARCH_CHOICES[name].field]
    key = "-".join([base, *(one for one in SEARCH_CHOICES if one in (*kept, name))])
    try:
        return get_preset(key).key
    except RetrievalError:
        return None


def choice_curve(workspace: Workspace, dataset: str, run: str, model: str, knob: str) -> Curve | None:
    """The curve of a knob of CHOICES from the models that have described the dataset; None where only the model itself has."""
    keys = turned_keys(workspace, run, model, knob)
    found = {
        value: results for value, key in keys.items() if (results := open_results(workspace, dataset, run, key)).state[0] == "ready"
    }
    own = next(value for value, key in keys.items() if key == model)
    if len(found) < 2 or own not in found:
        return None
    queries = found[own].descriptors[1].ids
    rows = {protocol: np.full((len(found), len(queries)), np.nan) for protocol in PROTOCOLS}
    for number, results in enumerate(found.values()):
        for score in results.scores if results.scored else ():
            for protocol in PROTOCOLS:
                rows[protocol][number, queries.index(score.query_id)] = np.nan if score.ap(protocol) is None else score.ap(protocol)
    costs = [read_cost(results) for results in found.values()]
    return Curve(
        np.array(list(found)), list(found).index(own),
        np.array([results.descriptors[0].matrix[:1].nbytes for results in found.values()]),
        np.array([cost.milliseconds if cost else np.nan for cost in costs]), queries, rows,
    )  # fmt: skip


def found_curves(workspace: Workspace, dataset: str, run: str, models: Iterable[str], knob: str) -> dict[str, Curve]:
    """The curves that there are, by model."""
    found: Mapping[str, Curve | None] = {
        key: choice_curve(workspace, dataset, run, key, knob) if knob in CHOICES
        else (read_knob(open_results(workspace, dataset, run, key), knob) or (None,))[0]
        for key in models
    }  # fmt: skip
    return {key: curve for key, curve in found.items() if curve is not None}
