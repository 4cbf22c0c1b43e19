"""Label spreading: labels flow along the graph of nearest neighbours."""

import warnings

import numpy as np

from retrieval_core.feedback.unlabelled.first_negatives import WORDS, first_negatives
from retrieval_core.feedback.unlabelled.method import Groups, Method

NEIGHBOURS, GIVEN_BACK, ROUNDS = 7, 0.2, 100


def _decide(groups: Groups) -> np.ndarray:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.semi_supervised import LabelSpreading

    marks = np.where(groups.marks == 1, 1, -1)
    marks[len(groups.labelled) + first_negatives(groups.labelled, groups.unlabelled)] = 0
    neighbours = min(NEIGHBOURS, len(marks) - 1)
    learner = LabelSpreading(kernel="knn", n_neighbors=neighbours, alpha=GIVEN_BACK, max_iter=ROUNDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # after a hundred rounds of 0.2 nothing moves any more
        warnings.simplefilter("ignore", RuntimeWarning)  # what no label reaches has the share 0 of both
        shares = learner.fit(groups.rows, marks).label_distributions_
    return np.nan_to_num(shares[:, 1] - shares[:, 0])


LABEL_SPREADING = Method(
    "label spreading", _decide,
    definition=f"The labels of the labelled and of {WORDS} spread along the graph of {NEIGHBOURS} nearest neighbours; "
               f"α = {GIVEN_BACK}. The decision is the share of labelled less the share of negatives that arrives.",
    assumes="Photographs that are near one another show the same; the first negatives, which nobody marked, are negatives.",
    source="Zhou, Bousquet, Lal, Weston and Schölkopf, Learning with local and global consistency, NIPS 2003",
)  # fmt: skip
