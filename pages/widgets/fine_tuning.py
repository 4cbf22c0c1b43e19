"""What fine-tuning changed: a training by step, the checkpoint that was kept, how far each layer moved, and the hardest triplets."""

from pathlib import Path

import pandas as pd
import streamlit as st

from pages.state import door, link, loaders
from pages.state.plain import plain
from pages.web import alone
from pages.widgets import figures, tables, theatre, work
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import Preset, lineage
from retrieval_core.runs import jobs
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import find_run
from retrieval_core.stored.trained_stages import TrainedStage, needed_parent, open_stage, trained_stages

FORMS = {"norm before": "{:.4g}", "norm after": "{:.4g}", "norm of the difference": "{:.3g}", "values": "{:,}"}


def show() -> None:
    """The trainings behind the chosen model, one of them in full."""
    st.subheader("Training: what fine-tuning changed")
    if link.get("run") == IMPORTED_RUN:
        st.info("The descriptors were imported: nothing is known of a training. Choose another dataset on the left.")
        return
    workspace, model = loaders.workspace(), link.get("model")
    run = find_run(workspace, link.get("run"))
    if run is None:
        st.info(f"Nothing of run {plain(link.get('run'))} is here yet. Press the button on the page **Start**.")
        return
    try:
        stages = trained_stages(workspace, run, model)
    except RetrievalError as error:
        st.info(door.shown(str(error)))
        return
    stage = _chosen(stages)
    trained = open_stage(workspace, run, model, stage)
    live = _is_going_on(stage) and not trained.finished
    st.markdown(_in_words(trained, live))
    if live:
        _live(run, model, stage)
    elif trained.figures:
        _chart(trained)
        _same("steps", stage, run)
    else:
        st.info(door.shown(trained.log_missing))
    if live:
        st.caption("How far each layer moved is shown when it is trained.")
    else:
        _layers(trained, run)
    theatre.show(trained, run)


def _chosen(stages: list[Preset]) -> Preset:
    """The training that is looked at: the last, unless another one is chosen."""
    keys = [stage.key for stage in stages]
    if not link.get("stage"):
        link.put(stage=keys[-1], mining=link.get("mining"))
    names = {stage.key: f"{stage.parent or 'random weights'} → {stage.key}" for stage in stages}
    key = link.choose("stage", keys, st.segmented_control, "Training", format_func=names.get, label_visibility="collapsed")
    return next(stage for stage in stages if stage.key == key)


def _is_going_on(stage: Preset) -> bool:
    job = jobs.current(loaders.workspace())
    return job is not None and job.state == "running" and job.stage == f"train {stage.key}"


def _in_words(trained: TrainedStage, live: bool) -> str:
    stage, parent = trained.stage, trained.parent
    also = f", those of {parent.key}" if parent and parent.key != stage.parent else ""
    began = f"the weights of {stage.parent}{also}" if parent else "random weights"
    words = f"**{stage.key}** ({plain(stage.title)}) began with {began} and learns by the {stage.loss} loss. "
    measured = {line["step"]: line["validation_map"] for line in trained.figures if "validation_map" in line}
    if trained.kept is None:
        best = f" The best validation mAP so far is {max(measured.values()):.1f}." if measured else ""
        return words + (f"It is being trained now.{best}" if live else f"It is not finished.{best}")
    if trained.kept == 0 and parent:
        words += "Nothing that it learnt was better on the held-out landmarks: what it began with was kept"
    else:
        words += f"The weights of step {trained.kept} were kept"
    if trained.kept in measured:
        words += f", with a validation mAP of {measured[trained.kept]:.1f}"
        words += f" ({measured[0]:.1f} before the first step)" if trained.kept and 0 in measured else ""
    if trained.blended:
        share, measured_then = trained.blended
        words += (f". Of the way from {lineage(stage.key)[0].key} to there the model goes {share:.0%}, so that it forgets less of what "
                  f"it knew: validation mAP {measured_then:.1f}")  # fmt: skip
    return f"{words}."


def _chart(trained: TrainedStage) -> None:
    from pages.widgets.training_figures import training_chart

    with alone.part("training"):
        stem = f"{link.get('run')}-{trained.stage.key}-training"
        figures.show(training_chart(trained), stem, "training")
        st.caption(_about_chart(trained))


def _about_chart(trained: TrainedStage) -> str:
    kept = "The dashed line marks the checkpoint that was kept: the one with the best validation mAP. " if trained.finished else ""
    if not trained.mines:
        return f"{kept}Loss and accuracy are of single batches, with the augmentation of the training."
    mined = " Dotted lines: negatives were mined anew." if trained.minings else ""
    return (f"{kept}Loss, active triplets (those with a loss above 0) and distances (squared L2, means) are of single batches.{mined} "
            "A loss that stays at the margin with both distances near 0 would mean collapse.")  # fmt: skip


@st.fragment(run_every="2s")
def _live(run: Run, model: str, stage: Preset) -> None:
    """The chart of a training that is going on, read from its log every other second."""
    with shown_errors():  # the fragment runs by itself, outside of what the app catches
        if not _is_going_on(stage):
            st.rerun()
        trained = open_stage(loaders.workspace(), run, model, stage)
        if trained.figures:
            _chart(trained)
        else:
            st.info("The training has begun; its log has no step yet.")


def _layers(trained: TrainedStage, run: Run) -> None:
    """How far each layer moved, and the first filters before and after."""
    st.subheader("How far each layer moved")
    try:
        paths = needed_parent(trained)
    except RetrievalError as error:
        st.info(door.shown(str(error)))
        return
    stage, parent = trained.stage, trained.parent.key
    hashes = tuple(loaders.workspace().record(path).sha256 for path in paths)
    table, left, filters = _compared(hashes, stage.key, paths, stage)
    from pages.widgets.training_figures import change_chart

    stem = f"{run.name}-{parent}-{stage.key}-layers"
    with alone.part("layers"):
        figures.show(change_chart(table), stem, "layers")
        st.caption(_about_layers(table, left, trained, run))
    with st.expander(f"All {len(table)} tensors"):
        tables.save(table, stem, "save layers")
        tables.draw(table.style.format({**FORMS, table.columns[-1]: "{:.3f}"}, na_rep="–"))
    _same("", stage, run)
    if filters is None:
        st.info("The first layer has no filters on colours that could be compared.")
        return
    st.markdown(f"**First filters** ({filters.name}): before, after, and the difference {filters.enlarged:,.1f} times enlarged"
                if filters.moved else f"**First filters** ({filters.name}): they did not change.")  # fmt: skip
    shown = ((parent, filters.before), (stage.key, filters.after), ("difference", filters.difference))
    for column, (caption, picture) in zip(st.columns(len(shown)), shown if filters.moved else shown[1:2], strict=False):
        column.image(picture, caption=caption, width="stretch", alt=f"First filters: {caption}")


@st.cache_resource(max_entries=16, show_spinner="Comparing the weights …")
def _compared(hashes: tuple[str, ...], key: str, _paths: tuple[Path, Path], _stage: Preset):
    """Kept as long as both files, whose hashes these are, stay the same."""
    from retrieval_core.networks.first_filters import filter_pictures
    from retrieval_core.networks.weight_changes import change_table, left_behind, weight_changes
    from retrieval_core.networks.weights import load_weights

    before, after = map(load_weights, _paths)
    changes = weight_changes(_stage, before, after)
    return change_table(changes), left_behind(before, after), filter_pictures(before, after)


def _about_layers(table: pd.DataFrame, left: list[str], trained: TrainedStage, run: Run) -> str:
    """What is not in the chart, and what the schedule let move."""
    schedule, change = trained.stage.schedule(run.column), table.columns[-1]
    words = ["‖Δw‖ / ‖w‖: the length of the change of a layer's weights, as a share of their length before. Biases, shifts and running "
             "statistics are in the table."]  # fmt: skip
    new = sorted({name.rpartition(".")[0] for name in table.index[table["norm before"].isna()]})
    began = ", the FC as the PCA whitening of the descriptors" if trained.stage.head else ""
    words += [f"Began anew{began}: {', '.join(new)}."] if new else []
    words += [f"Left behind in {trained.parent.key}: {', '.join(left)}."] if left else []
    if schedule.frozen:
        held = ", ".join(name.removeprefix("trunk.").rstrip(".") for name in schedule.frozen)
        words.append(f"Held still: {held}.")
    if schedule.slow != 1:
        words.append(f"What has a parent learns at {schedule.slow:g} of the rate.")
    if not table[change].fillna(0).any():
        words.append("Nothing moved: what it began with was kept.")
    return " ".join(words)


def _same(what: str, stage: Preset, run: Run) -> None:
    work.same_command(["changes", stage.key, *(["--show", what] if what else []), "--run", run.name])
