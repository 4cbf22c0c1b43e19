"""The figures of the 2019 course report, to stand beside ours on Oxford5k.

Source: the report on the NAVER LABS practical on image retrieval (`almazan/paiss`, 2018). Protocol "finite_sum":
the practical printed scikit-learn's `average_precision_score`, so these values lie above the official ones.
"""

import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.tables import MEAN, report_queries

REPORT_PROTOCOL = "finite_sum"

REPORT_QUERIES = (1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51)
"""0-based positions in the sorted list of the 55 queries of Oxford5k."""

# AP in percent of the queries above, and the reported mean of the eleven; 1e was not reported.
REPORT = {
    "1a": ((10.96, 13.04, 12.73, 25.47, 44.30, 14.51, 61.62, 47.65, 5.49, 69.50, 65.77), 33.73),
    "1b": ((31.08, 28.93, 24.67, 67.69, 55.58, 15.72, 62.50, 68.42, 27.57, 83.76, 76.99), 49.36),
    "1c": ((39.22, 61.40, 69.01, 49.89, 68.10, 31.41, 70.73, 92.14, 17.03, 89.58, 89.22), 61.61),
    "1d": ((48.20, 84.46, 39.82, 1.28, 32.03, 47.47, 73.36, 70.76, 11.38, 100.0, 85.47), 54.02),
    "1f": ((58.24, 84.27, 71.42, 0.76, 82.15, 65.96, 77.13, 94.78, 55.24, 100.0, 98.00), 71.63),
    "1g": ((58.24, 91.52, 59.88, 2.63, 87.99, 86.77, 82.77, 94.81, 58.36, 100.0, 97.90), 74.62),
    "1h": ((92.80, 80.91, 55.38, 10.33, 96.56, 81.79, 95.59, 100.0, 64.59, 100.0, 99.08), 79.73),
}

OXFORD5K_LANDMARKS = (
    "all_souls", "ashmolean", "balliol", "bodleian", "christ_church", "cornmarket",
    "hertford", "keble", "magdalen", "pitt_rivers", "radcliffe_camera",
)  # fmt: skip


def is_oxford5k(dataset: Dataset) -> bool:
    """Whether the dataset asks the 55 queries of Oxford5k, five for each of its eleven landmarks."""
    expected = [f"{landmark}_{number}" for landmark in OXFORD5K_LANDMARKS for number in range(1, 6)]
    return [query.id for query in dataset.queries] == expected


def report_table(dataset: Dataset) -> pd.DataFrame | None:
    """The report's figures in the shape of `ap_table(…, "finite_sum")`; None where the dataset is not Oxford5k.

    The means are those printed in the report, not recomputed.
    """
    if not is_oxford5k(dataset):
        return None
    columns = [*report_queries(dataset), MEAN]
    return pd.DataFrame.from_dict({model: [*values, mean] for model, (values, mean) in REPORT.items()},
                                  orient="index", columns=columns)  # fmt: skip
