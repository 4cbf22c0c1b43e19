"""Names in the texts of pages: a name is data, and never Markdown, HTML, a formula or an icon."""

import re

_SIGNS = re.compile(r"[\\`*\[\]<>$~|]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_ICON = re.compile(r":(?=[\w+/-]*[A-Za-z][\w+/-]*:)")  # of Streamlit, as :smile: or :material/search:
_BLOCK = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))")  # a heading, a list
_JOINER = "\u2060"  # takes no room, and breaks what would be an icon


def plain(text: object) -> str:
    """A text so that Markdown shows it as it is; a number at its beginning is no list."""
    escaped = _ICON.sub(f":{_JOINER}", _SIGNS.sub(r"\\\g<0>", str(text)))
    return _BLOCK.sub(lambda match: f"{match[1]}{match[2]}{_JOINER}" if match[2].isdigit() else f"{match[1]}\\{match[2]}", escaped)


def code(text: object) -> str:
    """A text as a span of code."""
    return "`" + str(text).replace("`", "'") + "`"
