"""R-MAC: MAC of square regions at three sizes; the descriptor is the sum of theirs, each whitened by itself.

Source: Tolias, Sicre and Jégou, "Particular object retrieval with integral max-pooling of CNN activations", ICLR 2016. The
variant of `filipradenovic/cnnimageretrieval-pytorch` adds the maximum over the whole map, and whitens only the sum.
"""

from collections.abc import Iterator

import torch

from retrieval_core.descriptors.aggregation.aggregation import Aggregation

LEVELS = 3
OVERLAP = 0.4  # of neighbouring regions of the largest size, about
MOST = 7  # of these along the longer side


class Rmac(Aggregation):
    """The maxima of every region."""

    def parts(self, maps: torch.Tensor) -> torch.Tensor:
        """The maximum over each region's positions."""
        found = regions(*maps.shape[2:])
        return torch.stack([maps[:, :, top : top + side, left : left + side].amax((2, 3)) for top, left, side in found], 1)


def regions(height: int, width: int, levels: int = LEVELS) -> list[tuple[int, int, int]]:
    """Top, left and side of every region of a map, the largest first."""
    shorter, longer = min(height, width), max(height, width)
    more = 0  # regions along the longer side than along the shorter one
    if longer > shorter:
        step = lambda count: (longer - shorter) / (count - 1)  # noqa: E731
        more = min(range(2, MOST + 1), key=lambda count: abs(1 - step(count) / shorter - OVERLAP)) - 1
    found = []
    for level in range(1, levels + 1):
        side = 2 * shorter // (level + 1)
        if side == 0:  # a map of one position across has the largest size only
            break
        down, across = (level + more * (here > there) for here, there in ((height, width), (width, height)))
        found += [(top, left, side) for top in _starts(height, side, down) for left in _starts(width, side, across)]
    return found


def _starts(length: int, side: int, count: int) -> Iterator[int]:
    """Where `count` regions begin that are spread evenly over a length."""
    return ((length - side) * number // max(1, count - 1) for number in range(count))
