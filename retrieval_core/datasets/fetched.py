"""A published dataset, from its archives to a registered folder, and the check of what has come."""

import shutil
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from retrieval_core.datasets.catalog import add_dataset, described, is_ready, open_dataset
from retrieval_core.datasets.checks import LISTS
from retrieval_core.datasets.download import Remote, check, fetch, in_words
from retrieval_core.datasets.left_out import said
from retrieval_core.datasets.pixels import broken
from retrieval_core.datasets.registry import REGISTRY, Published
from retrieval_core.datasets.training_lists import listed_photographs
from retrieval_core.datasets.types import Dataset
from retrieval_core.datasets.unpack import unpack
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace, publish, temporary_name

ARCHIVES, ORIGINAL = "archives", "original"


@dataclass(frozen=True)
class Checked:
    """What a check found. `faults` are sentences, empty where all is as it should be; `classes` holds, by label, how many
    photographs are there, and how many its list names (None without a list). `files` says how many were read, what was left out,
    and what else is to be said.
    """

    name: str
    photographs: int
    queries: int
    classes: dict[str, tuple[int, int | None]]
    unlabelled: int
    faults: tuple[str, ...]
    files: tuple[str, ...]


def get(
    workspace: Workspace, name: str, consent: Callable[[str], bool], archives: Path | None = None
) -> Generator[Progress, None, Dataset]:
    """Fetch a dataset of the registry, unpack it into `cache/<name>/original` and register it; what is there is not fetched again.

    `archives` is a folder in which a person has the files already; nothing is fetched then.
    Raises RetrievalError where the dataset can't be fetched, with what to do by hand, and as fetch, unpack and the readers do.
    """
    entry = REGISTRY[check_choice("published dataset", name, REGISTRY)]
    if not entry.files:
        raise RetrievalError(f"{name} can't be fetched by this program. {entry.by_hand} Source: {entry.source}")
    with workspace.lock(name):
        folder = workspace.ensure_writable(workspace.folder(name)) / ORIGINAL
        if not is_ready(workspace, name):
            for place, remote in entry.files:
                target = folder / place if place != "." else folder / remote.name
                if target.exists():
                    continue
                file = _handed_over(archives, remote) if archives else (yield from fetch(remote, workspace.root / ARCHIVES, consent))
                target.parent.mkdir(parents=True, exist_ok=True)
                if place == ".":
                    temporary = temporary_name(target)
                    try:
                        shutil.copyfile(file, temporary)
                        publish(temporary, target)
                    finally:
                        temporary.unlink(missing_ok=True)
                else:
                    yield from unpack(file, target)
            _leave_out(folder, entry)
            yield Progress(f"read {name}", 0, 1)
            return add_dataset(workspace, name, folder, entry.layout)
    return open_dataset(workspace, name)


def inspect(workspace: Workspace, name: str) -> Generator[Progress, None, Checked]:
    """Read a dataset whole: every photograph is decoded; the counts that the registry gives, the archives' checksums."""
    dataset = open_dataset(workspace, name)
    faults = []
    for number, fault in enumerate(broken(dataset.images)):
        if number % 200 == 0:
            yield Progress(f"check {name}", number, len(dataset.images))
        if fault is not None:
            faults.append(str(fault))
    faults += [f"{file} is {kind.why}." for kind in dataset.left_out if kind.faulty for file in kind.files]
    entry = REGISTRY.get(name)
    if entry is not None:
        for word, found, expected in (("photographs", len(dataset.images), entry.photographs),
                                      ("queries", len(dataset.queries), entry.queries)):  # fmt: skip
            if expected is not None and found != expected:
                faults.append(f"{name} has {found:,} {word} here, and {expected:,} as published: remove "
                              f"{workspace.folder(name)} and get it again, from whole archives.")  # fmt: skip
        for _, remote in entry.files:
            file = workspace.root / ARCHIVES / remote.name
            if file.exists():
                try:
                    check(file, remote)
                except RetrievalError as error:
                    faults.append(str(error))
    there = Counter(image.label for image in dataset.images)
    unlabelled = there.pop(None, 0)
    listed = listed_photographs(*described(workspace, name))
    classes = {label: (there[label], listed.get(label)) for label in sorted(there.keys() | listed.keys())}
    files = tuple(said(dataset))
    return Checked(name, len(dataset.images), len(dataset.queries), classes, unlabelled, tuple(faults), files)


def state_in_words(workspace: Workspace, entry: Published) -> str:
    """Whether a dataset of the registry is here, partly fetched, or not."""
    if is_ready(workspace, entry.name):
        return "ready"
    if not entry.files:
        return "by hand"
    files = [workspace.root / ARCHIVES / remote.name for _, remote in entry.files]
    if any(file.exists() or file.with_name(file.name + ".part").exists() for file in files):
        return "partly fetched"
    return f"not here, {in_words(entry.bytes)}"


def _handed_over(archives: Path, remote: Remote) -> Path:
    # Archives are known by more than one name: oxbuild_images-v1.tgz was oxbuild_images.tgz before.
    names = (remote.name, remote.name.replace("-v1", ""))
    file = next((archives / name for name in names if (archives / name).is_file()), None)
    if file is None:
        wanted = " or ".join(dict.fromkeys(names))
        raise RetrievalError(f"{archives} has no {wanted}. Put it there, or leave out --archives to fetch it.")
    if file.name == remote.name:
        check(file, remote)
    return file


def _leave_out(folder: Path, entry: Published) -> None:
    """Remove files that are known to be no pictures, and the lines of the ground truth that name them."""
    gone = set(entry.left_out)
    if not gone:
        return
    for file in folder.rglob("*.jpg"):
        if file.stem in gone:
            file.unlink()
    for kind in LISTS:
        for file in folder.rglob(f"*_{kind}.txt"):
            lines = file.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if line.strip() not in gone]
            if kept != lines:
                file.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
