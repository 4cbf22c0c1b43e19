"""What a person chooses for a run, and the run that it comes to."""

import shutil
from dataclasses import dataclass, replace
from typing import Any

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.networks.distilled_files import TAUGHT, is_distilled
from retrieval_core.networks.weight_files import local_file, may_be_in_torch_cache
from retrieval_core.paths import absolute
from retrieval_core.presets import RUN_ORDER, STAGES, Preset, check_model, lineage
from retrieval_core.schedules import SCHEDULES, STARTS
from retrieval_core.stored.artefacts import weights_path
from retrieval_core.stored.run import TRAINING_SET, OwnWeights, Run, check_seed, derived_name
from retrieval_core.stored.run_list import check_same, find_run, find_runs
from retrieval_core.workspace import Workspace, file_hash

AUTO = "auto"
DEVICES = (AUTO, "cuda", "mps", "cpu")


@dataclass(frozen=True)
class Settings:
    """What is chosen for a run; None stands for what the named run has, else for the usual.

    `start` auto means: ImageNet weights if they are at hand, else the starts that come with the program, else `shapes`; the
    usual schedule is `long` where a CUDA GPU trains, else `quick`. `run` names a run: one that is here, whose settings are taken
    over, or a new one.
    """

    schedule: str | None = None
    seed: int | None = None
    start: str | None = None
    training: str | None = None  # the dataset of landmarks that models are trained on
    weights: str | None = None  # a person's own file of weights to start from, or a folder with one for each backbone
    run: str | None = None
    device: str = AUTO
    download: bool = False  # consent to fetch weights
    models: tuple[str, ...] = RUN_ORDER

    def __post_init__(self):
        for name, value, choices in (("schedule", self.schedule, SCHEDULES), ("start", self.start, (AUTO, *STARTS)),
                                     ("device", self.device, DEVICES)):  # fmt: skip
            if value is not None:
                check_choice(name, value, choices)
        if self.seed is not None:
            check_seed(self.seed)
        if self.weights is not None and self.start not in (None, AUTO, "imagenet"):
            raise RetrievalError(f"--weights is for a start from ImageNet. Leave out --start {self.start}, or --weights.")
        for model in self.models:
            check_model(model)


def settle(workspace: Workspace, settings: Settings) -> Run:
    """The run that settings come to in this cache.

    Raises RetrievalError if a named run is here with other settings than are asked for, or own weights are not there.
    """
    known = find_run(workspace, settings.run) if settings.run else None
    asked: dict[str, Any] = {name: value for name in ("schedule", "seed", "training") if (value := getattr(settings, name)) is not None}
    weights = _own_weights(settings)
    if settings.start not in (None, AUTO) or weights:
        asked["start"] = "imagenet" if weights else settings.start
    if weights:
        asked["weights"] = weights
    if known is not None:
        wanted = replace(known, **asked)
        check_same(known, wanted)
        return known
    usual: dict[str, Any] = {"schedule": _usual_schedule(settings), "seed": 0, "training": TRAINING_SET}
    chosen = usual | {"start": asked.get("start") or _at_hand(workspace, settings), "weights": None} | asked
    name = settings.run or derived_name(**chosen | {"weights": weights.hashes if weights else None})
    run = Run(name, **chosen)
    workspace.folder(name)  # raises where the name can't be one of a folder
    there = find_run(workspace, name)
    check_same(there, run)
    return there or run


def _usual_schedule(settings: Settings) -> str:
    """Minutes of a GPU are worth hours of a processor: there `long`, else `quick`."""
    if settings.device in ("cpu", "mps") or not shutil.which("nvidia-smi"):  # comes with the driver; torch loads for seconds
        return "quick"
    from retrieval_core.networks.device import pick_device

    return "long" if pick_device(settings.device).type == "cuda" else "quick"


def _own_weights(settings: Settings) -> OwnWeights | None:
    """The files that `--weights` stands for, for the backbones that the chosen models have."""
    if settings.weights is None:
        return None
    path = absolute(settings.weights)
    needed = {stage.backbone for stage in _starts(settings, (None, "published"))}
    found = {}
    for backbone in dict.fromkeys([*(stage.backbone for stage in STAGES.values() if stage.is_start and not stage.origin), *needed]):
        try:
            file = local_file(path, backbone)
        except RetrievalError:
            if backbone in needed:
                raise
            continue  # a folder may hold only what is needed
        if path.is_dir() or backbone in needed:
            found[backbone] = (file.name, file_hash(file))
    return OwnWeights(str(path), found)


def _at_hand(workspace: Workspace, settings: Settings) -> str:
    """What `auto` comes to: imagenet where its weights are consented to, in torch's cache, or in ours; else distilled
    where the program has them; else shapes.

    All models of a run start alike, so that they can be compared.
    """
    starts = _starts(settings, (None,))
    fetched = [run for run in find_runs(workspace) if run.start == "imagenet" and run.weights is None]
    here = lambda stage: any(weights_path(workspace, run, stage).exists() for run in fetched)  # noqa: E731
    at_hand = settings.download or all(here(stage) or _in_torch_cache(stage.backbone) for stage in starts)
    if starts and at_hand:
        return "imagenet"
    needed = {stage.backbone for stage in starts} or set(TAUGHT)  # a run of other networks has the start that the seven would have
    return "distilled" if all(is_distilled(backbone) for backbone in needed) else "shapes"


def _in_torch_cache(backbone: str) -> bool:
    if not may_be_in_torch_cache(backbone):
        return False
    from retrieval_core.networks.weights import imagenet_in_cache

    return imagenet_in_cache(backbone)


def _starts(settings: Settings, origins: tuple[str | None, ...]) -> list[Preset]:
    """Where the chosen models start, of those whose weights have one of these origins."""
    return [start for key in settings.models if (start := lineage(key)[0]).origin in origins]
