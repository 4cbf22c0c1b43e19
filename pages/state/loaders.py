"""What pages read from the cache folder: all of it through stored/, which checks it; nothing is made here."""

import base64
import io
from dataclasses import replace
from urllib.parse import quote

import streamlit as st
from PIL import Image as PILImage

from pages.state import door, hidden, link
from pages.state.cache_folder import workspace
from pages.state.plain import plain
from retrieval_core.datasets import no_precision
from retrieval_core.datasets.catalog import is_imported, list_datasets, open_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import PRESETS
from retrieval_core.search_choices import described_key
from retrieval_core.stored.model_states import ModelState
from retrieval_core.stored.model_states import model_states as states_of
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run_list import default_run, find_runs

START_TITLES = {
    "shapes": "shapes, a formula-driven stand-in for ImageNet",
    "distilled": "distilled, taught by a network that knows ImageNet",
    "imagenet": "ImageNet",
    "package": "ImageNet, with the Python package of the network",
    "published": "weights as they were published for the network",
    "imported": "descriptors that were imported",
    None: "not trained yet",
}
THUMBNAIL = 480  # pixels of the longest side of a picture that travels inside a page


def retrieval_datasets() -> list[str]:
    """Names of the datasets that can be explored: those with queries or photographs, not the training sets."""
    return [entry.name for entry in list_datasets(workspace()) if entry.retrieval]


def runs() -> list[str]:
    """Names of the runs that can be looked at or gone on with: the usual one of the chosen dataset first, `quick` if there is none."""
    name = link.get("dataset")
    if is_imported(workspace(), name):
        return [IMPORTED_RUN]
    usual = default_run(workspace(), name)
    known = [*find_runs(workspace(), name), *find_runs(workspace())]
    return list(dict.fromkeys([usual, *(run.name for run in known)]))


def model_titles() -> dict[str, str]:
    """Key and title of every model of the chosen dataset."""
    return {model.key: model_called(model.key) if hidden.hidden("models") else f"{model.key} · {plain(model.title)}"
            for model in model_states()}  # fmt: skip


def model_called(key: str) -> str:
    """What a model is called on the page: its key, or neutrally while a card hides it."""
    return hidden.model_name(key, [state.key for state in every_state()])


def model_states() -> list[ModelState]:
    """The state of every model for the chosen dataset and run, without what the card of a lesson hides: its APs, the last model.

    All are missing where the dataset is not built yet.
    """
    states = every_state()
    if hidden.hidden("ap"):
        states = [replace(one, map_oxford=None, map_finite_sum=None, validation_map=None) for one in states]
    if hidden.hidden("last"):
        states = [one for one in states if one.key != last_model()]
    return states


def last_model() -> str | None:
    """The last model of the run that can be explored."""
    return next((one.key for one in reversed(every_state()) if one.explorable), None)


def every_state() -> list[ModelState]:
    """The state of every model, whatever a card hides.

    Looked at once in a run of the page, which asks many times: every look opens dozens of files.
    """
    looked: dict[tuple[str, str], list[ModelState]] = st.session_state.setdefault(link.LOOKED, {})
    chosen = link.get("dataset"), link.get("run")
    if chosen not in looked:
        looked[chosen] = _model_states()
    return looked[chosen]


def look_again() -> None:
    """Forget what was looked at: for a part of a page that runs by itself, again and again."""
    st.session_state.pop(link.LOOKED, None)


def _model_states() -> list[ModelState]:
    try:
        return states_of(workspace(), link.get("dataset"), link.get("run"))
    except RetrievalError:
        if any(entry.name == link.get("dataset") and entry.ready for entry in list_datasets(workspace())):
            raise
        return [ModelState(preset.key, preset.title, "missing") for preset in PRESETS.values()]


def explorable_models() -> list[str]:
    """Models whose descriptors of the chosen dataset can be opened."""
    return [model.key for model in model_states() if model.explorable]


def some_models() -> list[str]:
    """Models that can be explored; stops the page with the way out if there is none."""
    ready = explorable_models()
    if not ready:
        why = next((f"{model.key} is {model.state}: {door.shown(model.message)} " for model in model_states() if model.message), "")
        st.info(f"Run {link.get('run')!r} has nothing of this dataset to show. {why}Press the button on the page **Start**.")
        st.stop()
    return ready


def chosen_model() -> ModelState:
    """The chosen model; stops the page with the way out if there is nothing to explore."""
    chosen = next((model for model in model_states() if model.key == link.get("model")), None)
    if chosen is None or not chosen.explorable:
        because = door.shown(chosen.message) if chosen else ""
        why = f"is {chosen.state}: {because}" if because else f"has not described {link.get('dataset')!r} yet."
        asked = link.get("model") if not hidden.hidden("models") else ""
        ready = ", ".join(model_called(key) for key in some_models())
        st.info(f"Model {asked} of run {link.get('run')} {why} Ready: {ready} — choose one of them on "
                "the left, or build the rest on the page Start.")  # fmt: skip
        st.stop()
    return chosen


def results(model: str) -> Results:
    """What there is of a model for the chosen dataset and run."""
    return open_results(workspace(), link.get("dataset"), link.get("run"), model)


def recipe_in_words(recipe: dict) -> str:
    """What stands behind a model's descriptors of the chosen dataset."""
    if recipe["start"] == "imported":
        return (f"{recipe['dim']} dimensions, imported from {_code(recipe['source'])} (`{recipe['sha256'][:12]}`); how they were made "
                f"is not known here; photographs `{recipe['dataset'][:12]}`")  # fmt: skip
    own_file = f" from the file {_code(recipe['start_file']['name'])}" if "start_file" in recipe else ""
    if "published" in recipe:
        own_file = own_file or " ({source}, {licence})".format(**recipe["published"])
    return (f"run {recipe['run']}, {recipe['size']} pixels ({recipe['shape']}), crop rule {recipe['crop']}, {_scales(recipe)}, "
            f"whitening {recipe['whitening'] or 'none'}, start {START_TITLES[recipe['start']]}{own_file}, schedule "
            f"{recipe['schedule']}, seed {recipe['seed']}, weights `{recipe['weights'][:12]}`, photographs "
            f"`{recipe['dataset'][:12]}`")  # fmt: skip


def _code(name: str) -> str:
    return "`" + name.replace("`", "'") + "`"


def _scales(recipe: dict) -> str:
    count = len(recipe["scales"])
    return "one scale" if count == 1 else f"{count} scales ({', '.join(f'{scale:.2g}' for scale in recipe['scales'])})"


def start_note() -> str:
    """What the chosen model's network started from, in words."""
    chosen = next((model for model in model_states() if model.key == link.get("model")), None)
    return f"Start: {START_TITLES[chosen.start]}" if chosen and not hidden.hidden("models") else ""


def dataset() -> Dataset:
    """The chosen dataset."""
    return open_dataset(workspace(), link.get("dataset"))


def why_no_precision() -> str:
    """Why the chosen dataset has no average precision, and what to do about it, as Markdown."""
    return door.shown(no_precision.why_no_precision(workspace(), dataset()))


def photograph(dataset: Dataset, image_id: str) -> str:
    """Where the browser finds a photograph of a dataset."""
    return f"files/photograph/{dataset.name}/{quote(image_id)}?v={dataset.photographs[:12]}"


def hashes(model: str) -> dict[str, str]:
    """SHA-256 of the files that a model's scores on the chosen dataset stand on, as they were when written."""
    return hashes_of(results(model))


def hashes_of(found: Results) -> dict[str, str]:
    """The same of what is stored of a model."""
    beside = found.workspace.records(open_results(found.workspace, found.dataset.name, found.run, described_key(found.model)).folder)
    own = {**beside, **found.workspace.records(found.folder)}
    return {name: record.sha256 for name, record in own.items()}


def command(model: str) -> str:
    """The command that repeats a model's numbers for the chosen dataset and run."""
    return results(model).command


def data_uri(picture: PILImage.Image) -> str:
    """A picture as a JPEG in a data URI."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()
