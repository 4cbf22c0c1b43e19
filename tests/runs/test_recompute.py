"""What is stored comes out again when it is computed anew; what was meddled with is found."""

import numpy as np
import pytest
from caches import files, result_of

from retrieval_core.cli.main import main
from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.recompute import recompute
from retrieval_core.workspace import Workspace, read_json, write_json


def recomputed(workspace, model, run="quick"):
    return result_of(recompute(workspace, "town", run, model, "cpu"))


@pytest.mark.parametrize("model", ["1a", "1e", "1h"])
def test_what_is_stored_comes_out_again_and_nothing_is_written(cache, model):
    before = files(cache)
    found = recomputed(Workspace(cache), model)
    assert found.agrees, found
    assert found.descriptors < 1e-5
    assert found.fresh_map == pytest.approx(found.stored_map)
    assert files(cache) == before


def test_other_descriptors_than_the_photographs_give_are_found(cache, capsys):
    workspace = Workspace(cache)
    path = workspace.folder("town", "quick", "1d") / "descriptors.safetensors"
    record, (arrays, about) = workspace.record(path), read_arrays(path)
    arrays["images"] = np.array(arrays["images"])[::-1]
    with workspace.writing(path, dict(record.inputs), notes=dict(record.notes)) as temporary:
        write_arrays(temporary, arrays, about)
    with pytest.raises(RetrievalError, match=r"1d of run quick has no scores .* run --dataset town --models 1d"):
        recomputed(workspace, "1d")
    scores = path.with_name("scores.json")
    with workspace.writing(scores, dict(workspace.record(scores).inputs) | {"descriptors": workspace.record(path).sha256}) as temporary:
        temporary.write_bytes(scores.read_bytes())
    found = recomputed(workspace, "1d")
    assert not found.agrees
    assert found.descriptors > 0.01
    assert "DIFFERS" in found.words
    assert main(["--cache", str(cache), "evaluate", "--models", "1d", "--check", "--device", "cpu"]) == 1
    printed = capsys.readouterr()
    assert "1d DIFFERS from what is stored" in printed.out
    assert "Make it anew" in printed.err


def test_a_score_that_was_changed_by_hand_is_not_compared(cache):
    workspace = Workspace(cache)
    path = workspace.folder("town", "quick", "1d") / "scores.json"
    scores = read_json(path)
    scores["scores"][0]["ap_oxford"] = 0.123
    write_json(path, scores)
    with pytest.raises(RetrievalError, match=r"no scores .* run --dataset town --models 1d"):
        recomputed(workspace, "1d")


def test_a_score_that_was_changed_and_entered_as_if_it_were_computed_is_found(cache):
    workspace = Workspace(cache)
    path = workspace.folder("town", "quick", "1d") / "scores.json"
    scores = read_json(path)
    scores["scores"][0]["ap_oxford"] = 0.123
    with workspace.writing(path, dict(workspace.record(path).inputs)) as temporary:
        write_json(temporary, scores)
    found = recomputed(workspace, "1d")
    assert not found.agrees
    assert found.ap > 1
    assert found.descriptors < 1e-5


def test_weights_that_changed_since_are_named(cache):
    workspace = Workspace(cache)
    path = cache / "town-train" / "quick" / "1d" / "weights.safetensors"
    record = workspace.record(path)
    with workspace.writing(path, dict(record.inputs), notes=dict(record.notes)) as temporary:
        temporary.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RetrievalError, match=r"Model 1d of run quick on town is stale: the weights changed since"):
        recomputed(workspace, "1d")


def test_the_command_line_checks_prints_each_format_and_the_ledger(cache, capsys):
    options = ["--cache", str(cache)]
    run = [*options, "evaluate", "--models", "1c,1d", "--device", "cpu"]
    assert main([*run, "--check"]) == 0
    assert capsys.readouterr().out.count("agrees with what is stored") == 2
    for name, sign in (("csv", ",mAP"), ("latex", r"\toprule"), ("markdown", "|:---|")):
        assert main([*run, "--format", name]) == 0
        assert sign in capsys.readouterr().out
    assert main([*run, "--format", "word"]) == 2
    assert "text, csv, latex, markdown" in capsys.readouterr().err
    assert main([*options, "ledger"]) == 0
    printed = capsys.readouterr().out
    assert "1g → 1h  ResNet50" in printed
    assert "significant" in printed
