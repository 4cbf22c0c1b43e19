"""Copies of a cache that may be spoilt, and what tells that one has changed."""

import os
import shutil
from pathlib import Path

from retrieval_core.progress import finished


def copy_cache(source: Path, target: Path) -> Path:
    """Copy a cache. Weights are linked, not copied: the program never writes a file in place, and neither must a test here."""

    def link_weights(path: str, copy: str) -> None:
        (os.link if Path(path).name == "weights.safetensors" else shutil.copy2)(path, copy)

    return shutil.copytree(source, target, copy_function=link_weights)


def linked_cache(source: Path, root: Path) -> Path:
    """A new cache that sees the town of another one, and what its models start from and were trained on."""
    root.mkdir()
    for folder in ("town", "town-train", "shapes"):
        (root / folder).symlink_to(source / folder)
    return root


def files(root: Path) -> dict[str, tuple[int, bytes]]:
    """Time of change and bytes of every file below a folder but locks and weights, by relative path; of weights the inode."""
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and ".locks" not in path.parts:
            stat = path.stat()
            content = str(stat.st_ino).encode() if path.name == "weights.safetensors" else path.read_bytes()
            found[str(path.relative_to(root))] = stat.st_mtime_ns, content
    return found


def result_of(steps):
    """Follow the steps of some work to their end, and give what it returns."""
    return result_and_reports(steps)[0]


def result_and_reports(steps):
    """Follow the steps of some work to their end, and give what it returns, and what it reported."""
    reports = []
    return finished(steps, reports.append), reports
