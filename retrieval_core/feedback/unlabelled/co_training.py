"""Co-training: two learners, each with a view of its own, label for one another what they are surest of."""

import numpy as np

from retrieval_core.feedback.unlabelled.first_negatives import WORDS, first_negatives
from retrieval_core.feedback.unlabelled.method import Groups, Method, logistic

ROUNDS, POSITIVES, NEGATIVES, POOL = 30, 1, 3, 75


def _decide(groups: Groups) -> np.ndarray:
    """The mean of the log-odds of both learners, after the last round."""
    assert groups.second is not None
    views = [groups.rows, np.concatenate(groups.second)]
    return co_train(views, len(groups.labelled), first_negatives(groups.labelled, groups.unlabelled), groups.seed)


def co_train(views: list[np.ndarray], count: int, negatives: np.ndarray, seed: int, rounds: int = ROUNDS) -> np.ndarray:
    """Mean log-odds (N,) of two learners on views (N, D), the first `count` rows of which are labelled.

    `negatives`: positions among the unlabelled that both begin with. Each round each learner takes its surest positive and its
    three surest negatives out of a pool of 75 unlabelled for the other; the pool is then filled up at random.
    """
    known = [dict.fromkeys(range(count), 1) | dict.fromkeys((count + negatives).tolist(), 0) for _ in views]
    waiting = np.random.default_rng(seed).permutation(sorted(set(range(count, len(views[0]))) - set(known[0]))).tolist()
    pool = [waiting.pop() for _ in range(min(POOL, len(waiting)))]
    for _ in range(rounds):
        learners = [_learnt(view, marks) for view, marks in zip(views, known, strict=True)]
        for number, (view, learner) in enumerate(zip(views, learners, strict=True)):
            if len(pool) < POSITIVES + NEGATIVES:
                return _mean(views, known)
            order = [pool[place] for place in np.argsort(learner.decision_function(view[pool]), kind="stable")]
            for taken, mark in ((order[-POSITIVES:], 1), (order[:NEGATIVES], 0)):
                known[1 - number] |= dict.fromkeys(taken, mark)
                pool = [row for row in pool if row not in taken]
        pool += [waiting.pop() for _ in range(min(POOL - len(pool), len(waiting)))]
    return _mean(views, known)


def _learnt(view: np.ndarray, marks: dict[int, int]):
    return logistic(view[list(marks)], np.array(list(marks.values())))


def _mean(views: list[np.ndarray], known: list[dict[int, int]]) -> np.ndarray:
    return np.mean([_learnt(view, marks).decision_function(view) for view, marks in zip(views, known, strict=True)], axis=0)


CO_TRAINING = Method(
    "co-training", _decide,
    definition=f"Two models are the views. Both learners begin with the labelled and {WORDS}; {ROUNDS} rounds long each labels its "
               f"{POSITIVES} surest positive and its {NEGATIVES} surest negatives out of {POOL} for the other.",
    assumes="Either view is enough by itself, and the two err independently. Two of our models see the same pixels: they do not.",
    source="Blum and Mitchell, Combining labeled and unlabeled data with co-training, COLT 1998",
)  # fmt: skip
