"""What a training wrote down is read of the training that made the weights, and of one that is going on."""

from retrieval_core.presets import get_preset
from retrieval_core.stored import artefacts
from retrieval_core.stored.run_list import get_run
from retrieval_core.stored.training_log import newest_running_log, training_log
from retrieval_core.workspace import Workspace


def test_the_log_of_the_weights_is_read_and_of_no_other_training(cache):
    workspace = Workspace(cache)
    run = get_run(workspace, "quick")
    lines = training_log(workspace, run, "1d")
    assert [line["step"] for line in lines] == [0, 3, 3]
    assert training_log(workspace, run, "1e") == training_log(workspace, run, "1d-ms") == lines
    path = artefacts.weights_path(workspace, run, get_preset("1d"))
    with workspace.writing(path, {"made": "elsewhere"}) as temporary:
        temporary.write_bytes(path.read_bytes())
    assert training_log(workspace, run, "1d") == []
    assert training_log(workspace, run, "1b") != []


def test_a_training_that_goes_on_is_read_but_for_its_unfinished_line(tmp_path):
    workspace = Workspace(tmp_path / "cache")
    assert newest_running_log(workspace, "1d") == []
    folder = artefacts.half_done(workspace.folder("town-train", "mine", "1d") / artefacts.WEIGHTS, {"seed": 1})
    folder.mkdir(parents=True)
    assert newest_running_log(workspace, "1d") == []
    (folder / artefacts.TRAINING_LOG).write_text('{"step": 1}\n{"step": 2}\n{"st')
    assert newest_running_log(workspace, "1d") == [{"step": 1}, {"step": 2}]
    assert newest_running_log(workspace, "1b") == []
