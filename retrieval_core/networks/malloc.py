"""Memory that is freed in one step and wanted again in the next."""

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # parameters of glibc's mallopt, from <malloc.h>


def keep_freed_memory() -> None:
    """Let the C library keep large freed blocks instead of giving each back to the system at once.

    AlexNet's gradients and half-precision copies are hundreds of megabytes a step; fetched anew from the system page by
    page they took half the time of a step on two cores. Does nothing where the C library is not glibc.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "gnu_get_libc_version"):
            library.mallopt(_MMAP_MAX, 0)
            library.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
