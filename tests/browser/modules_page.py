"""A page without an app: it imports the modules of pages/web from disk, and finds beside them the files that a test gives it."""

import json
import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

ORIGIN = "http://modules.test"
WEB = Path(__file__).parents[2] / "pages" / "web"
HOME = "<!doctype html><meta charset=utf-8><title>modules</title><body></body>"


class Files:
    """What is served: pages/web below /web/, and everything else that `answers` names, with or without what
    stands behind the "?", bytes or JSON; what is `broken` fails."""

    def __init__(self, answers: dict):
        self.answers = answers
        self.broken: set[str] = set()

    def serve(self, route) -> None:
        """Answer one request."""
        path, query = urlsplit(route.request.url)[2:4]
        if path == "/":
            return route.fulfill(body=HOME, content_type="text/html")
        if path in self.broken:
            return route.abort()
        if path.startswith("/web/"):
            file = WEB / path.removeprefix("/web/")
            return route.fulfill(body=file.read_text(encoding="utf-8"), content_type=mimetypes.guess_type(file.name)[0])
        found = self.answers.get(f"{path}?{query}", self.answers.get(path))
        if found is None:
            return route.fulfill(status=404, body=f"nothing at {path}")
        return route.fulfill(body=found if isinstance(found, bytes) else json.dumps(found), content_type="application/octet-stream")


def open_modules(page, answers: dict | None = None) -> Files:
    """Open the page."""
    files = Files(answers or {})
    page.route(f"{ORIGIN}/**", files.serve)
    page.goto(f"{ORIGIN}/")
    return files
