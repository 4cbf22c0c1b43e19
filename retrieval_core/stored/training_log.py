"""What a training wrote down, step by step: figures, and the hardest triplets of every mining."""

import json
from dataclasses import dataclass
from pathlib import Path

from retrieval_core.presets import Preset, get_preset
from retrieval_core.stored.artefacts import TRAINING_LOG, WEIGHTS, half_done, unfinished, weights_inputs, weights_path
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace

_TRIPLETS = "triplets"


@dataclass(frozen=True)
class Triplet:
    """Image ids of an anchor, its positive and its negatives, nearest first, and their squared L2 distances to the anchor."""

    anchor: str
    positive: str
    negatives: tuple[str, ...]
    to_positive: float
    to_negatives: tuple[float, ...]

    @property
    def gap(self) -> float:
        """d(a,p) − d(a,n) with the nearest negative: above 0 it is nearer than the positive."""
        return self.to_positive - self.to_negatives[0]


@dataclass(frozen=True)
class Mining:
    """The hardest triplets that a mining found; `step` is the first that learnt from it."""

    step: int
    triplets: tuple[Triplet, ...]


def training_log(workspace: Workspace, run: Run, model: str) -> list[dict]:
    """The figures of the training of a model's weights; empty where they were not trained here, or by another training."""
    return _figures(_of_weights(workspace, run, model))


def minings(workspace: Workspace, run: Run, model: str) -> list[Mining]:
    """What each mining of the same training found hardest; empty where nothing is mined, or it was made before this was kept."""
    return _minings(_of_weights(workspace, run, model))


def unfinished_log(workspace: Workspace, run: Run, stage: Preset) -> tuple[list[dict], list[Mining]]:
    """Figures and minings so far of a training of a stage that is going on, or was stopped; empty where there is none."""
    path = weights_path(workspace, run, stage)
    lines = _lines(half_done(path, weights_inputs(workspace, run, stage)) / TRAINING_LOG)
    return _figures(lines), _minings(lines)


def newest_running_log(workspace: Workspace, stage: str) -> list[dict]:
    """The figures so far of the training of a stage that is going on, whichever run it is of; empty where none is."""
    folders = (folder for place in workspace.root.glob(f"*/*/{stage}") for folder in unfinished(place / WEIGHTS))
    logs = [folder / TRAINING_LOG for folder in folders if (folder / TRAINING_LOG).exists()]
    return _figures(_lines(max(logs, key=lambda log: log.stat().st_mtime))) if logs else []


def _of_weights(workspace: Workspace, run: Run, model: str) -> list[dict]:
    path = weights_path(workspace, run, get_preset(model))
    log, weights = workspace.record(path.with_name(TRAINING_LOG)), workspace.record(path)
    if log is None or weights is None or log.inputs != weights.inputs:
        return []
    return _lines(path.with_name(TRAINING_LOG))


def _figures(lines: list[dict]) -> list[dict]:
    return [line for line in lines if _TRIPLETS not in line]


def _minings(lines: list[dict]) -> list[Mining]:
    return [Mining(line["step"], tuple(map(_triplet, line[_TRIPLETS]))) for line in lines if _TRIPLETS in line]


def _triplet(entry: dict) -> Triplet:
    return Triplet(entry["anchor"], entry["positive"], tuple(entry["negatives"]), entry["d(a,p)"], tuple(entry["d(a,n)"]))


def _lines(file: Path) -> list[dict]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    # What stands behind the last line end is a line that is being written at this moment.
    return [json.loads(line) for line in text.split("\n")[:-1] if line.strip()]
