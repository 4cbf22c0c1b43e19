"""What the process of an app and the page of a browser hold and spend. Linux only."""

import os
from pathlib import Path


def held_memory(process: int) -> list[str]:
    """What the app's process and the browser's page hold, in words."""
    status = Path(f"/proc/{process}/status").read_text()
    size = lambda name: int(status.split(f"{name}:")[1].split()[0]) / 1e6  # noqa: E731
    own, mapped, most = (size(name) for name in ("RssAnon", "VmRSS", "VmHWM"))
    pages = [int(file.read_text().split("VmRSS:")[1].split()[0]) / 1e6 for file in Path("/proc").glob("[0-9]*/status")
             if "--type=renderer" in _command(file.parent)]  # fmt: skip
    told = f"the app's process: {own:.2f} GB of its own, {mapped:.2f} GB with mapped files, {most:.2f} GB at most"
    return [told, f"the browser's page: {max(pages):.2f} GB"]


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""


def processor_seconds(process: int) -> float:
    """Seconds of the processor that a process has spent so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
