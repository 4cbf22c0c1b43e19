"""The README's commands: each is one that the program knows, and the quick ones run on the tiny town as they stand there."""

import re
import shlex
from pathlib import Path

import pytest

from retrieval_core.cli.main import main, parser
from retrieval_core.workspace import Workspace

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = (["python", "-m", "retrieval_core"], ["retrieval"])
LOOK = ("status", "evaluate", "ledger", "search", "why", "changes", "models", "cache")
"""Verbs that compute nothing."""


def commands() -> list[list[str]]:
    """The words of every command of the program in a block of code."""
    found, fence = [], None
    for line in README.splitlines():
        if line.startswith("```"):
            fence = line if fence is None else None
        elif fence == "```":
            words = shlex.split(line, comments=True)
            if words[:1] == ["torchrun"]:
                words = ["python", "-m", *words[words.index("retrieval_core") :]]
            found += [words[len(program) :] for program in PROGRAMS if words[: len(program)] == program]
    return found


COMMANDS = commands()
ELSEWHERE = re.compile(r"--check|quick-seed1|full|export|import")  # what takes long, other runs, or a folder
QUICK = [words for words in COMMANDS if words[0] in LOOK and not ELSEWHERE.search(" ".join(words))]


def test_the_readme_has_commands():
    assert len(COMMANDS) > 25
    assert {words[0] for words in QUICK} >= {"status", "evaluate", "ledger", "search", "models", "cache"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_one_that_the_program_knows(words):
    options, rest = parser().parse_known_args(words)
    assert callable(options.function)
    assert not rest or getattr(options, "passes_on", False)


@pytest.mark.parametrize("words", QUICK, ids=" ".join)
def test_the_quick_ones_run_as_they_stand(words, town_cache, capsys):
    assert main(["--cache", str(town_cache), *(word.replace("castle_gate_2", first_query(town_cache)) for word in words)]) == 0
    assert capsys.readouterr().out


def first_query(cache) -> str:
    from retrieval_core.datasets.catalog import open_dataset

    return open_dataset(Workspace(cache), "town").queries[0].id


def test_what_can_go_wrong_names_messages_that_there_are():
    """Of each message the longest run of words without a name in it stands in the program."""
    sources = [*(ROOT / "retrieval_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), *(ROOT / "pages").rglob("*.js")]
    text = re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in sources))
    page = re.search(r"^## What can go wrong\n(.*?)^## ", README, re.DOTALL | re.MULTILINE).group(1)
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 15
    for row in rows:
        for message in row.split("; "):
            parts = [part.strip(" .:,") for part in re.split(r"…|'x'|'town'|\b1b\b|\bquick\b|\bx\b", message)]
            longest = max(parts, key=len)
            assert longest in text, (message, longest)
