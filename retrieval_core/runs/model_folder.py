"""Trained models in one folder, to hand out: weights, whitenings, and a manifest that says what each of them is.

FOLDER/<stage>.safetensors, <model>.npz, manifest.json. Whoever imports the folder trains nothing: imported weights are used
as they are. Nothing of a folder is taken unless all of it is sound, and made for the presets of this program.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import inherit, load_weights
from retrieval_core.presets import PRESETS, SCHEDULES, Preset, get_preset
from retrieval_core.stored import artefacts
from retrieval_core.stored.artefacts import IMPORTED, Origin
from retrieval_core.workspace import MANIFEST, Record, Workspace, canonical, file_hash, read_json, write_json

FORMAT = "landmark retrieval models, 1"


def export_models(workspace: Workspace, folder: Path, models: Sequence[str] = ()) -> list[str]:
    """Write trained models into an empty or new folder, all that there are if none is named; return their keys.

    Raises RetrievalError if a named model is not trained, a file is damaged or the folder can't be written.
    """
    for key in models:
        check_choice("model", key, PRESETS)
    entries, files = {}, {}
    for key, preset in PRESETS.items():
        origin = _trained_origin(workspace, preset)
        if key not in (models or PRESETS) or (origin is None and not models):
            continue
        if origin is None:
            raise RetrievalError(f"Model {key} is not trained. Run: python -m retrieval_core train --models {key}")
        entries[key] = _entry(workspace, preset, origin)
        files |= {name: workspace.require(path, "Train it again.") for name, path in _paths(workspace, preset, origin)}
    if not entries:
        raise RetrievalError("No model is trained yet. Run: python -m retrieval_core train")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RetrievalError(f"{folder} is not empty. Choose another folder, or empty it.")
        for key, entry in entries.items():
            for name, path in _paths(workspace, get_preset(key), artefacts.origin_of(entry["made"])):
                shutil.copyfile(path, folder / name)
        records = {name: {key: value for key, value in asdict(record).items() if key != "file"} for name, record in files.items()}
        write_json(folder / MANIFEST, {"format": FORMAT, "models": entries, "files": records})
    except OSError as error:
        raise RetrievalError(f"{folder} can't be written ({error}). Make it writable, or choose another folder.") from error
    return list(entries)


def import_models(workspace: Workspace, folder: Path) -> list[str]:
    """Take all models of a folder that `export_models` wrote, after checking it whole; return their keys.

    Raises RetrievalError naming what is missing, damaged or made for other presets, or if other weights of a model were
    trained here: they are not overwritten.
    """
    manifest = read_json(folder / MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise RetrievalError(
            f"{folder / MANIFEST} is missing or was not written by this program. Choose a folder that was written by: "
            "python -m retrieval_core models export FOLDER"
        )
    try:
        models = manifest["models"]
        records = {name: Record(file=name, **entry) for name, entry in manifest["files"].items()}
        taken = {}
        for key, entry in models.items():
            preset = _check_preset(folder, key, entry)
            for name, path in _paths(workspace, preset, artefacts.origin_of(entry["made"])):
                _check_file(folder / name, records[name], preset)
                _check_free(workspace, path, records[name])
                taken[name] = (path, entry["made"])
    except (KeyError, TypeError, AttributeError) as error:
        raise RetrievalError(f"{folder / MANIFEST} is damaged ({error!r}). Ask for the folder again.") from error
    for name, (path, made) in taken.items():
        record = records[name]
        notes = {**record.notes, IMPORTED: made}
        with (
            workspace.lock(str(path.relative_to(workspace.root))),
            workspace.writing(path, record.inputs, device=record.device, seconds=record.seconds, notes=notes) as temporary,
        ):
            shutil.copyfile(folder / name, temporary)
    return list(models)


def _trained_origin(workspace: Workspace, preset: Preset) -> Origin | None:
    """Where a model's weights here come from; None if it is not trained, or its whitening is not learnt."""
    others = sorted(path.parent.parent.name for path in workspace.root.glob(f"*/{preset.weights_stage.key}/weights.safetensors"))
    for training in dict.fromkeys((artefacts.TRAINING_SET, *others)):
        for start in artefacts.STARTS[1:]:
            records = [workspace.record(path) for _, path in _paths(workspace, preset, Origin(start, training))]
            if all(records):
                return Origin(records[0].inputs["start"], training)
    return None


def _paths(workspace: Workspace, preset: Preset, origin: Origin) -> Iterator[tuple[str, Path]]:
    """Names in the folder, and paths here, of a model's weights and of its whitening if it has one."""
    yield f"{preset.weights_stage.key}.safetensors", artefacts.weights_path(workspace, preset.weights_stage, origin)
    if preset.whitening:
        yield f"{preset.key}.npz", artefacts.whitening_path(workspace, preset, origin)


def _entry(workspace: Workspace, preset: Preset, origin: Origin) -> dict:
    """What the manifest says of a model: what it is, and the schedule, seed and start that it was made with."""
    stage = preset.weights_stage
    inputs = workspace.record(artefacts.weights_path(workspace, stage, origin)).inputs
    made = artefacts.imported_stage(workspace, stage, origin.training)
    if made is None:
        used = inputs["schedule"]  # None where weights were not trained but fetched
        schedule = next((name for name in SCHEDULES if canonical(artefacts.figures(stage.schedule(name))) == canonical(used)), None)
        if (used is not None and schedule is None) or canonical(inputs["stage"]) != canonical(artefacts.identity(stage)):
            raise RetrievalError(f"Model {preset.key} was trained with other presets than there are now. Train it again.")
        made = {"schedule": schedule, "seed": inputs["seed"], "start": origin.start, "training": origin.training,
                "start_file": artefacts.start_file(workspace, preset, origin)}  # fmt: skip
    return {"made": made, **_figures(preset, made["schedule"])}


def _figures(preset: Preset, schedule: str | None) -> dict:
    """The preset as it must be where the model is to be used."""
    return {"preset": artefacts.identity(preset), "schedule": artefacts.figures(preset.schedule(schedule)) if schedule else None}


def _check_preset(folder: Path, key: str, entry: dict) -> Preset:
    preset = PRESETS.get(key)
    expected = _figures(preset, entry["made"]["schedule"]) if preset else None
    if canonical(expected) != canonical({name: entry[name] for name in ("preset", "schedule")}):
        raise RetrievalError(f"Model {key} in {folder} was made for other presets than this program has. Use the same version of both.")
    return preset


def _check_file(file: Path, record: Record, preset: Preset) -> None:
    """Raise a RetrievalError unless the file is what was exported, and fits the network."""
    if not file.is_file():
        raise RetrievalError(f"{file} is missing. Ask for the folder again.")
    if file_hash(file) != record.sha256:
        raise RetrievalError(f"{file} is damaged: its hash is not the one in {MANIFEST}. Ask for the folder again.")
    if file.suffix == ".npz":
        width = len(Whitening.load(file).mean)
        if width != preset.dim:
            raise RetrievalError(f"{file} is a whitening of {width} dimensions, and model {preset.key} has {preset.dim}.")
        return
    missing = inherit(build_network(preset.weights_stage), load_weights(file))
    if missing:
        raise RetrievalError(f"{file} does not fit model {preset.key}: it has no {', '.join(missing[:3])} of the right shape.")


def _check_free(workspace: Workspace, path: Path, record: Record) -> None:
    known = workspace.record(path)
    if known is not None and path.exists() and known.sha256 != record.sha256 and IMPORTED not in known.notes:
        raise RetrievalError(f"{path} was trained here. Remove {path.parent}, or choose another --cache, and import again.")
