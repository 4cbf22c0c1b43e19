"""New pictures, described exactly as the queries of a dataset were."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image as PILImage

from retrieval_core.datasets.types import Box
from retrieval_core.descriptors.extract import Descriptors, describe_picture, query_picture
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.device import pick_device
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.presets import get_preset
from retrieval_core.runs.steps import load_network, load_whitening
from retrieval_core.stored import artefacts
from retrieval_core.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Describer:
    """A model that is loaded once and describes one picture after the other, by the recipe of a dataset's descriptors."""

    network: RetrievalNetwork
    whitening: Whitening | None
    recipe: dict
    square: bool
    device: torch.device

    def describe(self, picture: PILImage.Image, box: Box | None = None) -> np.ndarray:
        """Descriptor (1, D) float32 of length 1 of an RGB picture, or of what is inside the box (pixels)."""
        entrance = query_picture(picture, box, self.recipe["size"], self.square, self.recipe["crop"])
        row = describe_picture(self.network, entrance, self.device, self.recipe["scales"])[None]
        return row if self.whitening is None else self.whitening.transform(row)


def stored_descriptor(database: Descriptors, queries: Descriptors, image_id: str, query_id: str | None = None) -> np.ndarray | None:
    """The stored descriptor (1, D) of a query of the ground truth, or else of a photograph; None where none is stored."""
    rows, key = (queries, query_id) if query_id else (database, image_id)
    return np.asarray(rows.rows([key])) if key in rows.ids else None


def open_describer(workspace: Workspace, dataset: str, model: str, device: str = "auto") -> Describer:
    """Load the model that described a dataset.

    Raises RetrievalError if the dataset was not described, or the model has been trained anew since.
    """
    preset = get_preset(model)
    record = workspace.record(workspace.folder(dataset, model) / "descriptors.npy")
    remedy = f"Run: python -m retrieval_core run --dataset {dataset} --models {model}"
    if record is None:
        raise RetrievalError(f"Model {model} has not described {dataset} yet. {remedy}")
    recipe = record.notes["recipe"]
    weights = workspace.record(artefacts.weights_path(workspace, preset.weights_stage, artefacts.origin_of(recipe)))
    if weights is None or weights.sha256 != recipe["weights"]:
        raise RetrievalError(f"The weights that described {dataset} under model {model} are gone or have changed. {remedy}")
    chosen = pick_device(device)
    network = load_network(workspace, preset, artefacts.origin_of(recipe), chosen)
    return Describer(network, load_whitening(workspace, preset, artefacts.origin_of(recipe)), recipe, preset.square, chosen)
