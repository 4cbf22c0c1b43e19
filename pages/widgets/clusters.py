"""Compare → Clusters: how the landmarks lie in each model's descriptors, what changed between models, and who lies among others."""

import pandas as pd
import streamlit as st

from pages.state import clusters, door, link, loaders
from pages.state.defaults import NEIGHBOURS
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.widgets import bins, gallery, tables, work
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.cluster_tables import MEASURES, density_table, landmark_table, worded
from retrieval_core.evaluation.clusters import Clusters, check_clusters, outliers
from retrieval_core.search_choices import described_key
from retrieval_core.stored.central import faces
from retrieval_core.stored.clusters import agreements, nearest_of

SHOWN = 24  # outliers that are shown as pictures; the table has all
ABOUT = (
    "Means over the labelled photographs that are not alone, with 95 % intervals when whole landmarks are drawn anew. Own "
    "landmark: its share of a photograph's {} nearest labelled ones (of a landmark with fewer others, as many as these are), "
    "then of the nearest of all. An outlier has most of its labelled neighbours from other landmarks. Silhouette: −1 to 1, "
    "above 0 where the own landmark is nearer than the next; separation: the unlabelled are the only other group. Spread: mean "
    "of 1 − similarity within a landmark; models use similarities differently, so compare it within one."
)
QUIET = {"label_visibility": "collapsed"}


def show() -> None:
    """The models' clusters, where they were looked for, and a button that does."""
    dataset = loaders.dataset()
    if not ready(dataset):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("How the landmarks cluster, in descriptor space", width="stretch")
        k = int(choose("k", NEIGHBOURS, st.segmented_control, "Neighbours", format_func=lambda k: f"{k} nearest", **QUIET))
    found = clusters.measured(k)
    if found:
        _models(found, dataset)
        chosen = described_key(link.get("model"))
        chosen = chosen if chosen in found else next(iter(found))
        one = found[chosen]
        _landmarks(one, chosen, dataset)
        _outliers(one, chosen, dataset)
    make(dataset, [key for key in clusters.models() if key not in found])


def ready(dataset: Dataset) -> bool:
    """Whether the dataset has clusters to look for; says why not."""
    try:
        check_clusters(dataset)
    except RetrievalError as error:
        st.info(door.shown(str(error)))
        return False
    if not clusters.models():
        st.info("Clusters are looked for among vectors, and no model here has any: ASMK makes sets of visual words.")
        return False
    return True


def make(dataset: Dataset, missing: list[str]) -> None:
    """A button that looks for the clusters of models that lack them, and the work while it goes on."""
    words = ["clusters", "--dataset", dataset.name, "--run", link.get("run")]
    work.offer(f"Measure {', '.join(missing)}" if missing else "", [*words, "--models", ",".join(missing or clusters.models())], "look",
               icon=":material/scatter_plot:", help="Lists neighbours where they are not listed, looks for clusters without labels, "
               "and counts how similar all pairs of labelled photographs are.")  # fmt: skip


def _models(found: dict[str, Clusters], dataset: Dataset) -> None:
    table, steps, never = clusters.tables(found)
    if steps:
        st.markdown("\n".join(f"- {plain(words)}" for words in steps))
    st.markdown(plain(never))
    k = next(iter(found.values())).k
    with alone.part("models"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**All landmarks, by model**", width="stretch")
            tables.save(table, f"{dataset.name}-clusters-{k}", "save clusters")
            alone.button("models")
        tables.draw(worded(table).T.astype(str))
    st.caption(ABOUT.format(k))
    density = density_table({key: agreements(loaders.results(key), one) for key, one in clusters.stored().items() if key in found})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Clusters that HDBSCAN finds without a label, beside the landmarks**", width="stretch")
        tables.save(density, f"{dataset.name}-hdbscan", "save density")
    formats = {"in no cluster, %": "{:.0f}", "purity": "{:.2f}", "NMI": "{:.2f}"}
    tables.draw(density.reset_index().style.format(formats, na_rep="–"), hide_index=True)
    st.caption(
        "On the graph of the neighbour lists, not of all pairs. Purity: the share of the labelled photographs in clusters that are of "
        "the most frequent landmark of theirs; NMI: normalised mutual information over all labelled ones, those in no cluster as one "
        "more. A cluster has five photographs at least."
    )


def _landmarks(one: Clusters, model: str, dataset: Dataset) -> None:
    table = landmark_table(one, faces(loaders.results(model)))
    with alone.part("landmarks"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**By landmark, model {model}**: what holds together least comes first", width="stretch")
            tables.save(table, f"{dataset.name}-{model}-landmarks-{one.k}", "save landmarks")
            alone.button("landmarks")
        formats = {measure.title: "{:.0f}" if measure.unit == 100 else "{:.2f}" for measure in MEASURES}
        style = table.style.format({**formats, "of its neighbours, %": "{:.0f}"}, na_rep="–")
        event = tables.draw(style, height=min(38 * (len(table) + 1), 500), key=f"landmarks {model}", on_select="rerun",
                            selection_mode="single-row")  # fmt: skip
    rows = [row for row in event["selection"]["rows"] if row < len(table)]
    if rows:
        label, taken = table.index[rows[0]], table["taken for"].iloc[rows[0]]
        both = [label, *([taken] if isinstance(taken, str) else [])]
        if st.button(f"{plain(' and '.join(both))} on the map", icon=":material/map:"):
            link.put(landmarks=link.listed(both), query="", selection="")
            link.go("map.py")


def _outliers(one: Clusters, model: str, dataset: Dataset) -> None:
    found = outliers(one)
    st.markdown(f"**Outliers, model {model}**")
    if not found:
        st.info("No photograph has most of its labelled neighbours from other landmarks.")
        return
    table = pd.DataFrame([{"picture": row.image_id, "landmark": row.label, "taken for": row.taken_for,
                           "own among its neighbours, %": 100 * row.own} for row in found])  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        more = f"; the first {SHOWN} as pictures" if len(found) > SHOWN else ""
        st.caption(f"{len(found):,} photographs{more}: the landmark that each is taken for, and the share of its own around it.")
        if st.button("All on the map", icon=":material/map:"):
            link.put(query="")
            link.select([row.image_id for row in found], dataset)
            link.go("map.py")
        bins.keep_form(dataset, {f"outliers under {model}, {one.k} nearest": [row.image_id for row in found]}, "outliers")
        tables.save(table.set_index("picture"), f"{dataset.name}-{model}-outliers-{one.k}", "save outliers")
        alone.button("outliers")
    with alone.part("outliers"):
        results = loaders.results(model)
        near = nearest_of(results, [(row.image_id, row.taken_for) for row in found[:SHOWN]])
        cards = [gallery.Card(row.image_id, f"as {row.taken_for} · {100 * row.own:.0f} %",
                              why=gallery.compared(model, photo=other) if other else None)
                 for row, other in zip(found, near, strict=False)]  # fmt: skip
        gallery.show_gallery(dataset, cards, key=f"outliers {model} {one.k}")
