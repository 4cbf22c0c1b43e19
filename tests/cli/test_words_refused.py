"""A mistyped word is refused before there is a run: what is shown as the last run that failed has begun."""

import pytest

from retrieval_core.cli.main import main
from retrieval_core.runs import jobs
from retrieval_core.workspace import Workspace

WRONG = [
    ["run", "--models", "1z"], ["run", "--dataset", "nowhere"], ["run", "--dataset", "roxford5k"], ["run", "--train-on", "nowhere"],
    ["run", "--schedule", "z"], ["run", "--start", "y"], ["run", "--device", "gpu9"], ["run", "--run", "../up"],
    ["run", "--weights", "nowhere.pth"], ["train", "--models", "1z"], ["train", "--train-on", "nowhere"],
    ["extract", "--models", "1z"], ["extract", "--dataset", "nowhere"], ["project", "--models", "1z"],
    ["project", "--dataset", "nowhere"], ["project", "--method", "atlas"], ["costs", "--models", "1z"], ["costs", "--models", ","],
    ["figure", "maps 1d"], ["figure", "step 1d"], ["figure", "map 1z"], ["figure", "map 1d > map 1d > 1"], ["figure", "{"],
    ["costs", "--dataset", "nowhere"], ["costs", "--run", "nowhere"], ["aggregations", "--models", "1z"],
    ["aggregations", "--models", ","], ["aggregations", "--models", "1d", "--dataset", "nowhere"],
    ["aggregations", "--models", "1d", "--format", "pdf"], ["evaluate", "--models", "1z"], ["ledger", "--dataset", "nowhere"],
    ["data", "build", "nowhere"], ["data", "get", "nowhere"], ["data", "overlap", "nowhere", "town"],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_word_is_no_run_that_failed(cache, capsys, words):
    before = [jobs.current(Workspace(cache), place) for place in jobs.PLACES]
    assert main(["--cache", str(cache), *words]) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert [jobs.current(Workspace(cache), place) for place in jobs.PLACES] == before
