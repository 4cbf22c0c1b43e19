"""What the process of an app and the page of a browser hold and spend. Linux only."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def held_memory(process: int) -> tuple[float, float, float]:
    """GB that the app's process holds of its own, and with the pages of mapped files, and that the browser's page holds."""
    status = Path(f"/proc/{process}/status").read_text()
    own, mapped = (int(status.split(f"{name}:")[1].split()[0]) / 1e6 for name in ("RssAnon", "VmRSS"))
    return own, mapped, max(_pages())


def _pages() -> Iterator[float]:
    """GB that each page of a browser on this machine holds."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may have ended meanwhile
            if "--type=renderer" in (folder / "cmdline").read_text():
                yield int((folder / "status").read_text().split("VmRSS:")[1].split()[0]) / 1e6


def processor_seconds(process: int) -> float:
    """Seconds of the processor that a process has spent so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
