"""The objectives by the names that presets give them: a new one is a file of its own and a row here."""

from retrieval_core.errors import check_choice
from retrieval_core.training.average_precision_loss import AVERAGE_PRECISION
from retrieval_core.training.classification import CLASSIFICATION
from retrieval_core.training.objective import Objective
from retrieval_core.training.triplet import TRIPLET

OBJECTIVES: dict[str, Objective] = {
    "classification": CLASSIFICATION,
    "triplet": TRIPLET,
    "average precision": AVERAGE_PRECISION,
}


def get_objective(name: str) -> Objective:
    """An objective by its name; RetrievalError lists the names."""
    return OBJECTIVES[check_choice("loss", name, OBJECTIVES)]
