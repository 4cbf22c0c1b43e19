"""The JSON of the knob p, in both directions, written down once; see pages/web/map/messages.py for the tests."""

from typing import Literal, TypedDict

from pages.web.ranking.messages import Photograph, Word


class Card(Photograph):
    """A photograph that is found at some p, what the ground truth says of it, and whether the query is cut from it."""

    word: Word
    own: bool


class GemView(TypedDict):
    """All that is seen while p is turned under a model; P exponents, N photographs.

    `powers` says each exponent, `own` is the model's, `at` the one to begin with. `places`: float32 (P, N, 2); `labels`: uint16 (N) of
    the landmarks' colours, 65535 for an unlabelled one; both as bytes in base64, little-endian. `found`: the first photographs at each
    exponent, by their number, with `similarities`. `cards` by number. `asked`: the number of the photograph that is searched for, or
    from which the query is cut. `ap` of the query and `map` of all, in percent, None where there is none.
    """

    kind: Literal["gem"]
    model: str
    powers: list[str]
    own: int
    at: int
    places: str
    labels: str
    colours: list[str]
    ids: list[str]
    found: list[list[int]]
    similarities: list[list[float]]
    cards: dict[str, Card]
    asked: int
    ap: list[float | None]
    map: list[float | None]


class Event(TypedDict, total=False):
    """What was asked for: the p at which the slider was let go, or a photograph to search for."""

    value: str
    photo: str
