"""How an address is read and answered: errors as one sentence, and the right to keep what is exactly what the address names."""

from collections.abc import Callable

import numpy as np
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pages.state import loaders
from pages.state.door import Caller
from pages.state.hidden_paths import without_paths
from pages.web.map_choice import MapChoice
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.results import Results, open_results

MOST_DIGITS = 9

KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}

Answer = tuple[Response, str]
"""What is served, and the hash of what it stands for."""


class BadAddress(Exception):
    """An address that can't be read; the message is a sentence."""


def asked(request: Request, name: str) -> str:
    """A parameter of the address, which must be there."""
    if name not in request.query_params:
        raise BadAddress(f"The address is not complete: it has no {name}.")
    return request.query_params[name]


def whole(text: str, name: str) -> int:
    """A whole number from 0, of no more digits than there are photographs anywhere."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BadAddress(f"The {name} {text[:40]!r} is no whole number from 0 to {10**MOST_DIGITS - 1}.")
    return int(text)


def opened(request: Request) -> Results:
    """What is stored of the model that an address names."""
    name, model = request.path_params["dataset"], request.path_params["model"]
    return open_results(loaders.workspace(), name, asked(request, "run"), model)


def chosen(request: Request) -> MapChoice:
    """The maps that an address names."""
    needed = {name: asked(request, name) for name in ("run", "method", "subset")}
    return MapChoice.read(dict(request.query_params) | needed)


def arrays(*parts: np.ndarray) -> Response:
    """Arrays as bytes, one after the other."""
    return Response(b"".join(np.ascontiguousarray(part).tobytes() for part in parts), media_type="application/octet-stream")


def answering(endpoint: Callable[[Request], Answer]) -> Callable[[Request], Response]:
    """Errors as one sentence of text, and the right to keep what is exactly what the address names."""

    def answer(request: Request) -> Response:
        try:
            _once_each(request)
            response, version = endpoint(request)
        except BadAddress as error:
            return PlainTextResponse(str(error), status_code=400)
        except RetrievalError as error:
            return PlainTextResponse(said(request, str(error)), status_code=404)
        except (ValueError, OverflowError) as error:  # such as a name with a zero byte, or a number of a thousand digits
            return PlainTextResponse(said(request, f"The address can't be read: {error}."), status_code=400)
        except OSError as error:  # a file that went away meanwhile, a name that is too long
            return PlainTextResponse(f"The file can't be read: {error.strerror}.", status_code=404)
        if request.query_params.get("v") == version:
            response.headers.update(KEPT)
        return response

    return answer


def _once_each(request: Request) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadAddress(f"The address has {twice} more than once. Give it once.")


def said(request: Request, text: str) -> str:
    """A text as whoever asks may read it: a visitor sees no path of this machine."""
    caller = Caller.of(request.client.host if request.client else None, request.headers.items())
    return without_paths(text, loaders.workspace()) if caller.is_visitor else text
