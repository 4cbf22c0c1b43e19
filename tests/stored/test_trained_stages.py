"""What there is of the trainings behind a model: parents, logs, the step that was kept, and why something is missing."""

import pytest
from trained import imported, opened, without_triplets

from retrieval_core.errors import RetrievalError
from retrieval_core.presets import get_preset
from retrieval_core.stored import artefacts
from retrieval_core.stored.run_list import get_run
from retrieval_core.stored.trained_stages import needed_parent, open_stage, trained_stages, triplet_table, why_no_triplets
from retrieval_core.stored.training_log import training_log
from retrieval_core.workspace import Workspace

LINEAGES = {"1a": ["start-alexnet"], "1c": ["start-alexnet", "1b", "1c"], "1e": ["start-resnet18", "1d"],
            "1f-ms": ["start-resnet18", "1d", "1f"], "1h": ["start-resnet50", "warm-resnet50", "1h"], "2t": ["warm-lite0", "2t"],
            "warm-resnet50": ["start-resnet50", "warm-resnet50"]}  # fmt: skip


@pytest.mark.parametrize(("key", "stages"), LINEAGES.items())
def test_the_stages_of_a_model_are_those_that_were_trained(town_cache, key, stages):
    workspace = Workspace(town_cache)
    run = get_run(workspace, "quick")
    assert [stage.key for stage in trained_stages(workspace, run, key)] == stages
    for before, stage in zip([None, *stages], stages, strict=False):
        trained = open_stage(workspace, run, key, get_preset(stage))
        assert trained.finished
        assert not trained.missing
        assert (trained.parent.key if trained.parent else None) == (before or ("start-lite0" if stage == "warm-lite0" else None))
        assert trained.figures == training_log(workspace, run, stage) != []
        assert trained.kept == workspace.record(trained.weights).notes["step"]
        assert (why_no_triplets(trained) == "") == (trained.stage.loss == "triplet")


def test_a_network_as_it_comes_has_no_training(town_cache):
    workspace = Workspace(town_cache)
    with pytest.raises(RetrievalError, match="2a is not trained here: its weights are those of start-lite0 as they come"):
        trained_stages(workspace, get_run(workspace, "quick"), "2a")
    with pytest.raises(RetrievalError, match="1x"):
        trained_stages(workspace, get_run(workspace, "quick"), "1x")


def test_random_weights_are_nothing_to_compare_with(town_cache):
    with pytest.raises(RetrievalError, match="start-resnet18 began with random weights"):
        needed_parent(opened(town_cache, "1d", "start-resnet18"))


def test_every_mining_is_read_with_its_triplets(town_cache):
    trained = opened(town_cache, "1f")
    assert [mining.step for mining in trained.minings] == [1, 3]
    table = triplet_table(trained.minings)
    assert len(table) == sum(len(mining.triplets) for mining in trained.minings) > 2
    first = trained.minings[0].triplets[0]
    assert table.iloc[0][["anchor", "d(a,p)", "negative 1", "d(a,n) 1"]].tolist() == [
        first.anchor, first.to_positive, first.negatives[0], first.to_negatives[0]]  # fmt: skip
    gaps = [one.gap for one in trained.minings[0].triplets]
    assert gaps == sorted(gaps, reverse=True)
    assert "learns by classification: it mines no triplets" in why_no_triplets(opened(town_cache, "1d"))


def test_a_log_of_before_is_read_and_says_that_it_has_no_triplets(cache):
    before = opened(cache, "1f")
    without_triplets(cache, "1f")
    trained = opened(cache, "1f")
    assert trained.figures == before.figures
    assert trained.minings == []
    assert "trained before the log kept triplets" in why_no_triplets(trained)
    assert list(triplet_table(trained.minings).columns) == ["anchor", "positive", "d(a,p)"]


def test_imported_weights_have_no_log_and_their_parent_is_compared_where_it_is_the_one(cache):
    imported(cache, "1f")
    trained = opened(cache, "1f")
    assert "were imported: the log of their training is where they were trained" in trained.log_missing
    before, after = needed_parent(trained)
    assert (before.parent.name, after.parent.name) == ("1d", "1f")
    workspace = Workspace(cache)
    with workspace.writing(before, workspace.record(before).inputs) as temporary:
        temporary.write_bytes(after.read_bytes())
    with pytest.raises(RetrievalError, match="began with other weights of 1d than run quick has now"):
        needed_parent(opened(cache, "1f"))
    before.unlink()
    with pytest.raises(RetrievalError, match="began with the weights of 1d, which are missing"):
        needed_parent(opened(cache, "1f"))


def test_what_is_not_trained_says_how_and_a_training_that_goes_on_is_read(cache):
    workspace = Workspace(cache)
    run, stage = get_run(workspace, "quick"), get_preset("1g")
    path = artefacts.weights_path(workspace, run, stage)
    lines = path.with_name(artefacts.TRAINING_LOG).read_text()
    path.unlink()
    trained = opened(cache, "1g-ms", "1g")
    assert (trained.kept, trained.finished, trained.figures) == (None, False, [])
    assert "are missing. Run: " in trained.log_missing
    assert "train --models 1g-ms --run quick" in trained.log_missing
    folder = artefacts.half_done(path, artefacts.weights_inputs(workspace, run, stage))
    folder.mkdir()
    (folder / artefacts.TRAINING_LOG).write_text(lines[: lines.index("\n", lines.index("loss")) + 1] + '{"st')
    trained = opened(cache, "1g")
    assert trained.log_missing == ""
    assert {"validation_map", "loss"} <= {name for line in trained.figures for name in line}
    assert [mining.step for mining in trained.minings][:1] == [1]
    assert not trained.finished


def test_of_a_blend_it_is_said_how_far_it_goes(town_cache):
    workspace = Workspace(town_cache)
    run = get_run(workspace, "quick")
    stage = trained_stages(workspace, run, "2t")[-1]
    share, measured = open_stage(workspace, run, "2t", stage).blended
    assert share == stage.schedule(run.column).share
    assert 0 <= measured <= 100
    assert open_stage(workspace, run, "1f", trained_stages(workspace, run, "1f")[-1]).blended is None
