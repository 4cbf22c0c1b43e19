"""Compare: average precision of all models, query by query, and what they cost; how landmarks cluster; which pairs are one landmark."""

import streamlit as st

from pages.state import clusters as of_clusters
from pages.state import door, groups, link, loaders, model_metrics
from pages.state.link import choose
from pages.state.model_metrics import OWN
from pages.web import alone
from pages.widgets import clusters, costs, curtain, figures, model_choice, same_landmark, side_by_side, tables, work
from retrieval_core.datasets.catalog import layout_of
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
from retrieval_core.evaluation.easy_medium_hard import revisited_table
from retrieval_core.evaluation.ledger import model_before
from retrieval_core.evaluation.report_2019 import REPORT_PROTOCOL, report_table
from retrieval_core.evaluation.tables import MEAN, ap_table, landmark_table

PARTS = {"precision": "AP", "clusters": "Clusters", "pairs": "Same landmark?"}
ROWS = {"report": "one query a landmark (1, 6, 11, …)", "all": "all queries", "landmark": "by landmark"}
CELLS = {"ap": "AP", "change": "Δ to the model before"}
TELLS = {"precision": ("ap", "models"), "clusters": ("models", "labels"), "pairs": ("ap", "models", "verdicts", "labels")}
QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    loaders.some_models()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Compare", width="content")
        part = choose("comparing", PARTS, st.segmented_control, "Part", format_func=PARTS.get, **QUIET)
        if part == "precision":
            choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get, **QUIET)
        if part != "clusters":
            choose("own", OWN, st.segmented_control, "The query's own image", format_func=OWN.get, **QUIET)
        every = loaders.explorable_models() if part == "precision" else of_clusters.every()
        model_choice.side_by_side(every)
    if curtain.closed(*TELLS[part]):
        return
    if part == "clusters":
        clusters.show()
    elif part == "pairs":
        same_landmark.show(link.get("own"))
    else:
        precision(loaders.dataset(), link.get("protocol"), link.get("own"))


def precision(dataset: Dataset, protocol: str, own: str) -> None:
    """AP of all models, what they cost, and where each number comes from."""
    scored = model_metrics.scored_models()
    models = {key: scored[key] for key in groups.compared(scored)}
    if not models:
        st.info(loaders.why_no_precision())
        costs.show(protocol, own)
        return
    bars(models, own)
    if not curtain.closed("labels"):
        by_query(models, dataset, protocol, own)
    side_by_side.runs(dataset, protocol)
    measures(models, dataset.name, own)
    if layout_of(loaders.workspace(), dataset.name) == "revisited" and any(query.good for query in dataset.queries):
        st.subheader("Easy, Medium and Hard, in percent")
        tables.show_table(revisited_table({key: model_metrics.rankings(key) for key in models}, dataset).T, "revisited")
        st.caption("The setups of ROxford5k and RParis6k: easy answers alone, easy and hard, hard alone; the others are junk. The "
                   "query images are in no ranking. mP@k is theirs: among the first min(k, rank of the last positive).")  # fmt: skip
    costs.show(protocol, own)
    report(dataset, protocol)
    recipes(models, dataset.name)


def by_query(models, dataset: Dataset, protocol: str, own: str) -> None:
    """The table of every model's AP by query or landmark, whose cells lead to the query."""
    with st.container(horizontal=True, vertical_alignment="center"):
        rows = choose("rows", ROWS, st.segmented_control, "Rows of the table", format_func=ROWS.get, **QUIET)
        cells = choose("cells", CELLS, st.segmented_control, "Cells of the table", format_func=CELLS.get, **QUIET)
    scores = {key: model_metrics.scores(key, own) for key in models}
    truth = model_metrics.truth(dataset, own)
    table = landmark_table(scores, truth, protocol) if rows == "landmark" else ap_table(scores, truth, protocol, rows)
    changed = cells == "change"
    upright = (model_metrics.changes(table) if changed else table).T
    with alone.part("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"{PROTOCOL_TITLES[protocol]} in percent, {dataset.name}", width="stretch")
            tables.save(upright, f"{dataset.name}-{protocol}-{rows}-{own}-{cells}", "save ap")
            alone.button("table")
        cell = tables.show_table(upright, f"ap {rows} {cells}", changed)
    words = f"{tables.BEST} is the best of its row. Click a cell to follow its query; click a head to sort."
    if changed:
        words = "Points of AP gained (blue) or lost (orange) against the model before: " + ", ".join(
            f"{key} − {model_before(key)}" for key in upright.columns) + "."  # fmt: skip
    st.caption(words)
    if cell and cell[0] in {query.id for query in dataset.queries}:
        image = dataset.query(cell[0]).image_id
        tables.links(cell[0], cell[1], image, lambda wanted: link.select([wanted], dataset), "ap link")


def bars(models, own: str) -> None:
    """Bars of mAP over all queries, in both protocols."""
    found = model_metrics.metrics(models, own)[["mAP (Oxford)", "mAP (finite sum)"]]
    figures.show(figures.map_bars(found), f"{link.get('dataset')}-map", "means")
    starts = sorted({loaders.START_TITLES[model.start] for model in models.values()})
    quick = any(model.schedule == "quick" for model in models.values())
    more = " Schedule quick: trained for minutes, in which a large network learns less than a small one." if quick else ""
    st.caption(f"mAP over all queries of {link.get('dataset')!r}, {OWN[own]}. Networks start from: {', '.join(starts)}.{more}")


def measures(models, name: str, own: str) -> None:
    """Models down, every measure across, and the step of mAP from the model before."""
    table = model_metrics.metrics(models, own)
    table.insert(1, "Δ mAP", model_metrics.gains(table))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("All measures, means over all queries in percent", width="stretch")
        tables.save(table, f"{name}-measures-{own}", "save measures")
    columns = [column for column in table.columns if column != "Δ mAP"]
    style = table.style.format(dict.fromkeys(columns, "{:.1f}") | {"Δ mAP": "{:+.1f}"})
    tables.draw(tables.mark_best(style, 0, columns))
    st.caption(f"{tables.BEST} is the best of its column. {MEAN} in both protocols; mP@k: share of positives among the first k; "
               "(ROxford): among the first min(k, rank of the last positive); recall@k: share of all positives found by then. Junk is "
               "not counted.")  # fmt: skip


def report(dataset, protocol: str) -> None:
    """The report's own figures, only where they can be compared."""
    table = report_table(dataset)
    if table is None:
        st.caption("The figures of the 2019 report are for Oxford5k; they say nothing about this dataset and are not shown.")
        return
    st.subheader("The 2019 report, Oxford5k")
    if protocol != REPORT_PROTOCOL:
        st.caption(f"The report used {PROTOCOL_TITLES[REPORT_PROTOCOL]}: choose it above before you compare.")
    tables.show_table(table.T, "report")


def recipes(models, dataset: str) -> None:
    """What stands behind each number, the command that repeats it, and a button that does."""
    st.subheader("What stands behind these numbers")
    keys = list(models)
    first = keys.index(link.get("model")) if link.get("model") in keys else 0
    chosen = st.selectbox("Model", keys, first, format_func=loaders.model_titles().get)
    model = models[chosen]
    st.markdown(loaders.recipe_in_words(model.recipe))
    work.show_command(loaders.command(chosen))
    hashes = loaders.hashes(chosen)
    st.caption(" · ".join(f"{file} `{value[:16]}`" for file, value in hashes.items()))
    recompute(chosen, dataset)


def recompute(model: str, dataset: str) -> None:
    """A button that computes a model's numbers anew, and what came of it."""
    arguments = ["evaluate", "--dataset", dataset, "--run", link.get("run"), "--models", model, "--check"]
    if work.going_on():
        work.watch()
        return
    job = work.last(arguments)
    if not work.ended_badly(job) and job is not None:
        st.success(door.said(job.message), icon=":material/check_circle:")
    if door.button("Recompute now", icon=":material/sync:",
                 help="Decodes and describes all photographs and queries anew, ranks and scores them, and compares with what is "
                 "stored. Nothing is changed."):  # fmt: skip
        work.begin(arguments, "look")
    work.same_command(arguments)


main()
