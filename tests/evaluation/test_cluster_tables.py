"""Tables of clusters and the sentences on them: against NumPy, and the comparison of two models as it is made elsewhere."""

import numpy as np
import pytest
from test_clusters import made

from retrieval_core.evaluation.cluster_tables import (
    MEASURES,
    OWN,
    SEPARATION,
    SILHOUETTE,
    against,
    density_table,
    landmark_table,
    model_table,
    never_cluster,
    steps,
    worded,
)
from retrieval_core.evaluation.clusters import measure_clusters
from retrieval_core.evaluation.density_clusters import Agreement
from retrieval_core.evaluation.significance import compare, interval_of_mean

FOUND = {key: measure_clusters(*made(4, noise=noise), 5) for key, noise in (("1a", 2.0), ("1d", 1.0), ("1f", 0.2))}


def test_means_and_intervals_are_over_photographs_and_whole_landmarks():
    table = model_table(FOUND)
    for key, one in FOUND.items():
        assert table.loc[key, "photographs"] == 20
        assert table.loc[key, "outliers"] == np.nansum(one.outlying)
        for measure in MEASURES:
            values = measure.values(one)[one.counted]
            labels = [label for label, counted in zip(one.labels, one.counted, strict=True) if counted]
            low, high = (bound * measure.unit / 100 for bound in interval_of_mean(values.tolist(), labels))
            columns = [measure.title, f"{measure.title} low", f"{measure.title} high"]
            assert table.loc[key, columns].tolist() == pytest.approx([values.mean() * measure.unit, low, high])
    row = table.loc["1f"]
    cell = f"{row[OWN.title]:.1f} [{row[f'{OWN.title} low']:.1f}, {row[f'{OWN.title} high']:.1f}]"
    assert worded(table).loc["1f", OWN.title] == cell


def test_a_landmark_has_the_means_of_its_photographs_and_whom_it_is_taken_for():
    one = FOUND["1a"]
    table = landmark_table(one)
    assert set(table.index) == {"mill", "gate", "dome"}
    assert table[OWN.title].is_monotonic_increasing
    labels = np.array(one.labels)
    for label, row in table.iterrows():
        members = labels == label
        assert row["photographs"] == members.sum()
        assert row[SILHOUETTE.title] == pytest.approx(one.silhouette[members].mean())
        others = [name for place in np.flatnonzero(members) for name in one.others[place]]
        assert others.count(row["taken for"]) == max(map(others.count, others))
        looked = members.sum() * min(5, members.sum() - 1)
        assert row["of its neighbours, %"] == pytest.approx(100 * others.count(row["taken for"]) / looked)
        assert row[OWN.title] == pytest.approx(100 - 100 * len(others) / looked)
    with_faces = landmark_table(one, {"mill": "mill_01", "dome": "dome_02"})
    assert with_faces["most central"].dropna().to_dict() == {"mill": "mill_01", "dome": "dome_02"}
    assert "most central" not in table


def test_a_sentence_says_what_was_compared():
    step = against("1d", "1f", FOUND)
    for measure in MEASURES:
        expected = compare(measure.values(FOUND["1d"]), measure.values(FOUND["1f"]), FOUND["1d"].labels)
        assert step.differences[measure.title] == expected
    own, apart = step.differences[OWN.title], step.differences[SEPARATION.title]
    assert step.words.startswith(f"1f against 1d: outliers {step.outliers[0]} → {step.outliers[1]}; own landmark among the 5 nearest ")
    assert f" {own.points:+.1f} points [{own.low:.1f}, {own.high:.1f}]" in step.words
    assert f"separation from unlabelled {apart.points / 100:+.2f} [{apart.low / 100:.2f}, {apart.high / 100:.2f}]" in step.words
    assert "; better: " in step.words
    assert "; worse: " not in step.words
    back = against("1f", "1d", FOUND).words
    assert "; worse: " in back
    same = against("1f", "1f", FOUND).words
    assert "+0.00 [0.00, 0.00], not significant" in same
    assert "better" not in same


def test_each_model_is_compared_with_the_one_before_it():
    assert [(step.before, step.after) for step in steps(FOUND)] == [("1a", "1d"), ("1d", "1f")]
    assert [(step.before, step.after) for step in steps({"1d": FOUND["1d"], "2a": FOUND["1a"], "1f": FOUND["1f"]})] == [
        ("1d", "2a"), ("1d", "1f")]  # fmt: skip
    assert steps({"1a": FOUND["1a"]}) == []


def test_who_never_clusters_is_named():
    alone = never_cluster({"1f": FOUND["1f"]})
    assert "under every model: none. " in alone
    assert sorted(alone.rstrip(".").split("their own: ")[1].split(", ")) == ["dome", "gate", "mill"]
    shares = {key: landmark_table(one)[OWN.title] for key, one in FOUND.items()}
    never = {name for name in shares["1a"].index if all(one[name] < 50 for one in shares.values())}
    assert all((name in never_cluster(FOUND).split(". Under")[0]) == (name in never) for name in shares["1a"].index)


def test_without_unlabelled_their_columns_are_empty():
    alone = measure_clusters(*made(1, ["mill"] * 6 + ["gate"] * 6), 5)
    table = model_table({"1a": alone})
    assert np.isnan(table.loc["1a", SEPARATION.title])
    assert worded(table).loc["1a", SEPARATION.title] == "–"
    assert "separation" not in against("1a", "1b", {"1a": alone, "1b": alone}).words


def test_clusters_without_a_label_have_a_line_a_subset():
    table = density_table({"1a": {"labelled": Agreement(3, 0.25, 0.8, 0.5), "all": Agreement(0, 1.0, None, 0.0)}})
    assert table["photographs"].tolist() == ["labelled alone", "with unlabelled"]
    assert table["in no cluster, %"].tolist() == [25, 100]
    assert np.isnan(table["purity"].iloc[1])
