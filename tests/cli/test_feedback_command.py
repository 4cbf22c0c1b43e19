"""The command `feedback`: it prints what was simulated, simulates only on demand, and says what can't be done."""

from io import StringIO

import pandas as pd
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.feedback.simulations import gain_table
from retrieval_core.stored.feedback import read_simulations
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


def test_it_simulates_on_demand_and_prints_what_is_gained(cache, capsys):
    words = ["--cache", str(cache), "feedback", "--models", "1a,1d", "--methods", "rocchio,svm", "--marks", "3", "--rounds", "2"]
    assert main(words) == 2
    assert "The same command with --simulate does it" in capsys.readouterr().err
    assert main([*words, "--simulate"]) == 0
    printed = capsys.readouterr().out
    assert "3 photographs marked a round, mean AP (Oxford) in percent of what is not marked, dataset town, run quick" in printed
    assert printed.count("1d: ") == 1
    assert main([*words, "--format", "csv", "--protocol", "finite_sum"]) == 0
    table = pd.read_csv(StringIO(capsys.readouterr().out), index_col="model")
    workspace = Workspace(cache)
    found = {key: read_simulations(open_results(workspace, "town", "quick", key), marks=3, rounds=2) for key in ("1a", "1d")}
    expected = gain_table(found, open_dataset(workspace, "town"), "finite_sum")
    pd.testing.assert_frame_equal(table, expected, check_names=False, check_dtype=False, atol=0.01)
    assert len(table) == 2 * 2 * 2


def test_what_can_not_be_done_says_why(cache, tmp_path, capsys):
    def said(*words):
        assert main(["--cache", str(cache), "feedback", *words]) == 2
        return capsys.readouterr().err

    assert "rocchio, logistic" in said("--methods", "magic")
    assert "--methods names no method" in said("--methods", ",")
    assert "--marks must be a whole number from 1" in said("--simulate", "--marks", "0")
    assert "Name another with --beside" in said("--simulate", "--models", "1d", "--methods", "cotraining")
    assert "text, csv, latex, markdown" in said("--format", "xml")
    assert "oxford, finite_sum" in said("--protocol", "x")
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    assert main(["--cache", str(cache), "extract", "--dataset", "flat", "--models", "2a", "--device", "cpu"]) == 0
    capsys.readouterr()
    assert "'flat' has no queries, so there is no average precision" in said("--simulate", "--dataset", "flat")
