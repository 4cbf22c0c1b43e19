"""Trainings of the tiny town as they are read, and as they would be had they been made before, or elsewhere."""

import json

from retrieval_core.presets import get_preset
from retrieval_core.stored import artefacts
from retrieval_core.stored.run_list import get_run
from retrieval_core.stored.trained_stages import open_stage
from retrieval_core.workspace import Workspace


def opened(cache, key, stage=None):
    workspace = Workspace(cache)
    return open_stage(workspace, get_run(workspace, "quick"), key, get_preset(stage or key))


def without_triplets(cache, stage):
    """The log of a stage as a training wrote it before triplets were kept."""
    workspace = Workspace(cache)
    path = artefacts.weights_path(workspace, get_run(workspace, "quick"), get_preset(stage)).with_name(artefacts.TRAINING_LOG)
    kept = [line for line in path.read_text().splitlines(keepends=True) if "triplets" not in line]
    with workspace.writing(path, workspace.record(path).inputs) as temporary:
        temporary.write_text("".join(kept))


def imported(cache, stage):
    """Note weights as imported, without a log."""
    workspace = Workspace(cache)
    path = artefacts.weights_path(workspace, get_run(workspace, "quick"), get_preset(stage))
    manifest = path.with_name("manifest.json")
    content = json.loads(manifest.read_text())
    content["artefacts"].pop(artefacts.TRAINING_LOG)
    content["artefacts"][path.name]["notes"] |= {artefacts.IMPORT_NOTE: True}
    manifest.write_text(json.dumps(content))
