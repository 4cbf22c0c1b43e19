"""Self-training: a classifier that adds what it is sure of to what it learns from."""

import numpy as np

from retrieval_core.feedback.unlabelled.first_negatives import WORDS, first_negatives
from retrieval_core.feedback.unlabelled.method import STRENGTH, Groups, Method

SURE = 0.75  # probability from which on a photograph is added


def _decide(groups: Groups) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression
    from sklearn.semi_supervised import SelfTrainingClassifier

    marks = np.where(groups.marks == 1, 1, -1)  # -1: not known
    marks[len(groups.labelled) + first_negatives(groups.labelled, groups.unlabelled)] = 0
    learner = SelfTrainingClassifier(LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000), threshold=SURE)
    return learner.fit(groups.rows, marks).decision_function(groups.rows)


SELF_TRAINING = Method(
    "self-training", _decide,
    definition=f"Logistic regression of the labelled against {WORDS}; what it is {SURE:.0%} sure of is added, round by round.",
    assumes="What the classifier is sure of is right, and the first negatives, which nobody marked, are negatives.",
    source="Yarowsky, Unsupervised word sense disambiguation rivaling supervised methods, ACL 1995",
)  # fmt: skip
