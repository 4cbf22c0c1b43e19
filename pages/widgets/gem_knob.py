"""p of GeM as a knob that one drags: the map and the first of a ranking move with it, in the browser."""

import base64

import numpy as np
import streamlit as st

from pages.state import link, loaders
from pages.state.link import choose
from pages.state.plain import plain
from pages.web.gem import show_gem
from pages.web.gem.messages import GemView
from pages.widgets import gallery, style
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.knobs import KNOBS, Curve
from retrieval_core.stored.knobs import read_knob

UNLABELLED = 65535


def show(model: str, curve: Curve, dataset: Dataset, protocol: str) -> None:
    """The slider, the map and the first photographs; what is searched for is a query, or a photograph that is clicked."""
    _, seen = read_knob(loaders.results(model), "p")
    photo, query = _asked(dataset)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if dataset.queries:
            choose("query", [one.id for one in dataset.queries], st.selectbox, "Query", width=260)
        searched = f"Searched for: the photograph **{plain(photo)}**, under" if photo else "Searched for under"
        st.markdown(f"{searched} **{plain(model)}**")
        if photo and dataset.queries and st.button("Back to the query", icon=":material/undo:"):
            link.put(photo="")
            st.rerun()
    event = show_gem(gem_view(model, curve, seen, dataset, protocol, photo, query))
    if event:
        link.put(**{name: str(text) for name, text in event.items() if name in ("value", "photo")})
        st.rerun()


def _asked(dataset: Dataset) -> tuple[str, Query | None]:
    """The photograph that is searched for, or else the query; the first photograph where there is none."""
    photo, queries = link.get("photo"), {query.id: query for query in dataset.queries}
    if photo not in {image.id for image in dataset.images}:
        if photo:
            st.warning(f"The link asks for the photograph '{plain(photo)}', which is not in {dataset.name!r}.")
            link.put(photo="")
        photo = "" if queries else dataset.images[0].id
    return photo, None if photo else queries.get(link.get("query"), dataset.queries[0])


def gem_view(
    model: str, curve: Curve, seen: dict[str, np.ndarray], dataset: Dataset, protocol: str, photo: str, query: Query | None
) -> GemView:  # fmt: skip
    """All that is seen while p is turned, for one thing that is searched for."""
    ids = loaders.results(model).descriptors[0].ids
    kind, row = ("photograph", ids.index(photo)) if query is None else ("query", curve.queries.index(query.id))
    found = seen[f"{kind}_positions"][:, row] if f"{kind}_positions" in seen else np.empty((len(curve.values), 0), np.int32)
    labels = dataset.labels
    numbers = [UNLABELLED if (label := dataset.image(image_id).label) is None else labels.index(label) for image_id in ids]
    aps: list[float | None] = [None] * len(found) if query is None else _percent(curve.ap[protocol][:, curve.queries.index(query.id)])
    return {
        "kind": "gem", "model": model, "powers": [KNOBS["p"].text(value) for value in curve.values], "own": curve.own,
        "at": [KNOBS["p"].text(value) for value in curve.values].index(link.get("value")),
        "places": base64.b64encode(seen["places"].astype("<f4").tobytes()).decode(),
        "labels": base64.b64encode(np.array(numbers, "<u2").tobytes()).decode(),
        "colours": [style.hue(labels, label) for label in labels], "ids": list(ids), "found": found.tolist(),
        "similarities": seen[f"{kind}_similarities"][:, row].round(4).tolist() if found.size else [[] for _ in found],
        "cards": {str(place): {**gallery.picture(dataset, ids[place]), "word": gallery.shown_verdict(dataset, query, ids[place]),
                               "own": query is not None and ids[place] == query.image_id} for place in np.unique(found).tolist()},
        "asked": ids.index(photo or query.image_id), "ap": aps, "map": _percent([_mean(row) for row in curve.ap[protocol]]),
    }  # fmt: skip


def _mean(aps: np.ndarray) -> float:
    return float(np.nanmean(aps)) if np.isfinite(aps).any() else np.nan


def _percent(shares) -> list[float | None]:
    return [None if np.isnan(share) else round(100 * float(share), 1) for share in shares]
