"""Lesson: choose a lesson, look at its cards and change them, and present it."""

import streamlit as st

from pages.state import door, lesson, lesson_edit, link, loaders
from pages.state.link import choose
from pages.state.plain import plain
from pages.widgets import lesson_cards, lesson_fields, lesson_menus, lesson_preview, take_home
from retrieval_core.lessons.lesson_files import Kept, Listed, list_lessons

NONE_YET = "No lessons yet. Press **New** and write a name, or press **Add this view to a lesson** on any other page."


def main() -> None:
    listed = {one.name: one for one in list_lessons(loaders.workspace())}
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Lesson", width="content")
        if listed:
            choose("lesson", listed, st.selectbox, "Lesson", format_func=lambda name: called(listed[name]),
                   label_visibility="collapsed", width=330)  # fmt: skip
        elif link.get("lesson"):
            st.warning(f"The link asks for the lesson '{plain(link.get('lesson'))}', which is not here.")
            link.put(lesson="")
        one = listed.get(link.get("lesson"))
        cards = one.kept.lesson.cards if one and one.kept else ()
        if st.button("Present", icon=":material/present_to_all:", type="primary", disabled=not cards):
            lesson.present(one.kept.lesson)
        lesson_menus.show(one)
        if cards and loaders.explorable_models():
            take_home.offer((one.name,))
    lesson_menus.said()
    if one is None:
        st.info(NONE_YET)
    elif one.kept is None:
        st.error(
            f"{door.shown(one.error)} Correct the file, or press **Remove**. The other lessons can be used.", icon=":material/warning:"
        )
    else:
        show(lesson_edit.opened(one.name))


def called(one: Listed) -> str:
    """A lesson in the list."""
    if one.kept is None:
        return f"{plain(one.name)} · damaged"
    lesson = one.kept.lesson
    title = "" if lesson.title == one.name else f" · {plain(lesson.title)}"
    return f"{plain(one.name)}{title}{' · shipped' if one.shipped else ''}"


def show(kept: Kept) -> None:
    """The cards, and the chosen one."""
    lesson = kept.lesson
    if lesson.shipped:
        st.caption(f"{plain(lesson.about)} This lesson comes with the program: press **Copy** to change it.")
    elif lesson.about:
        st.caption(plain(lesson.about))
    conflict(lesson.name)
    if why := lesson_edit.refused():
        st.error(f"This is not saved: {door.shown(why)}", icon=":material/warning:")
    fixed = lesson.shipped or door.is_visitor()
    left, middle, right = st.columns([1, 1.5, 1.35], gap="medium")
    with left:
        lesson_cards.show(kept, fixed)
    if not lesson.cards:
        middle.info("This lesson has no cards yet. Press **Add**, or press **Add this view to a lesson** on any other page.")
        return
    with middle:
        lesson_fields.show(lesson, lesson_edit.chosen(lesson), fixed)
    with right:
        lesson_preview.show(lesson, lesson_edit.chosen(lesson))


def conflict(name: str) -> None:
    """Say that somebody else has changed the lesson, and ask whose words stay."""
    if lesson_edit.unsaved(name) is None:
        return
    st.error("This lesson was changed meanwhile, in another tab or by another program. What you wrote last is not saved: take what is "
             "there now, or write yours in its place.", icon=":material/warning:")  # fmt: skip
    with st.container(horizontal=True):
        st.button("Take what is there", icon=":material/download_done:", on_click=lesson_edit.take_theirs)
        st.button("Write mine in its place", icon=":material/edit:", on_click=lesson_edit.write_mine)


main()
