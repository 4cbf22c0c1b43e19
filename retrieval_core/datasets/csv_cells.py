"""Lines of a CSV file as cells, and cells as lines, so that what we write comes back and is safe to open in a spreadsheet.

A row is one line. A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without
(OWASP, "CSV Injection").
"""

import re
from collections.abc import Iterable

_QUOTED = re.compile(r' *"([^"]*(?:""[^"]*)*)" *')
_BEGUN = re.compile(r' *"')
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def read_cells(line: str, separator: str = ",") -> list[str]:
    """The cells of a line, without blanks around them unless they stand in quotes.

    Raises ValueError in words for a quote that is not closed on the line, and for a text behind one that is.
    """
    cells, place = [], 0
    while True:
        if match := _QUOTED.match(line, place):
            cell, end = match[1].replace('""', '"'), match.end()
            if end < len(line) and line[end] != separator:
                raise ValueError(f'a text follows the quoted cell "{cell[:40]}"; double the quotes within it')
        elif _BEGUN.match(line, place):
            raise ValueError("a quote is not closed; a cell ends on the line on which it begins")
        else:
            end = line.find(separator, place)
            end = len(line) if end < 0 else end
            cell = line[place:end].strip()
        cells.append(cell[1:] if _MARKED.match(cell) else cell)
        if end >= len(line):
            return cells
        place = end + 1


def write_cells(cells: Iterable[str]) -> str:
    """A line of a CSV file, with its end, that `read_cells` gives back as these cells."""
    return ",".join(map(_written, cells)) + "\n"


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; a number stays one."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _written(text: str) -> str:
    cell = f"'{text}" if _FORMULA.match(text) else text
    return '"' + cell.replace('"', '""') + '"' if cell != cell.strip() or re.search(r'[",\n\r]', cell) else cell
