"""Two steps with spies: labelled photographs hidden among the unlabelled say which of these are negatives for certain."""

import numpy as np

from retrieval_core.feedback.unlabelled.method import Groups, Method, logistic

SPIES = 0.15  # share of the labelled that are hidden
FEWEST = 0.1  # share of the unlabelled that are negatives at least, however low the lowest spy lies


def _decide(groups: Groups) -> np.ndarray:
    order = np.random.default_rng(groups.seed).permutation(len(groups.labelled))
    spies = order[: max(1, round(SPIES * len(order)))]
    reliable = reliable_negatives(np.delete(groups.labelled, spies, axis=0), groups.unlabelled, groups.labelled[spies])
    marks = np.repeat([1, 0], [len(groups.labelled), reliable.sum()])
    second = logistic(np.concatenate([groups.labelled, groups.unlabelled[reliable]]), marks)
    return second.decision_function(groups.rows)


def reliable_negatives(kept: np.ndarray, unlabelled: np.ndarray, spies: np.ndarray) -> np.ndarray:
    """Which of the unlabelled (U,) lie below the lowest spy when `kept` are told from unlabelled and spies.

    At least the lowest tenth: one spy that is like nothing else would leave none.
    """
    marks = np.repeat([1, 0], [len(kept), len(unlabelled) + len(spies)])
    first = logistic(np.concatenate([kept, unlabelled, spies]), marks)
    values = first.decision_function(unlabelled)
    return values < max(first.decision_function(spies).min(), np.quantile(values, FEWEST, method="higher") + 1e-12)


TWO_STEPS = Method(
    "two steps, spies", _decide,
    definition=f"{SPIES:.0%} of the labelled are hidden among the unlabelled; those below the lowest of them, and at least the lowest "
               "tenth, are the negatives that logistic regression then tells from the labelled.",
    assumes="The hidden labelled ones behave as the unlabelled positives do: none of these lies below the lowest of them.",
    source="Liu, Lee, Yu and Li, Partially supervised classification of text documents, ICML 2002; there with naive Bayes",
)  # fmt: skip
