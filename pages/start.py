"""Start: what is here, what is trained; build it and watch it."""

import pandas as pd
import streamlit as st

from pages.state import link, loaders
from pages.widgets import figures, overlaps, work
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.catalog import add_dataset, list_datasets
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.runs import jobs
from retrieval_core.stored.prune import in_megabytes, older_results
from retrieval_core.stored.run_list import find_run, find_runs, trained_on
from retrieval_core.stored.training_log import newest_running_log, training_log
from retrieval_core.training.test_set_guard import check_added

SIGNS = {
    "ready": "ready",
    "trained": "trained",
    "missing": "not yet",
    "stale": "stale",
    "damaged": "damaged",
}

WAYS_ON = (
    ("map.py", "See the descriptor space", "map"), ("query.py", "Follow a query", "image_search"),
    ("compare.py", "Compare the models", "bar_chart"),
)  # fmt: skip


def main() -> None:
    st.title("Landmark retrieval")
    st.markdown("Seven networks describe photographs of landmarks. See what each of them takes for alike: "
                "browse the **Map**, follow a **Query** down its ranking, **Compare** the models' average precision.")  # fmt: skip
    controls()
    ways_on()
    leaderboard()
    list_of_runs()
    datasets()
    overlaps.show()
    left_by_older()


def controls() -> None:
    """The button that builds everything, or the run that is going on."""
    workspace, name = loaders.workspace(), link.get("dataset")
    job = jobs.current(workspace)
    if job is not None and job.state == "running":
        running()
        return
    if job is not None and job.state == "failed":
        st.error(f"The last run failed: {job.error}", icon=":material/warning:")
    elif job is not None and job.state in ("cancelled", "interrupted"):
        st.info(f"The last run was {job.state} after {job.seconds:.0f} s. What it had finished is kept; it goes on from there.")
    states = loaders.model_states()
    missing = [model.key for model in states if model.state != "ready"]
    nothing = len(missing) == len(states)
    what = "Build the town" if name == "town" else f"Describe {name!r}"
    left, right = st.columns([1, 2], vertical_alignment="center")
    if missing:
        if name == "town" and nothing:
            st.markdown("Nothing has been built yet. One click renders a town of eleven landmarks, trains the seven models "
                        "on other landmarks, and opens each model here as soon as it is done. Nothing is downloaded.")  # fmt: skip
        label = what if nothing else f"Build what is missing ({', '.join(missing)})"
        fresh = find_run(workspace, link.get("run")) is None and link.get("run") != IMPORTED_RUN
        download = fresh and right.checkbox(
            "Fetch ImageNet weights (380 MB) to start from", value=False,
            help="Without them networks start from shapes, fractal classes made by formula.",
        )  # fmt: skip
        if left.button(label, type="primary", icon=":material/construction:", width="stretch"):
            arguments = ["run", "--dataset", name, *(["--download"] if download else []), *same_run()]
            if fresh:
                link.put(run="")  # the name that the new run gets is not known yet
            work.begin(arguments)
    elif left.button("Rebuild what changed", icon=":material/sync:", width="stretch"):
        work.begin(["run", "--dataset", name, *same_run()])
    another_run(name)


def same_run() -> list[str]:
    """The option that repeats the run that is shown with its own settings; none where there is no such run yet."""
    return ["--run", link.get("run")] if find_run(loaders.workspace(), link.get("run")) else []


def another_run(name: str) -> None:
    """A form for a run with another seed, schedule or start: it stands beside those that there are."""
    known = find_runs(loaders.workspace())
    if not known or link.get("run") == IMPORTED_RUN:
        return
    with st.expander("Another run: other seed, schedule or start"), st.form("another run"):
        st.markdown("A run is what models depend on: schedule, start, training set and seed. Runs stand side by side; none overwrites "
                    "another. Three seeds show how much of a difference is chance.")  # fmt: skip
        columns = st.columns(3)
        seed = columns[0].number_input("seed", 0, 2**32 - 1, value=max(run.seed for run in known) + 1)
        schedule = columns[1].selectbox("schedule", ["quick", "full"], help="quick: two CPU cores; full: a GPU and real photographs")
        start = columns[2].selectbox("start", ["shapes", "imagenet"], help="imagenet needs its weights to be here already")
        if st.form_submit_button("Start this run"):
            work.begin(["run", "--dataset", name, "--seed", str(seed), "--schedule", schedule, "--start", start])


@st.fragment(run_every="2s")
def running() -> None:
    """The run that is going on, looked at every other second: the run needs the processor more."""
    with shown_errors():  # the fragment runs by itself, outside of what the app catches
        watch()


def watch() -> None:
    """The bar, the stage, the time that is left, the live loss; ends by itself when the run does."""
    job = jobs.current(loaders.workspace())
    if job is None or job.state != "running":
        st.rerun()
    ready = len(loaders.explorable_models())
    if st.session_state.setdefault("ready models", ready) != ready:
        st.session_state["ready models"] = ready
        st.rerun()
    eta = f"about {job.eta_seconds / 60:.1f} min left" if job.eta_seconds else "…"
    with st.container(border=True):
        st.progress(min(1.0, job.overall or 0.0), text=f"**{job.stage or 'starting'}** {job.message} — {eta}")
        counted = f"{job.done:,} of {job.total:,}" if job.total else ""
        numbers = (f"{name} {value:.3g}" for name, value in job.values.items())
        st.caption(" · ".join(filter(None, [counted, f"{job.seconds:.0f} s so far", *numbers])))
        if "loss" in job.values:
            losses = {**losses_so_far(job.stage.removeprefix("train ")), job.done: job.values["loss"]}
            st.plotly_chart(figures.loss_curve(dict(sorted(losses.items()))), width="stretch", key="loss")
        if job.finished:
            with st.expander("Finished stages"):
                table = pd.DataFrame(job.finished, columns=["stage", "seconds"])
                st.dataframe(table, hide_index=True, width="stretch")
        if st.button("Cancel", icon=":material/stop_circle:"):
            jobs.cancel(loaders.workspace())
            st.toast("Cancelling: the step that is going on is left at its last checkpoint.")


def losses_so_far(stage: str) -> dict[int, float]:
    """Loss by step of the stage that is being trained, read from its log, so that a page that is loaded anew shows all of it."""
    log = newest_running_log(loaders.workspace(), stage)
    return {line["step"]: line["loss"] for line in log if "loss" in line}


def ways_on() -> None:
    """What can be explored now, and the pages that show it; nothing before the first model is ready."""
    ready = loaders.explorable_models()
    if not ready:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Ready to explore: **{', '.join(ready)}**", width="content")
        for page, words, icon in WAYS_ON:
            if st.button(words, icon=f":material/{icon}:"):
                link.go(page)


def leaderboard() -> None:
    """The models, what exists of each, and their mAP."""
    st.subheader("Models")
    rows = [{
        "model": model.key, "network": model.title, "state": SIGNS[model.state],
        "mAP (Oxford)": model.map_oxford, "mAP (finite sum)": model.map_finite_sum,
        "validation mAP": model.validation_map, "start": loaders.START_TITLES[model.start],
        "training s": model.seconds.get("train"), "describing s": model.seconds.get("describe"),
        "MB": model.bytes / 1e6, "device": model.device or "", "schedule": model.schedule or "", "seed": model.seed,
    } for model in loaders.model_states()]  # fmt: skip
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, width="stretch", placeholder="–",
        column_config={
            "mAP (Oxford)": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.1f"),
            "mAP (finite sum)": number(format="%.1f"), "validation mAP": number(format="%.1f"),
            "training s": number(format="%.0f"), "describing s": number(format="%.1f"), "MB": number(format="%.0f"),
        },
    )  # fmt: skip
    st.caption(f"Run {link.get('run')}. mAP in percent, mean over the queries of "
               f"{link.get('dataset')!r}; validation mAP over held-out training landmarks; training s of a model's last stage "
               "alone.")  # fmt: skip
    run = find_run(loaders.workspace(), link.get("run"))
    log = training_log(loaders.workspace(), run, link.get("model")) if run else []
    steps = [line for line in log if "loss" in line]
    if steps:
        with st.expander(f"How model {link.get('model')} was trained"):
            st.line_chart(pd.DataFrame(steps).set_index("step")[["loss"]], height=200)
            st.dataframe(pd.DataFrame(log), hide_index=True, width="stretch")


def list_of_runs() -> None:
    """The runs that this cache holds, and what each depends on."""
    runs = find_runs(loaders.workspace())
    if len(runs) < 2:
        return
    st.subheader("Runs")
    described = {run.name for run in find_runs(loaders.workspace(), link.get("dataset"))}
    rows = [{"run": run.name, **{key: value for key, value in run.settings.items() if key != "weights"},
             "own weights": run.weights.path if run.weights else "", f"has described {link.get('dataset')}": run.name in described}
            for run in runs]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    st.caption("Choose one on the left. Compare and Ledger set them side by side.")


def left_by_older() -> None:
    """Say what an older version of the program left in the cache: it is not read, and takes room."""
    older = older_results(loaders.workspace())
    if older:
        st.info(f"An older version of the program left {len(older)} files and folders in the cache ({in_megabytes(older)}). They are "
                "not read. Remove them with:")  # fmt: skip
        st.code(loaders.workspace().command("cache", "prune", "--older", "--yes"), language=None)


def datasets() -> None:
    """The datasets, and a form that adds a folder."""
    st.subheader("Datasets")
    rows = [{"name": entry.name, "what": entry.title, "state": "ready" if entry.ready else "not built yet",
             "use": "retrieval" if entry.retrieval else "training"} for entry in list_datasets(loaders.workspace())]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    with st.expander("Add a folder of photographs"), st.form("add a folder"):
        st.markdown("A folder of photographs, a folder with a folder for each landmark, or a CSV file with the columns `image` and "
                    "`landmark`. With queries, in the layout of Oxford Buildings, there is average precision as well: "
                    "`LANDMARK_N_query.txt`, `_good.txt`, `_ok.txt`, `_junk.txt` in `lab/`. It is only read.")  # fmt: skip
        name = st.text_input("Name", placeholder="photos")
        path = st.text_input("Folder or CSV file", placeholder="/home/me/photos")
        if st.form_submit_button("Add"):
            workspace = loaders.workspace()
            with shown_errors(), st.spinner("Reading …"):
                check = lambda dataset: check_added(workspace, dataset, trained_on(workspace))  # noqa: E731
                dataset = add_dataset(workspace, name.strip(), path.strip(), check=check)
                link.put(dataset=dataset.name, query="", selection="")
                st.rerun()


main()
