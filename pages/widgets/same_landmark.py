"""Compare → Same landmark?: how similar right and wrong pairs are, a threshold, and what it leaves of a query's ranking."""

import pandas as pd
import streamlit as st

from pages.state import clusters, link, loaders, model_metrics
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.widgets import bins, figures, gallery, tables
from pages.widgets.clusters import make, ready
from pages.widgets.pair_figures import pair_histograms
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.judged_rankings import counted
from retrieval_core.evaluation.pair_similarities import RATES, remaining, threshold
from retrieval_core.search_choices import described_key
from retrieval_core.stored.clusters import StoredClusters

AROUND = 8  # answers that are shown on either side of the threshold
QUIET = {"label_visibility": "collapsed"}


def show(own: str) -> None:
    """Histograms, threshold and its rates, and the list of a query."""
    dataset = loaders.dataset()
    if not ready(dataset):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("From which similarity on is it the same landmark?", width="stretch")
        rate = choose("rate", RATES, st.segmented_control, "False matches", format_func=_rate, **QUIET)
    found = clusters.stored()
    if found:
        chosen = described_key(link.get("model"))
        _shown(found, chosen if chosen in found else next(iter(found)), rate, dataset, own)
    make(dataset, [key for key in clusters.models() if key not in found])


def _rate(rate: str) -> str:
    return RATES[rate] if rate == "equal" else f"{RATES[rate]} false matches"


def _shown(found: dict[str, StoredClusters], model: str, rate: str, dataset: Dataset, own: str) -> None:
    places = {key: threshold(one.pairs, rate).similarity for key, one in found.items()}
    places[model] = _slider(model, places[model])
    by_hand = float(link.get("threshold")) if link.get("threshold") else None
    with alone.part("pairs"):
        figures.show(pair_histograms({key: one.pairs for key, one in found.items()}, places), f"{dataset.name}-pairs", "pairs")
    pairs = found[model].pairs
    counts = f"{pairs.right.sum():,} right, {pairs.wrong.sum():,} wrong"
    hand = f", of {model} put by hand" if by_hand is not None else ""
    st.caption(f"Percent of the pairs of each kind, all pairs of labelled photographs ({counts}); those with an unlabelled photograph "
               f"are left out, since nobody knows. The dashed line is the threshold: {_rate(rate)}{hand}.")  # fmt: skip
    table = clusters.thresholds(by_hand, model, own)
    shown = table[table["false matches at"].isin([RATES[rate], "as asked"])].replace({"as asked": "put by hand"})
    with alone.part("rates"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**What the threshold does, by model**", width="stretch")
            tables.save(table, f"{dataset.name}-thresholds-{own}", "save thresholds")
            alone.button("rates")
        formats = dict.fromkeys([column for column in table if column not in ("similarity", "false matches at")], "{:.1f}")
        tables.draw(shown.reset_index().style.format({**formats, "similarity": "{:.3f}"}, na_rep="–"), hide_index=True)
    st.caption("False matches: wrong pairs at the threshold or above; false non-matches: right pairs below it. Answers: of a query, "
               "on the mean; right: how many of all these are; found: how many of a query's positives are among them. The file has all "
               "four thresholds.")  # fmt: skip
    if dataset.queries:
        _query(model, places[model], model_metrics.truth(dataset, own))
    else:
        st.caption("Without queries there is no list that a threshold could cut.")


def _slider(model: str, usual: float) -> float:
    """The threshold of the chosen model: the usual one of the rate, until it is moved."""
    key = f"threshold {link.get('dataset')} {model} {link.get('rate')}"
    value = float(link.get("threshold") or usual)
    st.session_state[key] = value
    st.slider(f"Threshold of {model}", -1.0, 1.0, step=0.001, format="%.3f", key=key,
              on_change=lambda: link.put(threshold=f"{st.session_state[key]:.3f}"))  # fmt: skip
    return value


def _query(model: str, similarity: float, truth: Dataset) -> None:
    """What is left of the ranking of one query, and the pictures on either side of the threshold; then all queries."""
    ids = [query.id for query in truth.queries]
    asked = link.get("query") if link.get("query") in ids else ids[0]
    key = "threshold query"
    st.session_state[key] = asked
    st.selectbox("Query", ids, key=key, on_change=lambda: link.put(query=st.session_state[key]))
    rankings = model_metrics.rankings(model)
    left = {row.query_id: row for row in remaining(truth, rankings, similarity)}
    one, query = left[asked], truth.query(asked)
    ranking = next(entry for entry in rankings if entry.query_id == asked)
    scores = dict(zip(ranking.ids, ranking.scores.tolist(), strict=True))
    order = [image_id for _, image_id, _ in counted(ranking.ids, query)]
    sides = {"The last that remain": order[max(0, one.answers - AROUND) : one.answers],
             "The first that fall away": order[one.answers : one.answers + AROUND]}  # fmt: skip
    at = f"answers to {asked} under {model}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"At **{similarity:.3f}** and above {one.answers:,} answers to {plain(asked)} remain under {model}; **{one.right} "
                    f"of these are right**, of {one.positives} that would be; unlabelled ones count as wrong.",
                    width="stretch")  # fmt: skip
        bins.keep_form(truth, {f"{at} from {similarity:.3f} on": order[: one.answers],
                               f"first {AROUND} {at} below {similarity:.3f}": sides["The first that fall away"]},
                       "threshold")  # fmt: skip
    for words, images in sides.items():
        st.markdown(f"**{words}**")
        cards = [gallery.Card(image, f"{scores[image]:.3f}", gallery.shown_verdict(truth, query, image), image == query.image_id,
                              gallery.compared(model, query=asked)) for image in images]  # fmt: skip
        if cards:
            gallery.show_gallery(truth, cards, key=words)
        else:
            st.caption("None.")
    table = pd.DataFrame([{"query": row.query_id, "answers": row.answers, "right": row.right, "positives": row.positives}
                          for row in left.values()]).set_index("query")  # fmt: skip
    with st.expander("All queries"):
        tables.save(table, f"{truth.name}-{model}-threshold", "save left")
        tables.draw(table)
