"""The address of a view, as a card names it: a page of the app and its parameters, as in "map?model=1d&film=open"."""

import re
import runpy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from retrieval_core.app_script import app_file
from retrieval_core.errors import RetrievalError

START = "start"  # the page whose address in the app is empty
_OF_THE_DATA = ("dataset", "run")
_OF_THE_LESSON = ("lesson", "card", "edited")
_EXAMPLE = "Write it as in map?model=1d&film=open, or copy it from the address of the page."
_FIGURE = re.compile(r"\{[^{}]*\}")
_LONGEST, _SHOWN, _MOST = 8000, 80, 200  # letters of an address, those that are shown, and parameters


@dataclass(frozen=True)
class View:
    """A page by the name of its file, and those of its parameters that differ from the usual ones."""

    page: str
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.page + ("?" + urlencode(self.parameters, quote_via=quote, safe=",:/~") if self.parameters else "")

    @property
    def portable(self) -> "View":
        """The same on whatever dataset and run are on show, and outside of any lesson."""
        left = {name: value for name, value in self.parameters.items() if name not in (*_OF_THE_DATA, *_OF_THE_LESSON)}
        return replace(self, parameters=left)


def read_view(text: str) -> View:
    """The view of an address; a whole one, as a browser shows it, loses its dataset and run.

    Raises RetrievalError, without the name of a file or card, where it is no address of a page of the app.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST or re.search(r"[\s\x00-\x1f]", text):
        raise RetrievalError(f"The view {text[:_SHOWN]!r} is no address of a page. {_EXAMPLE}")
    whole = "://" in text
    try:
        parts = urlsplit(text)
        path = unquote(parts.path if whole else text.partition("?")[0].partition("#")[0], errors="strict")
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MOST)
    except ValueError as error:
        raise RetrievalError(f"The view {text[:_SHOWN]!r} can't be read ({error}). {_EXAMPLE}") from error
    page = path.strip("/").rpartition("/")[2] or START
    twice = [name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place])]
    if twice:
        raise RetrievalError(f"The view {text[:_SHOWN]!r} names {twice[0][:_SHOWN]!r} twice. Leave one of the two out.")
    view = View(page, dict(pairs))
    return view.portable if whole else view


def check_view(text: str) -> View:
    """The view of a card as it is written, where figures in braces stand for names of the run on show; errors as `read_view`."""
    return read_view(_FIGURE.sub("x", text))


def unknown(view: View) -> list[str]:
    """What the app has no page or parameter for, a sentence each."""
    said = []
    if view.page not in pages():
        said.append(f"There is no page {view.page[:_SHOWN]!r}. Choose one of: {', '.join(pages())}.")
    if strangers := [name for name in view.parameters if name not in parameters() or name in _OF_THE_LESSON]:
        known = ", ".join(name for name in parameters() if name not in _OF_THE_LESSON)
        said.append(f"No page has a parameter {strangers[0][:_SHOWN]!r}. There are: {known}.")
    return said


@cache
def pages() -> tuple[str, ...]:
    """The pages of the app: START first."""
    found = sorted(file.stem for file in (app_file().parent / "pages").glob("*.py"))
    return (START, *(name for name in found if name not in (START, "shell", "__init__", "lesson")))


@cache
def parameters() -> Mapping[str, str]:
    """The parameters of the app's addresses and their usual values.

    The app's own table is read, a file of plain values: what pages there are and what they take is said in one place, above.
    """
    return runpy.run_path(str(app_file().parent / "pages" / "state" / "defaults.py"))["DEFAULTS"]
