"""What is searched for on the page Query: a query, a photograph of the dataset, or a picture of the person's own."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.state import link, loaders, rankings, upload
from pages.state.plain import plain
from pages.state.rankings import Asked
from pages.state.upload import Uploaded
from retrieval_core.datasets.images import image_size, read_box, read_image
from retrieval_core.datasets.types import Box, Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.ranked_ids import RankedIds
from retrieval_core.runs.describer import stored_descriptor
from retrieval_core.stored.ranking import asked_picture, box_picture


@dataclass(frozen=True, eq=False)
class Subject:
    """What is searched for; `box` None is the whole picture.

    `query` is the query whose ground truth judges the answers, None where there is none. One of `image_id` and `uploaded` says
    where the picture is; `size` is its width and height in pixels, None without a picture.
    """

    name: str
    query: Query | None
    image_id: str | None
    uploaded: Uploaded | None
    box: Box | None
    size: tuple[int, int] | None

    @property
    def key(self) -> str:
        """Names what is searched for, within its dataset."""
        if self.uploaded:
            return f"upload {self.uploaded.key} {self.box}"
        return f"query {self.query.id} {self.box}" if self.query else f"photo {self.image_id} {self.box}"

    @property
    def own_box(self) -> Box | None:
        """The box that the ground truth gives."""
        return self.query.box if self.query else None

    @property
    def official(self) -> bool:
        """Whether this is exactly the query of the ground truth."""
        return self.query is not None and self.box == self.query.box


def chosen_subject(dataset: Dataset) -> Subject | None:
    """What the person or the link asks for; the first query if nothing; None where the dataset has nothing to search for."""
    uploaded = upload.uploaded()
    if uploaded is not None:
        return Subject(uploaded.name, None, None, uploaded, _box(None, uploaded.picture.size), uploaded.picture.size)
    photo = link.get("photo")
    if photo and not dataset.has(photo):
        st.warning(f"The link asks for the photograph '{plain(photo)}', which is not in {dataset.name!r}.")
        photo = ""
        link.put(photo="")
    if photo:
        size = _size(dataset, photo)
        return Subject(photo, None, photo, None, _box(None, size), size)
    query = _chosen_query(dataset)
    if query is None:
        return None
    size = _size(dataset, query.image_id)
    return Subject(query.id, query, query.image_id, None, _box(query.box, size), size)


def asked(subject: Subject, dataset: Dataset, model: str) -> Asked:
    """What is searched for under a model: its stored descriptor where there is one, else described now as the queries were."""
    if subject.uploaded:
        seen = asked_picture(subject.uploaded.picture, subject.box)
    else:
        seen = box_picture(dataset, dataset.image(subject.image_id), subject.box)
    if subject.official or (subject.box is None and not subject.uploaded):
        query_id = subject.query.id if subject.official else None
        stored = stored_descriptor(loaders.results(model), subject.image_id, query_id)
        if stored is not None:
            return Asked(stored, seen, query_id or "")
    picture = subject.uploaded.picture if subject.uploaded else read_image(dataset.image(subject.image_id).path)
    return Asked(upload.describer(model).describe(picture, subject.box), seen)


def ranking(
    subject: Subject, dataset: Dataset, model: str, parameters: Mapping[str, float] | None = None
) -> tuple[RankedIds, np.ndarray]:
    """Ids of all photographs, best first, and their scores (N,); `parameters` of what the model does after the search."""
    return rankings.ranking(model, lambda: asked(subject, dataset, model), subject.key, parameters)


def _chosen_query(dataset: Dataset) -> Query | None:
    queries = {query.id: query for query in dataset.queries}
    if link.get("query") not in queries:
        if link.get("query"):
            st.warning(f"The link asks for the query '{plain(link.get('query'))}', which is not in {dataset.name!r}.")
        if not queries:
            return None
        link.put(query=dataset.queries[0].id)
    return queries[link.get("query")]


def _size(dataset: Dataset, image_id: str) -> tuple[int, int] | None:
    path = dataset.image(image_id).path
    return image_size(path) if path else None


def _box(own: Box | None, size: tuple[int, int] | None) -> Box | None:
    """The box that the link asks for, `own` if it asks for none or for one that does not fit."""
    asked = link.get("box")
    if not asked or size is None:
        return own
    if asked == "whole":
        return None
    try:
        return read_box(asked, size)
    except RetrievalError as error:
        st.warning(f"{plain(str(error))} The link asks for it; it is left out.")
        link.put(box="")
        return own
