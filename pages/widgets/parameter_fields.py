"""Fields for the parameters of a method, whose values stand in the link as far as they are not the usual ones."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.state import link
from retrieval_core.parameters import Parametrised, read_parameters

WORDS = {"query_k": "k of the query", "alpha": "α", "gamma": "γ", "beta": "β", "xi": "ξ", "c": "C", "pull": "λ, pull",
         "p_other": "p of the other"}  # fmt: skip
"""What parameters are called that are not called as they are."""


def show(place: str, method: Parametrised, usual: Mapping[str, float], help: Callable[[str], str]) -> dict[str, float]:
    """A field for each parameter; what differs from the usual is written into the parameter `place` of the link. Returns all values."""
    now = method.fill_in({**usual, **read_parameters(link.get(place))})
    for name, value in now.items():
        low, high = method.bounds[name]
        whole = isinstance(usual[name], int)
        key = f"{method.title} {name} {value}"
        st.number_input(
            WORDS.get(name, name), int(low) if whole else float(low), int(high) if whole else float(high), value,
            step=1 if whole else 0.01 if high <= 1 else 0.5, key=key, width=130, help=help(name),
            on_change=_take, args=(place, name, key, now, usual),
        )  # fmt: skip
    return now


def _take(place: str, name: str, key: str, now: Mapping[str, float], usual: Mapping[str, float]) -> None:
    values = {**now, name: st.session_state[key]}
    link.put(**{place: ",".join(f"{one}={value:g}" for one, value in values.items() if value != usual[one])})
