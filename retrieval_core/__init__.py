"""Landmark retrieval: train, describe, rank, score and map networks.

The verbs of this package are all that one needs from Python or in a notebook; see "From Python" in the README. Each is loaded when it
is first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrieval_core.errors import RetrievalError as RetrievalError
    from retrieval_core.verbs.described import Described as Described
    from retrieval_core.verbs.described import describe as describe
    from retrieval_core.verbs.described import from_matrix as from_matrix
    from retrieval_core.verbs.evaluated import Evaluated as Evaluated
    from retrieval_core.verbs.evaluated import evaluate as evaluate
    from retrieval_core.verbs.opened import Opened as Opened
    from retrieval_core.verbs.opened import add as add
    from retrieval_core.verbs.opened import open as open
    from retrieval_core.verbs.projected import Projected as Projected
    from retrieval_core.verbs.projected import project as project
    from retrieval_core.verbs.ranked import Ranked as Ranked
    from retrieval_core.verbs.ranked import rank as rank
    from retrieval_core.verbs.shown import Shown as Shown
    from retrieval_core.verbs.shown import show as show

__version__ = "0.8.0"

_VERBS = {
    "add": "opened", "open": "opened", "Opened": "opened",
    "describe": "described", "from_matrix": "described", "Described": "described",
    "rank": "ranked", "Ranked": "ranked",
    "evaluate": "evaluated", "Evaluated": "evaluated",
    "project": "projected", "Projected": "projected",
    "show": "shown", "Shown": "shown",
}  # fmt: skip
__all__ = ["RetrievalError", *_VERBS]


def __getattr__(name: str) -> Any:
    if name == "RetrievalError":
        return import_module("retrieval_core.errors").RetrievalError
    if name not in _VERBS:
        raise AttributeError(f"module 'retrieval_core' has no attribute {name!r}")
    return getattr(import_module(f"retrieval_core.verbs.{_VERBS[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
