"""Figures of the networks: what they cost, how large their descriptors are, and what training did to their weights."""

from math import sqrt

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.descriptors.word_sets import bytes_a_row
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.costs import Cost
from retrieval_core.lessons.memory import kept
from retrieval_core.lessons.reading import NotHere, command, described, versions
from retrieval_core.lessons.shown import Figure, Shown
from retrieval_core.stored import artefacts
from retrieval_core.stored.costs import read_cost
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import find_run
from retrieval_core.stored.trained_stages import TrainedStage, open_stage, trained_stages

FIRST, LAST = "first", "last"
_LEARNT = ("convolution", "linear")  # layers whose weights `layers` compares


def parameters(shown: Shown, model: str) -> Figure:
    """Million parameters of the network."""
    value = _cost(shown, model).parameters / 1e6
    return Figure(f"{value:.1f} million", value, title=f"parameters of {model}", unit="million", command=_costs(shown, model))


def operations(shown: Shown, model: str) -> Figure:
    """Million multiply-adds a photograph."""
    value = _cost(shown, model).operations / 1e6
    return Figure(f"{value:,.0f} million", value, title=f"multiply-adds a photograph of {model}", unit="million",
                  command=_costs(shown, model))  # fmt: skip


def milliseconds(shown: Shown, model: str) -> Figure:
    """Milliseconds a photograph, as they were measured on the machine that made the run: the median, and the fastest and slowest."""
    cost = _cost(shown, model)
    low, high = min(cost.repeats), max(cost.repeats)
    return Figure(f"{cost.milliseconds:.1f} ms [{low:.1f}, {high:.1f}]", cost.milliseconds, low, high, _costs(shown, model),
                  title=f"milliseconds a photograph of {model}", unit="ms")  # fmt: skip


def size(shown: Shown, model: str) -> Figure:
    """The longest side, in pixels, at which photographs are described."""
    recipe = described(shown, model).recipe
    if "size" not in recipe:
        raise NotHere(f"The descriptors of {model} were imported: the size of the pictures is not known.")
    return Figure(f"{recipe['size']} pixels", float(recipe["size"]), title=f"longest side of the pictures of {model}", unit="pixels",
                  command=shown.results(model).command)  # fmt: skip


def dimension(shown: Shown, model: str) -> Figure:
    """Dimensions of the descriptor."""
    results = described(shown, model)
    if not results.preset.has_vector:
        raise NotHere(f"{model} makes a set of visual words of a photograph, and no vector: it has no dimension.")
    width = results.descriptors[0].matrix.shape[1]
    return Figure(f"{width:,}", float(width), title=f"dimensions of {model}", command=results.command, unit="dimensions")


def size_in_bytes(shown: Shown, model: str) -> Figure:
    """Bytes of a stored descriptor."""
    results = described(shown, model)
    value = kept(("bytes", *versions(shown, model)), lambda: bytes_a_row(results.descriptors[0].matrix))
    return Figure(f"{value:,.0f} bytes", value, title=f"bytes a photograph of {model}", command=results.command, unit="bytes")


def gem(shown: Shown, model: str) -> Figure:
    """The exponent p of GeM that a model has learnt."""
    preset = shown.results(model).preset
    if preset.aggregation or preset.pooling not in ("gem", "shifted"):
        raise NotHere(f"{model} is not pooled by GeM: it has no p. Choose such a model, as 1d.")
    run = _run(shown, model)
    path = artefacts.weights_path(shown.workspace, run, preset)
    if shown.workspace.state(path) != "fresh":
        raise NotHere(f"The weights of {model} in run {shown.run} are {shown.workspace.state(path)}. {shown.results(model).remedy}")
    value = kept(("p", path, artefacts.sha256(shown.workspace, path)), lambda: _power(path))
    return Figure(f"{value:.2f}", value, title=f"p of GeM in {model}", command=shown.results(model).command)


def layers(shown: Shown, before: str, after: str, which: str = "") -> Figure:
    """How far a training moved the weights: ‖Δw‖ / ‖w‖ of all layers together, or of the first, the last or one by its name."""
    trained = _stage(shown, before, after)
    files = trained.weights, trained.parent_weights
    rows = kept(("layers", *(artefacts.sha256(shown.workspace, file) for file in files if file)), lambda: _changes(trained))
    chosen = {"": rows, FIRST: rows[:1], LAST: rows[-1:]}.get(which, [row for row in rows if row[0] == which])
    if not chosen:
        names = ", ".join(name for name, _, _ in rows)
        raise RetrievalError(f"{after} has no layer {which!r}. Name one of: {FIRST}, {LAST}, {names}.")
    value = 100 * sqrt(sum(moved**2 for _, moved, _ in chosen) / sum(norm**2 for *_, norm in chosen))
    what = f"layer {chosen[0][0]}" if which else "all layers"
    return Figure(f"{value:.1f} %" if value >= 1 else f"{value:.2f} %", value, title=f"change of {what} from {before} to {after}",
                  unit="%", command=command(shown, "changes", trained.stage.key))  # fmt: skip


def _stage(shown: Shown, before: str, after: str) -> TrainedStage:
    """The training that made a model from another one: RetrievalError where it began with other weights."""
    run = _run(shown, after)
    wanted, own = shown.results(before).preset.weights_stage, shown.results(after).preset.weights_stage
    stages = {stage.key: stage for stage in trained_stages(shown.workspace, run, after)}
    if own.key not in stages or wanted.key == own.key:
        raise RetrievalError(f"Between {before} and {after} nothing was trained. Name a model and what was trained from it, as 1b 1c.")
    trained = open_stage(shown.workspace, run, after, stages[own.key])
    if trained.parent is None or trained.parent.key != wanted.key:
        began = trained.parent.key if trained.parent else "random weights"
        raise RetrievalError(f"The training of {after} began with {began}, not with {before}.")
    if not trained.weights or not trained.parent_weights:
        raise NotHere(trained.missing)
    return trained


def _changes(trained: TrainedStage) -> list[tuple[str, float, float]]:
    """Layer, norm of the change and norm before of the learnt weights, first to last."""
    from retrieval_core.networks.weight_changes import weight_changes  # torch, which takes seconds to load
    from retrieval_core.networks.weights import load_weights

    parent, child = (load_weights(path) for path in (trained.parent_weights, trained.weights) if path)
    return [(one.layer, one.moved, one.before) for one in weight_changes(trained.stage, parent, child)
            if one.tensor == "weight" and one.kind in _LEARNT and one.before and one.moved is not None]  # fmt: skip


def _power(path) -> float:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        return float(file.get_tensor("pool.p"))


def _cost(shown: Shown, model: str) -> Cost:
    _run(shown, model)
    found = read_cost(described(shown, model))
    if found is None:
        raise NotHere(f"What {model} costs is not measured yet. Run: {_costs(shown, model)}")
    return found


def _costs(shown: Shown, model: str) -> str:
    return command(shown, "costs", "--models", model)


def _run(shown: Shown, model: str) -> Run:
    """The run on show; NotHere where its descriptors came from elsewhere, or it is not there."""
    if shown.run == IMPORTED_RUN:
        raise NotHere(f"The descriptors of {shown.dataset_name} were imported: the network behind {model} is not known here.")
    run = find_run(shown.workspace, shown.run)
    if run is None:
        raise NotHere(f"There is no run {shown.run!r} yet. {shown.results(model).remedy}")
    return run
