"""What a model keeps of its AP: tables of hand-made figures, against NumPy and the comparison of two models."""

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.descriptors.changes import CHANGES
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.robustness import HIGH, KEPT, LOST, LOW, Robustness, bears_best, robustness_curves, robustness_table
from retrieval_core.evaluation.significance import compare, interval_of_mean
from retrieval_core.evaluation.tables import MEAN

QUERIES = 12
LABELS = [f"landmark {number // 3}" for number in range(QUERIES)]
DATASET = Dataset("made", (Image("a", ""),), tuple(
    Query(f"q{number:02}", "a", LABELS[number], None, ("a",), (), ()) for number in range(QUERIES)))  # fmt: skip


def tried(seed, falling):
    """Robustness to a rotation whose APs fall by a factor with every strength; the last query has no positives."""
    first = np.random.default_rng(seed).random(QUERIES)
    aps = np.array([first * falling**place for place in range(len(CHANGES["rotation"].strengths))])
    scores = tuple(tuple(
        Score(f"q{number:02}", ap, ap / 2, 1) if number < QUERIES - 1 else Score(f"q{number:02}", None, None, 0)
        for number, ap in enumerate(row)) for row in aps)  # fmt: skip
    return Robustness("rotation", CHANGES["rotation"].strengths, scores), aps[:, :-1]


def test_the_table_is_that_of_the_means_and_of_a_paired_comparison():
    (strong, aps), (weak, others) = tried(0, 0.95), tried(1, 0.5)
    table = robustness_table({"1a": strong, "1b": weak}, DATASET, "oxford")
    for key, values in (("1a", aps), ("1b", others)):
        assert table.loc[key, "0°"] == pytest.approx(100 * values[0].mean())
        assert table.loc[key, "180°"] == pytest.approx(100 * values[-1].mean())
        expected = compare(values[0], values[1:].mean(0), LABELS[:-1])
        assert table.loc[key, [LOST, LOW, HIGH]].tolist() == pytest.approx([expected.points, expected.low, expected.high])
        assert table.loc[key, KEPT] == pytest.approx(100 * values[1:].mean() / values[0].mean())
    assert bears_best(table).startswith("Least is lost by 1a ")
    assert ", most by 1b " in bears_best(table)
    assert bears_best(table).endswith(f"; 1a keeps the largest share, {table.loc['1a', KEPT]:.0f} %.")
    finite = robustness_table({"1a": strong}, DATASET, "finite_sum")
    assert finite.loc["1a", "0°"] == pytest.approx(50 * aps[0].mean())
    assert bears_best(finite).startswith("1a ")


def test_every_point_of_a_curve_has_its_interval():
    found, aps = tried(0, 0.8)
    curves = robustness_curves({"1a": found}, DATASET, "oxford")
    assert list(curves["strength"]) == list(CHANGES["rotation"].strengths)
    for row, values in zip(curves.itertuples(), aps, strict=True):
        assert getattr(row, MEAN) == pytest.approx(100 * values.mean())
        assert (row.low, row.high) == pytest.approx(interval_of_mean(values.tolist(), LABELS[:-1]))
        assert row.low < getattr(row, MEAN) < row.high


def test_a_model_that_finds_nothing_keeps_nothing_to_speak_of():
    scores = tuple(tuple(Score(query.id, 0.0, 0.0, 1) for query in DATASET.queries) for _ in CHANGES["blur"].strengths)
    table = robustness_table({"1a": Robustness("blur", CHANGES["blur"].strengths, scores)}, DATASET, "oxford")
    assert table.loc["1a", LOST] == 0
    assert np.isnan(table.loc["1a", KEPT])
