"""Descriptors in fewer bits: float16, int8 and product quantisation, by faiss, learnt on the training landmarks.

Product quantisation: Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", TPAMI 2011. The query stays as it
is, and is compared with what the bits of a photograph stand for (its asymmetric distance, as a dot product).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrieval_core.datasets.large_arrays import large_empty, row_blocks

CODE_BITS = 8  # of one code of product quantisation, as published
PARTS = (4, 8, 16, 32)  # dimensions that share a code
SCALARS = {16.0: "QT_fp16", 8.0: "QT_8bit"}


@dataclass(frozen=True, eq=False)
class Coder:
    """A way to store descriptors, learnt: `bits` a dimension, `bytes` a descriptor."""

    bits: float
    bytes: int
    learnt: Any

    def encode(self, matrix: np.ndarray) -> np.ndarray:
        """Descriptors (N, D) float32 → codes (N, bytes) uint8."""
        return self.learnt.compute_codes(np.ascontiguousarray(matrix, np.float32))

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Codes (N, bytes) uint8 → what they stand for, (N, D) float32; not exactly of length 1."""
        return self.learnt.decode(codes)

    def coded(self, matrix: np.ndarray) -> np.ndarray:
        """What the codes of descriptors (N, D) stand for, (N, D) float32; a block at a time, and of very many in a file."""
        found = large_empty(matrix.shape, np.float32)
        for block in row_blocks(matrix):
            found[block] = self.decode(self.encode(matrix[block]))
        return found


def coders(training: np.ndarray) -> Iterator[Coder]:
    """Ways to store descriptors, from many bits to few, learnt from training descriptors (N, D), N ≥ 2.

    float16 has nothing to learn, int8 the range of each dimension, product quantisation 256 centres for every part of a descriptor;
    of fewer training descriptors as many centres as the largest power of two among them. Only parts that D can be divided into.
    """
    import faiss  # loads its own threads: only where it is wanted

    rows, width = training.shape
    training = np.ascontiguousarray(training, np.float32)
    for bits, kind in SCALARS.items():
        scalar = faiss.ScalarQuantizer(width, getattr(faiss.ScalarQuantizer, kind))
        scalar.train(training)
        yield Coder(bits, scalar.code_size, scalar)
    code_bits = min(CODE_BITS, rows.bit_length() - 1)
    for part in PARTS:
        if width % part == 0:
            product = faiss.ProductQuantizer(width, width // part, code_bits)
            product.cp.min_points_per_centroid = 1  # fewer than 39 a centre are said otherwise, once for every part
            product.train(training)
            yield Coder(code_bits / part, product.code_size, product)
