"""What a strip of small maps is, and the photographs that it is made of."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.alignment import align
from retrieval_core.projection.maps import ProjectedMap, compute_map, resolve_parameters

MOST = 600  # photographs of a strip; of more so many are drawn, with SEED
SEED = 0
METHOD = "tsne"
FEWEST_MEMBERS = 5  # photographs of a landmark that has a size and a place
GREY = -1  # the colour of a point that shows no landmark

Line = tuple[float, float, float, float, str]
"""From x1, y1 to x2, y2, and what it says."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One small map: places (N, 2) float32, and the number of each point's landmark (N,), GREY for none.

    figures: what was measured, by its name; a name with ", %" in it is a share in percent. settings: the parameters of the map
    that the page Map makes just so, with `seed`, None where it can't. lines: drawn over it.
    """

    title: str
    xy: np.ndarray
    codes: np.ndarray
    figures: Mapping[str, float]
    settings: Mapping[str, float] | None = None
    seed: int = 0
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, eq=False)
class Strip:
    """Small maps side by side. names: of what it is about; facts: what is true of all of them; missing: why there are none."""

    panels: tuple[Panel, ...] = ()
    names: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    missing: str = ""

    def all(self, figure: str) -> list[float]:
        """A figure of the panels that have it, in their order."""
        return [panel.figures[figure] for panel in self.panels if figure in panel.figures]


@dataclass(frozen=True, eq=False)
class Sample:
    """Photographs with rows (N, D) of length 1, the number of each one's landmark (N,) or GREY, and the names of all landmarks.

    `subset`: whose photographs they are; `of`: how many there are of these.
    """

    ids: tuple[str, ...]
    matrix: np.ndarray
    codes: np.ndarray
    labels: tuple[str, ...]
    subset: str
    of: int

    @cached_property
    def _maps(self) -> dict[tuple, ProjectedMap]:
        return {}

    def map(self, parameters: Mapping[str, float] | None = None, seed: int = 0) -> Generator[Progress, None, ProjectedMap]:
        """The t-SNE of all of them, made once."""
        key = (tuple(resolve_parameters(METHOD, parameters, *self.matrix.shape).items()), seed)
        if key not in self._maps:
            self._maps[key] = yield from compute_map(self.ids, self.matrix, METHOD, parameters, seed)
        return self._maps[key]

    def usual(self) -> Generator[Progress, None, ProjectedMap]:
        """The map with the defaults: what the others are turned onto."""
        return (yield from self.map())

    @cached_property
    def landmarks(self) -> list[int]:
        """Numbers of the landmarks of which there are enough photographs, the most first."""
        counts = np.bincount(self.codes[self.codes >= 0], minlength=len(self.labels))
        return [int(code) for code in np.argsort(-counts, kind="stable") if counts[code] >= FEWEST_MEMBERS]

    def rows(self, code: int) -> np.ndarray:
        """Places of a landmark's photographs among these."""
        return np.flatnonzero(self.codes == code)


@dataclass(frozen=True, eq=False)
class StripKind:
    """A way to misread: its title, what one is tempted to read, how the strip is made, and what its figures say."""

    title: str
    tempts: str
    make: Callable[[Sample], Generator[Progress, None, Strip]]
    says: Callable[[Strip], str]


def bounded(perplexities: Sequence[int], count: int) -> list[int]:
    """The perplexities that so many points can bear, at most a third of the others; the largest that they can in place of larger."""
    most = max(1, (count - 1) // 3)
    kept = [value for value in perplexities if value <= most]
    return kept if len(kept) == len(perplexities) or most in kept else [*kept, most]


def turned(layout: ProjectedMap, reference: ProjectedMap) -> np.ndarray:
    """The places of a map, turned onto another by the photographs that both have."""
    return align(layout, reference).xy


def in_words(name: str, value: float) -> str:
    """A figure of a panel as it is shown: "neighbours kept 53 %"."""
    name, share, of = name.partition(", %")
    if share:
        return f"{name} {value:.0f} %{of}"
    return f"{name} {value:.0f}" if float(value).is_integer() and value != 1 else f"{name} {value:.2f}"


def between(values: Sequence[float], pattern: str = "{:.0f}") -> str:
    """From the lowest to the highest of some figures, in words."""
    low, high = pattern.format(min(values)), pattern.format(max(values))
    return low if low == high else f"{low} to {high}"
