"""A lesson on paper: buttons that save its questions and its answers as sheets to print."""

import streamlit as st

from pages.state import door, link, loaders
from pages.widgets.errors import shown_errors
from retrieval_core.lessons.card import Lesson
from retrieval_core.lessons.sheet import Sheets, make_sheets
from retrieval_core.lessons.shown import Shown

HIGHEST_SEED = 2**31 - 1
_WRITTEN = "sheets that were written"


def section(lesson: Lesson) -> None:
    """A seed, and the sheets of a lesson on the run on show; the answers only for whoever sits at the machine."""
    with st.popover("On paper", icon=":material/print:"):
        st.markdown("Questions as exercises with lines to write on, and the answers in a file of their own. The same seed gives a "
                    "class the same sheet.")  # fmt: skip
        seed = st.number_input("Seed of the sheet", 0, HIGHEST_SEED, 0, 1, key="seed of the sheet")
        photographs = st.checkbox("With photographs", True, key="photographs of the sheet")
        chosen = (lesson, link.get("dataset"), link.get("run"), seed, photographs)
        if st.button("Write the sheets", icon=":material/edit_document:"):
            st.session_state[_WRITTEN] = chosen
        if st.session_state.get(_WRITTEN) == chosen:
            with shown_errors():
                _offer(lesson, seed, photographs)


def _offer(lesson: Lesson, seed: int, photographs: bool) -> None:
    dataset = loaders.dataset()
    versions = tuple(loaders.results(key).version for key in loaders.explorable_models())
    made = _made(lesson, dataset.name, link.get("run"), dataset.photographs + dataset.truth, versions, seed, photographs)
    _save("Save the questions", made.questions, f"{lesson.name}-{seed}.html")
    if not door.is_visitor():
        _save("Save the answers", made.answers, f"{lesson.name}-{seed}-answers.html")


def _save(label: str, text: str, file: str) -> None:
    st.download_button(label, text, file, "text/html", icon=":material/download:", on_click="ignore")


@st.cache_data(max_entries=8, show_spinner="Writing the sheet …")
def _made(lesson: Lesson, dataset: str, run: str, truth: str, versions: tuple, seed: int, photographs: bool) -> Sheets:
    """Kept as long as lesson, ground truth and descriptors stay the same."""
    return make_sheets(Shown(loaders.workspace(), dataset, run), lesson, seed, photographs)
