"""A picture that is pasted into a page with Ctrl+V."""

import base64
from typing import TypedDict

from pages.web.component import component


class Pasted(TypedDict):
    """What the browser hands over: the name that the picture has, and its bytes in base64."""

    name: str
    data: str


def pasted() -> tuple[bytes, str] | None:
    """Bytes and name of the picture that was pasted since the last run of the page; None for none."""
    drawn = component("paste")(key="paste", data={"kind": "paste"}, on_picture_change=lambda: None, width="content")
    found: Pasted | None = drawn.picture
    return (base64.b64decode(found["data"]), found["name"]) if found else None
