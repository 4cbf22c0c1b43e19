"""A picture that is read when it is needed: what geometric verification is told of a query or a photograph."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image as PILImage

LONGEST = 640
"""Pixels of the longest side at which local features are looked for: a photograph need not be decoded at more."""


@dataclass(frozen=True)
class Picture:
    """`key` tells it from every other picture, `read` decodes it as RGB."""

    key: tuple
    read: Callable[[], PILImage.Image] = field(compare=False)
