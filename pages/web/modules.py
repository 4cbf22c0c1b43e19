"""The JavaScript of the pages, served as ES modules: developer tools show each file by its name and its lines.

The address holds a hash of all modules, so that the browser may keep them for good and never mixes two versions.
"""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from retrieval_core.workspace import short_hash

_WEB = Path(__file__).parent


@cache
def modules() -> dict[str, str]:
    """The text of every module by its way from this folder, as in map/main.js; read once, so that text and hash stay together."""
    return {path.relative_to(_WEB).as_posix(): path.read_text(encoding="utf-8") for path in sorted(_WEB.rglob("*.js"))}


def address(name: str) -> str:
    """Where the browser finds a module, relative to a page."""
    return f"files/modules/{_version()}/{name}"


def module(request: Request) -> Response:
    """A module of exactly the version that its address names."""
    version, name = request.path_params["version"], request.path_params["name"]
    if version != _version() or name not in modules():
        return PlainTextResponse(f"There is no module {name!r} of version {version!r}. Reload the page.", status_code=404)
    return Response(modules()[name], media_type="text/javascript", headers={"Cache-Control": "private, max-age=31536000, immutable"})


def _version() -> str:
    return short_hash(modules())


ROUTE = Route("/files/modules/{version}/{name:path}", module)
