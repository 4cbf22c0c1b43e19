"""What describing a photograph costs each model, beside what it finds: the table, and which models no other beats."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from retrieval_core.evaluation.tables import MEAN


@dataclass(frozen=True)
class Cost:
    """What describing a photograph costs one model. JSON-able."""

    parameters: int  # of the network
    operations: float  # multiply-adds a photograph
    bytes: int  # a descriptor, as it is stored
    milliseconds: float  # a photograph that is decoded already: the median of the repeats
    repeats: tuple[float, ...]  # milliseconds a photograph, one after the other
    photographs: int  # that were described at each repeat
    size: int  # at which they were described, pixels
    machine: str  # that the time was measured on, in words


MEASURES = {
    "parameters": "million parameters",
    "operations": "million multiply-adds a photograph",
    "bytes": "bytes a descriptor",
    "milliseconds": "milliseconds a photograph",
}
"""What a cost is measured in, and the column of the table that it stands in."""
FASTEST, SLOWEST = "fastest repeat", "slowest repeat"


def cost_table(costs: Mapping[str, Cost], means: Mapping[str, float]) -> pd.DataFrame:
    """Models down; across their mAP in percent, NaN where a model has none, the four measures, the size and the machine.

    Beside the median of the milliseconds stand the fastest and the slowest repeat: far apart if the machine had other work.
    """
    rows = {key: {
        MEAN: means.get(key),
        MEASURES["parameters"]: cost.parameters / 1e6,
        MEASURES["operations"]: cost.operations / 1e6,
        MEASURES["bytes"]: cost.bytes,
        MEASURES["milliseconds"]: cost.milliseconds,
        FASTEST: min(cost.repeats),
        SLOWEST: max(cost.repeats),
        "size": cost.size,
        "measured on": cost.machine,
    } for key, cost in costs.items()}  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").astype({MEAN: float}).rename_axis("model")


def pareto_front(table: pd.DataFrame, measure: str) -> list[str]:
    """The models that no other beats in a measure, cheapest first: whoever finds more costs more.

    `measure` is a key of MEASURES. Of models that are alike in both the first counts; those without an mAP are left out.
    """
    column = MEASURES[measure]
    ordered = table.dropna(subset=[MEAN]).sort_values([column, MEAN], ascending=[True, False], kind="stable")
    return [key for key, best_before in ordered[MEAN].cummax().shift(fill_value=-1.0).items() if ordered.loc[key, MEAN] > best_before]
