"""The clusters of all models as tables, with intervals, and the sentences that compare one model with another."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.evaluation.clusters import MOSTLY, Clusters
from retrieval_core.evaluation.density_clusters import Agreement
from retrieval_core.evaluation.ledger import model_before
from retrieval_core.evaluation.significance import Difference, compare, interval_of_mean

LOW, HIGH = " low", " high"  # behind the name of a measure
MOST_NAMED = 3  # landmarks that a sentence names on either side
SEEN = 0.5  # points, below which a change would be printed as 0


@dataclass(frozen=True)
class Measure:
    """One thing that is measured of each labelled photograph: title with its unit, and where it stands; `unit` 100 for shares."""

    title: str
    values: Callable[[Clusters], np.ndarray]
    unit: float

    def text(self, value: float, signed: bool = False) -> str:
        """The value, in this unit, as it is printed."""
        return f"{value + 0.0:{'+' if signed else ''}.{1 if self.unit == 100 else 2}f}"


OWN = Measure("own landmark, %", lambda one: one.own_labelled, 100)
OWN_ALL = Measure("own, unlabelled among them, %", lambda one: one.own, 100)
UNLABELLED = Measure("unlabelled, %", lambda one: one.unlabelled, 100)
OUTLIERS = Measure("outliers, %", lambda one: one.outlying, 100)
SILHOUETTE = Measure("silhouette", lambda one: one.silhouette, 1)
SILHOUETTE_ALL = Measure("silhouette, unlabelled as one more", lambda one: one.silhouette_all, 1)
SEPARATION = Measure("separation from unlabelled", lambda one: one.separation, 1)
SPREAD = Measure("spread", lambda one: one.spread, 1)
MEASURES = (OWN, OWN_ALL, UNLABELLED, OUTLIERS, SILHOUETTE, SILHOUETTE_ALL, SEPARATION, SPREAD)


def model_table(found: Mapping[str, Clusters]) -> pd.DataFrame:
    """Models down; across the mean of each measure over the photographs, with its 95 % interval when whole landmarks are drawn anew.

    Columns: "photographs", "outliers", and for each of MEASURES its title, with " low" and " high" behind it.
    """
    rows = {}
    for key, one in found.items():
        row: dict[str, float] = {"photographs": int(one.counted.sum()), "outliers": int(np.nansum(one.outlying))}
        for measure in MEASURES:
            values = measure.values(one)
            known = ~np.isnan(values)
            mean, low, high = np.nan, np.nan, np.nan
            if known.any():
                labels = [label for label, kept in zip(one.labels, known, strict=True) if kept]
                low, high = (value * measure.unit / 100 for value in interval_of_mean(values[known].tolist(), labels))
                mean = float(values[known].mean()) * measure.unit
            row |= {measure.title: mean, measure.title + LOW: low, measure.title + HIGH: high}
        rows[key] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def worded(table: pd.DataFrame) -> pd.DataFrame:
    """The table of `model_table` with each mean and its interval in one cell, as in "62.1 [55.0, 69.2]"."""
    shown = table[["photographs", "outliers"]].copy()
    for measure in MEASURES:
        columns = (table[measure.title + end] for end in ("", LOW, HIGH))
        shown[measure.title] = ["–" if np.isnan(mean) else f"{measure.text(mean)} [{measure.text(low)}, {measure.text(high)}]"
                                for mean, low, high in zip(*columns, strict=True)]  # fmt: skip
    return shown


def landmark_table(one: Clusters, faces: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Landmarks down, those that hold together least first; across the landmark that each is taken for, and the means of a model.

    "taken for" is the other landmark that is most frequent among the labelled neighbours, "of its neighbours, %" its share of them.
    With `faces`, by landmark, the last column is "most central": the id of a photograph.
    """
    labels, rows = np.array(one.labels, dtype=object), {}
    for label in dict.fromkeys(one.labels):
        members = labels == label
        if not one.counted[members].any():
            continue
        others = Counter(name for row in np.flatnonzero(members) for name in one.others[row])
        taken, times = others.most_common(1)[0] if others else (None, 0)
        looked = min(one.k, int(members.sum()) - 1) * int(members.sum())
        rows[label] = {"photographs": int(members.sum()), "outliers": int(one.outlying[members].sum()),
                       "taken for": taken, "of its neighbours, %": 100 * times / looked,
                       **{measure.title: float(measure.values(one)[members].mean()) * measure.unit for measure in MEASURES},
                       }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("landmark").sort_values(OWN.title, kind="stable")
    return table if faces is None else table.assign(**{"most central": [faces.get(label) for label in table.index]})


def density_table(found: Mapping[str, Mapping[str, Agreement]]) -> pd.DataFrame:
    """Models down, with and without the unlabelled: what HDBSCAN finds; `found` by model and subset ("labelled", "all")."""
    words = {"labelled": "labelled alone", "all": "with unlabelled"}
    rows = [{"model": key, "photographs": words[subset], "clusters": one.clusters, "in no cluster, %": 100 * one.noise,
             "purity": one.purity, "NMI": one.information}
            for key, subsets in found.items() for subset, one in subsets.items()]  # fmt: skip
    return pd.DataFrame(rows).set_index("model")


@dataclass(frozen=True)
class ClusterStep:
    """One model's clusters against another's: outliers of both, differences by the title of a measure, own share by landmark.

    A Difference counts in hundredths; shares of landmarks in points.
    """

    before: str
    after: str
    k: int
    outliers: tuple[int, int]
    differences: dict[str, Difference]
    landmarks: dict[str, float]

    @property
    def words(self) -> str:
        """For a person, as in "1f against 1d: outliers 41 → 17; silhouette +0.12 [0.05, 0.19]"."""
        said = [f"outliers {self.outliers[0]} → {self.outliers[1]}"]
        for measure in (OWN, SILHOUETTE, SEPARATION):
            name = f"own landmark among the {self.k} nearest" if measure is OWN else measure.title
            if (one := self.differences.get(measure.title)) is not None:
                points, low, high = (value * measure.unit / 100 for value in (one.points, one.low, one.high))
                unit = " points" if measure is OWN else ""
                doubt = "" if one.significant else f", not significant (p = {one.p:.2f})"
                said.append(f"{name} {measure.text(points, True)}{unit} [{measure.text(low)}, {measure.text(high)}]{doubt}")
        moved = sorted(self.landmarks.items(), key=lambda row: -row[1])
        better, worse = [row for row in moved if row[1] >= SEEN], [row for row in moved[::-1] if row[1] <= -SEEN]
        for word, rows in (("better", better), ("worse", worse)):
            if rows:
                said.append(f"{word}: " + ", ".join(f"{name} {change:+.0f}" for name, change in rows[:MOST_NAMED]))
        return f"{self.after} against {self.before}: {'; '.join(said)}."


def against(before: str, after: str, found: Mapping[str, Clusters]) -> ClusterStep:
    """Compare two models photograph by photograph, whole landmarks drawn anew; see `significance.compare`."""
    first, second = found[before], found[after]
    differences = {}
    for measure in MEASURES:
        values = measure.values(first), measure.values(second)
        if not np.isnan(values[0] + values[1]).all():
            differences[measure.title] = compare(*values, first.labels)
    change = pd.Series(100 * (OWN.values(second) - OWN.values(first))).groupby(np.array(first.labels, dtype=object)).mean().dropna()
    counts = int(np.nansum(first.outlying)), int(np.nansum(second.outlying))
    return ClusterStep(before, after, second.k, counts, differences, change.to_dict())


def steps(found: Mapping[str, Clusters]) -> list[ClusterStep]:
    """Each model against the one before it: that of its step, and where that is not here the one before it in this order."""
    keys = list(found)
    pairs = [(before if (before := model_before(key)) in found else keys[place], key) for place, key in enumerate(keys[1:])]
    return [against(before, after, found) for before, after in pairs]


def never_cluster(found: Mapping[str, Clusters]) -> str:
    """Which landmarks hold together under no model, and which under all, in words."""
    shares = pd.DataFrame({key: landmark_table(one)[OWN.title] for key, one in found.items()})
    some = lambda rows: ", ".join(rows) or "none"  # noqa: E731
    never, always = shares.index[(shares < 100 * MOSTLY).all(axis=1)], shares.index[(shares >= 100 * MOSTLY).all(axis=1)]
    return (f"Most of the labelled neighbours are of another landmark under every model: {some(never)}. "
            f"Under every model most are their own: {some(always)}.")  # fmt: skip
