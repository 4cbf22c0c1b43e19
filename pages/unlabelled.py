"""Unlabelled: what tells labelled photographs from unlabelled ones, and which of these are likely gaps in the ground truth."""

from collections.abc import Sequence

import streamlit as st

from pages.state import link, loaders
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.widgets import apart, detective
from retrieval_core.datasets.types import Dataset
from retrieval_core.feedback.unlabelled.choice import NEEDS_SECOND, Choice, make_choice, second_model
from retrieval_core.feedback.unlabelled.methods import METHODS, PRIORS
from retrieval_core.feedback.unlabelled.table import TITLES
from retrieval_core.presets import get_preset
from retrieval_core.stored.unlabelled import found_apart

SHARES, DRAWS = ("0.1", "0.2", "0.3", "0.5"), ("5", "10", "20")
PARTS = {"apart": "Tell apart", "detective": "Detective"}
QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    model, dataset = loaders.chosen_model().key, loaders.dataset()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Unlabelled", width="content")
        part = choose("guess", PARTS, st.segmented_control, "Part", format_func=PARTS.get, **QUIET)
    if why := no_two_groups(dataset):
        st.info(why)
    elif part == "detective":
        detective.show(dataset, loaders.explorable_models())
    else:
        tell_apart(model, dataset)


def tell_apart(model: str, dataset: Dataset) -> None:
    """Eight methods, judged in the same way; one of them from near; how densely both groups lie."""
    models = [key for key in loaders.explorable_models() if get_preset(key).has_vector]
    with st.container(horizontal=True, vertical_alignment="center"):
        measure = choose("measure", TITLES, st.segmented_control, "Measure", format_func=TITLES.get, **QUIET)
        with st.popover("Settings", icon=":material/tune:"):
            settings(model, models)
    st.markdown("Which unlabelled photographs look like labelled ones? Eight methods say so. Each is judged by labelled photographs "
                f"that are hidden among the unlabelled: **{float(link.get('hidden')):.0%}**, "
                f"in **{link.get('draws')}** draws.")  # fmt: skip
    if model not in models:
        st.info(f"{model} makes sets of words and no vectors, which these methods take. Choose another model.")
        return
    chosen = {key: choices(key, models) for key in models}
    found = {key: found_apart([loaders.results(key)], chosen[key]) for key in models}
    everything = [one for key in models for one in found[key]]
    if everything:
        apart.judgement(everything, dataset, model, measure)
    missing = [key for key in models if len(found[key]) < len(chosen[key])]
    make(missing)
    if everything:
        st.subheader(f"One method under {model}")
        with alone.part("method"):
            method = choose("apart", METHODS, st.segmented_control, "Method", format_func=lambda name: METHODS[name].title, **QUIET)
            apart.one_method(method, next((one for one in found.get(model, []) if one.choice.method == method), None), dataset)
    apart.densities(dataset, model)


def settings(model: str, models: Sequence[str]) -> None:
    """How methods are judged, and what two of them must be given."""
    choose("hidden", SHARES, st.segmented_control, "Labelled that are hidden", format_func=lambda text: f"{float(text):.0%}")
    choose("draws", DRAWS, st.segmented_control, "Draws")
    choose("prior", [f"{prior:g}" for prior in PRIORS], st.segmented_control, "π of nnPU: share of positives among the unlabelled")
    others = [key for key in reversed(models) if key != model]
    if others:
        choose("second", others, st.selectbox, "Second model of co-training")


def choices(model: str, models: Sequence[str]) -> list[Choice]:
    """All methods under a model, as they are set; without co-training where there is no second model."""
    second = second_model(model, models, link.get("second"))
    return [make_choice(name, float(link.get("hidden")), int(link.get("draws")), 0, float(link.get("prior")), second)
            for name in METHODS if second or name != NEEDS_SECOND]  # fmt: skip


def no_two_groups(dataset: Dataset) -> str:
    """Why nothing can be told apart here; empty where it can."""
    if not dataset.labels:
        return f"{plain(dataset.name)} has no labelled photographs. Choose a dataset with landmarks on the left, as the town."
    if all(image.label for image in dataset.images):
        return f"{plain(dataset.name)} has no unlabelled photographs. Choose a dataset with some on the left, as the town."
    return ""


def make(missing: Sequence[str]) -> None:
    """A button that judges the methods under the models where that is missing, and the work while it goes on."""
    words = ["unlabelled", "--dataset", link.get("dataset"), "--run", link.get("run"), "--share", link.get("hidden"), "--draws",
             link.get("draws"), "--prior", link.get("prior"),
             *(["--second", link.get("second")] if link.get("second") else [])]  # fmt: skip
    apart.make(words, missing)


main()
