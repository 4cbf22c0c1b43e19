"""A question as it is put to a class: what can be answered, and what is true."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen: its words, and a photograph of the dataset where it is one."""

    words: str
    image_id: str = ""


@dataclass(frozen=True)
class Posed:
    """A question on the run on show. With options, `answers` are the numbers of the right ones, several where they tie;
    without, a number is asked for and `value` is the truth, in `unit`.

    `why`: a sentence with the figures behind the truth; `missing`: why it can't be asked here and what to do, all else is then empty.
    `photographs`: that the question is about, ids.
    """

    ask: str = ""
    options: tuple[Option, ...] = ()
    answers: tuple[int, ...] = ()
    value: float | None = None
    unit: str = ""
    why: str = ""
    photographs: tuple[str, ...] = ()
    missing: str = ""
