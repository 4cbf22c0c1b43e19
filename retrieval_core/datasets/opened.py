"""Datasets that are open in this process: read once, and again only when something that they were read from has changed.

Whether it has is seen by size and times of change alone, so that no photograph is opened for it. For a large set even that
takes a while, and is not done at every call.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from retrieval_core.datasets.fingerprints import VERSION, files_signature, photographs_signature, stat_of
from retrieval_core.datasets.types import Dataset

MOST = 8  # datasets that are kept open
PAUSE = 10  # times as long as a check took that none follows it
QUICK = 0.005  # seconds; a check that takes less is made at every call
NOTES = ("noted", "fingerprint")  # what a description says about the photographs; the rest says how to read them

_TICK = 20_000_000  # nanoseconds; the clock of a file system may lag by so much

_opened: OrderedDict[Path, "_Opened"] = OrderedDict()
_guard = Lock()


def open_once(file: Path, describe: Callable[[], dict], read: Callable[[dict], Dataset]) -> Dataset:
    """The dataset that `file` describes: the same object as long as nothing changes.

    `describe` returns what the file holds, `read` reads the dataset that this describes; both may raise.
    """
    with _guard:
        opened = _opened.setdefault(file, _Opened())
        _opened.move_to_end(file)
        while len(_opened) > MOST:
            _opened.popitem(last=False)
    with opened.lock:
        return opened.look(file, describe, read)


class _Opened:
    """One dataset, and the signatures of what it was read from."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._dataset: Dataset | None = None
        self._description: dict = {}
        self._file = ""  # signature of the description
        self._seen = ("", "")  # of the photographs and of the sources
        self._next_check = 0.0

    def look(self, file: Path, describe: Callable[[], dict], read: Callable[[dict], Dataset]) -> Dataset:
        if self._dataset is not None and time.monotonic() < self._next_check:
            return self._dataset
        signature = files_signature([str(file)])
        description = self._description if signature == self._file else describe()
        same = self._dataset is not None and _reading(description) == _reading(self._description)
        if not same or self._look_at(self._dataset) != self._seen:
            self._read(description, read)
        self._description, self._file = description, signature
        noted = description.get("noted")
        if noted and noted.get("version") == VERSION and noted["signature"] == self._seen[0]:
            vars(self._dataset).setdefault("hashed", (noted["photographs"], noted["signature"]))
        return self._dataset

    def _read(self, description: dict, read: Callable[[dict], Dataset]) -> None:
        begun, known, self._dataset = time.time_ns(), self._dataset, None  # nothing is kept where reading fails
        dataset = read(description)
        seen = self._look_at(dataset)
        self._dataset = known if dataset == known and seen[0] == self._seen[0] else dataset
        self._seen = seen
        if max((stat.st_ctime_ns for stat in map(stat_of, dataset.sources) if stat), default=0) > begun - _TICK:
            self._seen, self._next_check = (seen[0], ""), 0.0  # perhaps changed while it was read: the next call reads it again

    def _look_at(self, dataset: Dataset) -> tuple[str, str]:
        begun = time.monotonic()
        seen = photographs_signature(dataset.images, dataset.queries), files_signature(dataset.sources)
        end = time.monotonic()
        self._next_check = end + PAUSE * (end - begun) if end - begun > QUICK else 0.0
        return seen


def _reading(description: dict) -> dict:
    return {key: value for key, value in description.items() if key not in NOTES}
