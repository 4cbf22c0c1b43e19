"""Text files: the lines of those that other programs wrote, whatever the encoding and the ends of lines, and how ours are written."""

import codecs
import re
from pathlib import Path

from retrieval_core.errors import RetrievalError, room_needed
from retrieval_core.workspace import publish, temporary_name

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_LINE_END = re.compile(r"\r\n|\n|\r")  # str.splitlines breaks lines at more characters, which names may hold


def read_lines(file: Path, notes: list[str] | None = None) -> list[str]:
    """The lines of a text file: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows' cp1252, which is said in `notes`.

    Raises RetrievalError naming the file if it is missing or no text.
    """
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise RetrievalError(f"{file} does not exist. Check the path.") from None
    except (OSError, ValueError) as error:
        raise RetrievalError(f"{file} can't be read ({getattr(error, 'strerror', None) or error}). Name a text file.") from error
    return text_lines(data, file, notes)


def text_lines(data: bytes, file: Path | str, notes: list[str] | None = None) -> list[str]:
    """The lines of what a text file holds, as `read_lines` reads it; `file` is what messages call it."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        text = data.decode(marked)
    except UnicodeDecodeError as error:
        text = None if marked != "utf-8-sig" else _windows(data)
        if text is None:
            raise RetrievalError(f"{file} can't be read as UTF-8 text ({error}). Save it as plain text in UTF-8.") from error
        if notes is not None:
            notes.append(f"{file} is not UTF-8: it was read as cp1252, Windows' own encoding.")
    if "\0" in text:
        raise RetrievalError(f"{file} is no text: it holds zero bytes. Save it as plain text in UTF-8.")
    return _LINE_END.split(text)


def write_text(file: Path, text: str) -> None:
    """Write a text file in UTF-8 whole or not at all; RetrievalError on a full disk."""
    temporary = temporary_name(file)
    with room_needed(file):
        try:
            temporary.write_bytes(text.encode())
            publish(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)


def _windows(data: bytes) -> str | None:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return None
