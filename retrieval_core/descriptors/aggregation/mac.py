"""MAC, maximum activations of convolutions.

Source: Tolias, Sicre and Jégou, "Particular object retrieval with integral max-pooling of CNN activations", ICLR 2016.
"""

import torch

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation


class Mac(GlobalAggregation):
    """The largest activation of every channel."""

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """The maximum over the positions."""
        return maps.amax((2, 3))
