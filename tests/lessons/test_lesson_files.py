"""Lessons as files: what can't be read is said and takes nothing else down; what somebody else wrote is not overwritten unasked."""

import os
import re
from dataclasses import replace

import pytest
from bad_lessons import BYTES, CARDS, HEAD, HEADS, NAMES

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import lesson_files
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import (
    ChangedMeanwhile,
    copy_lesson,
    export_lesson,
    file_bytes,
    import_lesson,
    list_lessons,
    read_file,
    read_lesson,
    remove_lesson,
    save_lesson,
)
from retrieval_core.lessons.lesson_text import normal, write_lesson
from retrieval_core.workspace import Workspace

LESSON = Lesson("gates", "Of gates", (Card("One", "map?model=1d", "A text."), Card("Two")), "about them")
REMEDY = re.compile(
    r"(Write|Known|Choose|Leave|Put a value|Split|Save it|Use up|Correct|What can be hidden|Name a|Check the path|probably another|"
    r"does not begin with a line)"
)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """An empty cache, and a program that ships the lesson `shipped`."""
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "shipped.md").write_text(write_lesson(Lesson("shipped", "Ours", (Card("A card"),))))
    monkeypatch.setattr(lesson_files, "SHIPPED", tmp_path / "shipped")
    return Workspace(tmp_path / "cache")


def own(workspace, name: str, data: bytes) -> None:
    (workspace.root / "lessons").mkdir(parents=True, exist_ok=True)
    (workspace.root / "lessons" / f"{name}.md").write_bytes(data)


def listed(workspace) -> dict:
    return {one.name: one for one in list_lessons(workspace)}


def test_without_a_cache_there_are_the_shipped_ones_and_nothing_is_written(workspace):
    assert list(listed(workspace)) == ["shipped"]
    assert read_lesson(workspace, "shipped").lesson.shipped
    with pytest.raises(RetrievalError, match=r"no lesson 'x'\. There are: shipped\."):
        read_lesson(workspace, "x")
    assert not workspace.root.exists()


@pytest.mark.parametrize("text", [*HEADS.values(), *CARDS.values()], ids=[*HEADS, *(f"card: {name}" for name in CARDS)])
def test_what_is_wrong_is_said_with_the_file_the_card_and_the_remedy(workspace, text):
    own(workspace, "bad", text.encode())
    save_lesson(workspace, LESSON)
    found = listed(workspace)
    assert found["gates"].kept.lesson == LESSON
    assert found["bad"].kept is None
    error = found["bad"].error
    assert str(workspace.root / "lessons" / "bad.md") in error
    assert REMEDY.search(error), error
    assert len(error) < 700
    if text in CARDS.values():
        assert re.search(r"card [12]\b", error), error


@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES)
def test_what_is_no_text_of_a_lesson_is_said(workspace, data):
    own(workspace, "bad", data)
    [error] = [one.error for one in list_lessons(workspace) if not one.kept]
    assert "bad.md" in error
    assert REMEDY.search(error), error
    with pytest.raises(RetrievalError, match=r"handed over\.md"):
        import_lesson(workspace, data, "handed over.md")
    assert set(listed(workspace)) == {"bad", "shipped"}


@pytest.mark.parametrize("text", [
    "\ufeff" + write_lesson(LESSON), write_lesson(LESSON).replace("\n", "\r\n"), write_lesson(LESSON).replace("---\n", "---  \n"),
    "\n\n" + write_lesson(LESSON) + "\n\n",
])  # fmt: skip
def test_marks_ends_of_lines_and_blanks_of_other_programs_are_read(workspace, text):
    own(workspace, "gates", text.encode())
    assert read_lesson(workspace, "gates").lesson == LESSON


def test_other_encodings_are_read_and_said_where_they_are_guessed(workspace, tmp_path):
    lesson = replace(LESSON, title="Über Türme")
    notes: list[str] = []
    assert import_lesson(workspace, write_lesson(lesson).encode("utf-16"), "a.md", notes=notes).lesson.title == "Über Türme"
    assert notes == []
    assert import_lesson(workspace, write_lesson(lesson).encode("cp1252"), "b.md", notes=notes).lesson.title == "Über Türme"
    assert "b.md is not UTF-8" in notes[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_cannot_be_one_is_refused_and_nothing_written(workspace, name):
    with pytest.raises(RetrievalError, match=r"can't be the name of a lesson|no lesson"):
        save_lesson(workspace, replace(LESSON, name=name))
    with pytest.raises(RetrievalError, match="no lesson"):
        remove_lesson(workspace, name)
    assert not workspace.root.exists()


def test_names_are_told_apart(workspace):
    save_lesson(workspace, LESSON)
    with pytest.raises(RetrievalError, match="There is a lesson 'gates' already"):
        save_lesson(workspace, LESSON)
    for act in (lambda: save_lesson(workspace, replace(LESSON, name="shipped")), lambda: copy_lesson(workspace, "gates", "shipped"),
                lambda: import_lesson(workspace, HEAD.encode(), "shipped.md")):  # fmt: skip
        with pytest.raises(RetrievalError, match="comes with the program"):
            act()
    own(workspace, "shipped", HEAD.encode())
    assert "comes with the program" in next(one.error for one in list_lessons(workspace) if one.error)
    assert read_lesson(workspace, "shipped").lesson.title == "Ours"
    save_lesson(workspace, replace(LESSON, name="cafe\u0301"))
    assert read_lesson(workspace, "caf\u00e9").lesson.name == "caf\u00e9"


def test_a_later_change_does_not_overwrite_an_earlier_one_unasked(workspace):
    read = save_lesson(workspace, LESSON).version
    mine, theirs = replace(LESSON, title="Mine"), replace(LESSON, title="Theirs")
    save_lesson(workspace, theirs, read)
    with pytest.raises(ChangedMeanwhile, match="changed meanwhile"):
        save_lesson(workspace, mine, read)
    assert read_lesson(workspace, "gates").lesson == theirs
    remove_lesson(workspace, "gates")
    with pytest.raises(ChangedMeanwhile, match="removed meanwhile"):
        save_lesson(workspace, mine, read)
    assert "gates" not in listed(workspace)


def test_a_write_that_fails_leaves_what_was_there(workspace, monkeypatch):
    read = save_lesson(workspace, LESSON).version
    monkeypatch.setattr(os, "fsync", lambda *arguments: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(RetrievalError, match="The disk is full"):
        save_lesson(workspace, replace(LESSON, title="New"), read)
    assert read_lesson(workspace, "gates").lesson == LESSON
    assert [file.name for file in (workspace.root / "lessons").iterdir()] == ["gates.md"]


def test_a_lesson_is_copied_exported_imported_and_removed(workspace, tmp_path):
    copy = copy_lesson(workspace, "shipped", "mine").lesson
    assert (copy.name, copy.shipped, copy.cards) == ("mine", False, (Card("A card"),))
    file = tmp_path / "out" / "mine.md"
    with pytest.raises(RetrievalError, match="does not exist"):
        export_lesson(workspace, "mine", file)
    file.parent.mkdir()
    export_lesson(workspace, "mine", file)
    with pytest.raises(RetrievalError, match="exists already"):
        export_lesson(workspace, "mine", file)
    assert read_file(file) == copy
    assert import_lesson(workspace, file_bytes(file), str(file), "again").lesson.cards == copy.cards
    remove_lesson(workspace, "mine")
    assert set(listed(workspace)) == {"shipped", "again"}
    with pytest.raises(RetrievalError, match="comes with the program"):
        remove_lesson(workspace, "shipped")
    own(workspace, "bad", b"no lesson")
    remove_lesson(workspace, "bad")
    assert set(listed(workspace)) == {"shipped", "again"}


def test_what_is_no_file_is_said(tmp_path):
    for file in (tmp_path / "none.md", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(RetrievalError, match=r"(Check the path|Name a text file)"):
            file_bytes(file)


def test_what_could_not_be_read_again_is_not_written(workspace):
    for lesson in (replace(LESSON, title=" "), replace(LESSON, cards=(Card(""),)), replace(LESSON, cards=(Card("a", "no view"),)),
                   replace(LESSON, cards=(Card("a"),) * 201)):  # fmt: skip
        with pytest.raises(RetrievalError):
            save_lesson(workspace, lesson)
    assert listed(workspace).keys() == {"shipped"}
    with pytest.raises(RetrievalError, match="would be larger"):
        save_lesson(workspace, replace(LESSON, cards=(Card("a", text="x" * 1_000_001),)))


def test_a_change_of_the_file_is_seen(workspace):
    save_lesson(workspace, LESSON)
    own(workspace, "gates", write_lesson(replace(LESSON, title="By hand")).encode())
    assert read_lesson(workspace, "gates").lesson.title == "By hand"
    assert normal(read_lesson(workspace, "gates").lesson) == read_lesson(workspace, "gates").lesson
