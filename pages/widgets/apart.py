"""Labelled told from unlabelled: the judgement of all methods, one of them from near, and how densely both groups lie."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.state import link, loaders
from pages.web import alone
from pages.widgets import bins, figures, gallery, tables, work
from pages.widgets.unlabelled_figures import density_chart, methods_chart, prior_chart
from retrieval_core.datasets.types import Dataset
from retrieval_core.feedback.unlabelled.choice import NEEDS_PRIOR, with_priors
from retrieval_core.feedback.unlabelled.density import NEIGHBOUR, density, density_in_words, neighbour_distances
from retrieval_core.feedback.unlabelled.judging import in_words
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.feedback.unlabelled.table import CALLED, TITLES, precision_in_words, unlabelled_table
from retrieval_core.stored.unlabelled import Apart, found_apart, junk_ids, truth_is_known

SHOWN = 24  # unlabelled photographs that are shown as pictures


def judgement(found: Sequence[Apart], dataset: Dataset, model: str, measure: str) -> None:
    """All methods under all models that were tried: a chart of one measure, and the table."""
    table = unlabelled_table(found)
    drawn = table.assign(kind=[METHODS[one.choice.method].title for one in found])
    stem = f"{dataset.name}-unlabelled"
    figures.show(methods_chart(drawn, TITLES[measure], model), f"{stem}-{measure}", "unlabelled")
    with alone.part("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**All models and methods**, percent; lowest and highest of the 95 % interval over draws", width="stretch")
            tables.save(table, stem, "save unlabelled")
            alone.button("table")
        tables.draw(table.style.format("{:.1f}", na_rep="–", subset=[name for name in table if name != "method"]))
    first = found[0]
    precision = precision_in_words(truth_is_known(dataset), first.hidden, first.counted, _junk(dataset))
    took_part = in_words(first.labelled, len(first.ids) - first.labelled, len(dataset.images))
    st.caption(f"{precision} {took_part}. The interval is wider than draws alone would make it, since they share photographs "
               "(Nadeau and Bengio, 2003). What is hidden is a random draw; what has no label may be none.")  # fmt: skip


def _junk(dataset: Dataset) -> int:
    return sum(dataset.image(image_id).label is None for image_id in junk_ids(dataset))


def one_method(method: str, found: Apart | None, dataset: Dataset) -> None:
    """What a method is and assumes, whether that holds here, and which unlabelled photographs it calls positive."""
    chosen = METHODS[method]
    st.markdown(f"{chosen.definition}\n\n**It assumes:** {chosen.assumes}")
    st.caption(f"After {chosen.source}.")
    if found is None:
        st.info("It was not tried under this model with these settings. Press the button above.")
        return
    st.markdown(f"**Does that hold here?** {holds(found, dataset)}")
    if method == NEEDS_PRIOR:
        _priors(found, dataset)
    _positives(method, found, dataset)


def holds(found: Apart, dataset: Dataset) -> str:
    """The two tests for labels that are not at random, in words."""
    name = METHODS[found.choice.method].title
    called = (f"Labelled against the unlabelled that {name} calls positive: {found.called.words}. Where they "
              "can be told apart, either the labels are not at random or the method calls wrong ones positive; where they can't, the "
              "method may only have found what is like a labelled one.")  # fmt: skip
    if not found.junk.others:
        return f"{called} The ground truth names no unlabelled photograph that shows a landmark, so there is nothing else to test with."
    known = f"Labelled against the junk of the ground truth, unlabelled photographs that show a landmark hardly: {found.junk.words}. "
    if found.junk.p is not None and found.junk.p < 0.05:
        known += "What has no label is not a random draw: **labels are not at random.** "
    return known + called


def _priors(found: Apart, dataset: Dataset) -> None:
    """How the answer of nnPU depends on the share that it is given."""
    several = found_apart([loaders.results(found.model)], with_priors([found.choice]))
    table = unlabelled_table(several).assign(prior=[one.choice.prior for one in several]).set_index("prior")
    figures.show(prior_chart(table, [*TITLES.values(), CALLED], found.choice.prior), f"{dataset.name}-{found.model}-prior", "prior")
    known, share = truth_is_known(dataset), f"{found.by_chance:.2f}"
    truth = f" With {found.hidden:,} hidden it is {share}" + (", in the decision below 0 but for the junk." if known else " or more.")
    st.caption(f"nnPU must be told π, which nobody knows; Settings turns it.{truth}")


def _positives(method: str, found: Apart, dataset: Dataset) -> None:
    """The unlabelled with the highest decision values, as pictures."""
    values = pd.Series(found.decisions[found.labelled :], found.ids[found.labelled :]).sort_values(ascending=False, kind="stable")
    positive, junk = int((values > 0).sum()), junk_ids(dataset)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{positive:,} of {len(values):,} unlabelled photographs are called positive**, fitted on all labels; "
                    f"the {SHOWN} with the highest decision values.", width="stretch")  # fmt: skip
        table = pd.DataFrame({"decision": found.decisions, "labelled": [place < found.labelled for place in range(len(found.ids))]},
                             index=pd.Index(found.ids, name="photograph"))  # fmt: skip
        tables.save(table, f"{dataset.name}-{found.model}-{found.choice.method}", "save decisions")
        if st.button("On the map", icon=":material/map:", help="The decision as colour, and its border as a line."):
            link.put(colour=f"decision:{method}", selection="", query="")
            link.go("map.py")
        called, of = list(values.index[values > 0]), f"{METHODS[method].title} under {found.model}"
        bins.keep_form(dataset, {f"unlabelled ones that {of} calls positive": called,
                                 f"the {SHOWN} unlabelled ones with the highest decision values of {of}": list(values.index[:SHOWN])},
                       "apart")  # fmt: skip
    cards = [gallery.Card(image_id, f"{value:+.2f}", "junk" if image_id in junk else "unlabelled")
             for image_id, value in values.iloc[:SHOWN].items()]  # fmt: skip
    gallery.show_gallery(dataset, cards, key=f"apart {found.choice.method}")


def densities(dataset: Dataset, model: str) -> None:
    """How densely both groups lie in descriptor space."""
    st.subheader(f"Density under {model}")
    lists = loaders.results(model).neighbours("all")
    if lists is None:
        st.info("The neighbours of the photographs are not listed. Open the page Map: it lists them, up to 60,000 photographs.")
        return
    distances = neighbour_distances(lists[1])
    labelled = pd.Series([image.label is not None for image in dataset.images]).to_numpy()
    title = f"distance to the {NEIGHBOUR}th neighbour in descriptor space, 0 to 2"
    figures.show(density_chart(density(distances, labelled), title), f"{dataset.name}-{model}-density", "density")
    st.caption(f"{density_in_words(distances, labelled)} Labelled photographs have others of their landmark near them; where the "
               "unlabelled lie as densely, density alone tells nothing.")  # fmt: skip


def make(words: list[str], missing: Sequence[str]) -> None:
    """A button that judges all methods under the models that lack it, and the work while it goes on."""
    arguments = [*words, "--models", ",".join(missing)] if missing else words
    work.offer(f"Judge all methods under {', '.join(missing)}" if missing else "", arguments, "look", icon=":material/balance:",
               help="Nothing is trained anew: it takes the descriptors that are there.")  # fmt: skip
