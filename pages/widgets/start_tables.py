"""The tables of the page Start: the models, the runs, the datasets and how to add one, and what an older version left."""

import pandas as pd
import streamlit as st

from pages.state import actions, door, hidden, link, loaders
from pages.widgets import files, tables, work
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.catalog import list_datasets
from retrieval_core.runs.added import never_trained_on
from retrieval_core.stored.prune import in_megabytes, older_results
from retrieval_core.stored.run_list import find_run, find_runs
from retrieval_core.stored.training_log import training_log

SIGNS = {
    "ready": "ready",
    "trained": "trained",
    "missing": "not yet",
    "stale": "stale",
    "damaged": "damaged",
}


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
    tables.draw(
        pd.DataFrame(rows), hide_index=True,
        columns={
            "mAP (Oxford)": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.1f"),
            "mAP (finite sum)": number(format="%.1f"), "validation mAP": number(format="%.1f"),
            "training s": number(format="%.0f"), "describing s": number(format="%.1f"), "MB": number(format="%.0f"),
        },
    )  # fmt: skip
    st.caption(f"Run {link.get('run')}. mAP in percent, mean over the queries of "
               f"{link.get('dataset')!r}; validation mAP over held-out training landmarks; training s of a model's last stage "
               "alone.")  # fmt: skip
    if hidden.hidden("ap"):
        return  # validation mAP is in the log of a training
    run = find_run(loaders.workspace(), link.get("run"))
    log = training_log(loaders.workspace(), run, link.get("model")) if run else []
    steps = [line for line in log if "loss" in line]
    if steps:
        with st.expander(f"How model {link.get('model')} was trained"):
            st.line_chart(pd.DataFrame(steps).set_index("step")[["loss"]], height=200)
            tables.draw(pd.DataFrame(log), hide_index=True)


def list_of_runs() -> None:
    """The runs that this cache holds, and what each depends on."""
    runs = find_runs(loaders.workspace())
    if len(runs) < 2:
        return
    st.subheader("Runs")
    described = {run.name for run in find_runs(loaders.workspace(), link.get("dataset"))}
    rows = [{"run": run.name, **{key: value for key, value in run.settings.items() if key != "weights"},
             "own weights": door.said(run.weights.path) if run.weights else "",
             f"has described {link.get('dataset')}": run.name in described} for run in runs]  # fmt: skip
    tables.draw(pd.DataFrame(rows), hide_index=True)
    st.caption("Choose one on the left. Compare and Ledger set them side by side.")


def left_by_older() -> None:
    """Say what an older version of the program left in the cache: it is not read, and takes room."""
    older = older_results(loaders.workspace())
    if older and not door.is_visitor():
        st.info(f"An older version of the program left {len(older)} files and folders in the cache ({in_megabytes(older)}). They are "
                "not read. Remove them with:")  # fmt: skip
        work.show_command(loaders.workspace().command("cache", "prune", "--older", "--yes"))


def datasets() -> None:
    """The datasets, and a form that adds a folder."""
    st.subheader("Datasets")
    rows = [{"name": entry.name, "what": door.said(entry.title), "state": "ready" if entry.ready else "not built yet",
             "use": "retrieval" if entry.retrieval else "training"} for entry in list_datasets(loaders.workspace())]  # fmt: skip
    tables.draw(pd.DataFrame(rows), hide_index=True)
    files.of_chosen()
    if door.is_visitor():
        st.caption(f"Folders are added here or with the command `data add`. {door.WHY}")
        return
    with st.expander("Add a folder of photographs"), st.form("add a folder"):
        st.markdown("A folder of photographs, a folder with a folder for each landmark, or a CSV file with the columns `image` and "
                    "`landmark`. With queries, in the layout of Oxford Buildings, there is average precision as well: "
                    "`LANDMARK_N_query.txt`, `_good.txt`, `_ok.txt`, `_junk.txt` in `lab/`. It is only read.")  # fmt: skip
        name = st.text_input("Name", placeholder="photos")
        path = st.text_input("Folder or CSV file", placeholder="/home/me/photos")
        if st.form_submit_button("Add"):
            workspace = loaders.workspace()
            with shown_errors(), st.spinner("Reading …"):
                dataset = actions.add_folder(name.strip(), path.strip(), never_trained_on(workspace))
                link.put(dataset=dataset.name, query="", selection="")
                st.rerun()
