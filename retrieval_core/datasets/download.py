"""Files from the network: size and consent first, several mirrors, resumed after a break, checked, whole or not there.

A proxy is taken from the environment (http_proxy, https_proxy), as urllib does.
"""

import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from retrieval_core.datasets.pins import PINS, check_pinned, pin
from retrieval_core.errors import Failed, RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.workspace import publish, read_json, write_json

SCHEMES = ("http", "https", "ftp")
_CHUNK = 1 << 20
_TIMEOUT = 30  # seconds without a byte


@dataclass(frozen=True)
class Remote:
    """A file that can be fetched: its name here, where it lies (mirrors, in order), and what is known to check it by.

    `bytes` is about its size; `checksum` is "md5:…" or "sha256:…"; None where none is published: then the hash of what came first is
    kept, and what comes later must have the same.
    """

    name: str
    urls: tuple[str, ...]
    bytes: int | None = None
    checksum: str | None = None


def fetch(remote: Remote, folder: Path, consent: Callable[[str], bool]) -> Generator[Progress, None, Path]:
    """Fetch a file into a folder unless it is there, and return its path.

    `consent` is asked with the name, the size and the host before anything is fetched, and nothing is where it says no.
    What came before a break lies beside the file as NAME.part and is gone on with.
    Raises RetrievalError if consent is not given, no mirror has the file, it is not what its checksum says, or the disk is full.
    """
    target = folder / remote.name
    if target.exists():
        check(target, remote)
        _pin(target, remote)
        return target
    folder.mkdir(parents=True, exist_ok=True)
    faults = []
    for url in remote.urls:
        try:
            yield from _from_mirror(url, remote, folder, consent)
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError, EOFError) as error:
            faults.append(f"{url}: {getattr(error, 'reason', None) or repr(error)}")
            if _part(target).exists():
                break  # another mirror would begin again: what has come is worth more
            continue
        except OSError as error:
            raise Failed(f"{target} can't be written ({error.strerror or error}). Make room on the disk, or choose another "
                                 "one with --cache; what has come so far is kept and gone on with.") from error  # fmt: skip
        part = _part(target)
        try:
            check(part, remote)
        except RetrievalError as error:
            part.unlink()
            faults.append(str(error))
            continue
        _pin(part, remote)
        publish(part, target)
        _note(target).unlink(missing_ok=True)
        return target
    raise Failed(
        f"{remote.name} could not be fetched. " + "; ".join(faults) + ". Without a network, put the file into a folder and give it "
        "with --archives FOLDER; what has come so far is kept, and the same command goes on from there."
    )


def check(file: Path, remote: Remote) -> None:
    """Raise a RetrievalError if a file has not the checksum of the registry, nor, where none is published, that of the first fetch."""
    if remote.checksum is None:
        remedy = f"remove {file.with_name(remote.name)}"
        check_pinned(file.with_name(PINS), remote.name, f"sha256:{_digest(file, 'sha256')}", remedy)
        return
    kind, _, expected = remote.checksum.partition(":")
    if (found := _digest(file, kind)) != expected:
        raise Failed(f"{file} is not the published file: its {kind} is {found}, not {expected}. Remove it and fetch it again.")


def _digest(file: Path, kind: str) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, kind).hexdigest()


def _pin(file: Path, remote: Remote) -> None:
    """Keep the hash of a file for which no checksum is published, unless one is kept already."""
    if remote.checksum is None:
        pin(file.with_name(PINS), remote.name, f"sha256:{_digest(file, 'sha256')}")


def in_words(count: int | None) -> str:
    """A number of bytes for a person."""
    if count is None:
        return "unknown size"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB" if count >= 5e5 else f"{count:,} bytes"


def _from_mirror(url: str, remote: Remote, folder: Path, consent: Callable[[str], bool]) -> Generator[Progress, None, None]:
    """Fetch from one mirror into NAME.part, from where an earlier attempt at the same file stopped."""
    scheme = url.partition(":")[0]
    if scheme not in SCHEMES:
        raise RetrievalError(f"{url} is neither http, https nor ftp.")
    target = folder / remote.name
    part, known = _part(target), read_json(_note(target), {})
    begun = part.stat().st_size if part.exists() and known.get("url") == url and known.get("tag") else 0
    # If-Range: a file that changed meanwhile is sent whole, and not glued to the old beginning.
    headers = {"Range": f"bytes={begun}-", "If-Range": known["tag"]} if begun else {}
    try:
        # An opener of its own: urlopen's keeps the proxy of the first call.
        answer = urllib.request.build_opener().open(urllib.request.Request(url, headers=headers), timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416 and begun:  # what is there is longer than the file, or the file is another one
            part.unlink()
        raise
    with answer:
        begun = begun if answer.status == 206 else 0
        length = answer.headers.get("Content-Length")
        total = begun + int(length) if length and length.isdigit() else remote.bytes
        here = f", {in_words(begun)} of it here" if begun else ""
        if not consent(f"{remote.name}, {in_words(total)}, from {url.split('/')[2]}{here}{_in_the_open(url, answer.url)}"):
            raise RetrievalError(f"{remote.name} was not fetched: it takes your consent (answer y, or give --yes).")
        _enough_room(folder, (total or 0) - begun, remote.name)
        tag = answer.headers.get("ETag", "")
        write_json(_note(target), {"url": url, "tag": answer.headers.get("Last-Modified") if tag.startswith("W/") else tag})
        with part.open("ab" if begun else "wb") as handle:
            done = begun
            while chunk := _read(answer):
                handle.write(chunk)
                done += len(chunk)
                yield Progress(f"fetch {remote.name}", done, max(total or 0, done))
        if length and done < total:
            raise EOFError(f"the connection broke after {in_words(done)} of {in_words(total)}")


def _in_the_open(*urls: str) -> str:
    """What is to be said of a way on which others can read and change what is sent; `urls` are asked for and answered by."""
    scheme = next((scheme for url in urls if (scheme := url.partition(":")[0]) != "https"), None)
    return f", over plain {scheme}: whoever is on the way can read and change it" if scheme else ""


def _read(answer) -> bytes:
    """The next bytes; a network that fails while it sends is a break, and not a fault of the disk."""
    try:
        return answer.read(_CHUNK)
    except OSError as error:
        raise ConnectionError(str(error)) from error


def _enough_room(folder: Path, needed: int, name: str) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Failed(f"{name} needs {in_words(needed)} in {folder}, where {in_words(free)} are free. Make room on the disk, or "
                             "choose another one with --cache.")  # fmt: skip


def _part(target: Path) -> Path:
    return target.with_name(target.name + ".part")


def _note(target: Path) -> Path:
    return target.with_name(target.name + ".part.json")
