"""What a training wrote down, step by step."""

import json
from pathlib import Path

from retrieval_core.presets import get_preset
from retrieval_core.stored.artefacts import TRAINING_LOG, WEIGHTS, unfinished, weights_path
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace


def training_log(workspace: Workspace, run: Run, model: str) -> list[dict]:
    """The lines of the training of a model's weights; empty where they were not trained here, or by another training."""
    path = weights_path(workspace, run, get_preset(model))
    log, weights = workspace.record(path.with_name(TRAINING_LOG)), workspace.record(path)
    if log is None or weights is None or log.inputs != weights.inputs:
        return []
    return _lines(path.with_name(TRAINING_LOG))


def newest_running_log(workspace: Workspace, stage: str) -> list[dict]:
    """The lines so far of the training of a stage that is going on, whichever run it is of; empty where none is."""
    folders = (folder for place in workspace.root.glob(f"*/*/{stage}") for folder in unfinished(place / WEIGHTS))
    logs = [folder / TRAINING_LOG for folder in folders if (folder / TRAINING_LOG).exists()]
    return _lines(max(logs, key=lambda log: log.stat().st_mtime)) if logs else []


def _lines(file: Path) -> list[dict]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    # What stands behind the last line end is a line that is being written at this moment.
    return [json.loads(line) for line in text.split("\n")[:-1] if line.strip()]
