"""Query, Feedback: answers are marked right or wrong, and a method that learns from the marks orders what is left anew."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st

from pages.state import actions, door, link, loaders, marks, rankings, search_query
from pages.state.link import choose
from pages.state.search_query import Subject
from pages.web.ranking import show_view
from pages.web.ranking.messages import Event, MarkingView, Strip
from pages.widgets import bins, feedback_gain, gallery, parameter_fields
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
from retrieval_core.feedback.method import Method, Round
from retrieval_core.feedback.methods import METHODS, as_round, least_sure, order, values
from retrieval_core.feedback.residual import residual_scores
from retrieval_core.presets import get_preset
from retrieval_core.search_choices import described_key
from retrieval_core.stored.feedback import walked

NONE = "none"
LEFT, UNSURE = "Answers that are not marked", "It is least sure of these: mark them next"
HELP = {
    "alpha": "how much the query itself weighs", "beta": "how much the mean of what is right weighs",
    "gamma": "how much the mean of what is wrong weighs", "pull": "how hard the query holds on to the weights",
    "xi": "added to distances, so that none is 0", "c": "how much a mark on the wrong side costs",
    "k": "how many of the nearest photographs take part",
    "candidates": "how many of the first of the search take part", "right": "photographs that a model labels right in a round",
    "wrong": "photographs that a model labels wrong in a round", "pool": "photographs that a model may choose from in a round",
    "rounds": "rounds in which the models label for each other", "seed": "of the pools that are drawn",
    "p": "the power of the first learner's differences", "p_other": "the power of the second learner's differences",
}  # fmt: skip
_FLOW = "how much of what a photograph has comes from its neighbours"
ASKED = 6  # of what the method is least sure of
FIRST_SHOWN = 24  # marks, at most, that are shown as pictures
QUIET = {"label_visibility": "collapsed"}


def section(subject: Subject, dataset: Dataset, model: str, k: int) -> None:
    """The ranking of what is searched for as the marks have it, what is to be marked next, and what that is worth."""
    plain = described_key(model)
    if not get_preset(plain).has_vector:
        st.info(f"{plain} describes photographs by sets of visual words, and feedback adds descriptors up. Choose another model.")
        return
    marked = marks.read(dataset)
    protocol = link.allowed("protocol", PROTOCOLS)
    chosen, beside, parameters = _chosen(dataset, plain, protocol)
    method = METHODS[chosen] if chosen != NONE else None
    found = _round(subject, dataset, [plain, beside] if beside else [plain], marked, method)
    view = _view(found, method, parameters, subject, dataset, plain, marked, k, protocol)
    obey(show_view(view, "marking"), dataset)
    by = f"{method.title if method else 'the plain search'} under {' and '.join([plain, beside] if beside else [plain])}"
    _keep(subject, marked, dataset, {
        f"first answers to {subject.name} that are not marked, by {by}": _ids(view, LEFT),
        f"what {by} is least sure of as answers to {subject.name}": _ids(view, UNSURE),
    })  # fmt: skip
    feedback_gain.section(dataset, plain, beside, protocol)


def _chosen(dataset: Dataset, model: str, protocol: str) -> tuple[str, str, dict[str, float]]:
    """Fields for the method, the second model where it takes one, and the parameters: what was chosen."""
    others = [key for key in loaders.explorable_models() if key != model and described_key(key) == key and get_preset(key).has_vector]
    names = [name for name, method in METHODS.items() if method.views == 1 or others]
    first, why = feedback_gain.first_choice(dataset, model, link.get("versus") if link.get("versus") in others else "", protocol)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = list(dict.fromkeys([first or NONE, *names, NONE]))
        title = {name: METHODS[name].title for name in names} | {NONE: "no feedback: the plain search"}
        chosen = choose("learn", options, st.selectbox, "Method", format_func=title.get, width=300)
        if chosen == NONE:
            st.caption(why)
            return NONE, "", {}
        method, beside = METHODS[chosen], ""
        if method.views == 2:
            if link.get("versus") not in others:
                link.put(versus=others[0])
            beside = choose("versus", others, st.selectbox, "Second model", width=130)
        words = HELP | ({"alpha": _FLOW} if method.walks else {})
        parameters = parameter_fields.show("learning", method, method.defaults, lambda name: f"{words[name]}; "
                                           f"{method.defaults[name]:g} if left alone")  # fmt: skip
    st.caption(f"{why} · {method.source}. The number beside a rank: {method.value}{f'; {method.part}' if method.part else ''}.")
    return chosen, beside, parameters


def _round(subject: Subject, dataset: Dataset, keys: Sequence[str], marked: Sequence[marks.Mark], method: Method | None) -> Round:
    """The query under the models that learn, and the marks."""
    described = [rankings.descriptor(key, partial(search_query.asked, subject, dataset, key), subject.key) for key in keys]
    views = [(one, loaders.results(key).descriptors[0]) for one, key in zip(described, keys, strict=True)]
    neighbours = walked(loaders.results(keys[0]), method) if method else None
    return as_round(views, marks.ids(marked, True), marks.ids(marked, False), neighbours)


def _view(
    found: Round, method: Method | None, parameters: dict[str, float], subject: Subject, dataset: Dataset, model: str,
    marked: Sequence[marks.Mark], k: int, protocol: str,
) -> MarkingView:  # fmt: skip
    """What is left of the ranking after the marks, what the method is least sure of, and the marks, as lists."""
    ids = loaders.results(model).descriptors[0].ids
    after = values(method, found, parameters) if method else found.similarities
    ranked = order(found, after)
    left = ranked[~np.isin(ranked, found.marked)]
    names = lambda rows: [ids[row] for row in rows]  # noqa: E731
    cards = lambda rows: gallery.result_cards(dataset, subject.query, names(rows), after[rows])  # noqa: E731
    gain = _gain(found, order(found, found.similarities), ranked, subject, ids, protocol)
    strips: list[Strip] = [{"title": LEFT, "note": gain, "cards": cards(left[:k])}]
    if method and len(marked):
        unsure = least_sure(method, found, after, ASKED)
        note = "" if len(unsure) else "Mark one right and one wrong: then there is a border to be unsure at."
        strips.append({"title": UNSURE, "note": note, "cards": _without_rank(cards(unsure))})
    if marked:
        newest = [image_id for image_id, _ in reversed(marked)][:FIRST_SHOWN]
        shown = f"the last {FIRST_SHOWN} of {len(marked)}" if len(marked) > FIRST_SHOWN else ""
        rows = np.array([loaders.results(model).descriptors[0].row(image_id) for image_id in newest])
        strips.append({"title": "Marked", "note": shown, "cards": _without_rank(cards(rows))})
    note = "Y marks the photograph on which the keyboard is as right, N as wrong, U takes the last mark away; ← and → step."
    return {"kind": "marking", "width": 130, "strips": strips, "marks": [{"id": one, "right": right} for one, right in marked],
            "note": note}  # fmt: skip


def _without_rank(cards: list) -> list:
    """A place among the least sure, or among the marks, is no rank."""
    return [card | {"rank": None} for card in cards]


def _gain(found: Round, before: np.ndarray, after: np.ndarray, subject: Subject, ids: Sequence[str], protocol: str) -> str:
    """The AP of what is not marked before and after the marks, in words; empty where there is none."""
    if subject.query is None or not subject.query.positives:
        return ""
    scores = residual_scores(subject.query, ids, [before, after], found.marked)
    if not scores[0].positives:
        return "all right answers are marked"
    was, now = (100 * score.ap(protocol) for score in scores)
    return f"{PROTOCOL_TITLES[protocol]} of what is not marked: {was:.1f} → {now:.1f} ({now - was:+.1f} points)"


def _ids(view: MarkingView, title: str) -> list[str]:
    """The photographs of a list that is shown; none where it is not."""
    return [card["id"] for strip in view["strips"] if strip["title"] == title for card in strip["cards"]]


def _keep(subject: Subject, marked: Sequence[marks.Mark], dataset: Dataset, lists: Mapping[str, Sequence[str]]) -> None:
    """Where the marks lie on the map; they, and the other photographs that are shown, as bins."""
    kept = [] if subject.uploaded else marks.kept(subject.name, dataset)
    with st.container(horizontal=True):
        if marked and st.button("Show the marks on the map", icon=":material/map:"):
            link.select([image_id for image_id, _ in marked], dataset)
            link.go("map.py")
        if marked and not subject.uploaded and dict(kept) != dict(marked):
            right, wrong = marks.bin_names(subject.name).values()
            if door.button("Keep the marks", icon=":material/bookmark:", help=f"As the bins '{right}' and '{wrong}'."):
                with shown_errors():
                    actions.keep_marks(subject.name, marked, dataset)
                    st.rerun()
        if kept and dict(kept) != dict(marked) and st.button(f"Take up the {len(kept)} kept marks", icon=":material/history:"):
            marks.put(kept, dataset)
            st.rerun()
        bins.keep_form(dataset, lists, "feedback")


def obey(event: Event | None, dataset: Dataset) -> None:
    """Take over the marks, or follow where a photograph leads."""
    if event is None:
        return
    if "marks" in event:
        marks.put([(mark["id"], mark["right"]) for mark in event["marks"]], dataset)
        st.rerun()
    gallery.follow(event, dataset)
