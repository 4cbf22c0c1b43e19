"""What is done with a whole lesson: a new one, a copy, its title, a file from it or into it, and its end."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from pages.state import actions, door, lesson_edit, link
from pages.state.plain import plain
from pages.widgets import sheet, work
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import MOST_BYTES, Listed
from retrieval_core.lessons.lesson_text import write_lesson

_TURN, _SAID = "turn of the lesson menus", "said of a lesson"
_LONGEST = 50  # characters of a name


def show(one: Listed | None) -> None:
    """The menus, beside the title of the page; `one` is the lesson that is chosen."""
    turn = st.session_state.setdefault(_TURN, 0)  # a menu with a new key is shut: it has done what it was opened for
    with st.popover("New", icon=":material/add_circle:", key=f"lesson new {turn}"):
        name = _name("", f"name of the new lesson {turn}")
        if door.button("Create", icon=":material/check:", key="create the lesson"):
            _do(lambda: _made(actions.keep_lesson(Lesson(name.strip(), name.strip(), (Card("First card"),))).lesson.name))
    kept = one.kept if one else None
    if kept:
        with st.popover("Copy", icon=":material/file_copy:", key=f"lesson copy {turn}"):
            new = _name(f"{one.name} 2"[-_LONGEST:], f"name of the copy {one.name} {turn}")
            if door.button("Copy it", icon=":material/check:", key="copy the lesson"):
                _do(lambda: _made(actions.keep_lesson(replace(kept.lesson, name=new.strip(), shipped=False)).lesson.name))
            work.same_command(["lessons", "copy", one.name, "NEW"])
        if not one.shipped:
            with st.popover("Title", icon=":material/title:", key=f"lesson title {turn}"):
                _titles(kept.lesson)
        st.download_button("Export", write_lesson(kept.lesson), f"{one.name}.md", "text/markdown", icon=":material/download:",
                           on_click="ignore")  # fmt: skip
        sheet.section(kept.lesson)
    with st.popover("Import", icon=":material/upload:", key=f"lesson import {turn}"):
        _import(turn)
    if one and not one.shipped:
        with st.popover("Remove", icon=":material/delete:", key=f"lesson remove {turn}"):
            st.markdown(f"Remove the lesson **{plain(one.name)}**? Its file is deleted; press **Export** first to keep it.")
            if door.button("Remove it", icon=":material/delete_forever:", key="remove the lesson"):
                _do(lambda: _removed(one.name))


def said() -> None:
    """What was strange about a lesson that was imported; said once."""
    for note in st.session_state.pop(_SAID, ()):
        st.info(door.shown(note))


def _name(value: str, key: str) -> str:
    return st.text_input("Name", value, _LONGEST, key, help="Letters, digits, '-', '_' and blanks within: also the name of its file.")


def _titles(lesson: Lesson) -> None:
    for field, label, value in (("title", "Title", lesson.title), ("about", "About, in one sentence", lesson.about)):
        key = f"{field} of the lesson {lesson.name}"
        st.session_state[key] = value
        st.text_input(label, key=key, disabled=door.is_visitor(), on_change=_retitle, args=(lesson, field, key))


def _retitle(lesson: Lesson, field: str, key: str) -> None:
    if st.session_state[key].strip() or field == "about":
        lesson_edit.change(replace(lesson, **{field: st.session_state[key]}))


def _import(turn: int) -> None:
    if door.is_visitor():
        st.caption(door.WHY)
        return
    file = st.file_uploader("A lesson as one file", ["md", "markdown", "txt"], key=f"lesson file {turn}")
    if file is None:
        return
    if file.size > MOST_BYTES:
        st.error(f"{plain(file.name)} has {file.size:,} bytes, and a lesson at most {MOST_BYTES:,}. It is probably another file.")
        return
    name = _name(file.name.rpartition(".")[0][:_LONGEST], f"name of the imported {turn} {file.file_id}")
    if door.button("Import it", icon=":material/check:", key="import the lesson"):
        notes: list[str] = []

        def take() -> None:
            _made(actions.take_lesson(file.getvalue(), file.name, name.strip(), notes).lesson.name)
            st.session_state[_SAID] = notes

        _do(take)
    work.same_command(["lessons", "import", "FILE"])


def _made(name: str) -> None:
    link.put(lesson=name)


def _removed(name: str) -> None:
    actions.drop_lesson(name)
    lesson_edit.take_theirs()
    link.put(lesson="")
    st.toast(f"Removed {plain(name)}.")


def _do(what: Callable[[], None]) -> None:
    """Do it, shut the menus and show the page anew; an error is said inside of the menu."""
    try:
        what()
    except RetrievalError as error:
        st.error(door.shown(str(error)), icon=":material/warning:")
        return
    st.session_state[_TURN] += 1
    st.rerun()
