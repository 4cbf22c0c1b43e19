"""A full disk is said in words, however a library says it."""

import errno
from pathlib import Path

import numpy as np
import pytest

from retrieval_core.errors import RetrievalError, room_needed


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError("14848 requested and 2016 written"),
        RuntimeError('Error while serializing: IoError(Os { code: 28, kind: StorageFull, message: "No space left on device" })'),
    ],
)
def test_a_full_disk_is_said_in_words(error):
    with pytest.raises(RetrievalError, match=r"The disk is full: weights\.bin can't be written"), room_needed(Path("weights.bin")):
        raise error


def test_other_errors_stay_what_they_are():
    with pytest.raises(OSError, match="Permission denied"), room_needed(Path("weights.bin")):
        raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="takes a device that is always full")
def test_numpy_says_it_in_a_way_that_is_known():
    with pytest.raises(RetrievalError, match="The disk is full"), room_needed(Path("rows.npy")), open("/dev/full", "wb") as file:
        np.save(file, np.zeros((400, 400)))
