"""Where the weights of a stage come from: from a training, from files of one's own, or from elsewhere."""

from retrieval_core.networks.distilled_files import distilled_hash
from retrieval_core.presets import Preset, lineage
from retrieval_core.schedules import GIVEN_STARTS
from retrieval_core.stored.run import Run

PUBLISHED = "published"  # the folder of weights that come from elsewhere, whatever a run starts from


def trained_on(run: Run, stage: Preset) -> str:
    """Where a stage's weights lie, and what it is trained on: the training set, or for a start one of STARTS or PUBLISHED."""
    if stage.origin:
        return PUBLISHED
    return run.start if stage.is_start else run.training


def is_fetched(run: Run, stage: Preset) -> bool:
    """Whether a stage's weights come from elsewhere, so that there is nothing to train."""
    return stage.origin is not None or (stage.is_start and run.start in GIVEN_STARTS)


def has_own_file(run: Run, stage: Preset) -> bool:
    """Whether the weights of a start are read from a file of the person's own."""
    return run.weights is not None and is_fetched(run, stage) and (not stage.origin or stage.backbone in run.weights.files)


def start_file(run: Run, stage: Preset) -> str | None:
    """SHA-256 of the file that a stage's weights are read from, a person's own or one that comes with the program; None without."""
    if has_own_file(run, stage):
        return run.weights.hashes.get(stage.backbone)
    comes_with_us = stage.is_start and not stage.origin and run.start == "distilled"
    return distilled_hash(stage.backbone) if comes_with_us else None


def start_of(run: Run, preset: Preset) -> str:
    """What a model starts from: one of STARTS, or where else the weights of its start come from."""
    return lineage(preset.key)[0].origin or run.start


def learnt_from(run: Run, preset: Preset) -> set[str]:
    """Names of the datasets that a model was made with: its weights, its whitening and its vocabulary if it has them."""
    learns = preset.whitening or preset.has_vocabulary
    places = {trained_on(run, stage) for stage in lineage(preset.key)} | ({run.training} if learns else set())
    return places - {PUBLISHED, *GIVEN_STARTS}
