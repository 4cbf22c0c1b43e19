"""Names of landmarks as names of folders and files: most are, and the others lie in a table beside them.

A landmark may be called `..`, `a/b`, `CON` or `jpg`: its folder, or its files, are called landmark-1 then, and the table
landmark_names.csv beside them says what that stands for.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from retrieval_core.datasets.csv_cells import read_cells, write_cells
from retrieval_core.datasets.texts import read_lines
from retrieval_core.errors import RetrievalError

TABLE = "landmark_names.csv"
_COLUMNS = ["name", "landmark"]
_UNFIT = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]|^[. ~-]|[. ]$|\.(jpe?g|png|webp|csv|txt|npy|npz)$', re.IGNORECASE)
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # of Windows
_TAKEN = re.compile(r"jpg|images|lab|gt_files.*", re.IGNORECASE)  # folders that layouts look for
_LONGEST = 150  # bytes; with a number and an ending it stays below the 255 of a file system


def as_names(labels: Iterable[str]) -> dict[str, str]:
    """For each landmark a name that any system takes for a folder, the landmark itself where it is one; no two differ by case alone."""
    labels = sorted(set(labels))
    used = {label.casefold() for label in labels}
    names, given = {}, set()
    for label in labels:
        name = label
        if not _fits(label) or label.casefold() in given:
            name = next(name for number in range(1, len(labels) + 2) if (name := f"landmark-{number}") not in used)
            used.add(name)
        given.add(name.casefold())
        names[label] = name
    return names


def write_names(folder: Path, names: Mapping[str, str]) -> None:
    """Write the table into a folder, unless every landmark's name is its own."""
    rows = [[name, label] for label, name in names.items() if name != label]
    if rows:
        (folder / TABLE).write_text("".join(map(write_cells, [_COLUMNS, *rows])), encoding="utf-8", newline="")


def read_names(folder: Path) -> dict[str, str]:
    """The landmark that each name of the table stands for, nothing where there is no table; RetrievalError naming a wrong line."""
    file = folder / TABLE
    if not file.is_file():
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(read_lines(file), 1):
        try:
            cells = read_cells(line)
        except ValueError as error:
            raise RetrievalError(f"{file}, line {number}: {error}.") from None
        if cells == [""] or (number == 1 and cells == _COLUMNS):
            continue
        if len(cells) != 2 or not all(cells) or cells[0] in found:
            raise RetrievalError(f"{file}, line {number}: this is not a new name and its landmark. Correct or remove the line.")
        found[cells[0]] = cells[1]
    return found


def _fits(label: str) -> bool:
    long = len(label.encode("utf-8", "surrogatepass")) > _LONGEST
    return not (long or _UNFIT.search(label) or _DEVICES.fullmatch(label) or _TAKEN.fullmatch(label))
