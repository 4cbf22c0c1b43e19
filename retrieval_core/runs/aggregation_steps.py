"""The steps of aggregations: what they learn from the training landmarks, and one pass that describes a dataset by many of them.

Each takes several models of one trunk, size and scales, and looks for each whether its artefact is fresh, as every step does.
"""

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from retrieval_core.datasets.array_files import write_arrays
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.pixels import Pixels
from retrieval_core.descriptors.aggregation.one_pass import collect_parts, collect_vectors, leave_batches
from retrieval_core.descriptors.aggregation.table import TABLE
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import Locked
from retrieval_core.networks.device import pick_device
from retrieval_core.presets import Preset
from retrieval_core.progress import Progress
from retrieval_core.runs.loading import load_aggregating
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.runs.steps import EPS, decoded, is_there
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import begin_run
from retrieval_core.training.test_set_guard import refuse_retrieval, training_set
from retrieval_core.workspace import Workspace


def learn_vocabularies(workspace: Workspace, run: Run, presets: Sequence[Preset], device: str = "auto") -> Steps:
    """Learn the vocabularies of aggregations from the training landmarks, never from the dataset that is scored: one pass for all."""
    paths = {artefacts.vocabulary_path(workspace, run, preset): preset for preset in presets}
    with (yield from _all_locked(workspace, paths)):
        missing = yield from _missing(workspace, run, paths, artefacts.vocabulary_inputs)
        if not missing:
            return
        begin, chosen = time.monotonic(), pick_device(device)
        first = next(iter(missing.values()))
        # Nothing is learnt yet: the trunk is all that is wanted, so that an aggregation without a vocabulary will do.
        [network] = load_aggregating(workspace, run, [replace(first, aggregation="mac", whitening=None)], chosen)
        pixels = yield from _training_pixels(workspace, run, first)
        kinds = {TABLE[preset.aggregation].before for preset in missing.values()}
        vectors = yield from collect_vectors(network, pixels, chosen, kinds)
        shared = (time.monotonic() - begin) / len(missing)
        for done, (path, preset) in enumerate(missing.items()):
            yield Progress(f"learn {preset.aggregation}", done, len(missing))
            begin = time.monotonic()
            learnt = TABLE[preset.aggregation].learn(vectors[TABLE[preset.aggregation].before])
            seconds = shared + time.monotonic() - begin
            with workspace.writing(path, artefacts.vocabulary_inputs(workspace, run, preset), seconds=seconds) as temporary:
                write_arrays(temporary, learnt, {"aggregation": preset.aggregation})


def learn_whitenings(workspace: Workspace, run: Run, presets: Sequence[Preset], device: str = "auto") -> Steps:
    """Learn the whitenings of aggregations from the training landmarks, never from the dataset that is scored: one pass for all."""
    paths = {artefacts.whitening_path(workspace, run, preset): preset for preset in presets}
    with (yield from _all_locked(workspace, paths)):
        missing = yield from _missing(workspace, run, paths, artefacts.whitening_inputs)
        if not missing:
            return
        begin, chosen = time.monotonic(), pick_device(device)
        networks = load_aggregating(workspace, run, [replace(preset, whitening=None) for preset in missing.values()], chosen)
        first = next(iter(missing.values()))
        pixels = yield from _training_pixels(workspace, run, first)
        found = yield from collect_parts(networks, pixels, chosen, first.scales)
        shared = (time.monotonic() - begin) / len(missing)
        for done, (path, preset) in enumerate(missing.items()):
            yield Progress(f"whiten {preset.aggregation}", done, len(missing))
            begin, inputs, parts = time.monotonic(), artefacts.whitening_inputs(workspace, run, preset), found[done]
            learnt = Whitening.fit(parts, inputs["power"], EPS, min(preset.kept or parts.shape[1], parts.shape[1]))
            with workspace.writing(path, inputs, seconds=shared + time.monotonic() - begin) as temporary:
                learnt.save(temporary)


def describe_ahead(workspace: Workspace, run: Run, name: str, presets: Sequence[Preset], device: str = "auto") -> Steps:
    """Describe a dataset by several aggregations in one pass, and leave the batches where the step `describe` looks for them.

    What another process is at work on is left to it.
    """
    begin_run(workspace, run, name)
    dataset = open_dataset(workspace, name)
    yield from refuse_retrieval(workspace, dataset, set().union(*(origins.learnt_from(run, preset) for preset in presets)))
    with ExitStack() as held:
        folders: dict[Path, Preset] = {}
        for preset in presets:
            path = artefacts.descriptors_path(workspace, name, run.name, preset.key)
            with suppress(Locked):
                held.enter_context(workspace.lock(name, run.name, preset.key, "descriptors", limit=0.0))
                if not (yield from is_fresh(workspace, path, artefacts.descriptors_inputs(workspace, dataset, run, preset))):
                    folders[half_done(path, artefacts.describing_inputs(workspace, run, preset))] = preset
        if not folders:
            return
        chosen, first = pick_device(device), next(iter(folders.values()))
        inputs = artefacts.describing_inputs(workspace, run, first)
        networks = dict(zip(folders, load_aggregating(workspace, run, list(folders.values()), chosen), strict=True))
        pixels = yield from decoded(workspace, dataset, inputs["size"], first.square)
        yield from leave_batches(networks, dataset, pixels, inputs["size"], inputs["crop"], first.scales, chosen)


def _all_locked(workspace: Workspace, paths: Iterable[Path]) -> Generator[Progress, None, ExitStack]:
    """Take the locks of several artefacts, in the order of their names, so that two processes never wait for each other."""
    with ExitStack() as held:
        for path in sorted(paths):
            held.enter_context((yield from locked(workspace, str(path.relative_to(workspace.root)))))
        return held.pop_all()


def _missing(
    workspace: Workspace, run: Run, paths: Mapping[Path, Preset], inputs: Callable[[Workspace, Run, Preset], dict]
) -> Generator[Progress, None, dict[Path, Preset]]:
    """Those that are not there as they should be."""
    begin_run(workspace, run, run.training)
    missing = {}
    for path, preset in paths.items():
        if not (yield from is_there(workspace, path, inputs(workspace, run, preset))):
            missing[path] = preset
    return missing


def _training_pixels(workspace: Workspace, run: Run, preset: Preset) -> Generator[Progress, None, Pixels]:
    """The training photographs at the size at which a model describes."""
    dataset = yield from training_set(workspace, run.training)
    return (yield from decoded(workspace, dataset, preset.described_size(run.column), preset.square))
