"""Names and messages inside of Markdown: a file may be called as it likes, and stays text."""

import re

from retrieval_core.errors import printable

_ANYWHERE = re.compile(r"[\\`*\[\]<>|~$:&]|(?<![^\W_])_|_(?![^\W_])|(?<=www)\.")  # within a word _ marks nothing
_ICON = re.compile(":material(?=/)")  # Streamlit looks for these in what Markdown has left, where no backslash is any more
_JOINER = "\u2060"  # takes no room
_AT_THE_START = re.compile(r"^(\s*\d*)([#+\-=.)])")


def plain(text: str) -> str:
    """A text as Markdown that shows exactly this text, in one line: no emphasis, link, picture, formula, icon or HTML comes of it.

    >>> plain("_a_ ![b](http://c)")
    '\\\\_a\\\\_ !\\\\[b\\\\](http\\\\://c)'
    """
    line = _ICON.sub(f":material{_JOINER}", " ".join(printable(text).split("\n")))
    return _AT_THE_START.sub(r"\1\\\2", _ANYWHERE.sub(lambda mark: f"\\{mark[0]}", line))
