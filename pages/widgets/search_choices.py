"""What can be chosen at search time: size, crop rule, scales, whitening, what comes after; each combination is made once and kept."""

from functools import partial

import streamlit as st

from pages.state import door, link, loaders
from pages.widgets import work
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.presets import SEARCH_CHOICES, Preset, get_preset
from retrieval_core.search_choices import described_key
from retrieval_core.stored.model_states import ModelState
from retrieval_core.stored.run_list import get_run

FIELDS = {
    "size": "Size of the pictures", "crop": "Crop of the query's box", "scales": "Scales", "pooling": "Pooling",
    "whitening": "Whitening", "after": "After the search",
}  # fmt: skip
PLAIN = {"crop": "fill", "scales": "one scale", "pooling": "the network's own head", "whitening": "none", "after": "nothing"}


def chooser(model: ModelState) -> None:
    """Fields for the choices; one that is described already is shown at once, another after a press of the button."""
    preset = get_preset(model.key.split("-")[0])
    if link.get("run") == IMPORTED_RUN:
        st.caption("The descriptors were imported: how they are made can't be chosen here.")
        return
    chosen = model.key.split("-")[1:]
    usual = preset.described_size(get_run(loaders.workspace(), link.get("run")).column)
    plain = PLAIN | {"size": f"{usual} pixels, that of the schedule"}
    names: list[str] = []
    for field, label in FIELDS.items():
        if field == "pooling" and preset.pooling != "head":
            continue
        options = ["", *(name for name, choice in SEARCH_CHOICES.items() if choice.field == field and _open(preset, field))]
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
    elif work.going_on("run"):
        st.caption("A run is at work:")
        work.watch("run")
    else:
        arguments = ["run", "--dataset", link.get("dataset"), "--run", link.get("run"), "--models", key]
        work.ended_badly(work.last(arguments, "run"))
        verb = "Rank" if described_key(key) in loaders.explorable_models() else "Describe"
        if door.button(f"{verb} {link.get('dataset')} as {key}", type="primary", width="stretch"):
            work.begin(arguments)


def _title(plain: str, name: str) -> str:
    return SEARCH_CHOICES[name].title if name else plain


def _open(preset: Preset, field: str) -> bool:
    """Whether a model leaves this to be chosen."""
    return not (preset.whitening if field == "whitening" else preset.square and field in ("size", "crop", "scales"))
