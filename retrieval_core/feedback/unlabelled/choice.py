"""What a person chooses of a judgement: the method, how it is judged, and what the method must be given."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.feedback.unlabelled.methods import METHODS, PRIORS

SHARE, DRAWS, PRIOR = 0.2, 10, 0.1
SHARES, MOST_DRAWS = (0.05, 0.5), 100
NEEDS_PRIOR, NEEDS_SECOND = "nnpu", "co-training"


@dataclass(frozen=True)
class Choice:
    """One judgement. `prior` is 0 for all but nnPU, `second`, the key of the other model, empty for all but co-training.

    Raises RetrievalError for an unknown method and for numbers out of bounds.
    """

    method: str
    share: float = SHARE  # of the labelled that are hidden
    draws: int = DRAWS
    seed: int = 0
    prior: float = 0.0
    second: str = ""

    def __post_init__(self):
        check_choice("method", self.method, METHODS)
        low, high = SHARES
        if not low <= self.share <= high:
            raise RetrievalError(f"The share of the labelled that are hidden is {self.share!r}. Choose one from {low} to {high}.")
        if not 2 <= self.draws <= MOST_DRAWS:
            raise RetrievalError(
                f"The number of draws is {self.draws!r}. Choose one from 2 to {MOST_DRAWS}: of one there is no interval."
            )
        if not 0 <= self.seed < 2**32:
            raise RetrievalError(f"The seed is {self.seed!r}. Choose a whole number from 0 to {2**32 - 1}.")
        if self.method == NEEDS_PRIOR and not 0 < self.prior < 1:
            raise RetrievalError(f"The share π of positives among the unlabelled is {self.prior!r}. Choose one between 0 and 1.")
        if self.method == NEEDS_SECOND and not self.second:
            raise RetrievalError(
                "Co-training takes two models, and there is no second one here. Describe the dataset under another one."
            )

    def as_stored(self) -> dict:
        """As artefacts name it."""
        return asdict(self)

    @property
    def title(self) -> str:
        """The method, with what it was given."""
        given = f", π = {self.prior:g}" if self.method == NEEDS_PRIOR else f" with {self.second}" if self.second else ""
        return METHODS[self.method].title + given


def make_choice(method: str, share: float = SHARE, draws: int = DRAWS, seed: int = 0, prior: float = PRIOR, second: str = "") -> Choice:
    """A choice in which what the method does not ask for is left out."""
    return Choice(method, share, draws, seed, prior if method == NEEDS_PRIOR else 0.0, second if method == NEEDS_SECOND else "")


def with_priors(choices: Sequence[Choice]) -> list[Choice]:
    """The choices, and of nnPU one for each of PRIORS, so that it can be seen how the answer depends on it."""
    found = []
    for one in choices:
        priors = sorted({one.prior, *PRIORS}) if one.method == NEEDS_PRIOR else [one.prior]
        found += [Choice(one.method, one.share, one.draws, one.seed, prior, one.second) for prior in priors]
    return list(dict.fromkeys(found))


def second_model(model: str, ready: Sequence[str], asked: str = "") -> str:
    """The other view of a model: what is asked for unless that is the model itself, else the last other that is ready, else ""."""
    return next((key for key in (asked, *reversed(ready)) if key and key != model), "")
