"""The cache folder: where an artefact lives, how it is written, checked and found again.

An artefact is one file, such as `cache/town/1c/descriptors.npy`. Beside it lies `manifest.json`, which says of each
file what it was made from (`inputs`), its own hash, and how it came about. Writing goes to a temporary name, is flushed to
disk, then renamed: a file under its own name is whole.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from filelock import FileLock

from retrieval_core.errors import RetrievalError

MANIFEST = "manifest.json"
STATES = ("missing", "stale", "damaged", "fresh")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Record:
    """What the manifest says of one artefact: `seconds` it took, `notes` that its stage wants to remember."""

    file: str
    inputs: Mapping[str, Any]
    sha256: str
    bytes: int
    seconds: float
    made: str
    device: str = "cpu"
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)


class Workspace:
    """The cache below one root folder, `cache/<dataset>/<model>/<file>`.

    The default root is the environment variable RETRIEVAL_CACHE, else `cache` in the current folder.
    """

    def __init__(self, root: str | Path | None = None):
        self.root = Path(root or os.environ.get("RETRIEVAL_CACHE") or "cache").absolute()
        self._verified: dict[Path, tuple[int, int, str]] = {}

    def folder(self, dataset: str, model: str | None = None) -> Path:
        """Path of a dataset's folder, or of one model's in it; it may not exist yet."""
        for name in filter(None, (dataset, model)):
            if not _NAME.fullmatch(name):
                raise RetrievalError(f"{name!r} can't be a name here: use letters, digits, '.', '_' and '-' only.")
        return self.root / dataset / model if model else self.root / dataset

    def ensure_writable(self, folder: Path | None = None) -> Path:
        """Make the folder (default: the root) if it is missing and check that files can be written in it."""
        folder = folder or self.root
        probe = folder / f".writable-{os.getpid()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise RetrievalError(
                f"The cache folder {folder} can't be written ({error.strerror}). "
                "Make it writable, or choose another one with --cache FOLDER or the variable RETRIEVAL_CACHE."
            ) from error
        return folder

    @contextmanager
    def lock(self, *names: str) -> Iterator[None]:
        """Hold the lock of one artefact; a second process waits here until the first is done with it."""
        folder = self.ensure_writable(self.root / ".locks")
        with FileLock(folder / ("--".join(names).replace("/", "-") + ".lock")):
            yield

    def records(self, folder: Path) -> dict[str, Record]:
        """All records of a folder's manifest by file name; empty where there is none."""
        return {name: Record(file=name, **entry) for name, entry in read_json(folder / MANIFEST, {}).items()}

    def record(self, path: Path) -> Record | None:
        """The record of one artefact, whether or not its file is sound; None where nothing is known of it."""
        return self.records(path.parent).get(path.name)

    def state(self, path: Path, inputs: Mapping[str, Any] | None = None) -> str:
        """One of STATES: missing, stale (made from other inputs), damaged (not the bytes that were written), fresh.

        Without `inputs` only the file is checked, not what it was made from.
        """
        record = self.record(path)
        if record is None or not path.exists():
            return "missing"
        if inputs is not None and canonical(inputs) != canonical(record.inputs):
            return "stale"
        return "fresh" if self._hash(path) == record.sha256 else "damaged"

    def require(self, path: Path, remedy: str) -> Record:
        """The record of a sound artefact; a RetrievalError with the remedy if it is missing or damaged."""
        state = self.state(path)
        if state != "fresh":
            raise RetrievalError(f"{path} is {state}. {remedy}")
        return self.record(path)

    def set_aside(self, path: Path) -> Path:
        """Rename a damaged artefact so that it stays for inspection and is not mistaken for a sound one."""
        kept = path.with_name(f"{path.name}.damaged-{datetime.now(timezone.utc):%Y%m%d-%H%M%S}")
        path.rename(kept)
        return kept

    @contextmanager
    def writing(
        self, path: Path, inputs: Mapping[str, Any], *, device: str = "cpu", seconds: float | None = None, notes=None
    ) -> Iterator[Path]:
        """Yield a temporary path to write; on success flush it, rename it to `path` and enter it in the manifest.

        The record's seconds are those spent inside, or `seconds` where the work was done before.
        """
        self.ensure_writable(path.parent)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.writing")
        start = time.monotonic()
        try:
            yield temporary
            publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        record = Record(
            file=path.name,
            inputs=inputs,
            sha256=self._hash(path),
            bytes=path.stat().st_size,
            seconds=round(time.monotonic() - start if seconds is None else seconds, 3),
            made=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            device=device,
            versions=library_versions(),
            notes=notes or {},
        )
        with self.lock("manifest", str(path.parent.relative_to(self.root))):
            entries = read_json(path.parent / MANIFEST, {})
            entries[path.name] = {key: value for key, value in asdict(record).items() if key != "file"}
            write_json(path.parent / MANIFEST, entries)

    def _hash(self, path: Path) -> str:
        """SHA-256 of a file, remembered in this process as long as its size and time of change stay the same."""
        stat = path.stat()
        known = self._verified.get(path)
        if known and known[:2] == (stat.st_size, stat.st_mtime_ns):
            return known[2]
        digest = file_hash(path)
        self._verified[path] = (stat.st_size, stat.st_mtime_ns, digest)
        return digest

    def size(self, folder: Path) -> int:
        """Bytes of all files below a folder."""
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

    def free_bytes(self) -> int:
        """Bytes free on the disk that holds the cache."""
        return shutil.disk_usage(next(p for p in (self.root, *self.root.parents) if p.exists())).free


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical(value: Any) -> str:
    """JSON text that is the same for equal values, whatever the order of keys and whether tuple or list."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def short_hash(value: Any) -> str:
    """Eight hexadecimal digits that stand for a JSON-able value in a file name."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:8]


def publish(temporary: Path, path: Path) -> None:
    """Flush a finished file to disk and give it its own name."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.writing")
    temporary.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    publish(temporary, path)


def read_json(path: Path, default: Any = None) -> Any:
    """Read a JSON file; `default` where there is none; RetrievalError where it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return default
    except (ValueError, UnicodeDecodeError) as error:
        raise RetrievalError(f"{path} is not readable as JSON ({error}). Delete this file and run again.") from error


def library_versions() -> dict[str, str]:
    """Versions of the libraries that numbers depend on, as installed."""
    from importlib.metadata import version

    names = ("torch", "torchvision", "numpy", "scipy", "pillow", "scikit-learn", "openTSNE", "umap-learn", "pacmap")
    return {name: version(name) for name in names}


def temporary_name(path: Path) -> Path:
    """A hidden name beside a file that no other thread or process uses, to write to before renaming."""
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.writing")
