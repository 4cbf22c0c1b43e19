"""A run: what models depend on, chosen once, together, under a name. What is chosen at search time is part of a model's key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.schedules import SCHEDULES, STARTS, column_name
from retrieval_core.workspace import short_hash

TRAINING_SET = "town-train"
SEEDS = range(2**32)  # what NumPy and torch take
RESERVED = (IMPORTED_RUN, "photographs", "original", "sheets", "thumbnails", "bins")
"""Names that no run can have: other things lie under them in a dataset's folder."""


@dataclass(frozen=True)
class OwnWeights:
    """A person's own files of ImageNet weights: where they were, and name and SHA-256 of each backbone's."""

    path: str
    files: Mapping[str, tuple[str, str]]

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 by backbone: what tells two sets of files apart, wherever they lie."""
        return {backbone: sha256 for backbone, (_, sha256) in sorted(self.files.items())}


@dataclass(frozen=True)
class Run:
    """Schedule, start (one of STARTS), training set and seed, and own weights where the start was read from files."""

    name: str
    schedule: str = "quick"
    start: str = "shapes"
    training: str = TRAINING_SET
    seed: int = 0
    weights: OwnWeights | None = field(default=None)

    def __post_init__(self):
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("start", self.start, STARTS)
        check_seed(self.seed)
        if self.name in RESERVED:
            raise RetrievalError(f"A run can't be called {self.name!r}: other things lie there. Choose another name with --run.")

    @property
    def column(self) -> str:
        """The column of `schedules.py` that its stages are trained by."""
        return column_name(self.schedule, self.start)

    @property
    def settings(self) -> dict:
        """What makes two runs the same or not, whatever they are called. JSON-able."""
        return {
            "schedule": self.schedule, "start": self.start, "training": self.training, "seed": self.seed,
            "weights": self.weights.hashes if self.weights else None,
        }  # fmt: skip

    @property
    def derived(self) -> bool:
        """Whether the name is the one that the settings give."""
        return self.name == derived_name(**self.settings)

    def differences(self, other: "Run") -> list[str]:
        """What the other run has otherwise, in words."""
        theirs = other.settings
        return [f"{key} {theirs[key]} and not {value}" for key, value in self.settings.items() if theirs[key] != value]


def derived_name(schedule: str, start: str, training: str, seed: int, weights: Mapping[str, str] | None = None) -> str:
    """The name that settings give: `quick`, `quick-seed1`, `full-imagenet-landmarks`; what is usual is left out."""
    parts = [schedule, start if start != "shapes" else "", short_hash(weights) if weights else ""]
    parts += [training if training != TRAINING_SET else "", f"seed{seed}" if seed else ""]
    return "-".join(filter(None, parts))


def check_seed(seed: int) -> int:
    """Return a seed that libraries take; RetrievalError with the range for another."""
    if not isinstance(seed, int) or seed not in SEEDS:  # anything but an int would be looked for one by one
        raise RetrievalError(f"The seed {seed} is out of range. Give a whole number from 0 to {SEEDS[-1]}.")
    return seed
