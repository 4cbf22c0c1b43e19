"""One set of parameters for all pages, mirrored in the URL, so that a link reproduces what its sender saw."""

from collections.abc import Collection, Iterable
from urllib.parse import quote, unquote

import streamlit as st

DEFAULTS = {
    "dataset": "town",
    "model": "1a",
    "query": "",
    "selection": "",
    "method": "tsne",
    "subset": "all",
    "k": "12",
    "protocol": "oxford",
}
_KEY = "shared state"


def load_state() -> None:
    """Take over what the URL says; where it says nothing, as after a change of page, put back what was chosen."""
    state = st.session_state.setdefault(_KEY, dict(DEFAULTS))
    for name in DEFAULTS:
        if name in st.query_params:
            state[name] = st.query_params[name]
    _write_url(state)


def is_loaded() -> bool:
    """Whether `load_state` has been called in this session."""
    return _KEY in st.session_state


def get(name: str) -> str:
    """The value of a parameter."""
    return st.session_state.get(_KEY, DEFAULTS)[name]


def put(**changes: str) -> None:
    """Change parameters, here and in the URL."""
    state = st.session_state.setdefault(_KEY, dict(DEFAULTS))
    state |= {name: str(value) for name, value in changes.items()}
    _write_url(state)


def selected() -> list[str]:
    """Ids of the selected photographs, as clicked or lassoed, or as the link names them."""
    return [unquote(part) for part in get("selection").split(",") if part]


def select(ids: Iterable[str]) -> None:
    """Select photographs, here and in the URL; a comma inside an id is written as %2C."""
    put(selection=",".join(quote(image_id, safe="/ ") for image_id in ids))


def choose(name: str, options: Collection[str], widget, label: str, **arguments) -> str:
    """A widget for a parameter; a value from the URL that is no option is named and replaced."""
    options = list(options)
    value = get(name)
    if options and value not in options:
        if value != DEFAULTS[name]:
            st.warning(f"The link asks for {name} {value!r}, which is not here. Showing {options[0]!r} instead.")
        value = options[0]
        put(**{name: value})
    key = f"widget {name}"
    st.session_state[key] = value
    widget(label, options, key=key, on_change=lambda: _changed(name, key), **arguments)
    return value


def _changed(name: str, key: str) -> None:
    # A pressed button that is pressed again is released: it stays what it was.
    if st.session_state[key] is None:
        return
    # Ids of one dataset say nothing in another.
    left_behind = {"query": "", "selection": ""} if name == "dataset" else {}
    put(**{name: st.session_state[key]}, **left_behind)


def _write_url(state: dict[str, str]) -> None:
    wanted = {name: value for name, value in state.items() if value}
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)
