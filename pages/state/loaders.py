"""What pages read from the cache folder, kept in memory as long as the files stay the same."""

import base64
import io
import json
from collections.abc import Callable
from urllib.parse import quote

import numpy as np
import streamlit as st
from PIL import Image as PILImage

from pages.state import link
from retrieval_core.datasets.catalog import fingerprint, list_datasets, open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.extract import Descriptors
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.ranking.search import search
from retrieval_core.stored import results
from retrieval_core.workspace import Workspace

START_TITLES = {
    "shapes": "shapes, a formula-driven stand-in for ImageNet",
    "imagenet": "ImageNet",
    "imported": "descriptors that were imported",
    None: "not trained yet",
}
THUMBNAIL = 480  # pixels of the longest side of a picture that travels inside a page


@st.cache_resource
def workspace() -> Workspace:
    """The cache folder of this app."""
    return Workspace()


def retrieval_datasets() -> list[str]:
    """Names of the datasets that can be explored: those with queries or photographs, not the training sets."""
    return [entry.name for entry in list_datasets(workspace()) if entry.retrieval]


def model_titles() -> dict[str, str]:
    """Key and title of every model of the chosen dataset."""
    return {model.key: f"{model.key} · {model.title}" for model in model_states()}


def model_states() -> list[results.ModelState]:
    """The state of every model for the chosen dataset."""
    return results.model_states(workspace(), link.get("dataset"))


def explorable_models() -> list[str]:
    """Models whose descriptors of the chosen dataset can be opened."""
    return [model.key for model in model_states() if model.explorable]


def some_models() -> list[str]:
    """Models that can be explored; stops the page with the way out if there is none."""
    ready = explorable_models()
    if not ready:
        st.info("Nothing has been built for this dataset yet. Go to the page **Start** and press the button there.")
        st.stop()
    return ready


def chosen_model() -> results.ModelState:
    """The chosen model; stops the page with the way out if there is nothing to explore."""
    chosen = next((model for model in model_states() if model.key == link.get("model")), None)
    if chosen is None or not chosen.explorable:
        st.info(f"Model {link.get('model')} has not described {link.get('dataset')!r} yet. Ready: "
                f"{', '.join(some_models())} — choose one of them on the left, or build the rest on the page Start.")  # fmt: skip
        st.stop()
    if chosen.state == "stale":
        st.warning(f"Model {chosen.key} is stale: {chosen.message}")
    return chosen


def recipe_in_words(recipe: dict) -> str:
    """What stands behind a model's descriptors of the chosen dataset."""
    if recipe["start"] == "imported":
        return (f"{recipe['dim']} dimensions, imported from `{recipe['source']}` (`{recipe['sha256'][:12]}`); how they were made is "
                f"not known here; photographs `{recipe['dataset'][:12]}`")  # fmt: skip
    own_file = f" from the file `{recipe['start_file']['name']}`" if "start_file" in recipe else ""
    return (f"{recipe['size']} pixels ({recipe['shape']}), crop rule {recipe['crop']}, {_scales(recipe)}, whitening "
            f"{recipe['whitening'] or 'none'}, start {START_TITLES[recipe['start']]}{own_file}, schedule {recipe['schedule']}, seed "
            f"{recipe['seed']}, weights `{recipe['weights'][:12]}`, photographs `{recipe['dataset'][:12]}`")  # fmt: skip


def _scales(recipe: dict) -> str:
    count = len(recipe["scales"])
    return "one scale" if count == 1 else f"{count} scales ({', '.join(f'{scale:.2g}' for scale in recipe['scales'])})"


def start_note() -> str:
    """What the chosen model's network started from, in words."""
    try:
        chosen = next(model for model in model_states() if model.key == link.get("model"))
    except (RetrievalError, StopIteration):
        return ""
    return f"Start: {START_TITLES[chosen.start]}"


def dataset() -> Dataset:
    """The chosen dataset."""
    return open_named(link.get("dataset"))


def photograph(dataset: Dataset, image_id: str) -> str:
    """Where the browser finds a photograph of a dataset."""
    return f"files/photograph/{dataset.name}/{quote(image_id)}?v={dataset.fingerprint[:12]}"


def open_named(name: str) -> Dataset:
    """A dataset by its name, opened once as long as its photographs and its ground truth stay the same."""
    return _dataset(str(workspace().root), name, fingerprint(workspace(), name))


def descriptors(model: str) -> tuple[Descriptors, Descriptors]:
    """Descriptors of the chosen dataset's photographs and queries under a model."""
    record = workspace().record(workspace().folder(link.get("dataset"), model) / "descriptors.npy")
    return _descriptors(str(workspace().root), link.get("dataset"), model, record.sha256 if record else "")


def ranking(model: str, descriptor: Callable[[], np.ndarray], key: str) -> tuple[np.ndarray, np.ndarray]:
    """The chosen dataset's photographs by their similarity to a descriptor: positions (N,), most similar first, and similarities.

    `descriptor` makes it, (1, D), and `key` names it: the same key gives what was computed before, as long as the model's
    descriptors stay the same.
    """
    record = workspace().record(workspace().folder(link.get("dataset"), model) / "descriptors.npy")
    return _ranking(link.get("dataset"), model, record.sha256 if record else "", key, descriptor)


def scores(model: str) -> list[Score]:
    """AP of every query of the chosen dataset under a model."""
    return results.load_scores(workspace(), link.get("dataset"), model)


def hashes(model: str) -> dict[str, str]:
    """SHA-256 of the files that a model's scores on the chosen dataset stand on, as they were when written."""
    folder = workspace().folder(link.get("dataset"), model)
    records = {file: workspace().record(folder / file) for file in ("descriptors.npy", "queries.npy", "scores.json")}
    return {file: record.sha256 for file, record in records.items() if record}


def running_losses(stage: str) -> dict[int, float]:
    """Loss by step of the stage that is being trained; read from its log, so a page that is loaded anew shows all of it."""
    # Half-done work lies in a hidden folder of the stage; see steps.train_stage.
    logs = list(workspace().root.glob(f"*/{stage}/.weights-????????/training.jsonl"))
    if not logs:
        return {}
    text = max(logs, key=lambda log: log.stat().st_mtime).read_text(encoding="utf-8")
    # What stands behind the last line end is a line that is being written at this moment.
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    return {line["step"]: line["loss"] for line in lines if "loss" in line}


def data_uri(picture: PILImage.Image) -> str:
    """A picture as a JPEG in a data URI."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()


@st.cache_resource(max_entries=4, show_spinner=False)
def _dataset(root: str, name: str, version: str | None) -> Dataset:
    return open_dataset(workspace(), name)


@st.cache_resource(max_entries=64, show_spinner=False)
def _ranking(name: str, model: str, version: str, key: str, _descriptor: Callable[[], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    positions, similarities = search(_descriptor(), descriptors(model)[0].matrix)
    return positions[0], similarities[0]


@st.cache_resource(max_entries=24, show_spinner=False)
def _descriptors(root: str, name: str, model: str, version: str) -> tuple[Descriptors, Descriptors]:
    return results.load_descriptors(workspace(), name, model)
