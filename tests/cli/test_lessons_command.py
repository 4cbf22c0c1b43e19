"""The commands about lessons: listed, shown, checked on a dataset of one's own, copied, handed out, taken in and removed."""

import pytest
from lessons_cache import with_descriptors

from retrieval_core.cli.main import main
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import read_lesson
from retrieval_core.lessons.lesson_text import write_lesson
from retrieval_core.workspace import Workspace

LESSON = Lesson(
    "gates", "Of gates", (Card("One", "query?query=gate_1&model=1d", "{queries} queries"), Card("Two", claim="queries = 2"))
)


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command; its exit status and what it says."""
    cache = with_descriptors(tmp_path / "imported")

    def run_it(*words):
        status = main(["--cache", str(cache), "lessons", *words])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    (tmp_path / "gates.md").write_text(write_lesson(LESSON))
    assert run_it("import", str(tmp_path / "gates.md")) == (0, "gates: 2 cards.\n")
    return run_it


def test_from_a_file_to_a_file(run, tmp_path):
    status, said = run("list")
    assert status == 0
    assert "gates                    own        2 cards  Of gates" in said
    assert run("show", "gates") == (0, write_lesson(LESSON))
    assert run("copy", "gates", "towers")[0] == 0
    assert run("export", "towers", str(tmp_path / "out.md"))[0] == 0
    assert (tmp_path / "out.md").read_text() == write_lesson(LESSON)
    assert run("import", str(tmp_path / "out.md"), "--name", "mills")[0] == 0
    assert read_lesson(Workspace(tmp_path / "imported" / "cache"), "mills").lesson.cards == LESSON.cards
    assert run("remove", "towers") == (0, "Removed towers.\n")
    assert "towers" not in run("list")[1]


def test_checking_says_card_and_remedy_and_fails(run, tmp_path):
    assert run("check", "gates", "--dataset", "theirs") == (0, "gates: all 2 cards can be shown on theirs, run imported.\n")
    bad = Lesson("bad", "Bad", (
        Card("Page", "atlas?modle=1d"), Card("Fine"), Card("Model", "map?model=1h"), Card("Query", "query?query=nobody"),
        Card("Seed", "map?seed=-1"), Card("Method", "map?method=art"), Card("Figure", text="{atlas}"), Card("Claim", claim="more"),
        Card("Scores", text="{map 1d}"),
    ))  # fmt: skip
    (tmp_path / "bad.md").write_text(write_lesson(bad))
    status, said = run("check", str(tmp_path / "bad.md"), "--dataset", "theirs")
    assert status == 1
    for line in ("Card 1, 'Page': There is no page 'atlas'. Choose one of: start", "Card 1, 'Page': No page has a parameter 'modle'",
                 "Card 3, 'Model': ", "Card 4, 'Query': theirs has no query 'nobody'", "Card 5, 'Seed': ",
                 "Card 6, 'Method': Unknown projection",
                 "Card 7, 'Figure': {atlas} names no figure", "Card 8, 'Claim': 'more' is no claim", "Card 9, 'Scores': ",
                 "9 remarks on 9 cards"):  # fmt: skip
        assert line in said
    assert "Card 2" not in said


@pytest.mark.parametrize(("words", "said"), [
    (("show", "nobody"), "There is no lesson 'nobody'"), (("check", "nobody"), "There is no lesson 'nobody'"),
    (("check", "./nobody.md"), "does not exist"), (("import", "nobody.md"), "does not exist"), (("copy", "gates", "a/b"),
    "can't be the name"),
    (("copy", "gates", "gates"), "already"), (("export", "gates", "/nowhere/x.md"), "does not exist"), (("remove", "../x"),
    "no lesson"),
    (("check", "gates", "--dataset", "nobody"), "nobody"), (("check", "gates", "--dataset", "theirs", "--run", "nobody"), "nobody"),
])  # fmt: skip
def test_what_can_not_be_done_is_refused(run, words, said):
    status, printed = run(*words)
    assert status in (1, 2)
    assert said in printed
    assert "Traceback" not in printed


def test_a_damaged_one_is_named_and_the_others_are_listed(run, tmp_path):
    (tmp_path / "imported" / "cache" / "lessons" / "bad.md").write_text("no lesson")
    status, said = run("list")
    assert status == 0
    assert "bad is damaged" in said
    assert "Of gates" in said
