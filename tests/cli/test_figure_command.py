"""The command `figure`: a figure or a claim of a lesson, what it stands on, and the list of all."""

import pytest

from retrieval_core.cli.main import main
from retrieval_core.lessons.figures import FIGURES


def run(cache, capsys, *words):
    code = main(["--cache", str(cache), "figure", *words, "--dataset", "few"])
    return code, *capsys.readouterr()


def test_a_figure_is_printed_with_what_it_stands_on(lesson_cache, capsys):
    code, out, err = run(lesson_cache, capsys, "map 2a-mac")
    assert code == 0
    assert out.startswith("mAP (Oxford) of 2a-mac: ")
    assert "evaluate --dataset few --run quick --models 2a-mac" in err


def test_a_claim_is_judged(lesson_cache, capsys):
    code, out, _ = run(lesson_cache, capsys, "queries > 5")
    assert (code, out) == (0, "holds here: queries: 6; against 5\n")


def test_all_figures_are_listed(lesson_cache, capsys):
    code, out, _ = run(lesson_cache, capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[:-1]] == list(FIGURES)


@pytest.mark.parametrize(("text", "expected"), [("map 1d", 1), ("map 1d > map 2a", 1), ("map 9z", 2), ("maps 2a", 2), ("map 2a > ", 2)])
def test_what_is_missing_or_wrong_ends_otherwise(lesson_cache, capsys, text, expected):
    code, out, err = run(lesson_cache, capsys, text)
    assert (code, out) == (expected, "")
    assert err.startswith("error: ")
