"""The only file that knows the order: dataset and preset → weights → descriptors → scores → maps.

Every step looks first whether its artefact is there and fresh, so a run that was killed is simply run again.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial

from retrieval_core.datasets.catalog import BUILT_IN, build_dataset, is_imported, open_dataset
from retrieval_core.datasets.imported import imported_models
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.weights import imagenet_in_cache
from retrieval_core.presets import Preset, get_preset, lineage
from retrieval_core.progress import Progress
from retrieval_core.projection.maps import FEWEST
from retrieval_core.runs import map_steps, steps
from retrieval_core.stored.artefacts import Origin, Settings, imported_note, imported_stage, weights_path, whitening_path
from retrieval_core.stored.results import dataset_images
from retrieval_core.workspace import Workspace

ALL_STEPS = ("describe", "score", "map")
MAPS = (("tsne", "all", None), ("tsne", "labelled", None))
"""Maps that a run makes of every model, as (method, subset, parameters); others are made when a page or `project` asks for them."""


@dataclass(frozen=True)
class Task:
    """One step of a run: its name, what to call, and about how many seconds it takes (for the bar, nothing else)."""

    name: str
    seconds: float
    start: Callable[[], Generator[Progress, None, object]]


def run(
    workspace: Workspace, dataset: str | None, settings: Settings, do: tuple[str, ...] = ALL_STEPS, maps=None
) -> Iterator[Progress]:
    """Do everything that is missing, model after model, each explorable as soon as its own steps are done.

    `dataset` None trains only. `do` leaves out later steps, `maps` says which maps are made: MAPS by default, as far as
    there are photographs for them. Descriptors that were imported are scored and mapped, and nothing is trained for them.
    Raises RetrievalError, before anything is done, where the dataset is unknown or can't be read.
    """
    plan = list(_plan(workspace, dataset, settings, do, maps))
    whole = sum(step.seconds for step in plan)
    behind = furthest = 0.0
    for step in plan:
        for progress in step.start():
            part = progress.done / progress.total if progress.total else 0.0
            furthest = max(furthest, (behind + min(part, 1.0) * step.seconds) / whole)
            message = progress.message or (progress.stage if progress.stage != step.name else "")
            yield replace(progress, stage=step.name, message=message, overall=furthest)
        behind += step.seconds
    yield Progress("all done", 1, 1, overall=1.0)


def choose_start(workspace: Workspace, settings: Settings) -> str:
    """`imagenet` or `shapes`: what `auto` comes to. All models of a run start alike, so that they can be compared.

    ImageNet weights are at hand where they are consented to, given as files, in torch's cache, or in ours.
    """
    if settings.start != "auto":
        return settings.start
    starts = {lineage(key)[0] for key in settings.models}
    at_hand = settings.download or settings.weights is not None
    at_hand = at_hand or all(
        weights_path(workspace, stage, Origin("imagenet")).exists() or imagenet_in_cache(stage.backbone) for stage in starts
    )
    return "imagenet" if at_hand else "shapes"


def _to_train(workspace: Workspace, key: str, settings: Settings, origin: Origin) -> tuple[list[Preset], Settings, Origin]:
    """The stages of a model from the last imported one on, and the settings and the origin that its descriptors have.

    Imported weights were made with a schedule, a seed and a start of their own, whatever is chosen here.
    """
    stages = lineage(key)
    for number, stage in reversed(list(enumerate(stages))):
        note = imported_stage(workspace, stage, origin.training)
        if note is not None:
            if stage is stages[-1]:
                settings = replace(settings, schedule=note["schedule"] or settings.schedule, seed=note["seed"] or 0)
            return stages[number:], settings, replace(origin, start=note["start"])
    return stages, settings, origin


def _plan(workspace: Workspace, dataset: str | None, settings: Settings, do, maps) -> Iterator[Task]:
    origin = Origin(choose_start(workspace, settings), settings.training)
    built = set()

    def build(name: str, seconds: float) -> Iterator[Task]:
        if name in BUILT_IN and name not in built:
            built.add(name)
            yield Task(f"build {name}", seconds, lambda: build_dataset(workspace, name))

    if dataset in BUILT_IN:
        yield from build(dataset, 20)
    elif dataset:
        open_dataset(workspace, dataset)  # a mistyped name or a broken folder is reported before minutes of training
    if dataset and is_imported(workspace, dataset):
        settings = replace(settings, models=tuple(_imported(workspace, dataset, settings)))
        for key in settings.models:
            yield from _exploring(workspace, dataset, key, settings, do, maps)
        return
    trained = set()
    for key in settings.models:
        model = get_preset(key)
        stages, own, its_origin = _to_train(workspace, key, settings, origin)
        for stage in stages:
            if stage.key in trained:
                continue
            trained.add(stage.key)
            imported = imported_stage(workspace, stage, settings.training) is not None
            if not imported and (not stage.is_start or its_origin.start == "shapes"):
                yield from build("shapes", 5) if stage.is_start else build(settings.training, 60)
            yield Task(f"train {stage.key}", stage.quick.seconds, partial(steps.train_stage, workspace, stage, settings, its_origin))
        if model.whitening:
            if imported_note(workspace, whitening_path(workspace, model, its_origin)) is None:
                yield from build(settings.training, 60)
            yield Task(f"whiten {key}", 8, partial(steps.learn_whitening, workspace, model, own, its_origin))
        if dataset and "describe" in do:
            yield Task(f"describe {dataset} with {key}", 4, partial(steps.describe, workspace, dataset, model, own, its_origin))
        if dataset:
            yield from _exploring(workspace, dataset, key, settings, do, maps)


def _imported(workspace: Workspace, dataset: str, settings: Settings) -> list[str]:
    """Which of the chosen models have imported descriptors of the dataset."""
    found = [key for key in imported_models(workspace, dataset) if key in settings.models]
    if not found:
        raise RetrievalError(
            f"{dataset!r} has imported descriptors only of {', '.join(imported_models(workspace, dataset))}, and no others can be "
            "made. Choose among these with --models."
        )
    return found


def _exploring(workspace: Workspace, dataset: str, key: str, settings: Settings, do, maps) -> Iterator[Task]:
    """What is made of a model's descriptors: scores, thumbnails with the first model, neighbours and maps."""
    if "score" in do:
        yield Task(f"score {key}", 0.3, lambda: steps.score(workspace, dataset, key))
    if "map" not in do:
        return
    if key == settings.models[0]:
        yield Task(f"thumbnails of {dataset}", 2, lambda: map_steps.thumbnails(workspace, dataset))
    for subset in dict.fromkeys(subset for _, subset, _ in maps or MAPS):
        yield Task(f"neighbours {key}", 0.5, lambda subset=subset: map_steps.list_neighbours(workspace, dataset, key, subset))
    for method, subset, parameters in maps or MAPS:
        project = partial(steps.project, workspace, dataset, key, method, subset, parameters, settings.seed)
        yield Task(f"map {key}", 2, project if maps else partial(_if_enough, workspace, dataset, subset, project))


def _if_enough(workspace: Workspace, dataset: str, subset: str, project: Callable) -> Generator[Progress, None, None]:
    """Make a map that nobody asked for by name only where the subset has photographs enough: there may be no labels."""
    if len(dataset_images(workspace, dataset, subset)) >= FEWEST:
        yield from project()
