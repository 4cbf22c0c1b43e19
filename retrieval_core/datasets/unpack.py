"""Archives unpacked safely: nothing leaves the folder, no links, no devices, no more than there is room for."""

import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from retrieval_core.datasets.download import in_words
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress

TAR_ENDINGS = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
MOST_TIMES = 50  # times its own size that an archive may unpack to; photographs hardly shrink, so more is a bomb
_EVERY = 200  # files between two reports
_ROOM = 100_000_000  # bytes that may be unpacked whatever the archive's own size


def unpack(archive: Path, folder: Path) -> Generator[Progress, None, None]:
    """Unpack a tar or zip archive into a folder, which appears only when all of it is there.

    Raises RetrievalError naming the archive and the member for one that would leave the folder, is a link or a device, or holds
    more than there is room for; and for what is no archive.
    """
    temporary = folder.with_name(f".{folder.name}.unpacking")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    allowed = max(_ROOM, MOST_TIMES * archive.stat().st_size)
    room = min(allowed, shutil.disk_usage(temporary).free)
    done = 0
    try:
        for number, (name, size, handle) in enumerate(_members(archive)):
            done += size
            if done > room:
                few = "it is no archive of photographs" if room == allowed else "the disk is full: make room, or give another --cache"
                raise RetrievalError(f"{archive} unpacks to more than {in_words(room)} (at {name}): {few}.")
            target = temporary.joinpath(*_inside(archive, name).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with handle, target.open("xb") as file:
                shutil.copyfileobj(handle, file)
            if number % _EVERY == 0:
                yield Progress(f"unpack {archive.name}", number, number + 1, name)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise RetrievalError(f"{archive} can't be unpacked ({error}). It is broken or no archive, or the disk is full: fetch it "
                             "again, or make room.") from error  # fmt: skip
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    os.replace(temporary, folder)


def _members(archive: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size and content of every file in an archive; RetrievalError for a member that is no file."""
    if archive.name.endswith(TAR_ENDINGS):
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                if member.isdir():
                    continue
                if not member.isreg():
                    raise _hostile(archive, member.name, "is a link or a device")
                yield member.name, member.size, tar.extractfile(member)
    elif archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            for entry in packed.infolist():
                if entry.is_dir():
                    continue
                if stat.S_ISLNK(entry.external_attr >> 16):
                    raise _hostile(archive, entry.filename, "is a link or a device")
                yield entry.filename, entry.file_size, packed.open(entry)
    else:
        raise RetrievalError(f"{archive} is neither a tar nor a zip archive. Unpack it yourself and add its folder with: data add")


def _inside(archive: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise _hostile(archive, name, "would be written outside of the folder")
    return path


def _hostile(archive: Path, name: str, why: str) -> RetrievalError:
    return RetrievalError(f"{archive} is hostile or broken: its member {name!r} {why}. Nothing of it was kept. Fetch it from the "
                          "original source.")  # fmt: skip
