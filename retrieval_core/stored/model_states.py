"""What exists of every model for a dataset in a run, in a line each: what `status` and the page Start show."""

from contextlib import suppress
from dataclasses import dataclass, field

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN, imported_models
from retrieval_core.errors import RetrievalError
from retrieval_core.named_networks import is_named
from retrieval_core.presets import PRESETS, SEARCH_CHOICES, split_key
from retrieval_core.search_choices import after_search
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.model_names import from_path
from retrieval_core.stored.named_models import model_preset
from retrieval_core.stored.results import MapRecord, Results
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import find_run
from retrieval_core.workspace import Workspace


@dataclass(frozen=True)
class ModelState:
    """What exists of one model. `state`: missing, trained, ready, stale or damaged; mAPs in percent, None without scores."""

    key: str
    title: str
    state: str
    message: str = ""
    start: str | None = None
    schedule: str | None = None
    seed: int | None = None
    device: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    bytes: int = 0
    map_oxford: float | None = None
    map_finite_sum: float | None = None
    validation_map: float | None = None
    recipe: dict = field(default_factory=dict)
    maps: tuple[MapRecord, ...] = ()

    @property
    def explorable(self) -> bool:
        """Whether its descriptors can be opened: they are of the photographs and the weights as these are now."""
        return self.state == "ready"


def model_states(workspace: Workspace, dataset: str, run: str) -> list[ModelState]:
    """The state of every preset, then of networks by name that there are, each followed by its search-time choices that there are.

    Of imported descriptors what there is.
    """
    opened = open_dataset(workspace, dataset)
    others = _described(workspace, dataset, run)
    if run == IMPORTED_RUN:
        keys = [*imported_models(workspace, dataset), *(key for key in others if after_search(key))]
    else:
        keys = [key for model in PRESETS for key in (model, *(other for other in others if other.startswith(f"{model}-")))]
        keys += [key for key in others if is_named(key)]
    settings = find_run(workspace, run)
    return [_model_state(Results(workspace, opened, run, model_preset(workspace, run, key)), settings) for key in keys]


def _model_state(results: Results, run: Run | None) -> ModelState:
    weights = results.workspace.record(artefacts.weights_path(results.workspace, run, results.preset)) if run else None
    as_trained = not (results.preset.whitening or results.preset.aggregation)
    common = {
        "key": results.model, "title": results.preset.title, "start": origins.start_of(run, results.preset) if run else None,
        "validation_map": weights.notes.get("validation_map") if weights and as_trained else None,
    }  # fmt: skip
    if results.record is None:
        return ModelState(**common, state="trained" if weights else "missing")
    recipe = results.recipe
    if results.run == IMPORTED_RUN:
        common |= {"title": f"{recipe['dim']}-d, imported from {recipe['source']}", "start": recipe["start"]}
    state, message = results.state
    means = results.score_file if results.scored else {}
    shares = results.preset.after is not None  # size and times are told of the model whose descriptors it ranks
    seconds = {"train": weights.seconds if weights else 0.0, "describe": results.record.seconds}
    return ModelState(
        **common, state=state, message=message, schedule=recipe.get("schedule"), seed=recipe.get("seed"), device=results.record.device,
        seconds={} if shares else seconds, recipe=recipe, bytes=0 if shares else results.record.bytes,
        map_oxford=means.get("map_oxford"), map_finite_sum=means.get("map_finite_sum"), maps=tuple(results.maps()),
    )  # fmt: skip


def _described(workspace: Workspace, dataset: str, run: str) -> list[str]:
    """Keys that have described a dataset besides the presets: networks by name (timm:…), models with choices (1d-ms); in order."""
    found = []
    for path in workspace.folder(dataset, run).glob("*"):
        key = from_path(path.name)
        with suppress(RetrievalError):  # a folder that somebody else made
            made = artefacts.scores_path if after_search(key) else artefacts.descriptors_path
            if (is_named(key) or "-" in key) and made(workspace, dataset, run, key).exists():
                found.append(model_preset(workspace, run, key).key)
    places = {name: place for place, name in enumerate(SEARCH_CHOICES)}
    return sorted(found, key=lambda key: ((split := split_key(key))[0], [places[name] for name in split[1]]))
