"""Every command on datasets of odd sizes ends with what can be said, or with one sentence that says why not."""

import pytest
from odd_sets import PHOTOGRAPHS, ROWS, name

from retrieval_core.cli.main import main
from retrieval_core.projection.maps import FEWEST, METHODS

COMMANDS = {
    "status": ("status", "--dataset", "{set}"),
    "evaluate": ("evaluate", "--dataset", "{set}"),
    "evaluate every query": ("evaluate", "--dataset", "{set}", "--queries", "all", "--format", "csv"),
    "ledger": ("ledger", "--dataset", "{set}"),
    "ledger of two": ("ledger", "--dataset", "{set}", "--compare", "1e,2a"),
    "search a photograph": ("search", name(0), "--dataset", "{set}", "--k", "100"),
    "why": ("why", name(0), name(0), "--dataset", "{set}"),
    "search a changed one": ("search", name(0), "--dataset", "{set}", "--change", "rotation=90,occlusion=30"),
    "robustness": ("robustness", "--dataset", "{set}", "--models", "1e", "--changes", "jpeg", "--device", "cpu"),
    "check": ("data", "check", "{set}"),
    "search after the search": ("search", name(0), "--dataset", "{set}", "--models", "1e-alphaqe,1e-diffusion,1e-superglobal"),
    "ledger of what comes after": ("ledger", "--dataset", "{set}", "--compare", "2a,2a-verified"),
    "run again": ("run", "--dataset", "{set}", "--models", "1e", "--start", "shapes", "--device", "cpu"),
    **{method: ("project", "--dataset", "{set}", "--models", "1e", "--method", method, "--seed", "1") for method in METHODS},
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("key", [*PHOTOGRAPHS, *ROWS])
def test_every_command_ends_on_every_odd_set(odd_cache, key, command, capsys):
    code = main(["--cache", str(odd_cache), *(word.format(set=key) for word in COMMANDS[command])])
    said = capsys.readouterr()
    assert code in (0, 1, 2)
    assert said.out or said.err
    count, _, more = (PHOTOGRAPHS | ROWS)[key]
    judged = key in PHOTOGRAPHS and any(query.positives for query in more)
    if command in METHODS:
        assert (code == 0) == (count >= FEWEST)
    elif command.startswith(("evaluate", "ledger of", "robustness")):
        assert (code == 0) == judged, said.err
    elif command in ("why", "search a changed one"):  # of descriptors that were imported there are no pictures
        assert (code == 0) == (key in PHOTOGRAPHS), said.err
    elif command != "ledger":
        assert code == 0, said.err
