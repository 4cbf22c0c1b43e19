"""The command `lessons sheet` writes two new files, the same for the same seed, and refuses what it can't do."""

from retrieval_core.cli.main import main
from retrieval_core.lessons.card import Card, Lesson, Question
from retrieval_core.lessons.lesson_files import save_lesson
from retrieval_core.workspace import Workspace


def test_it_writes_both_sheets_and_refuses_what_can_not_be(cache, tmp_path, capsys):
    save_lesson(Workspace(cache), Lesson("mine", "Mine", (Card("Who?", "query?model=1d", "", Question("wins")),)))
    run = lambda *words: main(["--cache", str(cache), "lessons", "sheet", "mine", *map(str, words)])  # noqa: E731
    first, answers, second = (tmp_path / name for name in ("one.html", "answers.html", "two.html"))
    assert run(first, "--answers", answers, "--seed", 3) == 0
    assert capsys.readouterr().out.split() == [str(first), str(answers)]
    assert run(second, "--seed", 3) == 0
    assert first.read_bytes() == second.read_bytes()
    assert "AP (Oxford) of" in answers.read_text()
    capsys.readouterr()
    for words, said in (
        ((first,), "exists already"), ((tmp_path / "no" / "x.html",), "does not exist"),
        ((tmp_path / "x.html", "--answers", tmp_path / "x.html"), "would be one file"),
        ((tmp_path / "x.html", "--dataset", "zz"), "zz"),
    ):  # fmt: skip
        assert run(*words) == 2, words
        assert said in capsys.readouterr().err
    assert main(["--cache", str(cache), "lessons", "sheet", "nobody", str(tmp_path / "x.html")]) == 2
    assert "There is no lesson 'nobody'" in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()
