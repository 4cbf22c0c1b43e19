"""New pictures, described exactly as the queries of a dataset were."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image as PILImage

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.types import Box
from retrieval_core.descriptors.aggregation.network import DescribingNetwork
from retrieval_core.descriptors.changed_picture import ChangedPicture
from retrieval_core.descriptors.extract import describe_picture, query_picture
from retrieval_core.descriptors.match_maps import Split, split_picture
from retrieval_core.descriptors.matrix import Descriptors
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.device import pick_device
from retrieval_core.runs.loading import load_network, load_whitening
from retrieval_core.stored.results import Results
from retrieval_core.stored.run_list import get_run


@dataclass(frozen=True, eq=False)
class Describer:
    """A model that is loaded once and describes one picture after the other, by the recipe of a dataset's descriptors."""

    network: DescribingNetwork
    whitening: Whitening | None
    recipe: dict
    square: bool
    device: torch.device

    def describe(self, picture: PILImage.Image, box: Box | None = None) -> np.ndarray:
        """Descriptor (1, D) float32 of length 1 of an RGB picture, or of what is inside the box (pixels)."""
        return self._row(self._entrance(picture, box))

    def describe_changed(self, picture: ChangedPicture) -> np.ndarray:
        """The same (1, D) of a picture that was changed after its box was cut out."""
        return self._row(picture.at_entrance(self.recipe["size"], self.square, self.recipe["crop"]))

    def split(self, picture: PILImage.Image, box: Box | None = None) -> Split:
        """The same descriptor as a sum over the positions of the picture; RetrievalError for a model that has no such sum."""
        return split_picture(self.network, self._entrance(picture, box), self.device, tuple(self.recipe["scales"]), self.whitening)

    def _row(self, pixels: np.ndarray) -> np.ndarray:
        row = describe_picture(self.network, pixels, self.device, self.recipe["scales"])[None]
        return row if self.whitening is None else self.whitening.transform(row)

    def _entrance(self, picture: PILImage.Image, box: Box | None) -> np.ndarray:
        return query_picture(picture, box, self.recipe["size"], self.square, self.recipe["crop"])


def stored_descriptor(results: Results, image_id: str, query_id: str | None = None) -> np.ndarray | None:
    """The stored descriptor (1, D) of a query of the ground truth, or else of a photograph; None where none is stored."""
    database, queries = results.descriptors
    group: Descriptors = queries if query_id else database
    key = query_id or image_id
    return np.asarray(group.rows([key])) if key in group else None


def open_describer(results: Results, device: str = "auto") -> Describer:
    """Load the model that described a dataset.

    Raises RetrievalError if the dataset was not described by the model as it is now, or its descriptors were imported.
    """
    if results.run == IMPORTED_RUN:
        raise RetrievalError(f"The descriptors of {results.dataset.name} were imported: there is no network to describe a new picture.")
    _ = results.descriptors  # raises where they are not those of the weights as they are now
    run, chosen, preset = get_run(results.workspace, results.run), pick_device(device), results.preset
    network, whitening = load_network(results.workspace, run, preset, chosen), load_whitening(results.workspace, run, preset)
    return Describer(network, whitening, results.recipe, preset.square, chosen)
