"""What is done after the search, looked at on one query: its knobs, the ranking before and after, and what moved."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.state import link, loaders, rankings
from pages.state.link import choose
from pages.state.search_query import Subject, ranking
from pages.web.ranking import show_view
from pages.widgets import bins, gallery, parameter_fields, ranking_views, work
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS, mean_average_precision, score_rankings
from retrieval_core.evaluation.ledger import MovedPicture, moved_pictures
from retrieval_core.evaluation.precision_recall import ap_steps
from retrieval_core.presets import get_preset
from retrieval_core.ranking.after_search import AfterSearch
from retrieval_core.ranking.order import METHODS
from retrieval_core.ranking.search import Ranking
from retrieval_core.search_choices import described_key

HELP = {
    "k": "how many of the nearest photographs take part", "query_k": "how many photographs the flow starts from",
    "gamma": "the power of a similarity along the graph", "beta": "how much a neighbour weighs",
    "neighbours": "how many of the candidates refine one", "matches": "confirmed matches from which a photograph is verified",
}  # fmt: skip
MOST_SCORED = 20_000  # photographs up to which all queries are ranked while one looks
QUIET = {"label_visibility": "collapsed"}


def section(subject: Subject, dataset: Dataset, model: str, k: int) -> None:
    """The ranking of what is searched for under a model, before and after a method that is chosen with its knobs."""
    plain = described_key(model)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose("rerank", _going_with(plain), st.selectbox, "Method", format_func=lambda key: METHODS[key].title, width=260)
        key, method = f"{plain}-{chosen}", METHODS[chosen]
        parameters = knobs(method, len(dataset.images))
        protocol = choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get)
    before = ranking(subject, dataset, plain)
    after = ranking(subject, dataset, key, parameters)
    if subject.query and subject.query.positives:
        st.markdown(f"{PROTOCOL_TITLES[protocol]} of this query: **{_change(before[0], after[0], subject.query, protocol)}**"
                    + _all_queries(dataset, plain, key, parameters, protocol))  # fmt: skip
    titles = {plain: f"before · {plain}", key: f"after · {method.title}"}
    view = ranking_views.strips_view({plain: before, key: after}, subject, dataset, k, beside=True, titles=titles)
    gallery.follow(show_view(view, "strips"), dataset)
    st.caption(f"The number beside a rank is, before, the similarity; after, {method.score}.")
    rows = moved(subject.query, dataset, key, before[0], after[0]) if subject.query and subject.query.positives else []
    of = f"the ranking of {subject.name} under {plain}"
    bins.keep_form(dataset, {f"first {k} of {of} after {method.title}": after[0][:k], f"first {k} of {of}": before[0][:k],
                             f"right answers that {method.title} moved farthest in {of}": [row.image_id for row in rows]},
                   "after")  # fmt: skip
    keep(key, parameters, method, dataset)


def _going_with(model: str) -> list[str]:
    """The methods that a model can be followed by: sets of words can't be added up."""
    found = [name for name, method in METHODS.items() if get_preset(model).has_vector or not method.vectors]
    if link.get("rerank") not in found:
        link.put(rerank=found[0])
    return found


def knobs(method: AfterSearch, count: int) -> dict[str, float]:
    """A field for each parameter; what differs from the usual on `count` photographs is written into the link."""
    usual = method.usual(count)
    return parameter_fields.show("knobs", method, usual, lambda name: _help(method, name, usual[name]))


def _help(method: AfterSearch, name: str, usual: float) -> str:
    diffuses = "query_k" in method.defaults
    words = "how far similarity flows; below 1" if diffuses else "the power of a similarity as a weight; 0 weighs all alike"
    return f"{words if name == 'alpha' else HELP[name]}; usually {usual:g} here"


def moved(query: Query, dataset: Dataset, model: str, before: Sequence[str], after: Sequence[str]) -> list[MovedPicture]:
    """The right answers that moved farthest under a model, as pictures."""
    was, now = (Ranking(query.id, ids, np.empty(0)) for ids in (before, after))
    rows = moved_pictures(was, now, query)
    if not rows:
        st.caption("No right answer has moved.")
        return []
    st.subheader("Right answers that moved farthest")
    cards = [gallery.Card(row.image_id, f"{'▲' if row.after < row.before else '▼'} {row.before} → {row.after}",
                          gallery.shown_verdict(dataset, query, row.image_id), row.image_id == query.image_id,
                          gallery.compared(model)) for row in rows]  # fmt: skip
    gallery.show_gallery(dataset, cards, card_width=120, key="moved")
    return rows


def keep(key: str, parameters: dict[str, float], method: AfterSearch, dataset: Dataset) -> None:
    """How the method becomes a model of its own, on every page; other knobs than the usual are looked at only."""
    if parameters != method.usual(len(dataset.images)):
        st.caption("With other knobs than the usual this is looked at only: nothing of it is kept but its address.")
    elif key in loaders.explorable_models():
        st.caption(f"It is the model {key}, on every page.")
    else:
        arguments = ["run", "--dataset", dataset.name, "--run", link.get("run"), "--models", key]
        work.offer(f"Rank {dataset.name} as {key}", arguments, said="A run is at work:",
                   help="Then it is a model of its own, with AP on every page.")  # fmt: skip


def _change(before: Sequence[str], after: Sequence[str], query: Query, protocol: str) -> str:
    was, now = (100 * ap_steps(ids, query).ap(protocol) for ids in (before, after))
    return f"{was:.1f} → {now:.1f} ({now - was:+.1f} points)"


def _all_queries(dataset: Dataset, plain: str, key: str, parameters: dict[str, float], protocol: str) -> str:
    """The mAP before and after, where it is quickly known."""
    if METHODS[key.rpartition("-")[2]].looks or len(dataset.images) > MOST_SCORED or not loaders.results(plain).scored:
        return ""
    was = mean_average_precision(loaders.results(plain).scores, protocol)
    now = mean_average_precision(score_rankings(dataset, rankings.of_all_queries(key, parameters)), protocol)
    return f" · m{PROTOCOL_TITLES[protocol]} of all queries: **{100 * was:.1f} → {100 * now:.1f} ({100 * (now - was):+.1f} points)**"
