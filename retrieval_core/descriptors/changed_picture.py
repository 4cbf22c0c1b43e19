"""A changed picture on its way into a network: at the scale at which it would be described if nothing were changed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.images import crop_box, resize_longest
from retrieval_core.datasets.pixels import as_array, widened
from retrieval_core.datasets.types import Box
from retrieval_core.descriptors.changes import changed

LONGEST = 1024
"""Pixels of the longest side of what is changed; more is made smaller first, as no network here describes at more."""


@dataclass(frozen=True, eq=False)
class ChangedPicture:
    """`picture` is what became of the picture `before`: what was in the box, at LONGEST at most.

    `share`: the longest side of what is in the box, as a share of the whole photograph's. `boxed`: whether there is a box.
    """

    picture: PILImage.Image
    before: PILImage.Image
    share: float
    boxed: bool

    def at_entrance(self, size: int, square: bool, crop: str) -> np.ndarray:
        """The picture (H, W, 3) uint8 at the network's entrance; the parameters as in `extract.query_picture`.

        It comes out by the factor by which the unchanged one would, so that a crop shows less, and nothing of it larger. What has not
        been changed is the same to the byte, unless it was more than LONGEST.
        """
        if square and not self.boxed:
            return as_array(self.picture, size, True)
        factor = size / max(self.before.size) * (self.share if crop == "same" and not square else 1)
        picture = resize_longest(self.picture, factor * max(self.picture.size))
        return as_array(picture, size, True) if square else widened(picture)


def change_picture(photograph: PILImage.Image, box: Box | None, strengths: Mapping[str, float], seed: str) -> ChangedPicture:
    """Cut a box out of an RGB photograph, if there is one, and change what is in it; see `changes.changed`."""
    inside = crop_box(photograph, box)
    before = resize_longest(inside, LONGEST) if max(inside.size) > LONGEST else inside
    share = max(inside.size) / max(photograph.size)
    return ChangedPicture(changed(before, strengths, seed), before, share, box is not None)
