"""The only file that knows the order: dataset and run → weights → descriptors → scores → maps.

Every step looks first whether its artefact is there and fresh, so a run that was killed is simply run again.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from retrieval_core.datasets.catalog import BUILT_IN, build_dataset, is_imported, is_ready, note_fingerprint, open_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN, imported_models
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.aggregation_keys import aggregation_keys, trunk_key
from retrieval_core.presets import Preset, get_preset, lineage, split_key
from retrieval_core.processes import started
from retrieval_core.progress import Progress
from retrieval_core.projection.maps import FEWEST, check_vectors
from retrieval_core.ranking.order import METHODS
from retrieval_core.runs import map_steps, match_steps
from retrieval_core.runs.ahead import build_and_describe
from retrieval_core.runs.making import Steps
from retrieval_core.runs.settings import Settings, settle
from retrieval_core.runs.tasks import Task, follow, step
from retrieval_core.search_choices import after_search, described_key
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.commands import run_command
from retrieval_core.stored.named_models import model_preset
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import get_run
from retrieval_core.training.test_set_guard import check_trainable
from retrieval_core.workspace import Workspace

ALL_STEPS = ("describe", "score", "map")
MAPS = (("tsne", "all", None), ("tsne", "labelled", None))
"""Maps that a run makes of every model, as (method, subset, parameters); others are made when they are asked for."""


def run(workspace: Workspace, dataset: str | None, settings: Settings, do: tuple[str, ...] = ALL_STEPS) -> Iterator[Progress]:
    """Do everything that is missing, model after model, each explorable as soon as its own steps are done.

    `dataset` None trains only. `do` leaves out later steps. Descriptors that were imported are scored and mapped, and nothing
    is trained for them. Raises RetrievalError, before anything is done, where the dataset or the training set is unknown or
    can't be read, or the settings don't go with the run of that name.
    """
    yield from follow(list(_plan(workspace, dataset, settings, do)))


def project(workspace: Workspace, dataset: str, run_name: str, models: tuple[str, ...], maps) -> Iterator[Progress]:
    """Make the maps (method, subset, parameters, seed) that were asked for and what they show, of models that are described.

    Raises RetrievalError with the remedy, before anything is made, where one is not, or has no vectors.
    """
    for key in models:
        check_vectors(open_results(workspace, dataset, run_name, key).descriptors[0].matrix)
    plan = [Task(f"thumbnails of {dataset}", 2, lambda: map_steps.thumbnails(workspace, dataset))]
    for key in dict.fromkeys(map(described_key, models)):
        plan += [_neighbours(workspace, dataset, run_name, key, subset) for subset in dict.fromkeys(one[1] for one in maps)]
        plan += [Task(f"map {key}", 2, partial(map_steps.project, workspace, run_name, dataset, key, *one)) for one in maps]
    yield from follow(plan)


def aggregate(workspace: Workspace, dataset: str, run_name: str, model: str, device: str = "auto") -> Iterator[Progress]:
    """Describe a dataset by every aggregation of a model's trunk (see `aggregation_keys`) in one pass, and score them.

    What they learn is learnt before, on the training landmarks. Raises RetrievalError, before anything is made, where the model's
    weights are missing, its map can't be aggregated, or the descriptors were imported.
    """
    if run_name == IMPORTED_RUN:
        raise RetrievalError(f"The descriptors of {dataset} were imported: there is no network whose map could be aggregated.")
    model_preset(workspace, run_name, model)
    keys, chosen = aggregation_keys(model), get_run(workspace, run_name)
    presets = [get_preset(key) for key in keys]
    workspace.require(artefacts.weights_path(workspace, chosen, presets[0]),
                      f"Run: {run_command(workspace, dataset, chosen, split_key(trunk_key(model))[0])}")  # fmt: skip
    plan = []
    if any(_trains(workspace, chosen, key) for key in keys):
        check_trainable(workspace, chosen.training)
        if chosen.training in BUILT_IN:
            plan.append(Task(f"build {chosen.training}", 60, lambda: build_dataset(workspace, chosen.training)))
    learning = [preset for preset in presets if preset.has_vocabulary]
    whitened = [preset for preset in presets if preset.whitening]
    plan += [
        Task("learn vocabularies", 60, partial(step, "aggregation_steps", "learn_vocabularies", workspace, chosen, learning, device)),
        Task("learn whitenings", 60, partial(step, "aggregation_steps", "learn_whitenings", workspace, chosen, whitened, device)),
        Task(
            "describe in one pass",
            30,
            partial(step, "aggregation_steps", "describe_ahead", workspace, chosen, dataset, presets, device),
        ),
    ]
    for preset in presets:
        finish = partial(step, "steps", "describe", workspace, chosen, dataset, preset, device)
        plan.append(Task(f"describe {dataset} with {preset.key}", 1, finish))
        plan.append(Task(f"score {preset.key}", 0.3, partial(step, "steps", "score", workspace, run_name, dataset, preset.key)))
    yield from follow(plan)


def _plan(workspace: Workspace, dataset: str | None, settings: Settings, do) -> Iterator[Task]:
    built = set()

    def build(name: str, seconds: float) -> Iterator[Task]:
        if name in BUILT_IN and name not in built:
            built.add(name)
            yield Task(f"build {name}", seconds, lambda: build_dataset(workspace, name))

    if dataset and dataset not in BUILT_IN:
        note_fingerprint(workspace, open_dataset(workspace, dataset))  # a broken folder is reported before minutes of training
    if dataset and is_imported(workspace, dataset):
        settings = replace(settings, models=tuple(_imported(workspace, dataset, settings)))
        for key in settings.models:
            yield from _exploring(workspace, dataset, IMPORTED_RUN, key, settings, do)
        return
    chosen = settle(workspace, settings)
    if any(_trains(workspace, chosen, key) for key in settings.models):
        check_trainable(workspace, chosen.training)
    if dataset in BUILT_IN:
        built.add(dataset)
        yield Task(f"build {dataset}", 25, partial(_build_to_describe, workspace, dataset, chosen, settings, do))
    trained = set()
    for key in settings.models:
        model = get_preset(key).describing
        for stage in _to_train(workspace, chosen, key):
            if stage.key in trained:
                continue
            trained.add(stage.key)
            imported = artefacts.is_imported(workspace, artefacts.weights_path(workspace, chosen, stage))
            if not imported and not origins.is_fetched(chosen, stage):
                yield from build("shapes", 5) if stage.is_start else build(chosen.training, 60)
            train = partial(step, "steps", "train_stage", workspace, chosen, stage, settings.device, settings.download)
            verb = "fetch" if origins.is_fetched(chosen, stage) else "train"
            yield Task(f"{verb} {stage.key}", stage.schedule(chosen.column).seconds, train)
        if model.has_vocabulary:
            yield from build(chosen.training, 60)
            learn = partial(step, "aggregation_steps", "learn_vocabularies", workspace, chosen, [model], settings.device)
            yield Task(f"vocabulary {key}", 20, learn)
        if model.whitening:
            if not artefacts.is_imported(workspace, artefacts.whitening_path(workspace, chosen, model)):
                yield from build(chosen.training, 60)
            yield Task(f"whiten {model.key}", 8, partial(_whiten, workspace, chosen, model, settings.device))
        if dataset and "describe" in do:
            describe = partial(step, "steps", "describe", workspace, chosen, dataset, model, settings.device)
            yield Task(f"describe {dataset} with {model.key}", 4, describe)
        if dataset:
            yield from _exploring(workspace, dataset, chosen.name, key, settings, do)


def _trains(workspace: Workspace, chosen: Run, key: str) -> bool:
    """Whether something of a model has to be learnt from the training set, that is not here yet."""
    paths = [artefacts.weights_path(workspace, chosen, stage) for stage in _to_train(workspace, chosen, key)
             if not origins.is_fetched(chosen, stage) and origins.trained_on(chosen, stage) == chosen.training]  # fmt: skip
    model = get_preset(key)
    paths += [artefacts.whitening_path(workspace, chosen, model)] if model.whitening else []
    paths += [artefacts.vocabulary_path(workspace, chosen, model)] if model.has_vocabulary else []
    return any(workspace.record(path) is None for path in paths)


def _build_to_describe(workspace: Workspace, dataset: str, chosen: Run, settings: Settings, do) -> Iterator[Progress]:
    """Build the dataset; where the first model needs no training, describe what is rendered meanwhile."""
    first = get_preset(settings.models[0]).describing
    fetched = all(origins.is_fetched(chosen, stage) for stage in lineage(first.key))
    fetched = fetched and not (first.whitening or first.has_vocabulary)
    alone = started() == 1  # several processes describe it together, once it is there
    if alone and fetched and "describe" in do and not is_ready(workspace, dataset):
        return build_and_describe(workspace, dataset, chosen, first, settings.device, settings.download)
    return build_dataset(workspace, dataset)


def _whiten(workspace: Workspace, chosen: Run, model: Preset, device: str) -> Steps:
    if model.aggregation:
        return step("aggregation_steps", "learn_whitenings", workspace, chosen, [model], device)
    return step("steps", "learn_whitening", workspace, chosen, model, device)


def _to_train(workspace: Workspace, chosen: Run, key: str) -> list[Preset]:
    """The stages of a model, from the last imported one on: what comes before that is not needed."""
    stages = lineage(key)
    for number, stage in reversed(list(enumerate(stages))):
        if artefacts.is_imported(workspace, artefacts.weights_path(workspace, chosen, stage)):
            return stages[number:]
    return stages


def _imported(workspace: Workspace, dataset: str, settings: Settings) -> list[str]:
    """Which of the chosen models have imported descriptors of the dataset."""
    there = imported_models(workspace, dataset)
    found = sorted(key for key in settings.models if described_key(key) in there)
    if not found:
        raise RetrievalError(
            f"{dataset!r} has imported descriptors only of {', '.join(there)}, and no others can be "
            "made. Choose among these with --models."
        )
    return found


def _exploring(workspace: Workspace, dataset: str, run_name: str, key: str, settings: Settings, do) -> Iterator[Task]:
    """What is made of a model's descriptors: scores, then of each map what is seen first; thumbnails with the first model."""
    if "score" in do:
        if (after := after_search(key)) and METHODS[after].looks:
            yield Task(f"verify {key}", 30, partial(match_steps.count_matches, workspace, run_name, dataset, key))
        yield Task(f"score {key}", 0.3, partial(step, "steps", "score", workspace, run_name, dataset, key))
    if "map" not in do:
        return
    described = described_key(key)
    for method, subset, parameters in MAPS:
        make = partial(map_steps.project, workspace, run_name, dataset, described, method, subset, parameters)
        if get_preset(key).has_vector:
            yield Task(f"map {described}", 2, partial(_if_enough, workspace, dataset, subset, make))
        if (key, subset) == (settings.models[0], MAPS[0][1]):
            yield Task(f"thumbnails of {dataset}", 2, lambda: map_steps.thumbnails(workspace, dataset))
        yield _neighbours(workspace, dataset, run_name, described, subset)


def _neighbours(workspace: Workspace, dataset: str, run_name: str, key: str, subset: str) -> Task:
    return Task(f"neighbours {key}", 0.5, partial(map_steps.list_neighbours, workspace, run_name, dataset, key, subset))


def _if_enough(workspace: Workspace, dataset: str, subset: str, make: Callable) -> Steps:
    """Make a map that nobody asked for by name only where the subset has photographs enough: there may be no labels."""
    if len(artefacts.subset_ids(open_dataset(workspace, dataset), subset)) >= FEWEST:
        yield from make()
