"""Why this match: what is searched for beside one photograph of its ranking, with heat over both or their local matches."""

import base64
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image as PILImage

from pages.state import door, link, loaders, upload
from pages.state.link import choose
from pages.state.plain import plain
from pages.state.search_query import Subject, ranking
from pages.web.why import show_pair
from pages.web.why.messages import Heated, HeatView, LinesView, Picture
from retrieval_core.datasets.images import crop_box, read_image
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.heat import RAMP
from retrieval_core.descriptors.match_maps import Match, Side, match
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.local_features import LocalMatches, find_features, match_features

HOW = {"heat": "Heat maps", "lines": "Local matches"}
SHOWN = 720  # pixels of the longest side of a picture as it is shown
BY_CHANCE = 8  # matches that agree, or fewer, have 95 % of the wrong photographs among the first 50 of the queries of the town


def section(subject: Subject, dataset: Dataset, model: str) -> None:
    """The photograph that is chosen, or else the first of the ranking that is another one, beside what is searched for."""
    ids, similarities = ranking(subject, dataset, model)
    image_id = _chosen(ids, subject, dataset)
    with st.container(horizontal=True, vertical_alignment="center"):
        how = choose("how", HOW, st.segmented_control, "What is shown", format_func=HOW.get, label_visibility="collapsed")
        place = ids.index(image_id)
        _step("◀", "The photograph before it in the ranking", ids[:place][-1:])
        _step("▶", "The next photograph of the ranking", ids[place + 1 :][:1])
        st.markdown(
            f"**{plain(image_id)}** · place {place + 1:,} of {len(ids):,} · similarity {similarities[place]:.4f}", width="content"
        )
    if not dataset.image(image_id).path:
        st.info(f"There are descriptors of {plain(dataset.name)} and no photographs: nothing can be laid side by side.")
        return
    (_heat if how == "heat" else _lines)(subject, dataset, model, image_id)


def _chosen(ids: Sequence[str], subject: Subject, dataset: Dataset) -> str:
    asked = link.get("match")
    if asked not in ids:
        if asked:
            st.warning(f"The link asks for the photograph '{plain(asked)}', which is not in {dataset.name!r}.")
        asked = next((image_id for image_id in ids if image_id != subject.image_id), ids[0])
        link.put(match=asked)
    return asked


def _step(label: str, help: str, wanted: Sequence[str]) -> None:
    if st.button(label, help=help, disabled=not wanted):
        link.put(match=wanted[0])
        st.rerun()


def _heat(subject: Subject, dataset: Dataset, model: str, image_id: str) -> None:
    try:
        found = _match(loaders.results(model).version, model, dataset.name, subject.key, image_id, subject, dataset)
    except RetrievalError as error:
        st.info(f"{door.shown(str(error))} **Local matches** need no model.")
        return
    st.markdown(f"Similarity **{found.similarity:.4f}** under {model}, as a sum over either picture: {plain(subject.name)}: "
                f"{found.first.in_words} · {plain(image_id)}: {found.second.in_words}.")  # fmt: skip
    show_pair(heat_view(found, *_pictures(subject, dataset, image_id)))
    notes = [
        "Exact: GeM's sum and all that follows are taken apart, nothing is estimated. A position also sees what lies around its cell."
    ]
    if found.first.constants:
        notes.append("What no position adds is a term of its own.")
    if len(found.first.scales) > 1:
        notes.append("The heat is of all scales together, on the finest grid.")
    st.caption(" ".join(notes))


def _lines(subject: Subject, dataset: Dataset, model: str, image_id: str) -> None:
    found = _local(dataset.photographs, dataset.name, subject.key, image_id, subject, dataset)
    agreeing = int(found.inliers.sum())
    st.markdown(f"**{agreeing} local matches** agree with one homography, of {len(found.inliers)} mutual nearest neighbours of SIFT. "
                f"By chance up to {BY_CHANCE} agree in 95 % of wrong photographs.")  # fmt: skip
    show_pair(lines_view(found, *_pictures(subject, dataset, image_id)))


def heat_view(found: Match, first: Picture, second: Picture) -> HeatView:
    """Both pictures with their grids, and the pairs of all cells."""
    pairs = found.pairs.reshape(found.first.grid.size, -1).astype("<f4")
    return {"kind": "heat", "first": _heated(first, found.first), "second": _heated(second, found.second), "pairs": _text(pairs),
            "ramp": _text(RAMP)}  # fmt: skip


def lines_view(found: LocalMatches, first: Picture, second: Picture) -> LinesView:
    """Both pictures and the matches that agree, in shares of their sides."""
    shares = [points / np.array(picture["size"]) for points, picture in ((found.first, first), (found.second, second))]
    lines = np.hstack(shares)[found.inliers].round(4).tolist()
    return {"kind": "lines", "first": first, "second": second, "lines": lines}


def _heated(picture: Picture, side: Side) -> Heated:
    rows, columns = (edges.tolist() for edges in side.edges)
    return {**picture, "rows": rows, "columns": columns, "grid": side.grid.ravel().tolist()}


def _text(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def _both(subject: Subject, dataset: Dataset, image_id: str) -> tuple[PILImage.Image, PILImage.Image]:
    own = subject.uploaded.picture if subject.uploaded else read_image(dataset.image(subject.image_id).path)
    return own, read_image(dataset.image(image_id).path)


def _pictures(subject: Subject, dataset: Dataset, image_id: str) -> tuple[Picture, Picture]:
    own, other = _both(subject, dataset, image_id)
    return _picture(subject.name, crop_box(own, subject.box)), _picture(image_id, other)


def _picture(name: str, picture: PILImage.Image) -> Picture:
    small = picture.copy()
    small.thumbnail((SHOWN, SHOWN))
    return {"name": name, "src": loaders.data_uri(small), "size": list(picture.size)}


@st.cache_resource(max_entries=32, show_spinner="Looking at both …")
def _match(version: str, model: str, name: str, key: str, image_id: str, _subject: Subject, _dataset: Dataset) -> Match:
    own, other = _both(_subject, _dataset, image_id)
    describer = upload.describer(model)
    return match(describer.split(own, _subject.box), describer.split(other))


@st.cache_resource(max_entries=64, show_spinner="Looking for points that both show …")
def _local(photographs: str, name: str, key: str, image_id: str, _subject: Subject, _dataset: Dataset) -> LocalMatches:
    own, other = _both(_subject, _dataset, image_id)
    return match_features(find_features(crop_box(own, _subject.box)), find_features(other))
