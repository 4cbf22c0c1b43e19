"""The button that builds what is missing, and the run that is going on: its bar, and what it makes while it makes it."""

import pandas as pd
import streamlit as st

from pages.state import door, link, loaders
from pages.state.plain import plain
from pages.widgets import figures, home, tables, work
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.networks.distilled_files import all_distilled
from retrieval_core.runs import jobs
from retrieval_core.runs.expected import expected
from retrieval_core.runs.jobs import JobState
from retrieval_core.runs.settings import Settings
from retrieval_core.schedules import SCHEDULES, STARTS
from retrieval_core.stored.run_list import find_run, find_runs
from retrieval_core.stored.training_log import newest_running_log


def asks() -> bool:
    """Whether something is to be built, is being built, or was not finished: then the page begins with it."""
    job = jobs.current(loaders.workspace())
    missing = any(model.state != "ready" for model in loaders.model_states())
    return missing or (job is not None and job.state != "done")


def going_on() -> bool:
    """Whether a run is going on."""
    job = jobs.current(loaders.workspace())
    return job is not None and job.state == "running"


def controls() -> None:
    """The button that builds everything, or the run that is going on."""
    workspace, name = loaders.workspace(), link.get("dataset")
    job = jobs.current(workspace)
    if job is not None and job.state == "running":
        running()
        return
    if job is not None and job.state == "failed":
        st.error(f"The last run failed: {door.shown(job.error)}", icon=":material/warning:")
    elif job is not None and job.state in ("cancelled", "interrupted"):
        st.info(f"The last run was {job.state} after {job.seconds:.0f} s. What it had finished is kept; it goes on from there.")
    states = loaders.model_states()
    missing = [model.key for model in states if model.state != "ready"]
    nothing = len(missing) == len(states)
    what = "Build the town" if name == "town" else f"Describe {name!r}"
    left, right = st.columns([1, 2], vertical_alignment="center")
    if missing:
        if name == "town" and nothing:
            st.markdown("Nothing has been built yet. One click renders a town of eleven landmarks; a network that has seen photographs "
                        "before describes it meanwhile, and its map comes first. Then the seven models of the report are trained on "
                        "other landmarks, and each opens here as soon as it is done. Nothing is downloaded.")  # fmt: skip
        label = what if nothing else f"Build what is missing ({', '.join(missing)})"
        fresh = find_run(workspace, link.get("run")) is None and link.get("run") != IMPORTED_RUN
        download = fresh and right.checkbox(
            "Fetch ImageNet weights (380 MB) to start from", value=False,
            help="Without them networks start from what comes with the program.",
        )  # fmt: skip
        much = expected(workspace, name, Settings(run=link.get("run") if not fresh else None, download=bool(download)))
        if much.is_much:
            st.caption(much.words)
        if door.button(label, place=left, type="primary", icon=":material/construction:", width="stretch"):
            arguments = ["run", "--dataset", name, *(["--download"] if download else []), *same_run()]
            if fresh:
                link.put(run="")  # the name that the new run gets is not known yet
            work.begin(arguments)
    elif door.button("Rebuild what changed", place=left, icon=":material/sync:", width="stretch"):
        work.begin(["run", "--dataset", name, *same_run()])
    another_run(name)


def same_run() -> list[str]:
    """The option that repeats the run that is shown with its own settings; none where there is no such run yet."""
    return ["--run", link.get("run")] if find_run(loaders.workspace(), link.get("run")) else []


def another_run(name: str) -> None:
    """A form for a run with another seed, schedule or start: it stands beside those that there are."""
    known = find_runs(loaders.workspace())
    if not known or link.get("run") == IMPORTED_RUN or door.is_visitor():
        return
    with st.expander("Another run: other seed, schedule or start"), st.form("another run"):
        st.markdown("A run is what models depend on: schedule, start, training set and seed. Runs stand side by side; none overwrites "
                    "another. Three seeds show how much of a difference is chance.")  # fmt: skip
        columns = st.columns(3)
        seed = columns[0].number_input("seed", 0, 2**32 - 1, value=min(max(run.seed for run in known) + 1, 2**32 - 1))
        like = next((run for run in known if run.name == link.get("run")), known[0])  # who wants another seed keeps the rest
        starts = [start for start in STARTS if start != "distilled" or all_distilled()]
        schedule = columns[1].selectbox(
            "schedule", SCHEDULES, SCHEDULES.index(like.schedule),
            help="quick: minutes of two CPU cores; long: an evening of them, or ten minutes of a GPU; full: a GPU and real photographs",
        )  # fmt: skip
        start = columns[2].selectbox(
            "start", starts, starts.index(like.start) if like.start in starts else 0,
            help="imagenet needs its weights to be here already; distilled comes with the program; shapes is made here, from fractals",
        )  # fmt: skip
        if st.form_submit_button("Start this run"):
            work.begin(["run", "--dataset", name, "--seed", str(seed), "--schedule", schedule, "--start", start])


@st.fragment(run_every="2s")
def running() -> None:
    """The run that is going on, looked at every other second: the run needs the processor more."""
    with shown_errors():  # the fragment runs by itself, outside of what the app catches
        job = jobs.current(loaders.workspace())
        if job is None or job.state != "running":
            st.rerun()
        loaders.look_again()
        ready = len(loaders.explorable_models())
        if st.session_state.setdefault("ready models", ready) != ready:
            st.session_state["ready models"] = ready
            st.rerun()
        progress(job)
        home.show_making(job)


def progress(job: JobState) -> None:
    """The bar, the stage, the time that is left, the live loss, and a button that cancels."""
    eta = f"about {job.eta_seconds / 60:.1f} min left" if job.eta_seconds else "…"
    with st.container(border=True):
        words = f"**{plain(job.stage or 'starting')}** {door.shown(job.message)} — {eta}"
        st.progress(min(1.0, job.overall or 0.0), text=words)
        counted = f"{job.done:,} of {job.total:,}" if job.total else ""
        numbers = (f"{name} {value:.3g}" for name, value in job.values.items())
        st.caption(" · ".join(filter(None, [counted, f"{job.seconds:.0f} s so far", *numbers])))
        if "loss" in job.values:
            losses = {**losses_so_far(job.stage.removeprefix("train ")), job.done: job.values["loss"]}
            st.plotly_chart(figures.loss_curve(dict(sorted(losses.items()))), width="stretch", key="loss")
        with st.container(horizontal=True):
            work.cancel_button("Cancelling: the step that is going on is left at its last checkpoint.")
            with st.popover("Finished stages", disabled=not job.finished):
                tables.draw(pd.DataFrame(job.finished, columns=["stage", "seconds"]), hide_index=True)


def losses_so_far(stage: str) -> dict[int, float]:
    """Loss by step of the stage that is being trained, read from its log, so that a page that is loaded anew shows all of it."""
    log = newest_running_log(loaders.workspace(), stage)
    return {line["step"]: line["loss"] for line in log if "loss" in line}
