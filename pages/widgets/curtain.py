"""What stands where the card of a lesson hides a part of a page until it is answered."""

import streamlit as st

from pages.state import hidden, lesson

# Pages that leave out what is hidden, each in its way; any other is hidden as a whole. A lesson is written on its own page, where
# nothing is hidden.
KNOW_HOW = ("", "map", "query", "compare", "ledger", "failures", "lesson")


def closed(*what: str) -> bool:
    """Say that a part of a page waits for the answer, where any of this is hidden, and whether it does."""
    if not hidden.hidden(*what):
        return False
    st.info("This is hidden until the card is answered: press Enter, or the button above.", icon=":material/visibility_off:")
    return True


def covers(page: str) -> bool:
    """Whether a page, by its place in the address, is hidden as a whole; then it is said."""
    return lesson.current() is not None and page not in KNOW_HOW and closed(*hidden.hides())
