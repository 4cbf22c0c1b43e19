"""Duplicates: groups of near-equal photographs within a dataset, and between it and a training set, and what they do to the scores."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.state import actions, door, link, loaders, model_metrics
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.web.ranking import show_view
from pages.web.ranking.messages import Card, Strip
from pages.widgets import bins, gallery, overlaps, tables, work
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.catalog import list_datasets, open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS, mean_average_precision, score_rankings
from retrieval_core.training.duplicates import Group, groups_table, known_duplicates, leaks, without_duplicates
from retrieval_core.training.near_duplicates import WITHIN

SHOWN = 20  # groups that are shown as pictures; the table has all


def main() -> None:
    with st.container(key="head"):
        st.title("Duplicates")
    st.caption("Near-equal are the same file, and photographs whose perceptual hashes, or that of the mirror image, differ in at most "
               f"{WITHIN} of 256 bits. A group is what such pairs connect.")  # fmt: skip
    entries = list_datasets(loaders.workspace())
    if not any(entry.name == link.get("dataset") and entry.ready for entry in entries):
        st.info("This dataset is not built yet. Press the button on the page **Start**.")
    else:
        training = [entry.name for entry in entries if entry.ready and not entry.retrieval]
        groups_of(loaders.dataset(), training)
    overlaps.show()


def groups_of(dataset: Dataset, training: Sequence[str]) -> None:
    """The groups of the chosen dataset, or a button that looks for them."""
    name = choose("against", ["", *training], st.selectbox, "Also what it shares with the training set",
                  format_func=lambda one: one or "none")  # fmt: skip
    against = open_dataset(loaders.workspace(), name) if name else None
    words = ["duplicates", "--dataset", dataset.name, *(["--against", name] if name else [])]
    groups = known_duplicates(loaders.workspace(), dataset, against)
    if groups is None:
        work.offer("Look for near-equal photographs", words, "look", icon=":material/content_copy:")
        return
    if not groups:
        beside = f" or shared with {plain(name)}" if name else ""
        st.success(f"No two photographs of {plain(dataset.name)} are near-equal{beside}.", icon=":material/check_circle:")
        work.same_command(words)
        return
    inside = [image_id for group in groups for image_id in group.of(dataset.name)]
    st.markdown(f"**{len(groups):,} groups** hold {len(inside):,} of {len(dataset.images):,} photographs.")
    if dataset.queries:
        meaning(dataset, groups, name)
    with st.container(horizontal=True):
        if st.button("On the map", icon=":material/map:", help="Selects them there."):
            link.put(query="")
            link.select(inside, dataset)
            link.go("map.py")
        bins.keep_form(dataset, {f"near-equal photographs{f', also with {name}' if name else ''}": inside}, "duplicates")
    table = groups_table(groups, dataset)
    with alone.part("groups"):
        pictures(dataset, against, groups)
    different(groups)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("All groups", width="stretch")
        tables.save(table, f"{dataset.name}-duplicates", "save duplicates")
    tables.draw(table, height=min(38 * (len(table) + 1), 420))
    work.same_command(words)


def meaning(dataset: Dataset, groups: Sequence[Group], against: str) -> None:
    """What the groups do to the queries and to the mAP."""
    found = leaks(dataset, groups)
    st.markdown(found.words(len(dataset.queries), plain(against)))
    models = model_metrics.scored_models()
    if not models or not (found.easy or found.trained):
        return
    mended = without_duplicates(dataset, groups)
    rows: dict[str, dict[str, float | None]] = {}
    for key in models:
        scores = _scores(dataset.name, dataset.truth, loaders.results(key).version, against, key, mended)
        for words, given in (("", loaders.results(key).scores), (", near-equals as junk", scores)):
            for protocol in PROTOCOLS:
                mean = mean_average_precision(given, protocol)
                rows.setdefault(key, {})[f"m{PROTOCOL_TITLES[protocol]}{words}"] = None if mean is None else 100 * mean
    st.caption("The mAP as it is, and where near-equals of the query image and of training photographs are not counted, percent.")
    tables.draw(pd.DataFrame.from_dict(rows, orient="index").rename_axis("model").style.format("{:.1f}", na_rep="–"))


@st.cache_data(max_entries=64, show_spinner="Scoring …")
def _scores(name: str, truth: str, version: str, against: str, key: str, _mended: Dataset) -> list:
    return score_rankings(_mended, model_metrics.rankings(key))


def different(groups: Sequence[Group]) -> None:
    """What a person sees to be different photographs is no group any more, and stops no training."""
    named = {f"Group {number}": group for number, group in enumerate(groups, 1)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect("Groups of photographs that only look alike", list(named), key="different groups")
        if door.button("These are different photographs", disabled=not chosen):
            with shown_errors():
                for name in chosen:
                    for pair in named[name].pairs:
                        actions.call_different(pair.training, [pair])
            st.rerun()


def pictures(dataset: Dataset, against: Dataset | None, groups: Sequence[Group]) -> None:
    """The first groups as strips of pictures."""
    strips: list[Strip] = []
    for number, group in enumerate(groups[:SHOWN], 1):
        cards: list[Card] = []
        for name, image_id in group.members:
            home = dataset if name == dataset.name or against is None else against
            caption = image_id if home is dataset else f"{name}, training set"
            card: Card = {**gallery.picture(home, image_id), "word": "none", "own": False, "caption": caption}
            cards.append(card if home is dataset else {**card, "elsewhere": True})
        note = ", ".join(dict.fromkeys(pair.kind for pair in group.pairs)) + f", up to {group.farthest:.0f} of 256 bits differ"
        strips.append({"title": f"Group {number}", "note": note, "cards": cards})
    more = f"The first {SHOWN} of {len(groups):,} groups; the table has all." if len(groups) > SHOWN else ""
    gallery.follow(show_view({"kind": "strips", "width": 150, "strips": strips, "note": more}, "groups"), dataset)


main()
