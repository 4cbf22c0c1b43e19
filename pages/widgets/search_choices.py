"""What can be chosen at search time: size, crop rule, scales, aggregation, whitening, what comes after; each is made once and kept."""

from functools import partial

import streamlit as st

from pages.state import link, loaders
from pages.widgets import work
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import SEARCH_CHOICES, Preset, get_preset, split_key
from retrieval_core.search_choices import described_key
from retrieval_core.stored.model_states import ModelState
from retrieval_core.stored.run_list import get_run

FIELDS = {
    "aggregation": "Aggregation of the map", "size": "Size of the pictures", "crop": "Crop of the query's box", "scales": "Scales",
    "whitening": "Whitening", "after": "After the search",
}  # fmt: skip
PLAIN = {"crop": "fill", "scales": "one scale", "whitening": "none", "after": "nothing"}


def chooser(model: ModelState) -> None:
    """Fields for the choices; one that is described already is shown at once, another after a press of the button."""
    base, chosen = split_key(model.key)
    preset = get_preset(base)
    if link.get("run") == IMPORTED_RUN:
        st.caption("The descriptors were imported: how they are made can't be chosen here.")
        return
    usual = preset.described_size(get_run(loaders.workspace(), link.get("run")).column)
    pooled = "the network's own head" if preset.pooling == "head" else "that of the model"
    plain = PLAIN | {"size": f"{usual} pixels, that of the schedule", "aggregation": pooled}
    names: list[str] = []
    for field, label in FIELDS.items():
        options = ["", *(name for name, choice in SEARCH_CHOICES.items() if choice.field == field and _goes_with(preset, names, name)
                         and (name in chosen or name != f"{usual}px"))]  # fmt: skip
        now = next((name for name in options if name in chosen), "")
        names.append(st.selectbox(
            label, options, options.index(now), key=f"{field} of {model.key}", disabled=len(options) == 1,
            format_func=partial(_title, plain[field]),
        ))  # fmt: skip
    key = "-".join([preset.key, *(name for name in SEARCH_CHOICES if name in names)])
    if key == model.key:
        st.caption("Every other combination becomes a model of its own, with rankings and AP on every page.")
    elif key in loaders.explorable_models():
        link.put(model=key)
        st.rerun()
    else:
        arguments = ["run", "--dataset", link.get("dataset"), "--run", link.get("run"), "--models", key]
        verb = "Rank" if described_key(key) in loaders.explorable_models() else "Describe"
        work.offer(f"{verb} {link.get('dataset')} as {key}", arguments, said="A run is at work:", type="primary", width="stretch")


def _title(plain: str, name: str) -> str:
    return SEARCH_CHOICES[name].title if name else plain


def _goes_with(preset: Preset, names: list[str], name: str) -> bool:
    """Whether a choice can be made of a model beside those that were made in the fields above."""
    made = [other for other in SEARCH_CHOICES if other in names or other == name]
    try:
        get_preset("-".join([preset.key, *made]))
    except RetrievalError:
        return False
    return True
