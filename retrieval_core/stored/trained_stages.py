"""The trainings behind a model: what each began with, what it made, and what it wrote down. Nothing is computed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retrieval_core.errors import RetrievalError
from retrieval_core.presets import STAGES, Preset, get_preset, lineage
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.named_models import model_preset
from retrieval_core.stored.run import Run
from retrieval_core.stored.training_log import Mining, minings, training_log, unfinished_log
from retrieval_core.workspace import Workspace


@dataclass(frozen=True)
class TrainedStage:
    """One training. `parent` is None where it began with random weights.

    `weights` and `parent_weights` are None where they are not there as they should be, and `missing` says why. `kept` is the step of
    the checkpoint that became the weights, None while there are none; `blended` holds the share of the way from the start to it that
    the weights lie at, and their validation mAP, where it is not the whole way (see training/blending.py). `figures` and `minings`:
    see training_log; `log_missing` says why there is no log, and `finished` whether it is one of the weights.
    """

    stage: Preset
    parent: Preset | None
    weights: Path | None
    parent_weights: Path | None
    missing: str
    kept: int | None
    blended: tuple[float, float] | None
    figures: Sequence[dict]
    minings: Sequence[Mining]
    log_missing: str
    finished: bool

    @property
    def mines(self) -> bool:
        """Whether it learns from triplets that are mined."""
        return self.stage.loss == "triplet"


def trained_stages(workspace: Workspace, run: Run, key: str) -> list[Preset]:
    """The stages of a model (or a stage, by its key) that a run trains, first to last.

    RetrievalError for an unknown key, or where nothing is trained: the weights are given.
    """
    stages = lineage(model_preset(workspace, run.name, key).key)
    found = [stage for stage in stages if not origins.is_fetched(run, stage)]
    if not found:
        raise RetrievalError(f"{key} is not trained here: its weights are those of {stages[-1].key} as they come. Choose a model that "
                             "is trained, such as 1b or 1d.")  # fmt: skip
    return found


def open_stage(workspace: Workspace, run: Run, key: str, stage: Preset) -> TrainedStage:
    """What there is of one of the stages of a model `key`."""
    parent = get_preset(stage.parent).weights_stage if stage.parent else None
    path, remedy = artefacts.weights_path(workspace, run, stage), _remedy(workspace, run, key)
    inputs = artefacts.weights_inputs(workspace, run, stage)
    state = workspace.state(path, inputs)  # fresh ones were made from the parent that the run has now, unless they were imported
    missing = "" if state == "fresh" else f"The weights of {stage.key} in run {run.name} are {state}. {remedy}"
    before = artefacts.weights_path(workspace, run, parent) if parent else None
    if parent and state == "fresh":
        if workspace.state(before) != "fresh":
            missing = f"{stage.key} began with the weights of {parent.key}, which are {workspace.state(before)} in run {run.name}."
        elif inputs["parent"] != artefacts.sha256(workspace, before):  # of imported weights: they say what they were made from
            missing = f"{stage.key} began with other weights of {parent.key} than run {run.name} has now."
    record = workspace.record(path) if state == "fresh" else None
    log = training_log(workspace, run, stage.key) if record else []
    found = minings(workspace, run, stage.key) if record else []
    log_missing = "" if log else f"No log of the training of {stage.key} is here."
    if record and not log and artefacts.is_imported(workspace, path):
        log_missing = f"The weights of {stage.key} were imported: the log of their training is where they were trained."
    if not record:
        figures, found = unfinished_log(workspace, run, stage)
        log, log_missing = figures, "" if figures else missing
    blended = (record.notes["share"], record.notes["validation_map"]) if record and "share" in record.notes else None
    return TrainedStage(
        stage, parent, path if record else None, before if record and not missing else None, missing,
        record.notes.get("step") if record else None, blended, log, found, log_missing, record is not None,
    )  # fmt: skip


def needed_parent(trained: TrainedStage) -> tuple[Path, Path]:
    """The files of the weights before and after a training; RetrievalError where one is missing, or there was none before."""
    if trained.weights and trained.parent is None:
        raise RetrievalError(f"{trained.stage.key} began with random weights: there is nothing to compare them with.")
    if not trained.weights or not trained.parent_weights:
        raise RetrievalError(trained.missing)
    return trained.parent_weights, trained.weights


def triplet_table(found: Sequence[Mining]) -> pd.DataFrame:
    """A row a triplet of every mining: the step that learnt from it first, image ids, and squared L2 distances to the anchor."""
    rows = [
        {"step": mining.step, "anchor": one.anchor, "positive": one.positive, "d(a,p)": one.to_positive}
        | {name: value for place, (negative, distance) in enumerate(zip(one.negatives, one.to_negatives, strict=True), 1)
           for name, value in ((f"negative {place}", negative), (f"d(a,n) {place}", distance))}
        for mining in found for one in mining.triplets
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=None if rows else ["step", "anchor", "positive", "d(a,p)"]).set_index("step")


def why_no_triplets(trained: TrainedStage) -> str:
    """Why a training with a log has no triplets to show; empty where it has some."""
    if trained.minings:
        return ""
    if not trained.mines:
        return f"{trained.stage.key} learns by {trained.stage.loss}: it mines no triplets."
    if not trained.finished:
        return "Nothing is mined yet."
    return (f"{trained.stage.key} was trained before the log kept triplets. A training that begins now keeps them, as with another "
            "--seed.")  # fmt: skip


def _remedy(workspace: Workspace, run: Run, key: str) -> str:
    chosen = [] if key in STAGES else ["--models", key]  # a stage is trained for the models that begin with it
    return f"Run: {workspace.command('train', *chosen, '--run', run.name)}"
