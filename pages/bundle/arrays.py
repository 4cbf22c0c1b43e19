"""Arrays of a bundle: one string of bytes, in which each has its place; bytes of one significance stand together, since so they pack
best."""

import numpy as np

from pages.web.bundle.messages import Held

LEVELS = 4095  # of a coordinate: 12 bits
UNKNOWN = 255  # a share that is not known


class Arrays:
    """What is held so far: `held` says where each array lies in `data`."""

    def __init__(self):
        self.held = dict[str, Held]()
        self._parts = list[bytes]()
        self._length = 0

    def add(self, name: str, values: np.ndarray) -> None:
        """Hold an array of uint8, uint16, uint32 or int16; the first bytes of all its values, then the second ones."""
        packed = np.ascontiguousarray(values).ravel()
        data = packed.astype(packed.dtype.newbyteorder("<")).view(np.uint8).reshape(packed.size, packed.itemsize).T.tobytes()
        self.held[name] = {"kind": packed.dtype.name, "start": self._length, "count": packed.size}
        self._parts.append(data)
        self._length += len(data)

    @property
    def data(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)


def quantised(xy: np.ndarray) -> np.ndarray:
    """Coordinates of -1 to 1 as 0 to LEVELS, uint16: at most 1 / LEVELS off."""
    return np.clip(np.rint((xy.astype(float) + 1) / 2 * LEVELS), 0, LEVELS).astype(np.uint16)


def percent(shares: np.ndarray) -> np.ndarray:
    """Shares of 0 to 1 in whole percent, as they are shown, uint8; UNKNOWN where they are NaN."""
    known = np.floor(100 * np.nan_to_num(shares.astype(float)) + 0.5)
    return np.where(np.isnan(shares), UNKNOWN, known).astype(np.uint8)


def thousandths(similarities: np.ndarray) -> np.ndarray:
    """Similarities (N, K) in thousandths, as they are shown, int16: the first of each row, then how far each is from that before."""
    return np.diff(np.rint(1000 * similarities.astype(float)).astype(np.int16), axis=1, prepend=np.int16(0))


def numbered(numbers: np.ndarray) -> np.ndarray:
    """Numbers of photographs in as few bytes as hold them."""
    return numbers.astype(np.uint16 if numbers.size == 0 or numbers.max() < 65536 else np.uint32)
