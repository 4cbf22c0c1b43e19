"""Files for which no checksum is published: the hash of what came first is kept, and what comes later must have the same."""

from pathlib import Path

from retrieval_core.errors import Failed
from retrieval_core.workspace import read_json, write_json

PINS = "pinned.json"  # "sha256:…" by the name of the file, or of the network


def pinned(pins: Path, name: str) -> str | None:
    """The hash that is kept of a name; None for a new one."""
    return read_json(pins, {}).get(name)


def pin(pins: Path, name: str, found: str) -> None:
    """Keep a hash, unless one is kept already."""
    if pinned(pins, name) is None:
        pins.parent.mkdir(parents=True, exist_ok=True)
        write_json(pins, read_json(pins, {}) | {name: found})


def check_pinned(pins: Path, name: str, found: str, remedy: str) -> None:
    """Raise Failed if another hash is kept of a name; `remedy` says what to do for who doesn't trust the new file."""
    if (kept := pinned(pins, name)) not in (None, found):
        raise Failed(f"{name} is not the file that was fetched before: it is {found}, and was {kept}. Somebody has changed it, here or "
                     f"where it comes from. If you trust the new one, take the line {name!r} out of {pins}; else {remedy}. Then "
                     "fetch again.")  # fmt: skip
