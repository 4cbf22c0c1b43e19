"""Score and position as one unsigned integer: sorting these is the ranking."""

import numpy as np

NO_KEY = np.uint64(2**64 - 1)
"""Behind every key: its score would be no number."""


def pack(scores: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Pack scores (float32, finite) and positions (uint64, below 2^32) into one unsigned integer each, of the same shape.

    The upper 32 bits fall as the score rises, the lower 32 are the position. All keys differ, so any sort is stable,
    and NumPy's vectorised integer sort is several times faster than a stable argsort of floats.
    """
    scores = scores + np.float32(0)  # -0.0 becomes 0.0, so that the two tie
    keys = _fall(scores.view(np.int32)).view(np.uint32).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= positions
    return keys


def unpack(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions (int32) and scores (float32) that `pack` packed."""
    scores = _fall((keys >> np.uint64(32)).astype(np.uint32).view(np.int32)).view(np.float32)
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int32), scores


def _fall(bits: np.ndarray) -> np.ndarray:
    """Turn the bits of floats (int32) into bits that, read as unsigned, fall as the floats rise; and back again.

    Unsigned, the bits of floats below zero fall already. Those above have their 31 lower bits flipped; the sign bit,
    which stays, then puts them first.
    """
    flipped = ~(bits >> 31)
    flipped &= np.int32(0x7FFFFFFF)
    flipped ^= bits
    return flipped
