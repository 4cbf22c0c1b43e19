"""The commands `robustness` and `search --change`: what they print is what is computed, and what they can't do they say."""

from dataclasses import replace
from io import StringIO

import pandas as pd
import pytest
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.descriptors import changes
from retrieval_core.descriptors.changed_picture import change_picture
from retrieval_core.evaluation.robustness import robustness_table
from retrieval_core.runs.describer import open_describer
from retrieval_core.stored.results import open_results
from retrieval_core.stored.robustness import read_robustness
from retrieval_core.workspace import Workspace

QUERY = "castle_gate_2"


@pytest.fixture(autouse=True)
def few_strengths(monkeypatch):
    monkeypatch.setitem(changes.CHANGES, "noise", replace(changes.CHANGES["noise"], strengths=(0, 64)))


def test_it_prints_what_each_model_keeps(cache, capsys):
    words = ["--cache", str(cache), "robustness", "--models", "1c,1d", "--changes", "noise", "--device", "cpu"]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "Noise (grey levels of 255, σ), mean AP (Oxford) in percent, dataset town, run quick" in printed
    assert "Least is lost by" in printed
    assert main([*words, "--format", "csv", "--protocol", "finite_sum"]) == 0
    table = pd.read_csv(StringIO(capsys.readouterr().out), index_col="model")
    workspace, dataset = Workspace(cache), open_dataset(Workspace(cache), "town")
    found = {key: read_robustness(open_results(workspace, "town", "quick", key), "noise") for key in ("1c", "1d")}
    expected = robustness_table(found, dataset, "finite_sum")
    pd.testing.assert_frame_equal(table, expected, check_names=False, atol=0.01)


def test_search_ranks_a_changed_picture(town_cache, capsys):
    words = ["--cache", str(town_cache), "search", QUERY, "--models", "1d", "--k", "3"]
    assert main([*words, "--change", "rotation=30,noise=16"]) == 0
    printed = capsys.readouterr().out
    assert f"{QUERY} after rotation 30°, noise 16 in town under 1d, run quick: AP (Oxford) " in printed
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    query, database = results.dataset.query(QUERY), results.descriptors[0]
    photograph = read_image(results.dataset.image(query.image_id).path)
    row = open_describer(results, "cpu").describe_changed(change_picture(photograph, query.box, {"rotation": 30, "noise": 16}, QUERY))
    best = (database.matrix @ row.T).ravel().argmax()
    first = printed.splitlines()[1]
    assert database.ids[best] in first
    assert f"{(database.matrix[best] @ row.T).item():.4f}" in first
    assert main(words) == 0
    assert "after" not in capsys.readouterr().out


def test_a_file_is_changed_too_and_the_same_each_time(town_cache, tmp_path, capsys):
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    file = tmp_path / "mine.png"
    read_image(results.dataset.images[0].path).save(file)
    for name in (str(file), results.dataset.images[0].id):
        words = ["--cache", str(town_cache), "search", name, "--models", "1d", "--change", "occlusion=40", "--box", "5,5,60,60"]
        printed = []
        for _ in range(2):
            assert main(words) == 0
            printed.append(capsys.readouterr().out)
        assert printed[0] == printed[1]


def test_what_can_not_be_done_says_why(cache, tmp_path, capsys):
    def said(*words):
        assert main(["--cache", str(cache), *words]) == 2
        return capsys.readouterr().err

    assert "perspective, rotation" in said("robustness", "--changes", "tilt")
    assert "--changes names no change" in said("robustness", "--changes", ",")
    assert "text, csv, latex, markdown" in said("robustness", "--format", "xml")
    assert "at most 180" in said("search", QUERY, "--change", "rotation=999")
    assert "is not name=number" in said("search", QUERY, "--change", "rotation")
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    assert main(["--cache", str(cache), "extract", "--dataset", "flat", "--models", "2a", "--device", "cpu"]) == 0
    capsys.readouterr()
    assert "'flat' has no queries, so there is no average precision" in said("robustness", "--dataset", "flat")
    assert main(["--cache", str(cache), "search", "0", "--dataset", "flat", "--models", "2a", "--change", "blur=2"]) == 0
