"""Triplet theatre: the hardest triplets of every mining as photographs, over a training."""

from pathlib import Path

import streamlit as st

from pages.state import door, link, loaders
from pages.state.plain import plain
from pages.web import alone
from pages.web.ranking import show_view
from pages.web.ranking.messages import Card, Strip
from pages.widgets import tables, work
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.stored import origins
from retrieval_core.stored.run import Run
from retrieval_core.stored.trained_stages import TrainedStage, triplet_table, why_no_triplets
from retrieval_core.stored.training_log import Mining, Triplet

WIDTH = 128  # pixels of a card


def show(trained: TrainedStage, run: Run) -> None:
    """The hardest triplets of one mining, and a slider over all of them."""
    st.subheader("Triplet theatre: what the training finds hardest")
    why = trained.log_missing if not trained.figures and not trained.minings else why_no_triplets(trained)
    if why:
        st.info(door.shown(why))
        return
    mining = _chosen(trained.minings)
    if not mining.triplets:
        st.info("This mining found no negative for any anchor: the most similar photographs are all of its own landmark.")
        return
    margin = trained.stage.schedule(run.column).margin
    name = origins.trained_on(run, trained.stage)
    try:
        dataset = _photographs(name, mining)
    except RetrievalError as error:
        st.info(f"The photographs that it was trained on can't be shown, only their ids and distances. {door.shown(str(error))}")
        tables.draw(triplet_table([mining]))
    else:
        with alone.part("theatre"):
            strips = [_strip(one, margin, dataset) for one in mining.triplets]
            show_view({"kind": "strips", "width": WIDTH, "strips": strips}, "theatre")
    st.caption(f"The {len(mining.triplets)} hardest triplets, one a landmark, with the weights of before step {mining.step}. The "
               "anchor is the photograph that is searched with, its positive the photograph of the same landmark farthest from it, its "
               "negatives those that were mined: the nearest photograph of each of the nearest other landmarks. Distances are squared "
               f"L2; the loss of a triplet is d(a,p) − d(a,n) + {margin:g}, at least 0. Photographs of {plain(name)}.")  # fmt: skip
    work.same_command(["changes", trained.stage.key, "--show", "triplets", "--run", run.name])


def _chosen(minings) -> Mining:
    steps = [str(mining.step) for mining in minings]
    if len(steps) == 1:
        st.markdown(f"Mined once, before step {steps[0]}.")
        return minings[0]
    step = link.choose("mining", steps, st.select_slider, "Mined before step", width=420)
    return next(mining for mining in minings if str(mining.step) == step)


def _photographs(name: str, mining: Mining) -> Dataset:
    """The training set; RetrievalError where it is gone, or these photographs are."""
    dataset = open_dataset(loaders.workspace(), name)
    for one in mining.triplets:
        for image_id in (one.anchor, one.positive, *one.negatives):
            try:
                path = dataset.image(image_id).path
            except KeyError:
                raise RetrievalError(f"{name} has no photograph {image_id!r} any more.") from None
            if not path or not Path(path).is_file():
                raise RetrievalError(f"The photograph {image_id!r} of {name} is gone. Build or add the set again.")
    return dataset


def _strip(one: Triplet, margin: float, dataset: Dataset) -> Strip:
    cards = [_card(dataset, one.anchor, "anchor"), _card(dataset, one.positive, f"positive {one.to_positive:.2f}")]
    cards += [_card(dataset, name, f"negative {distance:.2f}") for name, distance in zip(one.negatives, one.to_negatives, strict=True)]
    loss = max(0.0, one.gap + margin)
    return {"title": dataset.image(one.anchor).label or "", "cards": cards,
            "note": f" d(a,p) {one.to_positive:.2f} · nearest d(a,n) {one.to_negatives[0]:.2f} · loss {loss:.2f}"}  # fmt: skip


def _card(dataset: Dataset, image_id: str, caption: str) -> Card:
    return {"id": image_id, "name": dataset.image(image_id).label or "", "src": loaders.photograph(dataset, image_id), "word": "none",
            "own": False, "caption": caption, "elsewhere": True}  # fmt: skip
