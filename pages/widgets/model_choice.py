"""Fields for the model that is looked at and for those side by side; search-time choices are folded under their model."""

from collections.abc import Iterable

import streamlit as st

from pages.state import groups, hidden, link, loaders
from retrieval_core.presets import get_preset

MODEL, CHOICE = "widget model", "widget search-time choice"


def chosen() -> None:
    """The model: a button for each as it comes, and a list of what is chosen of it at search time, where something was."""
    titles = loaders.model_titles()
    model = link.allowed("model", titles)
    # While names are hidden a model and its choices stand apart: which belong together would tell what they are.
    folded = {key: [key] for key in titles} if hidden.hidden("models") else groups.by_base(titles)
    first = {keys[0]: keys for keys in folded.values()}
    here = next(keys for keys in folded.values() if model in keys)
    st.session_state[MODEL] = here[0]
    st.radio("Model", list(first), key=MODEL, on_change=lambda: _take(MODEL),
             format_func=lambda key: _counted(titles[key], len(first[key]) - 1))  # fmt: skip
    if len(here) > 1:
        st.session_state[CHOICE] = model
        st.selectbox(f"{here[0]} and its search-time choices", here, key=CHOICE, on_change=lambda: _take(CHOICE),
                     format_func=titles.get)  # fmt: skip


def side_by_side(models: Iterable[str], *also: str) -> list[str]:
    """Those of some models that stand side by side, and a field that says which, where some have search-time choices."""
    models = list(models)
    folded = [key for key, keys in groups.by_base(models).items() if keys != [key]]
    if folded and not hidden.hidden("models"):
        words = {groups.AS_THEY_COME: "models as they come", **{key: f"{key} and its choices" for key in folded},
                 groups.ALL: f"all {len(models)} models"}  # fmt: skip
        link.choose("group", words, st.selectbox, "Models side by side", format_func=words.get, width=210, label_visibility="collapsed",
                    help="Search-time choices are models of their own. The chosen model is always shown.")  # fmt: skip
    return groups.compared(models, *also)


def opened(model: str, name: str) -> None:
    """Buttons that open a model's map and its galleries; `name` sets them apart from others of the page."""
    pages = (("map.py", "on the map", "map"), ("query.py", "and its galleries", "image_search"))
    for page, label, icon in pages if get_preset(model).has_vector else pages[1:]:
        if st.button(f"{model} {label}", icon=f":material/{icon}:", key=f"{name} {page}"):
            link.put(model=model)
            link.go(page)


def _counted(title: str, choices: int) -> str:
    """A model's title with the number of its search-time choices: behind its key, since a narrow window cuts the end off."""
    return title.replace(" · ", f" (+{choices}) · ", 1) if choices else title


def _take(key: str) -> None:
    link.put(model=st.session_state[key])
