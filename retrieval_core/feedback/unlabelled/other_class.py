"""The unlabelled as one class more beside those of the landmarks."""

import numpy as np

from retrieval_core.feedback.unlabelled.method import Groups, Method, logistic


def _decide(groups: Groups) -> np.ndarray:
    """How far the score of the best landmark lies above that of the class "other"."""
    other = groups.landmarks.max() + 1
    marks = np.concatenate([groups.landmarks, np.full(len(groups.unlabelled), other)])
    model = logistic(groups.rows, marks)
    shares = np.log(np.maximum(model.predict_proba(groups.rows), 1e-300))  # of two classes there is one score only
    return shares[:, :-1].max(axis=1) - shares[:, -1]  # classes are sorted: "other" is the last


OTHER_CLASS = Method(
    'class "other"', _decide,
    definition="Logistic regression with a class for each landmark and one more, which all unlabelled photographs make up.",
    assumes="The unlabelled are a class of their own. They are not: they show many things, some of which look like a landmark.",
    source="the 2019 report",
)  # fmt: skip
