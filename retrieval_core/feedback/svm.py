"""A linear support vector machine between the query with what is right, and what is wrong.

Source: Tong and Chang, "Support vector machine active learning for image retrieval", ACM Multimedia 2001. Linear, since a row of
length 1 then costs one product however many marks there are.
"""

from collections.abc import Mapping

import numpy as np

from retrieval_core.feedback.method import Method, Round


def learn(round: Round, parameters: Mapping[str, float]) -> np.ndarray:
    """The side (N,) of the margin on which each photograph lies, and how far; similarities where nothing is marked wrong."""
    from sklearn.svm import SVC  # takes a while to load, and pages import this file

    [view] = round.views
    if not len(round.wrong):
        return view.similarities
    rows = np.concatenate([view.query[None], view.database[round.marked]]).astype(np.float64)
    machine = SVC(kernel="linear", C=parameters["c"], class_weight="balanced").fit(rows, np.append(1.0, round.signs))
    return view.database @ machine.coef_[0].astype(np.float32) + np.float32(machine.intercept_[0])


SVM = Method(
    "support vector machine", {"c": 10.0}, {"c": (1e-3, 1000.0)}, learn, "distance from the margin's middle", "Tong and Chang 2001",
)  # fmt: skip
