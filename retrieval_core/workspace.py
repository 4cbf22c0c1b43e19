"""The cache folder: where an artefact lives, how it is written, checked and found again.

An artefact is one file. Beside it lies `manifest.json`, which says of each file what it was made from (`inputs`), its own hash,
and how it came about. Writing goes to a random name, is flushed to disk, then renamed: a file under its own name is whole.
Reading writes nothing: a cache that is read-only can be explored.
"""

import hashlib
import json
import os
import re
import secrets
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from retrieval_core.errors import Locked, RetrievalError, room_needed

MANIFEST = "manifest.json"
FORMAT = 2  # of manifests; 1 had no number, and its model folders lay directly below a dataset's
LOCK_LIMIT = 600.0  # seconds that one waits for another process or thread
WRITING = ".writing"  # ending of a file that is not whole yet
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_PATIENCE = (0.05, 0.2, 0.8)  # seconds


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
    """The cache below one root folder (default: RETRIEVAL_CACHE, else `cache` in the current folder); threads may share it."""

    def __init__(self, root: str | Path | None = None):
        self.root = Path(root or os.environ.get("RETRIEVAL_CACHE") or "cache").absolute()
        self._verified, self._damaged = dict[Path, tuple[tuple, str]](), dict[Path, tuple]()  # files when hashed, or found wrong
        self._manifests: dict[Path, tuple[tuple, dict[str, Record]]] = {}

    def folder(self, *names: str) -> Path:
        """Path of a folder below the root, as of a dataset, a run and a model; it may not exist yet."""
        if (bad := next((name for name in names if not _NAME.fullmatch(name)), None)) is not None:
            raise RetrievalError(f"{bad[:80]!r} can't be a name here: use up to 200 letters, digits, '.', '_' and '-' only.")
        return self.root.joinpath(*names)

    def command(self, *words: str) -> str:
        """A command on this cache as a person types it; `--cache` is left out where it is the usual one."""
        cache = [] if self.root == Path("cache").absolute() else ["--cache", str(self.root)]
        return shlex.join(["python", "-m", "retrieval_core", *cache, *words])

    def ensure_writable(self, folder: Path | None = None) -> Path:
        """Make the folder (default: the root) if it is missing and check that files can be written in it."""
        folder = folder or self.root
        probe = temporary_name(folder / "probe")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise RetrievalError(f"The cache folder {folder} can't be written ({error.strerror}). Make it writable, or choose another "
                                 "one with --cache FOLDER or the variable RETRIEVAL_CACHE.") from error  # fmt: skip
        return folder

    @contextmanager
    def lock(self, *names: str, limit: float = LOCK_LIMIT) -> Iterator[None]:
        """Hold the lock of one artefact; others wait for it here, and after `limit` seconds get Locked, a RetrievalError."""
        folder = self.root / ".locks"
        if not folder.is_dir():
            self.ensure_writable(folder)
        try:
            held = FileLock(file := folder / ("--".join(names).replace("/", "-").replace(":", ".") + ".lock")).acquire(timeout=limit)
        except Timeout as error:
            what = f"Another process has been at work on {'/'.join(names)} for more than {limit:.0f} s and holds {file}"
            raise Locked(f"{what}. Wait for it, or end it, and run again.") from error
        with held:
            yield

    def records(self, folder: Path) -> dict[str, Record]:
        """All records of a folder's manifest by file name; RetrievalError for one that another version of the program wrote."""
        file = folder / MANIFEST
        try:
            stamp = _stamp(file)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        if (known := self._manifests.get(file, (None, {})))[0] != stamp:
            known = self._manifests[file] = (stamp, _parsed(file))
        return known[1]

    def record(self, path: Path) -> Record | None:
        """The record of one artefact, whether or not its file is sound; None where nothing is known of it."""
        return self.records(path.parent).get(path.name)

    def state(self, path: Path, inputs: Mapping[str, Any] | None = None) -> str:
        """Missing, stale (made from other inputs, if these are given), damaged (not the bytes that were written) or fresh."""
        before, patience = None, iter(list[float]())
        while True:
            record = self.record(path)
            if record is None or not path.exists():
                return "missing"
            if inputs is not None and canonical(inputs) != canonical(record.inputs):
                return "stale"
            with suppress(FileNotFoundError):  # another process has just set it aside: the next look finds it missing
                if self.hash(path) == record.sha256:
                    return "fresh"
                # Another process may have renamed the file, and be about to enter it in the manifest: damage is what stays.
                if before != (before := (_stamp(path), record.sha256)):
                    patience = iter(_PATIENCE)
                if self._damaged.get(path) == before or (pause := next(patience, None)) is None:
                    self._damaged[path] = before
                    return "damaged"
                time.sleep(pause)

    def require(self, path: Path, remedy: str) -> Record:
        """The record of a sound artefact; a RetrievalError with the remedy if it is missing or damaged."""
        if (state := self.state(path)) != "fresh":
            raise RetrievalError(f"{path} is {state}. {remedy}")
        return self.record(path)

    def set_aside(self, path: Path) -> Path:
        """Rename a damaged artefact so that it stays for inspection and is not mistaken for a sound one."""
        return path.rename(f"{path}.damaged-{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")

    @contextmanager
    def writing(
        self, path: Path, inputs: Mapping[str, Any], *, device: str = "cpu", seconds: float | None = None, notes=None
    ) -> Iterator[Path]:
        """Yield a temporary path to write; on success flush it, rename it to `path` and enter it in the manifest.

        `seconds`: those spent inside by default. RetrievalError on a full disk; what was there before stays then.
        """
        self.ensure_writable(path.parent)
        temporary = temporary_name(path)
        start = time.monotonic()
        with room_needed(path):
            try:
                yield temporary
                digest = file_hash(temporary)
                publish(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
            taken = time.monotonic() - start if seconds is None else seconds
            made, versions = datetime.now(timezone.utc).isoformat(timespec="seconds"), library_versions()
            record = Record(path.name, inputs, digest, path.stat().st_size, round(taken, 3), made, device, versions, notes or {})
            with self.lock("manifest", str(path.parent.relative_to(self.root))):
                known = self.records(path.parent) | {path.name: record}
                write_json(path.parent / MANIFEST, {"format": FORMAT, "artefacts": {name: asdict(one) for name, one in known.items()}})

    def hash(self, path: Path) -> str:
        """SHA-256 of a file, remembered in this process as long as the file stays the same."""
        stamp = _stamp(path)
        if (known := self._verified.get(path, (None, "")))[0] != stamp:
            known = self._verified[path] = (stamp, file_hash(path))
        return known[1]


def _parsed(file: Path) -> dict[str, Record]:
    content = read_json(file, {"format": FORMAT, "artefacts": {}})
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        written = content.get("format", 1) if isinstance(content, dict) else "unknown"
        raise RetrievalError(f"{file} was written by another version of this program (format {written}, and this one reads {FORMAT}). "
                             f"Remove {file.parent}, or choose another folder with --cache.")  # fmt: skip
    try:
        return {name: Record(**entry) for name, entry in content["artefacts"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise RetrievalError(f"{file} is damaged ({error!r}). Remove {file.parent} and run again.") from error


def _stamp(path: Path) -> tuple:
    """What tells that a file has changed without reading it."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def temporary_name(path: Path) -> Path:
    """A hidden name beside `path` that no other thread or process uses."""
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}{WRITING}")


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
    """Flush a finished file to disk, give it its own name, and flush that."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    if os.name == "posix":  # elsewhere a folder can't be opened
        os.fsync(folder := os.open(path.parent, os.O_RDONLY))
        os.close(folder)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file whole or not at all."""
    temporary = temporary_name(path)
    with room_needed(path):
        try:
            temporary.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
            publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def read_json(path: Path, default: Any = None) -> Any:
    """Read a JSON file; `default` where there is none; RetrievalError where it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return default
    except (ValueError, UnicodeDecodeError) as error:
        raise RetrievalError(f"{path} is not readable as JSON ({error}). Delete this file and run again.") from error


@cache
def library_versions() -> dict[str, str]:
    """Versions of the libraries that numbers depend on, as installed."""
    from importlib.metadata import version

    names = ("torch", "torchvision", "numpy", "scipy", "pillow", "scikit-learn", "scikit-image", "openTSNE", "umap-learn", "pacmap")
    return {name: version(name) for name in names}
