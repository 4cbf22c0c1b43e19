"""The order in which a knob is turned: what it learns from, then the curve of model after model, or the models that it makes."""

from collections.abc import Iterator, Sequence
from functools import partial

from retrieval_core.datasets.catalog import BUILT_IN, build_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.knobs import CHOICES, KNOBS
from retrieval_core.progress import Progress
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.runs.tasks import Task, follow, step
from retrieval_core.stored.knobs import learning_path, turnable, turned_keys
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.training.test_set_guard import check_trainable
from retrieval_core.workspace import Workspace


def turn(
    workspace: Workspace, dataset: str, run_name: str, models: Sequence[str], knob: str, device: str = "auto"
) -> Iterator[Progress]:
    """Make the curves of a knob, of those of the models of which it can be turned.

    Raises RetrievalError, before anything is made, where it can be turned of none, a model has not described the dataset, or the
    descriptors were imported.
    """
    check_choice("knob", knob, KNOBS)
    if run_name == IMPORTED_RUN:
        raise RetrievalError(f"The descriptors of {dataset} were imported: there is no network of which a knob could be turned.")
    chosen = get_run(workspace, run_name)
    found, fixed = turnable(workspace, run_name, models, knob)
    if not found:
        raise RetrievalError(f"The knob {knob} can't be turned: {'; '.join(fixed)}. Choose other models with --models.")
    presets = {key: open_results(workspace, dataset, run_name, key) for key in found}
    for results in presets.values():
        _ = results.descriptors
    plan = []
    if knob in CHOICES:
        made = [key for model in found for key in turned_keys(workspace, run_name, model, knob).values()]
        settings = Settings(run=run_name, device=device, models=tuple(dict.fromkeys(made)))
        plan.append(
            Task(f"describe {len(made)} models", 30 * len(made), partial(run, workspace, dataset, settings, ("describe", "score")))
        )
        plan.append(
            Task("measure", 5 * len(made), partial(step, "cost_steps", "measure_costs", workspace, dataset, run_name, made, device))
        )
    elif knob == "p":
        plan += [
            Task(f"p of {key}", 60, partial(step, "gem_steps", "turn_p", workspace, chosen, dataset, key, device)) for key in found
        ]
    else:
        if any(workspace.record(learning_path(workspace, chosen, results.preset)) is None for results in presets.values()):
            check_trainable(workspace, chosen.training)
            if chosen.training in BUILT_IN:
                plan.append(Task(f"build {chosen.training}", 60, lambda: build_dataset(workspace, chosen.training)))
        for key in found:
            plan.append(Task(f"describe {chosen.training} with {key}", 90,
                             partial(step, "knob_steps", "describe_learning", workspace, chosen, dataset, key, device)))  # fmt: skip
            plan.append(Task(f"{knob} of {key}", 20, partial(step, "knob_steps", "turn_learnt", workspace, chosen, dataset, key, knob)))
    yield from follow(plan)
