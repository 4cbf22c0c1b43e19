"""Failures: where the models go wrong, each case a step away from its ranking and its place on the map."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.state import link, loaders, model_metrics
from pages.state.link import choose
from pages.state.model_metrics import OWN
from pages.web import alone
from pages.widgets import curtain, figures, gallery, tables
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation import failures
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES

ATLAS = {
    "hard": "Hard queries", "first": "Wrong before right", "stuck": "Stuck positives", "hubs": "Hubs", "confusion": "Taken for",
}  # fmt: skip
SHOWN = 24  # cases that are shown as pictures; the table has all
QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    model = loaders.chosen_model()
    dataset = loaders.dataset()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Failures", width="content")
        view = choose("atlas", ATLAS, st.segmented_control, "View", format_func=ATLAS.get, **QUIET)
        own = choose("own", OWN, st.segmented_control, "The query's own image", format_func=OWN.get, **QUIET)
        alone.button("cases")
    if curtain.closed("ap", "models", "verdicts", "labels"):
        return
    models = model_metrics.scored_models()
    if model.key not in models:
        st.info(loaders.why_no_precision())
        return
    truth = model_metrics.truth(dataset, own)
    {"hard": hard, "first": first, "stuck": stuck, "hubs": hubs, "confusion": confusion}[view](truth, dataset, model.key, list(models))


def hard(truth: Dataset, dataset: Dataset, model: str, models: list[str]) -> None:
    """Queries that no model answers well."""
    protocol = link.get("protocol")
    most = st.slider("Best AP of all models below, percent", 5, 100, 50, 5)
    rows = failures.hard_queries({key: model_metrics.rankings(key) for key in models}, truth, protocol, most / 100)
    said = f"Queries whose best {PROTOCOL_TITLES[protocol]} over {len(models)} models lies below {most} %, the hardest first."
    show(dataset, rows, said, "No query is that hard for all models: raise the limit.",
         lambda row: f"{100 * row.ap:.1f} % · {row.query_id}",
         [{"query": row.query_id, "best model": row.model, "its AP": 100 * row.ap, "first right at rank": row.rank}
          for row in rows])  # fmt: skip


def first(truth: Dataset, dataset: Dataset, model: str, models: list[str]) -> None:
    """Wrong images above the first right one."""
    rows = failures.false_positives({model: model_metrics.rankings(model)}, truth)
    said = f"What model {model} ranks above every right answer. A query's own image mostly comes first: leave it out to see more."
    show(dataset, rows, said, "The first answer to every query is right. Leave the query image out to look behind it.",
         lambda row: f"rank {row.rank} · {row.query_id}", cases(dataset, rows))  # fmt: skip


def stuck(truth: Dataset, dataset: Dataset, model: str, models: list[str]) -> None:
    """Right images far down."""
    below = st.slider("Ranked below", 10, min(1000, len(dataset.images)), min(200, len(dataset.images) // 2), 10)
    rows = failures.stuck_positives({model: model_metrics.rankings(model)}, truth, below)
    show(dataset, rows, f"Right answers that model {model} ranks below place {below}, the lowest first.",
         "No right answer stands that low.", lambda row: f"rank {row.rank or '–'} · {row.query_id}",
         cases(dataset, rows))  # fmt: skip


def hubs(truth: Dataset, dataset: Dataset, model: str, models: list[str]) -> None:
    """Images that stand at the head of many rankings where they are wrong."""
    rows = failures.hubs({model: model_metrics.rankings(model)}, truth)
    show(dataset, rows, f"Photographs among the first ten of three or more queries of model {model} for which they are wrong.",
         "No photograph pollutes three rankings.", lambda row: f"wrong in {row.occurrences} rankings",
         [{"picture": row.image_id, "landmark": dataset.image(row.image_id).label or "unlabelled", "wrong in": row.occurrences,
           "best rank": row.rank, "query": row.query_ids[0], "queries": ", ".join(row.query_ids)} for row in rows])  # fmt: skip


def confusion(truth: Dataset, dataset: Dataset, model: str, models: list[str]) -> None:
    """Which landmark is taken for which."""
    table = failures.confusion_matrix(model_metrics.rankings(model), truth)
    with alone.part("cases"):
        figures.show(figures.confusion(table), f"{dataset.name}-{model}-taken-for", "confusion")
    st.caption(f"Of the first ten answers of model {model} to the queries of a landmark (rows), how many show which (columns). "
               "Junk is not counted.")  # fmt: skip
    with st.container(horizontal=True):
        tables.save(100 * table, f"{dataset.name}-{model}-taken-for", "save confusion")
        said = lambda names: " taken for ".join(names)  # noqa: E731
        pair = st.selectbox("Both landmarks on the map", worst_pairs(table), format_func=said, label_visibility="collapsed")
        if pair and st.button("Show both on the map", icon=":material/map:"):
            link.put(landmarks=link.listed(pair), query="", selection="")
            link.go("map.py")


def worst_pairs(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Landmarks and which others they are taken for, the most frequent first."""
    pairs = table.iloc[:, :-1].stack().drop([(name, name) for name in table.index], errors="ignore")
    return [pair for pair, share in pairs.sort_values(ascending=False).items() if share > 0][:20]


def cases(dataset: Dataset, rows: Sequence) -> list[dict]:
    """Lines of the table for cases of one picture under one query."""
    return [{"query": row.query_id, "picture": row.image_id, "landmark": dataset.image(row.image_id).label or "unlabelled",
             "rank": row.rank, "model": row.model} for row in rows]  # fmt: skip


def query_of(row) -> str:
    """The query of a case; of a hub the first of those that it stands in the way of."""
    return row.query_id if hasattr(row, "query_id") else row.query_ids[0]


def show(dataset: Dataset, rows: Sequence, said: str, none: str, caption, lines: list[dict]) -> None:
    """Cases as pictures and as a table; a chosen line leads to its query and its place on the map."""
    if not rows:
        st.info(none)
        return
    st.caption(f"{said} {len(rows):,} in all" + (f"; the first {SHOWN} as pictures." if len(rows) > SHOWN else "."))
    cards = []
    for row in rows[:SHOWN]:
        asked = dataset.query(row.query_id) if hasattr(row, "query_id") else None
        cards.append(gallery.Card(row.image_id, caption(row), gallery.shown_verdict(dataset, asked, row.image_id),
                                  asked is not None and row.image_id == asked.image_id,
                                  {"query": query_of(row), "model": row.model}))  # fmt: skip
    with alone.part("cases"):
        gallery.show_gallery(dataset, cards, key=f"cases {link.get('atlas')}")
    table = pd.DataFrame(lines)
    with alone.part("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Choose a line to go to its query or its picture on the map.", width="stretch")
            tables.save(table.set_index(table.columns[0]), f"{dataset.name}-{link.get('atlas')}", "save cases")
            alone.button("table")
        event = tables.draw(table.round(1), hide_index=True, height=min(38 * (len(table) + 1), 420), on_select="rerun",
                            selection_mode="single-row", key=f"lines {link.get('atlas')} {link.get('model')}")  # fmt: skip
    if event["selection"]["rows"]:
        row = rows[event["selection"]["rows"][0]]
        tables.links(query_of(row), row.model, row.image_id, lambda wanted: link.select([wanted], dataset), "case link")


main()
