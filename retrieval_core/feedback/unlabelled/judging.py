"""How a method is judged: labelled photographs are hidden among the unlabelled, and it is counted how well it finds them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from retrieval_core.errors import RetrievalError
from retrieval_core.feedback.unlabelled.method import MOST_DIMENSIONS, Groups, Method

FEWEST = 5  # labelled, and unlabelled, photographs that a judgement takes
MOST = 6000  # photographs that take part; of more, some are drawn
MEASURES = ("auc", "precision", "recall")
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Sample:
    """The photographs that take part, as positions in the dataset: labelled (P,) with their landmarks' numbers, and unlabelled (U,).

    counted: (U,) whether an unlabelled one counts as wrong when it is called positive; junk of a query does not count.
    """

    labelled: np.ndarray
    landmarks: np.ndarray
    unlabelled: np.ndarray
    counted: np.ndarray


def check_counts(labelled: int, unlabelled: int) -> None:
    """RetrievalError where there are fewer than FEWEST photographs of either kind."""
    for name, count in (("labelled", labelled), ("unlabelled", unlabelled)):
        if count < FEWEST:
            raise RetrievalError(f"The dataset has {count} {name} photographs, and at least {FEWEST} of either kind are needed to "
                                 "tell them apart. Choose a dataset with both, as the town or Oxford5k.")  # fmt: skip


def draw_sample(labels: np.ndarray, junk: np.ndarray, seed: int, most: int) -> Sample:
    """All photographs, or `most` drawn at random: of labels (N,), numbers of landmarks and -1 for none, and which are junk (N,).

    The labelled are kept as far as they leave half of the places to the unlabelled, or fill what these leave.
    Raises RetrievalError where there are too few of either, see check_counts.
    """
    groups = [np.flatnonzero(labels >= 0), np.flatnonzero(labels < 0)]
    check_counts(*map(len, groups))
    half = most // 2
    kept = min(len(groups[0]), max(half, most - len(groups[1])))
    random = np.random.default_rng([seed, 0])
    labelled, unlabelled = (
        np.sort(random.choice(found, count, replace=False)) if count < len(found) else found
        for found, count in zip(groups, (kept, most - kept), strict=True)
    )
    return Sample(labelled, labels[labelled], unlabelled, ~junk[unlabelled])


def in_words(labelled: int, unlabelled: int, total: int) -> str:
    """How many take part, and that these are not all where they are not."""
    words = f"{labelled:,} labelled and {unlabelled:,} unlabelled photographs"
    if labelled + unlabelled == total:
        return words
    return f"{words}, drawn at random from {total:,}: the others have no decision value"


def view_of(descriptors: np.ndarray) -> np.ndarray:
    """Descriptors (N, D) turned onto their principal components, at most MOST_DIMENSIONS, as float64."""
    chosen = descriptors - descriptors.mean(axis=0, dtype=np.float64)
    values, axes = np.linalg.eigh(chosen.T @ chosen if chosen.shape[1] <= len(chosen) else chosen @ chosen.T)
    kept = min(MOST_DIMENSIONS, *chosen.shape)
    values, axes = values[::-1][:kept], axes[:, ::-1][:, :kept]
    return chosen @ axes if chosen.shape[1] <= len(chosen) else axes * np.sqrt(np.maximum(values, 0.0))


def decisions(method: Method, views: list[np.ndarray], sample: Sample, prior: float, seed: int) -> np.ndarray:
    """The decision values (P + U,) of all photographs of a sample, from views (P + U, D) with the labelled ones first."""
    return _decide(method, views, np.arange(len(sample.labelled)), sample.landmarks, prior, seed)


def judge_once(method: Method, views: list[np.ndarray], sample: Sample, share: float, prior: float, seed: int) -> np.ndarray:
    """ROC-AUC, precision and recall (3,), 0 to 1, of one draw: `share` of the labelled are hidden among the unlabelled.

    All three are of the hidden ones and the unlabelled that count. Precision is the share of hidden ones among what is called
    positive, NaN where nothing is; it is too low as far as unlabelled photographs show a landmark that nobody has noted.
    """
    from sklearn.metrics import roc_auc_score

    count = len(sample.labelled)
    hidden = np.zeros(count, bool)
    hidden[np.random.default_rng([seed, 1]).permutation(count)[: hidden_count(count, share)]] = True
    seen = np.flatnonzero(~hidden)
    values = _decide(method, views, seen, sample.landmarks[seen], prior, seed)
    counted = np.concatenate([hidden, sample.counted])
    right = np.arange(len(values))[counted] < count
    called = values[counted] > 0
    precision = right[called].mean() if called.any() else np.nan
    return np.array([roc_auc_score(right, values[counted]), precision, called[right].mean()])


def hidden_count(labelled: int, share: float) -> int:
    """How many of the labelled are hidden: at least one, and two stay."""
    return min(labelled - 2, max(1, round(share * labelled)))


def _decide(
    method: Method, views: list[np.ndarray], labelled: np.ndarray, landmarks: np.ndarray, prior: float, seed: int
) -> np.ndarray:
    """Decision values in the order of the views' rows when `labelled` are the labelled ones."""
    others = np.setdiff1d(np.arange(len(views[0])), labelled)
    first, *second = [(view[labelled], view[others]) for view in views]
    found = method.decide(Groups(*first, landmarks, prior, second[0] if second else None, seed))
    values = np.empty(len(found))
    values[np.concatenate([labelled, others])] = found
    return values


def interval(values: np.ndarray, share: float) -> tuple[float, float, float]:
    """Mean and 95 % interval of a measure over draws (J,), 0 to 1; NaN draws are left out, and of one draw there is no interval.

    Draws share photographs, so their mean is less certain than J independent ones would make it: the variance is multiplied by
    1/J + share / (1 - share) (Nadeau and Bengio, "Inference for the generalization error", Machine Learning 52, 2003).
    """
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return (float(known.mean()) if len(known) else np.nan), np.nan, np.nan
    far = stdtrit(len(known) - 1, (1 + LEVEL) / 2) * known.std(ddof=1) * np.sqrt(1 / len(known) + share / (1 - share))
    return float(known.mean()), float(max(0.0, known.mean() - far)), float(min(1.0, known.mean() + far))
