"""The trained models of one run in one folder, to hand out: weights, whitenings, and a manifest that says what each of them is.

FOLDER/<stage>.safetensors, <model>.npz, manifest.json. Whoever imports the folder trains nothing: imported weights are used
as they are. Nothing of a folder is taken unless all of it is sound, and made for the presets of this program.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError
from retrieval_core.named_networks import is_named
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import inherit, load_weights
from retrieval_core.presets import MODELS, Preset, check_model, get_preset, split_key
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.model_names import in_path
from retrieval_core.stored.named_models import model_preset, named_models
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import as_json, begin_run, from_json
from retrieval_core.workspace import MANIFEST, Record, Workspace, canonical, file_hash, read_json, temporary_name, write_json

FORMAT = "landmark retrieval models, 2"


def export_models(workspace: Workspace, run: Run, folder: Path, models: Sequence[str] = ()) -> list[str]:
    """Write the trained models of a run into an empty or new folder, all that there are if none is named; return their keys.

    Raises RetrievalError if a named model is not trained, a file is damaged or the folder can't be written.
    """
    for key in models:
        _check_handed_out(run, key)
    entries: dict[str, dict] = {}
    files: dict[str, Record] = {}
    for key in [*MODELS, *dict.fromkeys([*filter(is_named, models), *named_models(workspace, run)])]:
        if models and key not in models:
            continue
        preset = model_preset(workspace, run.name, key)
        paths = dict(_paths(workspace, run, preset))
        if not all(workspace.record(path) for path in paths.values()):
            if not models:
                continue
            remedy = workspace.command("train", "--models", key, "--run", run.name)
            raise RetrievalError(f"Model {key} of run {run.name} is not trained. Run: {remedy}")
        entries[key] = _entry(workspace, run, preset)
        files |= {name: workspace.require(path, "Train it again.") for name, path in paths.items()}
    if not entries:
        raise RetrievalError(f"No model of run {run.name} is trained yet. Run: {workspace.command('train', '--run', run.name)}")
    temporary = temporary_name(folder)
    try:
        if folder.exists() and any(folder.iterdir()):
            raise RetrievalError(f"{folder} is not empty. Choose another folder, or empty it.")
        temporary.mkdir(parents=True)
        for key in entries:
            for name, path in _paths(workspace, run, get_preset(key)):
                shutil.copyfile(path, temporary / name)
        records = {name: asdict(record) for name, record in files.items()}
        write_json(temporary / MANIFEST, {"format": FORMAT, "run": as_json(run), "models": entries, "files": records})
        temporary.replace(folder)  # all of it or nothing
    except OSError as error:
        raise RetrievalError(f"{folder} can't be written ({error}). Make it writable, or choose another folder.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return list(entries)


def _check_handed_out(run: Run, key: str) -> None:
    """Raise a RetrievalError unless the key is a model's own: what is chosen at search time is chosen by whoever takes the model."""
    base, choices = split_key(check_model(key))
    if choices:
        learns = (preset := get_preset(key)).has_vocabulary or preset.whitening != get_preset(base).whitening
        learnt = f" and learns what it needs from {run.training}" if learns else ""
        raise RetrievalError(f"{key} is {base} with what is chosen at search time; what is handed out is what was trained. Export "
                             f"{base}: who imports it takes {key} there with run --dataset NAME --models {key}{learnt}.")  # fmt: skip


def import_models(workspace: Workspace, folder: Path, name: str | None = None) -> tuple[Run, list[str]]:
    """Take all models of a folder that `export_models` wrote, after checking it whole, into its run, or one called `name`.

    Returns the run and the models' keys. Raises RetrievalError naming what is missing, damaged or made for other presets, or if
    a run of this name is here with other settings or other weights: nothing is overwritten.
    """
    manifest = read_json(folder / MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise RetrievalError(
            f"{folder / MANIFEST} is missing or was not written by this version of the program. Choose a folder that was written by: "
            "python -m retrieval_core models export FOLDER"
        )
    try:
        run, models = from_json(manifest["run"]), manifest["models"]
        run = replace(run, name=name or run.name)
        records = {file: Record(**entry) for file, entry in manifest["files"].items()}
        taken = {}
        for key, entry in models.items():
            preset = _check_preset(folder, run, key, entry)
            for file, path in _paths(workspace, run, preset):
                _check_file(folder / file, records[file], preset)
                _check_free(workspace, path, records[file])
                taken[file] = (path, origins.trained_on(run, preset.weights_stage if file.endswith(".safetensors") else preset))
    except (KeyError, TypeError, AttributeError) as error:
        raise RetrievalError(f"{folder / MANIFEST} is damaged ({error!r}). Ask for the folder again.") from error
    for file, (path, place) in taken.items():
        record = records[file]
        begin_run(workspace, run, place)
        with (
            workspace.lock(str(path.relative_to(workspace.root))),
            workspace.writing(path, record.inputs, device=record.device, seconds=record.seconds,
                              notes={**record.notes, artefacts.IMPORT_NOTE: True}) as temporary,
        ):  # fmt: skip
            shutil.copyfile(folder / file, temporary)
    return run, list(models)


def _paths(workspace: Workspace, run: Run, preset: Preset) -> Iterator[tuple[str, Path]]:
    """Names in the folder, and paths here, of a model's weights and of its whitening if it has one."""
    yield f"{in_path(preset.weights_stage.key)}.safetensors", artefacts.weights_path(workspace, run, preset)
    if preset.whitening:
        yield f"{in_path(preset.key)}.npz", artefacts.whitening_path(workspace, run, preset)


def _entry(workspace: Workspace, run: Run, preset: Preset) -> dict:
    """What the manifest says of a model: what it is, and by which schedule it was trained."""
    stage = preset.weights_stage
    path = artefacts.weights_path(workspace, run, stage)
    inputs = workspace.record(path).inputs
    schedule = inputs.get("schedule")  # None where weights were not trained but fetched
    made_so = canonical(inputs["stage"]) == canonical(artefacts.identity(stage)) and (
        schedule is None or canonical(schedule) == canonical(artefacts.figures(stage.schedule(run.column)))
    )
    if not made_so:
        raise RetrievalError(f"Model {preset.key} of run {run.name} was trained with other presets than there are now. Train it again.")
    return _figures(run, preset)


def _figures(run: Run, preset: Preset) -> dict:
    """The preset as it must be where the model is to be used."""
    return {"preset": artefacts.identity(preset), "schedule": artefacts.figures(preset.schedule(run.column))}


def _check_preset(folder: Path, run: Run, key: str, entry: dict) -> Preset:
    preset = get_preset(key) if is_named(key) else MODELS.get(key)
    if preset is None or canonical(_figures(run, preset)) != canonical(entry):
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
    if known is not None and path.exists() and known.sha256 != record.sha256:
        raise RetrievalError(f"{path} is here already, with other weights. Give the imported run a name of its own with --run NAME.")
