"""What a card states, held against the run on show: FIGURE > FIGURE or a number; also <, = and ≈.

Two figures of one kind, such as the mAP of two models, are compared in pairs, query by query or photograph by photograph: intervals
of each that overlap do not say that the difference is chance.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.cluster_figures import of_difference
from retrieval_core.lessons.figures import figure, split_words
from retrieval_core.lessons.precision_figures import PERCENT, POINTS, mean_difference
from retrieval_core.lessons.shown import Figure, Shown

HOLDS, FAILS, UNDECIDED, MISSING = "holds", "fails", "undecided", "missing"
SAID = {HOLDS: "holds here", FAILS: "does not hold here", UNDECIDED: "is not decided here", MISSING: "can't be checked here"}
ABOUT = 0.1  # of the larger: so far apart may two figures be that are ≈
LEAST = {PERCENT: 1.0, POINTS: 1.0}  # but so far in any case
PAIRED: dict[str, Callable[[Shown, tuple[str, ...], tuple[str, ...]], Figure]] = {
    "map": mean_difference,
    **{name: of_difference(name) for name in ("own", "outliers", "separation", "silhouette", "strangers", "spread")},
}
"""Figures of which two are compared in pairs: the function gives how far the second lies above the first."""
_SIGN = re.compile(r"\s+([<>=≈])\s+")


@dataclass(frozen=True)
class Verdict:
    """What became of a claim: one of SAID, and a sentence with the figures and intervals, in plain text; `command` repeats them."""

    state: str
    words: str
    command: str = ""


def judge(shown: Shown, claim: str) -> Verdict:
    """Hold a claim against the run on show, as "step 1c 1d > 0" or "map 1h > map 1g".

    Undecided: an interval reaches to where the claim would turn. RetrievalError for what is no claim.
    """
    left, sign, right = read_claim(claim)
    sides = [_number(text) or figure(shown, text) for text in (left, right)]
    for side in sides:
        if side.missing:
            return Verdict(MISSING, f"{SAID[MISSING]}: {side.missing}")
        if side.value is None:
            raise RetrievalError(f"{claim!r} compares {side.title}, which is a name. Compare figures with a number.")
    units = {side.unit for side in sides if side.title}
    if len(units) > 1:
        raise RetrievalError(f"{claim!r} compares {sides[0].title} with {sides[1].title}: one is counted otherwise than the other.")
    paired = _paired(shown, left, right)
    if paired is not None:
        sides = [paired, Figure("0", 0.0)]
    state = _state(*sides, sign)
    named = [f"{side.title}: {side.words}" for side in sides if side.title]
    if not paired and not all(side.title for side in sides):
        number = next(side for side in sides if not side.title)
        named += [f"against {number.words}"] if number.value else []
    return Verdict(state, f"{SAID[state]}: {'; '.join(named)}", next((side.command for side in sides if side.command), ""))


def read_claim(claim: str) -> tuple[str, str, str]:
    """Left side, sign and right side. RetrievalError where a claim is not written so."""
    parts = _SIGN.split(claim.strip())
    if len(parts) != 3 or not all(parts) or all(_number(part) for part in parts[::2]):
        raise RetrievalError(f"{claim[:80]!r} is no claim. Write it as in step 1c 1d > 0, with one of > < = ≈ and spaces around it.")
    return parts[0], parts[1], parts[2]


def _paired(shown: Shown, left: str, right: str) -> Figure | None:
    """How far the left side lies above the right one, in pairs; None where they are not two figures of one kind."""
    if _number(left) or _number(right):
        return None
    first, second = split_words(left), split_words(right)
    if first[0] != second[0] or first[0] not in PAIRED or first == second:
        return None
    return PAIRED[first[0]](shown, tuple(second[1:]), tuple(first[1:]))


def _state(left: Figure, right: Figure, sign: str) -> str:
    low, high = _ends(left)
    other_low, other_high = _ends(right)
    least, most = low - other_high, high - other_low  # of the difference
    if sign == "<":
        least, most = -most, -least
    if sign in "<>":
        return HOLDS if least > 0 else FAILS if most < 0 or least == most else UNDECIDED
    larger = max(abs(side.value or 0) for side in (left, right))
    near = 0.0 if sign == "=" else max(ABOUT * larger, LEAST.get(left.unit or right.unit, 0.0))
    near += 1e-9 * max(1.0, larger)  # figures that are equal but for the order in which they were summed
    if -near <= least and most <= near:
        return HOLDS
    return FAILS if most < -near or least > near else UNDECIDED


def _ends(side: Figure) -> tuple[float, float]:
    value = side.value or 0.0
    return (value if side.low is None else side.low), (value if side.high is None else side.high)


def _number(text: str) -> Figure | None:
    """A number as a figure without a title; None for what is none."""
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        return None
    return Figure(text, value) if math.isfinite(value) else None
