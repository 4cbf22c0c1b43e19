"""The methods that learn from marks, and the one way in which they are asked: marks by id in, a value for every photograph out."""

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval_core.descriptors.matrix import Descriptors
from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.feedback.co_training import CO_TRAINING
from retrieval_core.feedback.label_spreading import LABEL_SPREADING
from retrieval_core.feedback.logistic import LOGISTIC
from retrieval_core.feedback.method import Method, Round, View
from retrieval_core.feedback.rocchio import ROCCHIO
from retrieval_core.feedback.ssaira import SSAIRA, SSAIRA_TWO
from retrieval_core.feedback.svm import SVM

METHODS: dict[str, Method] = {
    "rocchio": ROCCHIO, "logistic": LOGISTIC, "svm": SVM, "spreading": LABEL_SPREADING, "cotraining": CO_TRAINING, "ssaira": SSAIRA,
    "ssaira2": SSAIRA_TWO,
}  # fmt: skip
"""The methods by the name that stands in a link and on the command line."""


def learn(
    method: str,
    views: Sequence[tuple[np.ndarray, Descriptors]],
    right: Sequence[str],
    wrong: Sequence[str],
    parameters: Mapping[str, float] | None = None,
    neighbours: np.ndarray | None = None,
) -> np.ndarray:
    """A value (N,) float32 for every photograph: the higher, the more surely it is right. Without marks the similarity to the query.

    Args:
        method: one of METHODS.
        views: for each model that takes part, the query's descriptor (D,) and those of the photographs.
        right, wrong: ids of the photographs that are marked.
        parameters: of the method; what is left out has its default.
        neighbours: (N, K) rows of the nearest others of each photograph under the first model, if they are listed.

    Raises RetrievalError for an unknown method or parameter, for an id that is not there or marked both ways, for sets of words, and
    where the method needs another number of models.
    """
    chosen = METHODS[check_choice("method of feedback", method, METHODS)]
    used = chosen.fill_in(parameters or {})
    if len(views) != chosen.views:
        raise RetrievalError(f"{chosen.title} learns from the descriptors of {chosen.views} models, not of {len(views)}.")
    return values(chosen, as_round(views, right, wrong, neighbours), used)


def as_round(
    views: Sequence[tuple[np.ndarray, Descriptors]],
    right: Sequence[str],
    wrong: Sequence[str],
    neighbours: np.ndarray | None = None,
) -> Round:
    """Marks by id as rows, checked; see `learn`."""
    ids = views[0][1].ids
    for _, photographs in views:
        if are_sets(photographs.matrix):
            raise RetrievalError("Feedback adds descriptors up, and these are sets of visual words. Choose another aggregation.")
        if photographs.ids != ids:
            raise RetrievalError("The two models have described different photographs. Extract the descriptors again.")
    for one in (*right, *wrong):
        if one not in views[0][1]:
            raise RetrievalError(f"The photograph {one!r} is marked, and is not among those described. Take its mark away.")
    if both := set(right) & set(wrong):
        raise RetrievalError(f"The photograph {min(both)!r} is marked as right and as wrong. Take one mark away.")
    rows = lambda marked: np.array([views[0][1].row(one) for one in marked], np.int64)  # noqa: E731
    found = tuple(View(np.asarray(query, np.float32), photographs.matrix) for query, photographs in views)
    return Round(found, rows(right), rows(wrong), neighbours)


def values(method: Method, round: Round, parameters: Mapping[str, float]) -> np.ndarray:
    """What a method gives every photograph, (N,) float32; the similarities where nothing is marked."""
    if not len(round.marked):
        return round.similarities
    return method.learn(round, parameters).astype(np.float32, copy=False)


def order(round: Round, found: np.ndarray) -> np.ndarray:
    """All rows (N,) by falling values (N,); equal ones by their similarity, then as they stand."""
    return np.lexsort((-round.similarities, -found))


def least_sure(method: Method, round: Round, found: np.ndarray, count: int) -> np.ndarray:
    """Rows (K,), at most `count`, of what is not marked and lies nearest to where right turns into wrong; to be marked next.

    That is a value of 0 for a signed method, else the middle between the mean values of what is marked right and of what is marked
    wrong. None as long as all marks are of one sign: then nothing turns.
    """
    if not round.decides:
        return np.empty(0, np.int64)
    turn = 0.0 if method.signed else (found[round.right].mean() + found[round.wrong].mean()) / 2
    left = np.setdiff1d(np.arange(len(found)), round.marked)
    return left[np.lexsort((-round.similarities[left], np.abs(found[left] - turn)))[:count]]
