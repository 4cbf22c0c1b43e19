"""The command behind a number gives the same run, also with spaces in the paths, and every command that is printed can be typed."""

import re
import shlex

import numpy as np
import pytest

from retrieval_core.cli.main import main, parser
from retrieval_core.cli.options import settings as settings_of
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.runs.settings import settle
from retrieval_core.stored.commands import run_command
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run import OwnWeights, Run, derived_name
from retrieval_core.stored.run_list import begin_run
from retrieval_core.workspace import Workspace, file_hash


def typed(command):
    """The options of a printed command."""
    program, *words = shlex.split(command)[2:]
    assert shlex.split(command)[:2] == ["python", "-m"]
    assert program == "retrieval_core"
    return parser().parse_args(words)


@pytest.fixture
def weights(tmp_path):
    folder = tmp_path / "my own weights; of 'mine'"
    folder.mkdir()
    files = {}
    for backbone in ("alexnet", "resnet18", "resnet50"):
        (folder / f"{backbone}.pth").write_text(backbone)
        files[backbone] = (f"{backbone}.pth", file_hash(folder / f"{backbone}.pth"))
    return OwnWeights(str(folder), files)


@pytest.mark.parametrize("chosen", [
    {}, {"seed": 3}, {"schedule": "full", "training": "landmarks"}, {"name": "mine", "seed": 2**32 - 1}, {"start": "imagenet"},
    {"weights": True, "start": "imagenet"}, {"weights": True, "start": "imagenet", "name": "mine", "seed": 1},
], ids=str)  # fmt: skip
def test_the_command_behind_a_number_gives_the_same_run_here_and_elsewhere(tmp_path, weights, chosen):
    name, chosen = chosen.get("name"), {key: value for key, value in chosen.items() if key != "name"}
    if "weights" in chosen:
        chosen["weights"] = weights
    workspace = Workspace(tmp_path / "a cache & more")
    run = Run(name or "x", **chosen)
    if name is None:
        run = Run(derived_name(**run.settings), **chosen)
    command = run_command(workspace, "town", run, "1d-same-ms", "1a")
    begin_run(workspace, run, "town")
    options = typed(command)
    assert Workspace(options.cache).root == workspace.root
    assert (options.dataset, options.models) == ("town", "1d-same-ms,1a")
    assert settle(workspace, settings_of(options)) == run
    assert settle(Workspace(tmp_path / "another"), settings_of(options)) == run


def test_the_usual_cache_is_left_out_of_a_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Workspace().command("status") == "python -m retrieval_core status"
    elsewhere = Workspace(tmp_path / "else where").command("status")
    assert elsewhere == f"python -m retrieval_core --cache '{tmp_path}/else where' status"


def test_the_command_of_results_finds_everything_there(cache):
    results = open_results(Workspace(cache), "town", "quick", "1d")
    options = typed(results.command)
    assert (options.dataset, options.models, options.function.__name__) == ("town", "1d", "run")
    assert settle(Workspace(options.cache), settings_of(options)).name == "quick"


def test_the_command_of_imported_descriptors_can_be_typed(tmp_path):
    np.save(tmp_path / "net.npy", np.eye(4, 8, dtype=np.float32))
    (tmp_path / "ids.txt").write_text("a\nb\nc\nd\n")
    add_dataset(Workspace(tmp_path / "cache"), "theirs", tmp_path / "net.npy", model="1h")
    options = typed(open_results(Workspace(tmp_path / "cache"), "theirs", "imported", "1h").command)
    assert (options.dataset, options.models, options.run) == ("theirs", "1h", None)


def printed_commands(text):
    """The commands in a message, each to the end of its line or sentence."""
    return re.findall(r"python -m retrieval_core [^\n]*?(?=\.? *$|\n)", text, re.MULTILINE)


@pytest.mark.parametrize("arguments", [
    ("evaluate",), ("ledger",), ("search", "alder_court_2"), ("project",), ("evaluate", "--models", "1d"),
    ("project", "--models", "1d"), ("search", "alder_court_2", "--models", "1d"), ("status", "--run", "nobody"),
], ids=" ".join)  # fmt: skip
def test_what_is_missing_is_said_with_a_command_that_can_be_typed(town_cache, tmp_path, capsys, arguments):
    cache = tmp_path / "a new cache"
    (cache / "town").mkdir(parents=True)
    for name in ("photographs", "dataset.json"):
        (cache / "town" / name).symlink_to(town_cache / "town" / name)
    assert main(["--cache", str(cache), *arguments]) == 2
    said = capsys.readouterr().err
    commands = printed_commands(said)
    assert commands, said
    for command in commands:
        options = typed(command)
        assert Workspace(options.cache).root == cache
        assert options.function.__name__ == "run"
    assert sorted(path.name for path in (cache / "town").iterdir()) == ["dataset.json", "photographs"]


def test_the_command_that_is_printed_makes_what_was_missing(cache, capsys):
    scores = cache / "town" / "quick" / "1d" / "scores.json"
    sound = scores.read_bytes()
    scores.unlink()
    assert main(["--cache", str(cache), "evaluate", "--models", "1d"]) == 2
    [command] = printed_commands(capsys.readouterr().err)
    assert not scores.exists()
    assert main([*shlex.split(command)[3:], "--device", "cpu"]) == 0
    assert scores.read_bytes() == sound
    assert main(["--cache", str(cache), "evaluate", "--models", "1d"]) == 0
