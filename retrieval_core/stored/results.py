"""The read side: what a run made of a dataset, checked and read back. Pages and commands call this; it writes and trains nothing.

`open_results` gives one object for a run, a dataset and a model. What it hands out is of one making: descriptors whose ids are
those of the dataset as it is now, and scores, neighbours and maps that were made from exactly these.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.shared_ids import shared_ids
from retrieval_core.datasets.thumbnails import sheet_count
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.matrix import Descriptors, chosen_rows
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.presets import Preset, check_model
from retrieval_core.progress import finished
from retrieval_core.projection.maps import ProjectedMap
from retrieval_core.ranking.search import Ranking
from retrieval_core.stored import artefacts
from retrieval_core.stored.commands import run_command
from retrieval_core.stored.named_models import model_preset
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import find_run
from retrieval_core.workspace import Record, Workspace, read_json

_CHANGED = {
    "data": "the photographs or the queries' boxes", "size": "the size of the pictures", "crop": "the crop rule",
    "scales": "the scales", "weights": "the weights", "whitening": "the whitening", "version": "the program",
    "aggregation": "the aggregation", "vocabulary": "the vocabulary",
}  # fmt: skip


@dataclass(frozen=True)
class MapRecord:
    """What is known of a computed map without reading it."""

    method: str
    parameters: dict
    subset: str
    seed: int
    n: int
    quality: dict
    seconds: float
    state: str


@dataclass(frozen=True, eq=False)
class Results:
    """What there is of one model for one dataset in one run; made anew at every look, which costs next to nothing."""

    workspace: Workspace
    dataset: Dataset
    run: str
    preset: Preset

    @property
    def model(self) -> str:
        """The model's key."""
        return self.preset.key

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return artefacts.model_folder(self.workspace, self.dataset.name, self.run, self.model)

    @cached_property
    def record(self) -> Record | None:
        """What the manifest says of the descriptors."""
        return self.workspace.record(self._path)

    @property
    def version(self) -> str:
        """The hash of the descriptors; empty where there are none."""
        return self.record.sha256 if self.record else ""

    @property
    def recipe(self) -> dict:
        """What made the descriptors; empty where there are none."""
        return self.record.notes["recipe"] if self.record else {}

    @property
    def command(self) -> str:
        """The command that makes all of it, or makes it again."""
        if self.run == IMPORTED_RUN:
            return self.workspace.command("run", "--dataset", self.dataset.name, "--models", self.model)
        return run_command(self.workspace, self.dataset.name, find_run(self.workspace, self.run) or Run(self.run), self.model)

    @property
    def remedy(self) -> str:
        """What to do where the descriptors are missing or not as they should be."""
        return f"Add the descriptors again: data add {self.dataset.name} …" if self.run == IMPORTED_RUN else f"Run: {self.command}"

    @cached_property
    def state(self) -> tuple[str, str]:
        """How the descriptors are, and why: missing, stale, damaged or ready."""
        if self.record is None:
            return "missing", ""
        if self.run == IMPORTED_RUN:
            inputs = dict(self.record.inputs) | {"data": self.dataset.photographs}
        else:
            run = find_run(self.workspace, self.run)
            if run is None:
                return "damaged", f"{self.folder.parent / artefacts.RUN_FILE} is missing. {self.remedy}"
            inputs = artefacts.descriptors_inputs(self.workspace, self.dataset, run, self.preset)
        state = self.workspace.state(self._path, inputs)
        if state == "fresh":
            return "ready", ""
        if state == "stale":
            changed = [words for key, words in _CHANGED.items() if inputs.get(key) != self.record.inputs.get(key)]
            return "stale", f"{' and '.join(changed) or 'what it is made from'} changed since. {self.remedy}"
        return state, f"{self._path} is {state}. {self.remedy}"

    @cached_property
    def descriptors(self) -> tuple[Descriptors, Descriptors]:
        """Descriptors of the photographs and of the queries; matrices are memory-mapped, read-only.

        RetrievalError with the remedy if they are missing, damaged, or of other photographs, boxes, weights or sizes than now.
        """
        state, message = self.state
        if state != "ready":
            what = f"Model {self.model} of run {self.run} on {self.dataset.name}"
            raise RetrievalError(f"{what} is {state}: {message}" if message else f"{what} is missing. {self.remedy}")
        return _read_descriptors(self._path, self.version)

    def rows(self, subset: str) -> np.ndarray:
        """Descriptors (N, D) of the photographs of a subset, in their order; RetrievalError as for `descriptors`."""
        matrix = self.descriptors[0].matrix
        check_choice("subset", subset, artefacts.SUBSETS)
        return matrix if subset == "all" else chosen_rows(matrix, self.dataset.labelled)

    @property
    def scored(self) -> bool:
        """Whether there are scores of these descriptors by the ground truth as it is now."""
        inputs = artefacts.scores_inputs(self.workspace, self.dataset, self.run, self.model)
        return self.state[0] == "ready" and self.workspace.state(self._scores_path, inputs) == "fresh"

    @cached_property
    def score_file(self) -> dict:
        """The means, and the AP of every query, as stored. RetrievalError if they are not those of these descriptors."""
        if not self.scored:
            what = f"Model {self.model} of run {self.run} has no scores"
            raise RetrievalError(f"{what} of {self.dataset.name} and its ground truth as they are now. Run: {self.command}")
        return _read_scores(self._scores_path, artefacts.sha256(self.workspace, self._scores_path))

    @cached_property
    def scores(self) -> list[Score]:
        """The AP of every query."""
        return [Score(**entry) for entry in self.score_file["scores"]]

    def rankings(self) -> list[Ranking]:
        """The whole database as each query sees it, ranked now."""
        from retrieval_core.stored.ranking import rank_queries  # it reads results itself

        return finished(rank_queries(self))

    def maps(self) -> list[MapRecord]:
        """All maps that were made, fresh or stale."""
        found = []
        for name, record in sorted(self.workspace.records(self._maps_folder).items()):
            choice = record.notes["choice"]
            state = self.workspace.state(self._maps_folder / name, self._map_inputs(choice))
            if state != "missing":
                known = {"n": record.notes["n"], "quality": record.notes["quality"], "seconds": record.seconds}
                found.append(MapRecord(**choice, **known, state=state))
        return found

    def map_file(self, item: MapRecord) -> Path:
        """Where a map of `maps` lies."""
        choice = artefacts.map_choice(item.method, item.subset, item.parameters, item.seed)
        return artefacts.map_path(self.workspace, self.dataset.name, self.run, self.model, choice)

    def map_record(self, choice: dict) -> Record | None:
        """The record of the map of a choice (see artefacts.map_choice) made from these descriptors; None if there is none."""
        path = artefacts.map_path(self.workspace, self.dataset.name, self.run, self.model, choice)
        fresh = self.state[0] == "ready" and self.workspace.state(path, self._map_inputs(choice)) == "fresh"
        return self.workspace.record(path) if fresh else None

    def map(self, choice: dict) -> ProjectedMap | None:
        """The map of a choice made from these descriptors; None if there is none."""
        record = self.map_record(choice)
        if record is None:
            return None
        arrays, about = read_arrays(artefacts.map_path(self.workspace, self.dataset.name, self.run, self.model, choice))
        notes = record.notes
        return ProjectedMap(tuple(about["ids"]), np.array(arrays["xy"]), choice["method"], notes["parameters"], choice["seed"],
                            notes["quality"], np.array(arrays["overlap"]), notes.get("pivots"))  # fmt: skip

    def neighbours(self, subset: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Neighbour lists: positions (N, K) int32 in the subset and similarities (N, K) float32, memory-mapped; None if not made."""
        path = artefacts.neighbours_path(self.workspace, self.dataset.name, self.run, self.model, subset)
        inputs = artefacts.neighbours_inputs(self.workspace, self.dataset, self.run, self.model, subset)
        if self.state[0] != "ready" or self.workspace.state(path, inputs) != "fresh":
            return None
        arrays, _ = read_arrays(path)
        return arrays["positions"], arrays["similarities"]

    @property
    def _path(self) -> Path:
        return artefacts.descriptors_path(self.workspace, self.dataset.name, self.run, self.model)

    @property
    def _scores_path(self) -> Path:
        return artefacts.scores_path(self.workspace, self.dataset.name, self.run, self.model)

    @property
    def _maps_folder(self) -> Path:
        return artefacts.maps_folder(self.workspace, self.dataset.name, self.run, self.model)

    def _map_inputs(self, choice: dict) -> dict:
        return artefacts.map_inputs(self.workspace, self.dataset, self.run, self.model, choice)


def open_results(workspace: Workspace, dataset: str, run: str, model: str) -> Results:
    """What there is of a model; RetrievalError for an unknown dataset or model."""
    preset = model_preset(workspace, run, model)
    check_model(model)
    return Results(workspace, open_dataset(workspace, dataset), run, preset)


def list_sheets(workspace: Workspace, dataset: Dataset) -> list[Path]:
    """The sheets of a dataset's thumbnails; empty if one is not there or not of the photographs as they are now."""
    inputs = artefacts.sheets_inputs(dataset)
    paths = [artefacts.sheet_path(workspace, dataset.name, number) for number in range(sheet_count(dataset.images))]
    return paths if all(workspace.state(path, inputs) == "fresh" for path in paths) else []


@lru_cache(maxsize=256)
def _read_scores(path: Path, version: str) -> dict:
    """Kept as `_read_descriptors` keeps what it reads: a page asks for it many times."""
    return read_json(path)


@lru_cache(maxsize=24)
def _read_descriptors(path: Path, version: str) -> tuple[Descriptors, Descriptors]:
    """`version`, the hash of the file, makes what is kept in memory another one when the file is."""
    arrays, about = read_arrays(path)
    images, queries = (Descriptors(shared_ids(tuple(about[group])), arrays[group], about["recipe"]) for group in ("images", "queries"))
    for group in (images, queries):
        if len(group.ids) != len(group.matrix):
            raise RetrievalError(f"{path} has {len(group.matrix)} rows for {len(group.ids)} ids. Remove it and run again.")
    return images, queries
