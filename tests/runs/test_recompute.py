"""Recheck: what is stored comes out again; what was meddled with is found."""

import shutil

import numpy as np
import pytest

from retrieval_core.cli.main import main
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.recompute import recheck
from retrieval_core.workspace import Workspace, read_json, write_json


@pytest.fixture
def cache(town_cache, tmp_path):
    return shutil.copytree(town_cache, tmp_path / "cache")


def result(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("model", ["1a", "1e", "1h"])
def test_what_is_stored_comes_out_again_and_nothing_is_written(cache, model):
    before = {path: path.stat().st_mtime_ns for path in cache.rglob("*") if path.is_file()}
    found = result(recheck(Workspace(cache), "town", model, "cpu"))
    assert found.agrees, found
    assert found.descriptors < 1e-5
    assert found.fresh_map == pytest.approx(found.stored_map)
    after = {path: path.stat().st_mtime_ns for path in cache.rglob("*") if path.is_file()}
    assert {path for path in after if path.name != "dataset.json"} == {path for path in before if path.name != "dataset.json"}


def test_other_descriptors_or_scores_than_the_photographs_give_are_found(cache):
    workspace = Workspace(cache)
    path = workspace.folder("town", "1d") / "descriptors.npy"
    record = workspace.record(path)
    matrix = np.load(path)
    with workspace.writing(path, dict(record.inputs), notes=dict(record.notes)) as temporary, temporary.open("wb") as handle:
        np.save(handle, matrix[::-1])
    found = result(recheck(workspace, "town", "1d", "cpu"))
    assert not found.agrees
    assert found.descriptors > 0.01
    assert "DIFFERS" in found.words


def test_a_score_that_was_changed_by_hand_is_damaged(cache):
    workspace = Workspace(cache)
    path = workspace.folder("town", "1d") / "scores.json"
    scores = read_json(path)
    scores["scores"][0]["ap_oxford"] = 0.123
    write_json(path, scores)
    with pytest.raises(RetrievalError, match="evaluate --dataset town --models 1d"):
        result(recheck(workspace, "town", "1d", "cpu"))


def test_weights_that_changed_since_are_named(cache):
    workspace = Workspace(cache)
    path = next(cache.glob("town-train/1d/weights.safetensors"))
    record = workspace.record(path)
    with workspace.writing(path, dict(record.inputs), notes=dict(record.notes)) as temporary:
        temporary.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RetrievalError, match="weights behind model 1d of town have changed"):
        result(recheck(workspace, "town", "1d", "cpu"))


def test_the_command_line_checks_prints_each_format_and_the_ledger(cache, capsys):
    options = ["--cache", str(cache)]
    run = [*options, "evaluate", "--models", "1c,1d", "--start", "shapes", "--device", "cpu"]
    assert main([*run, "--check"]) == 0
    assert capsys.readouterr().out.count("agrees with what is stored") == 2
    for name, sign in (("csv", ",mAP"), ("latex", r"\toprule"), ("markdown", "| --- |")):
        assert main([*run, "--format", name]) == 0
        assert sign in capsys.readouterr().out
    assert main([*run, "--format", "word"]) == 2
    assert "text, csv, latex, markdown" in capsys.readouterr().err
    assert main([*options, "ledger"]) == 0
    printed = capsys.readouterr().out
    assert "1g → 1h  ResNet50" in printed
    assert "significant" in printed
