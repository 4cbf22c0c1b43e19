"""One set of parameters for all pages, mirrored in the URL, so that a link reproduces what its sender saw."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import NoReturn
from urllib.parse import quote, unquote

import streamlit as st

from pages.state.defaults import CHOICES, DEFAULTS, DEPENDENT
from pages.state.plain import plain
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.changes import STRENGTHS
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.feedback.methods import METHODS as FEEDBACK
from retrieval_core.parameters import read_parameters
from retrieval_core.projection.maps import METHODS, read_map_seed
from retrieval_core.ranking.engines import read_engine
from retrieval_core.ranking.order import METHODS as METHODS_AFTER
from retrieval_core.stored.colourings import COLOURINGS

MOST_IN_URL = 60  # selected photographs that are named one by one
_SHOWN = 40  # characters of a value that can't be read
_KEY = "shared state"
LOOKED = "looked at"  # what a run of a page has read already and asks for again; it begins with nothing


def load_state() -> None:
    """Take over what the URL says; where it says nothing, as after a change of page, put back what was chosen."""
    st.session_state.pop(LOOKED, None)
    state = st.session_state.setdefault(_KEY, dict(DEFAULTS))
    for name in DEFAULTS:
        if name in st.query_params:
            state[name] = st.query_params[name]
    _mend(state)
    _write_url(state)


def _mend(state: dict[str, str]) -> None:
    """Say which values can't be what they stand for, and put the usual ones in their place; `choose` does so for its own."""
    for name, why in faults(state).items():
        st.warning(f"{plain(why)} The link asks for it; the usual is shown instead.")
        state[name] = DEFAULTS[name]


def faults(state: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the values of all parameters, by name: those that can't be what they stand for, on whatever dataset."""
    readers: dict[str, Callable[[str], object]] = {
        "settings": lambda text: METHODS[state["method"]].fill_in(read_parameters(text)) if state["method"] in METHODS else None,
        "rerank": lambda text: check_choice("method after the search", text, METHODS_AFTER), "knobs": lambda text: _knobs(state, text),
        "learning": lambda text: FEEDBACK[state["learn"]].fill_in(read_parameters(text)) if state["learn"] in FEEDBACK else None,
        "seed": read_map_seed, "unlabelled": _share, "view": _view, "brush": _brush, "colour": _colour, "threshold": _similarity,
        "engine": read_engine, "changes": lambda text: STRENGTHS.fill_in(read_parameters(text)), "card": _number, "edited": _number,
        **{name: partial(check_choice, name, choices=choices) for name, choices in CHOICES.items()},
    }  # fmt: skip
    found = {}
    for name, read in readers.items():
        try:
            read(state[name])
        except RetrievalError as error:
            found[name] = str(error)
    return found


def _knobs(state: Mapping[str, str], text: str) -> None:
    # The usual method takes the place of one that there is not.
    method = state["rerank"] if state["rerank"] in METHODS_AFTER else DEFAULTS["rerank"]
    METHODS_AFTER[method].fill_in(read_parameters(text))


def _number(text: str) -> None:
    if text and not re.fullmatch("[1-9][0-9]{0,2}", text):
        raise RetrievalError(f"The number of a card is {text[:_SHOWN]!r}. Write a whole number from 1.")


def _share(text: str) -> None:
    if not re.fullmatch(r"0|1|1\.0+|0?\.[0-9]+", text):
        raise RetrievalError(f"The opacity of the unlabelled is {text[:_SHOWN]!r}. Write a number from 0 to 1.")


def _similarity(text: str) -> None:
    if text and not re.fullmatch(r"-?(0|0?\.[0-9]{1,6}|0\.|1|1\.0*)", text):
        raise RetrievalError(f"The threshold is {text[:_SHOWN]!r}. Write a similarity from -1 to 1, as in 0.62.")


def _view(text: str) -> None:
    if text and not re.fullmatch(r"(-?[0-9]{1,9}(\.[0-9]*)?,){2}[0-9]{1,9}(\.[0-9]*)?", text):
        raise RetrievalError(f"The view {text[:_SHOWN]!r} is not three numbers, a place and how near it is seen, as in 0.1,-0.2,3.")


def _brush(text: str) -> None:
    number = r"-?[0-9]{1,9}(\.[0-9]{1,9})?"
    if text and not re.fullmatch(rf"((^|,)(similarity|hubness):{number}\.\.{number}){{1,2}}", text):
        raise RetrievalError(f"The brush {text[:_SHOWN]!r} is not written as in similarity:0.5..0.9,hubness:3..20.")


def _colour(text: str) -> None:
    check_choice("colour", text.partition(":")[0], ("landmark", "overlap", *COLOURINGS))


def get(name: str) -> str:
    """The value of a parameter."""
    return st.session_state.get(_KEY, DEFAULTS)[name]


def put(**changes: str) -> None:
    """Change parameters, here and in the URL; what depends on one that changes falls back, unless it is given as well."""
    state = st.session_state.setdefault(_KEY, dict(DEFAULTS))
    changed = [name for name, value in changes.items() if state[name] != str(value)]
    state |= {left: DEFAULTS[left] for name in changed for left in DEPENDENT.get(name, ())}
    state |= {name: str(value) for name, value in changes.items()}
    _write_url(state)


def map_parameters() -> dict[str, str]:
    """What says which maps are looked at."""
    return {name: get(name) for name in ("run", "method", "subset", "settings", "seed")}


def selected(dataset: Dataset) -> list[str]:
    """Ids of the selected photographs; what a link names and the dataset does not have is said and left out."""
    value = get("selection")
    if not value.startswith("~"):
        found = [unquote(part) for part in value.split(",") if part]
        known = {image.id for image in dataset.images}
        strangers = [image_id for image_id in found if image_id not in known]
        if strangers:
            st.warning(f"The link asks for the photograph '{plain(strangers[0])}', which is not in {dataset.name!r}.")
            select([image_id for image_id in found if image_id in known], dataset)
        return [image_id for image_id in found if image_id in known]
    version, _, spans = value[1:].partition(":")
    if version != dataset.photographs[:6]:
        st.warning(f"The link's selection was made on other photographs than {dataset.name!r} has now; it is left out.")
        select((), dataset)
        return []
    numbers = [re.fullmatch("([0-9]{1,9})(?:-([0-9]{1,9}))?", span) for span in spans.split(",")]
    if not all(numbers):
        st.warning("The link's selection can't be read, its numbers are not written as 3-7,9; it is left out.")
        select((), dataset)
        return []
    return [image.id for span in numbers for image in dataset.images[int(span[1]) : int(span[2] or span[1]) + 1]]


def listed(names: Iterable[str]) -> str:
    """Names as one parameter, separated by commas; a comma inside of one is written as %2C."""
    return ",".join(name.replace("%", "%25").replace(",", "%2C") for name in names)


def select(ids: Iterable[str], dataset: Dataset) -> None:
    """Select photographs, here and in the URL.

    A comma inside an id is written as %2C. More than MOST_IN_URL are written as spans of their places among the dataset's
    photographs, behind the beginning of its fingerprint: a link has to stay short.
    """
    ids = list(ids)
    if len(ids) <= MOST_IN_URL:
        put(selection=",".join(quote(image_id, safe="/ ") for image_id in ids))
        return
    wanted = set(ids)
    places = [place for place, image in enumerate(dataset.images) if image.id in wanted]
    starts = [place for place, before in zip(places, [-2, *places], strict=False) if place != before + 1]
    ends = [place for place, after in zip(places, [*places[1:], -2], strict=True) if after != place + 1]
    spans = ",".join(f"{first}-{last}" if last > first else str(first) for first, last in zip(starts, ends, strict=True))
    put(selection=f"~{dataset.photographs[:6]}:{spans}")


def allowed(name: str, options: Collection[str]) -> str:
    """The value of a parameter; one from the URL that is no option is named and replaced."""
    options = list(options)
    value = get(name)
    if options and value not in options:
        if value != DEFAULTS[name]:
            instead = f" Showing '{plain(options[0])}' instead." if options[0] else ""
            st.warning(f"The link asks for {name} '{plain(value)}', which is not here.{instead}")
        value = options[0]
        put(**{name: value})
    return value


def choose(name: str, options: Collection[str], widget, label: str, **arguments) -> str:
    """A widget for a parameter; a value from the URL that is no option is named and replaced."""
    options = list(options)
    value = allowed(name, options)
    key = f"widget {name}"
    st.session_state[key] = value
    widget(label, options, key=key, on_change=lambda: _changed(name, key), **arguments)
    return value


def _changed(name: str, key: str) -> None:
    # A pressed button that is pressed again is released: it stays what it was.
    if st.session_state[key] is None:
        return
    put(**{name: st.session_state[key]})


def go(page: str) -> NoReturn:
    """Open another page with these parameters: at once, since an address without them would be a step of its own on the way back."""
    st.switch_page(page, query_params=_in_url(st.session_state.get(_KEY, DEFAULTS)))


def show(page: str, parameters: Mapping[str, str]) -> NoReturn:
    """Open a page by the name of its file with these parameters, and the usual values of all others."""
    st.session_state[_KEY] = DEFAULTS | {name: value for name, value in parameters.items() if name in DEFAULTS}
    go(f"{page}.py")


def unusual() -> dict[str, str]:
    """The parameters that differ from the usual ones."""
    state = st.session_state.get(_KEY, DEFAULTS)
    return {name: value for name, value in state.items() if value != DEFAULTS[name]}


def _write_url(state: dict[str, str]) -> None:
    if dict(st.query_params) != _in_url(state):
        st.query_params.from_dict(_in_url(state))


def _in_url(state: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in state.items() if value}
