"""The one file: the app's own modules, their styles, the data and the pictures, put together so that nothing is fetched.

What is data is JSON in gzip in base64: no name of a photograph or landmark can end a script or become markup.
"""

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from pages.web import modules
from pages.web.bundle.messages import Component
from retrieval_core.errors import RetrievalError

_WEB = Path(__file__).parents[1] / "web"
_IMPORT = re.compile(r'^((?:import|export) (?:[^"\n]+ from )?)"([^"\n]+)";', re.MULTILINE)
ENTRY = "bundle/open.js"
LOADER = "bundle/loader.js"
COMPONENTS = ("map", "ranking", "lesson")


def component(name: str) -> Component:
    """The files of a component, as the app has them."""
    read = lambda ending: (_WEB / name / f"{name}.{ending}").read_text(encoding="utf-8")  # noqa: E731
    return {"html": read("html"), "css": read("css")}


def style() -> str:
    """The style of the frame around the components."""
    return (_WEB / "bundle" / "bundle.css").read_text(encoding="utf-8")


def modules_in_order(entry: str = ENTRY) -> list[tuple[str, list[str]]]:
    """A module and all that it imports, imported ones first: its name, and its text cut where the name of an import stands.

    Every other piece is such a name. RetrievalError for modules that import each other in a circle, which can't be put in an order.
    """
    done: dict[str, list[str]] = {}

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            raise RetrievalError(f"The modules {' → '.join((*way, name))} import each other in a circle; a bundle can't hold them.")
        if name in done:
            return
        text, pieces, at = modules.modules()[name], list[str](), 0
        for found in _IMPORT.finditer(text):
            wanted = _resolved(name, found[2])
            visit(wanted, (*way, name))
            pieces += [text[at : found.start(2)], wanted]
            at = found.end(2)
        done[name] = [*pieces, text[at:]]

    visit(entry, ())
    return list(done.items())


def _resolved(name: str, way: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(name).parent / way).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def packed(data: bytes) -> str:
    """Bytes in gzip in base64."""
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def whole(title: str, content: Mapping, arrays: bytes, pictures: Mapping[str, str]) -> str:
    """The HTML of a bundle: `content` is what a Bundle holds, `pictures` are in base64, named and ordered as there."""
    loader = modules.modules()[LOADER]
    own = base64.b64encode(hashlib.sha256(loader.encode()).digest()).decode()
    policy = (f"default-src 'none'; script-src 'sha256-{own}' blob:; style-src 'unsafe-inline'; img-src data: blob:; "
              "connect-src data: blob:; form-action 'none'; base-uri 'none'")  # fmt: skip
    held = {
        "modules": packed(json.dumps(modules_in_order()).encode()),
        "content": packed(json.dumps(content, separators=(",", ":"), allow_nan=False).encode()),
        "arrays": packed(arrays),
        "pictures": "\n".join(pictures.values()),
    }
    scripts = "\n".join(f'<script type="text/plain" id="{name}">{text}</script>' for name, text in held.items())
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(title)}</title>
<style>{style()}</style>
</head>
<body>
<noscript><p>This page draws with JavaScript, which is switched off here. Allow it for this file: it fetches nothing.</p></noscript>
<p class="opening" role="status">Opening …</p>
{scripts}
<script>{loader}</script>
</body>
</html>
"""
