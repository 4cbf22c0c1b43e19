"""The command `clusters`: what it prints is what is computed, in every format, and what it can't do it says."""

from io import StringIO

import pandas as pd
import pytest

from retrieval_core.cli.main import main
from retrieval_core.evaluation.cluster_tables import against, landmark_table, model_table
from retrieval_core.evaluation.clusters import outliers
from retrieval_core.evaluation.pair_similarities import threshold_table
from retrieval_core.stored.central import faces
from retrieval_core.stored.clusters import measured, read_clusters
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

MODELS = ("1c", "1d", "1f")


@pytest.fixture
def printed(cache, capsys):
    def run(*words):
        assert main(["--cache", str(cache), "clusters", "--models", ",".join(MODELS), *words]) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def found(cache):
    return lambda: {key: open_results(Workspace(cache), "town", "quick", key) for key in MODELS}


def test_it_prints_models_and_what_changed(printed, found):
    text = printed("--k", "5")
    shares = {key: measured(results, 5) for key, results in found().items()}
    assert "Clusters by the 5 nearest, dataset town, run quick" in text
    assert against("1d", "1f", shares).words in text
    assert "labelled alone" in text
    assert "Most of the labelled neighbours are of another landmark under every model" in text
    table = pd.read_csv(StringIO(printed("--k", "5", "--format", "csv")), index_col="model")
    pd.testing.assert_frame_equal(table, model_table(shares), check_names=False, check_dtype=False, atol=0.01)
    assert r"\toprule" in printed("--format", "latex")
    assert "| model" in printed("--format", "markdown")


def test_it_prints_landmarks_and_outliers(printed, found):
    assert "Landmarks under 1f by the 12 nearest" in printed("--show", "landmarks")
    table = pd.read_csv(StringIO(printed("--show", "landmarks", "--format", "csv")))
    shares = {key: measured(results, 12) for key, results in found().items()}
    assert list(table["landmark"]) == [label for one in shares.values() for label in landmark_table(one).index]
    central = {(key, label): image_id for key, results in found().items() for label, image_id in faces(results).items()}
    rows = zip(table["model"], table["landmark"], table["most central"], strict=True)
    assert {(model, label): image_id for model, label, image_id in rows} == central
    table = pd.read_csv(StringIO(printed("--show", "outliers", "--format", "csv")))
    expected = [(key, row.image_id, row.taken_for) for key, one in shares.items() for row in outliers(one)]
    assert list(zip(table["model"], table["photograph"], table["taken for"], strict=True)) == expected


def test_it_prints_thresholds(printed, found):
    table = pd.read_csv(StringIO(printed("--show", "pairs", "--threshold", "0.5", "--format", "csv")), index_col="model")
    results = found()
    rankings = {key: one.rankings() for key, one in results.items()}
    expected = threshold_table(results["1c"].dataset, {key: read_clusters(one).pairs for key, one in results.items()}, rankings, 0.5)
    pd.testing.assert_frame_equal(table, expected, check_names=False, atol=0.01)
    assert "all pairs of labelled photographs" in printed("--show", "pairs")


def test_what_can_not_be_done_says_why(cache, capsys):
    for words, said in (
        (("--show", "art"), "models, landmarks, outliers, pairs"), (("--k", "0"), "from 1 to 48"), (("--k", "49"), "from 1 to 48"),
        (("--threshold", "0.5"), "belongs to --show pairs"), (("--show", "pairs", "--threshold", "2"), "from -1 to 1"),
        (("--show", "pairs", "--threshold", "nan"), "from -1 to 1"),
        (("--format", "xml"), "text, csv, latex, markdown"), (("--models", "zz"), "zz"), (("--models", "1d-asmk"), "visual words"),
    ):  # fmt: skip
        assert main(["--cache", str(cache), "clusters", *words]) == 2, words
        assert said in capsys.readouterr().err
