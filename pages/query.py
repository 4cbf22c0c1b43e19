"""Query: one query and its ranking, under one model or under all."""

import streamlit as st
from PIL import ImageDraw

from pages.parts import loaders, state
from pages.parts.gallery import result_cards, show_gallery
from pages.parts.state import choose
from retrieval_core.datasets.catalog import how_to_add_queries
from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.thumbnails import placeholder
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.ranking.search import search
from retrieval_core.results import command


def main() -> None:
    st.title("Query")
    model = loaders.chosen_model()
    dataset = loaders.dataset()
    if not dataset.queries:
        st.info(how_to_add_queries(loaders.workspace(), dataset.name))
        return
    query = chosen_query(dataset)
    left, right = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with left:
        st.image(with_box(dataset, query), width="stretch",
                 caption=f"{query.label} · query {query.id} · only what is in the box is described")  # fmt: skip
    with right:
        positives = f"{len(query.good)} good and {len(query.ok)} ok photographs answer it; {len(query.junk)} are junk."
        st.markdown(f"### {query.id}\n{positives}")
        figures_of(model, query)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        k = int(choose("k", ["6", "12", "24", "48"], st.segmented_control, "Top"))
        every = st.toggle("All models under each other")
    models = loaders.explorable_models() if every else [model.key]
    for key in models:
        strip(dataset, query, key, k, heading=every)
    st.caption("✓ good (solid green) · ~ ok (thin green) · ∅ junk (grey, hatched, not counted) · ✗ wrong (orange). "
               "The query's own picture stays in the database and counts, as in Oxford5k.")  # fmt: skip
    st.code(command(dataset.name, model.recipe), language="bash", wrap_lines=True)


def chosen_query(dataset: Dataset) -> Query:
    """Choose by landmark, then by picture."""
    queries = {query.id: query for query in dataset.queries}
    if state.get("query") not in queries:
        if state.get("query"):
            st.warning(f"The link asks for query {state.get('query')!r}, which is not in {dataset.name!r}.")
        state.put(query=dataset.queries[0].id)
    current = queries[state.get("query")]
    labels = sorted({query.label for query in dataset.queries})
    key = f"landmark of {dataset.name}"
    st.session_state.setdefault(key, current.label)
    if st.session_state.get("query seen") != current.id:
        st.session_state[key], st.session_state["query seen"] = current.label, current.id
    label = st.pills("Landmark", labels, key=key) or current.label
    own = [query for query in dataset.queries if query.label == label]
    columns = st.columns(max(5, len(own)))
    for column, query in zip(columns, own, strict=False):
        with column:
            st.image(loaders.thumbnail(dataset.image(query.image_id).path, query.box), width="stretch")
            if st.button(query.id.removeprefix(label).strip("_") or query.id, key=f"choose {query.id}", width="stretch",
                         type="primary" if query.id == current.id else "secondary", help=query.id):  # fmt: skip
                state.put(query=query.id)
                st.rerun()
    return current


def with_box(dataset: Dataset, query: Query):
    """The query's photograph with its box drawn on it."""
    path = dataset.image(query.image_id).path
    if not path:
        return placeholder()
    picture = read_image(path)
    if query.box is not None:
        width = max(2, round(max(picture.size) / 150))
        left, top, right, bottom = query.box
        ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), outline=(255, 140, 0), width=width)
    return picture


def figures_of(model, query: Query) -> None:
    """AP of the query in both protocols."""
    score = next((score for score in loaders.scores(model.key) if score.query_id == query.id), None)
    columns = st.columns(2)
    for column, (protocol, title) in zip(columns, PROTOCOL_TITLES.items(), strict=True):
        value = score.ap(protocol) if score else None
        column.metric(f"{title}, model {model.key}", "–" if value is None else f"{100 * value:.1f} %")
    st.caption(f"Recipe: {loaders.recipe_in_words(model.recipe)}.")


def strip(dataset: Dataset, query: Query, model: str, k: int, heading: bool) -> None:
    """The top of the ranking under one model."""
    database, queries = loaders.descriptors(model)
    row = queries.row(query.id)
    indices, similarities = search(queries.matrix[row : row + 1], database.matrix, k)
    cards = result_cards(query, [database.ids[index] for index in indices[0]], similarities[0])
    if heading:
        score = next(score for score in loaders.scores(model) if score.query_id == query.id)
        figures = " · ".join(f"{title} {100 * (score.ap(protocol) or 0):.1f}" for protocol, title in PROTOCOL_TITLES.items())
        st.markdown(f"**{loaders.model_titles()[model]}** — {figures}")
    show_gallery(dataset, cards, 120 if heading else 160)


main()
