"""What the card that is presented hides until it is answered, and what things are called meanwhile."""

from collections.abc import Sequence

import streamlit as st

from pages.state import lesson, link
from retrieval_core.datasets.types import Dataset

_ANSWERED = "answered cards"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def hidden(*what: str) -> bool:
    """Whether any of this is hidden now; keys of retrieval_core.lessons.card.HIDDEN."""
    return bool(hides() & set(what))


def hides() -> frozenset[str]:
    """All that is hidden now. Looked at once in a run of the page."""
    looked = st.session_state.setdefault(link.LOOKED, {})
    if "hides" not in looked:
        found = lesson.current()
        waits = found is not None and found[1] not in answered(found[0].name)
        looked["hides"] = frozenset(found[2].hide if found and waits else ())
    return looked["hides"]


def answered(name: str) -> list[int]:
    """Numbers of the cards of a lesson that were answered in this session."""
    return st.session_state.get(_ANSWERED, {}).get(name, [])


def answer(name: str, numbers: Sequence[int]) -> None:
    """Take over which cards were answered."""
    st.session_state.setdefault(_ANSWERED, {})[name] = list(numbers)


def model_name(key: str, keys: Sequence[str]) -> str:
    """What a model is called, one of `keys` in their order: its key, or "Model B"."""
    if not hidden("models"):
        return key
    place = list(keys).index(key) if key in keys else len(keys)
    return f"Model {_LETTERS[place] if place < len(_LETTERS) else place + 1}"


def landmark_name(dataset: Dataset, label: str | None) -> str:
    """What a landmark is called: its name, or "Landmark 3"; "" for none."""
    if not label or not hidden("labels"):
        return label or ""
    return f"Landmark {dataset.labels.index(label) + 1}" if label in dataset.labels else "Landmark"


def query_name(dataset: Dataset, query_id: str) -> str:
    """What a query is called: its id, or "Query 12"."""
    if not hidden("labels"):
        return query_id
    return f"Query {next((number for number, query in enumerate(dataset.queries, 1) if query.id == query_id), '')}".strip()


def photograph_name(dataset: Dataset, image_id: str) -> str:
    """What a photograph is called: its id, or "photograph 231"."""
    if not hidden("labels"):
        return image_id
    return f"photograph {_places(dataset).get(image_id, '')}".strip()


def _places(dataset: Dataset) -> dict[str, int]:
    looked = st.session_state.setdefault(link.LOOKED, {})
    key = "places", dataset.name
    if key not in looked:
        looked[key] = {image.id: number for number, image in enumerate(dataset.images, 1)}
    return looked[key]
