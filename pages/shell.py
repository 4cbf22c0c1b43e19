"""The frame of every page: navigation, and the choices that all pages share."""

import streamlit as st

from pages.state import loaders
from pages.state.link import choose, load_state
from pages.widgets import add_view, curtain, lesson_bar, style
from pages.widgets.errors import shown_errors
from retrieval_core.lessons.view import START

st.set_page_config(page_title="Landmark retrieval", page_icon="🏛️", layout="wide")
style.apply()

page = st.navigation([
    st.Page("start.py", title="Start", icon=":material/account_balance:", default=True),
    st.Page("map.py", title="Map", icon=":material/map:"),
    st.Page("query.py", title="Query", icon=":material/image_search:"),
    st.Page("compare.py", title="Compare", icon=":material/bar_chart:"),
    st.Page("ledger.py", title="Ledger", icon=":material/receipt_long:"),
    st.Page("failures.py", title="Failures", icon=":material/error_outline:"),
    st.Page("unlabelled.py", title="Unlabelled", icon=":material/question_mark:"),
    st.Page("duplicates.py", title="Duplicates", icon=":material/content_copy:"),
    st.Page("laboratory.py", title="Laboratory", icon=":material/science:"),
    st.Page("lesson.py", title="Lesson", icon=":material/school:"),
])  # fmt: skip

with shown_errors():
    load_state()
    lesson_bar.go_on()
    with st.sidebar:
        choose("dataset", loaders.retrieval_datasets(), st.selectbox, "Dataset")
        choose("run", loaders.runs(), st.selectbox, "Run")
        choose("model", loaders.model_titles(), st.radio, "Model", format_func=loaders.model_titles().get)
        st.caption(loaders.start_note())
        add_view.offer(page.url_path or START)
    lesson_bar.show()
    if not curtain.covers(page.url_path):
        page.run()
