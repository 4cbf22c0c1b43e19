"""What each aggregation of one trunk's map finds, and how large it is: figure 5 of the 2019 report on one's own photographs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import Score, mean_average_precision
from retrieval_core.evaluation.published_aggregations import published
from retrieval_core.evaluation.significance import interval_of_mean
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.presets import Preset
from retrieval_core.search_choices import AGGREGATIONS

LOW, HIGH = "low", "high"
PUBLISHED, FINE_TUNED = "published", "published, fine-tuned"


@dataclass(frozen=True)
class Found:
    """What there is of one model: its dimensions, None where it has no vector, the bytes of a photograph on the mean, and the AP of
    every query, empty where there is no ground truth.
    """

    preset: Preset
    dimensions: int | None
    bytes: float
    scores: Sequence[Score]


def aggregation_table(found: Mapping[str, Found], dataset: Dataset, protocol: str) -> pd.DataFrame:
    """Models down; across the aggregation, its whitening, dimensions, bytes a photograph, and the mAP in percent with its interval.

    The 95 % interval is of the mean over queries when whole landmarks are drawn anew; NaN without ground truth. Published figures
    stand beside ours only where network and dataset are the same.
    """
    landmarks = {query.id: query.label for query in dataset.queries}
    rows = {}
    for key, one in found.items():
        name = one.preset.aggregation
        mean = mean_average_precision(one.scores, protocol)
        low, high = (None, None) if mean is None else interval_of_mean(
            [score.ap(protocol) for score in one.scores], [landmarks[score.query_id] for score in one.scores]
        )  # fmt: skip
        theirs = published(one.preset.backbone, dataset, name)
        rows[key] = {
            "aggregation": AGGREGATIONS[name].title if name else "as it is",
            "whitening": f"PCA to {one.dimensions}" if one.preset.whitening else None,
            "dimensions": one.dimensions, "bytes": one.bytes,
            MEAN: None if mean is None else 100 * mean, LOW: low, HIGH: high, PUBLISHED: theirs[0], FINE_TUNED: theirs[1],
        }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    table["dimensions"] = table["dimensions"].astype("Int64")
    table = table.astype(dict.fromkeys([MEAN, LOW, HIGH, PUBLISHED, FINE_TUNED], float))
    return table.drop(columns=[column for column in (PUBLISHED, FINE_TUNED) if table[column].isna().all()])
