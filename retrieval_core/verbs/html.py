"""How results look in a notebook: HTML that needs nothing from elsewhere; every name is escaped."""

import base64
from collections.abc import Iterable, Sequence
from html import escape

from retrieval_core.datasets.thumbnails import small_jpeg
from retrieval_core.errors import RetrievalError

SIDE = 120  # pixels of a thumbnail's longest side
_CARD = "display:inline-block;margin:4px;text-align:center;vertical-align:top;max-width:130px;overflow-wrap:anywhere;font-size:12px"


def heading(text: str) -> str:
    """A line above a result."""
    return f"<p><b>{escape(text)}</b></p>"


def table(heads: Sequence[str], rows: Iterable[Sequence]) -> str:
    """A table; numbers with two decimals."""
    cells = lambda tag, row: "".join(f"<{tag}>{escape(_cell(value))}</{tag}>" for value in row)  # noqa: E731
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def pictures(cards: Iterable[tuple[str, str]]) -> str:
    """Thumbnails side by side, from (path, caption); a photograph that can't be read is said in its place."""
    return "".join(f'<div style="{_CARD}">{_picture(path, caption)}<br>{escape(caption)}</div>' for path, caption in cards)


def _picture(path: str, caption: str) -> str:
    try:
        data = base64.b64encode(small_jpeg(path, SIDE)).decode()
    except RetrievalError:
        return "(can't be read)"
    return f'<img alt="{escape(caption)}" src="data:image/jpeg;base64,{data}" style="max-width:{SIDE}px;max-height:{SIDE}px">'


def _cell(value) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
