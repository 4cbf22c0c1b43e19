"""Map: the descriptor space in the plane; click a photograph and see its true neighbours."""

import streamlit as st

from pages.parts import figures, loaders, state, style
from pages.parts.entry import show
from pages.parts.gallery import Card, show_gallery
from pages.parts.state import choose
from retrieval_core import results, steps
from retrieval_core.projection.layouts import METHODS, TITLES, Layout
from retrieval_core.ranking.search import nearest

SUBSETS = {"all": "with unlabelled", "labelled": "labelled only"}
MOST_SHOWN = 60  # pictures of a selection that are drawn at once


def main() -> None:
    st.title("Map")
    model = loaders.chosen_model()
    dataset = loaders.dataset()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = choose("method", METHODS, st.segmented_control, "Projection", format_func=TITLES.get)
        subset = choose("subset", SUBSETS, st.segmented_control, "Photographs", format_func=SUBSETS.get)
        k = int(choose("k", ["6", "12", "24", "48"], st.segmented_control, "Neighbours"))
        with st.popover("Colours", icon="🎨"):
            shown = st.multiselect("Landmarks in colour; the others stay, in light grey", dataset.labels, placeholder="all of them")
            visible = st.toggle("Show the unlabelled", value=True, disabled=subset != "all")
            opacity = st.slider("Opacity of the unlabelled", 0.05, 1.0, 0.45, 0.05, disabled=subset != "all")
    layout = laid_out(model.key, method, subset)
    ids = selection(dataset)
    one = ids[0] if len(ids) == 1 else None
    neighbours = near(model.key, one, k) if one else []
    left, right = st.columns([3, 2], gap="medium")
    with left:
        view = f"{dataset.name} {model.key} {method} {subset}"
        figure = figures.map_figure(
            layout, dataset, shown or dataset.labels, opacity * visible, ids, [other for other, _ in neighbours], view
        )
        # A new key is a new chart: nothing that was drawn or selected in it is left.
        key = f"map of {dataset.name}, {st.session_state.get('emptied', 0)}"
        st.plotly_chart(figure, key=key, on_select=lambda: take_over(key), selection_mode=("points", "box", "lasso"),
                        width="stretch", config=style.MODEBAR)  # fmt: skip
        caption(layout, model)
    with right, st.container(height=860, border=False):
        if ids:
            st.button("Empty the selection", icon=":material/close:", on_click=empty)
        if len(ids) > 1:
            there = set(layout.ids)
            st.subheader(f"{sum(image_id in there for image_id in ids):,} of {len(layout.ids):,} selected")
            show_gallery(
                dataset,
                [Card(image_id, dataset.image(image_id).label or "unlabelled") for image_id in ids[:MOST_SHOWN]],
                120,
            )
            if len(ids) > MOST_SHOWN:
                st.caption(f"The first {MOST_SHOWN} are drawn.")
        elif one:
            show_neighbours(dataset, one, neighbours)
        else:
            st.subheader("Click a point")
            st.markdown("Its nearest neighbours in descriptor space appear here, and are ringed on the map. "
                        "Choose the lasso or the box above the map to see all photographs of a region.")  # fmt: skip


def selection(dataset) -> list[str]:
    """The selected photographs; those that the dataset does not have are named and dropped."""
    ids, known = state.selected(), {image.id for image in dataset.images}
    strangers = [image_id for image_id in ids if image_id not in known]
    if strangers:
        st.warning(f"The link asks for the photograph {strangers[0]!r}, which is not in {dataset.name!r}.")
        ids = [image_id for image_id in ids if image_id in known]
        state.select(ids)
    return ids


def take_over(key: str) -> None:
    """Select what was clicked, boxed or lassoed; a double click selects nothing."""
    points = st.session_state[key]["selection"]["points"]
    state.select(dict.fromkeys(image_id for image_id in map(point_id, points) if image_id))


def empty() -> None:
    """Select nothing, and begin a new chart."""
    state.select(())
    st.session_state["emptied"] = st.session_state.get("emptied", 0) + 1


def point_id(point: dict) -> str | None:
    """The image id that a selected point carries; lines and rings carry none."""
    data = point.get("customdata")
    return data[0] if isinstance(data, list) else data


def near(model: str, image_id: str, k: int) -> list[tuple[str, float]]:
    """The k nearest photographs in descriptor space, with their similarity."""
    database, _ = loaders.descriptors(model)
    rows, similarities = nearest(database.matrix, database.row(image_id), k)
    return [(database.ids[row], float(value)) for row, value in zip(rows, similarities, strict=True)]


def show_neighbours(dataset, one: str, neighbours: list[tuple[str, float]]) -> None:
    """The clicked photograph and its neighbours; right or wrong only where it has a label."""
    label = dataset.image(one).label
    st.subheader(label or "unlabelled photograph")
    show_gallery(dataset, [Card(one, one, is_query=True)], 220)
    cards = []
    for rank, (other, similarity) in enumerate(neighbours, 1):
        theirs = dataset.image(other).label
        word = "none" if label is None or theirs is None else "good" if theirs == label else "wrong"
        cards.append(Card(other, f"{rank}. {similarity:.3f} · {theirs or 'unlabelled'}", word))
    counts = [(sum(card.verdict == word for card in cards), what) for word, what in
              (("good", "of the same landmark"), ("wrong", "of another"), ("none", "unlabelled"))]  # fmt: skip
    told = ", ".join(f"{count} {what}" for count, what in counts if count) if label else ""
    st.markdown(f"**{len(cards)} nearest neighbours in descriptor space**" + (f": {told}" if told else ""))
    show_gallery(dataset, cards, 130)


def laid_out(model: str, method: str, subset: str) -> Layout:
    """The map from the cache, or computed now, with a bar."""
    workspace, name = loaders.workspace(), state.get("dataset")
    layout = results.load_layout(workspace, name, model, method, subset)
    if layout is not None:
        return layout
    bar = st.progress(0.0, text=f"Computing {TITLES[method]} of model {model}, once …")
    task = steps.project(workspace, name, model, method, subset)
    try:
        while True:
            step = next(task)
            bar.progress(min(1.0, step.done / max(1, step.total)), text=f"{TITLES[method]}: {step.message or step.stage}")
    except StopIteration as end:
        bar.empty()
        return end.value


def caption(layout: Layout, model) -> None:
    """What the map was made with, how far it can be trusted, and what it does not mean."""
    used = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in layout.parameters.items())
    quality = layout.quality
    st.caption(
        f"{TITLES[layout.method]} of {len(layout.ids):,} photographs, model {model.key} (start: "
        f"{loaders.START_TITLES[model.start]}), seed {layout.seed}" + (f", {used}" if used else "") + ". "
        f"Trustworthiness {quality['trustworthiness']:.3f}, kNN overlap {quality['knn_overlap']:.3f} "
        f"(10 neighbours).  \n**Distances between clusters and the sizes of clusters mean nothing;** only who is near whom does, "
        "and even that only as far as these two figures say."
    )


show(main)
