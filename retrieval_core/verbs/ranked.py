"""Rankings: the photographs by their similarity to a query, a photograph, a picture or a descriptor."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.precision_recall import ap_steps, verdict
from retrieval_core.progress import finished
from retrieval_core.ranking.engines import USUAL
from retrieval_core.ranking.picture import Picture
from retrieval_core.ranking.search_index import SearchIndex
from retrieval_core.stored.engines import open_index
from retrieval_core.stored.ranking import asked_picture, box_picture, query_pictures
from retrieval_core.stored.searched import filtered, find_first, first_ranking
from retrieval_core.verbs import html
from retrieval_core.verbs.described import Described

SHOWN = 12  # answers in a notebook
FIRST = 100  # photographs that an engine finds where nobody says how many
Asked = str | Path | PILImage.Image | np.ndarray
"""What is asked for: the id of a query or of a photograph, a picture or its file, or a descriptor (D,) or (1, D)."""


@dataclass(frozen=True, eq=False, repr=False)
class Ranked:
    """The photographs as one query sees them: `ids`, most similar first, and `similarities` (N,) float32, falling.

    `query` is the query of the ground truth that was asked for, None where there is none. `whole`: whether these are all photographs,
    and not the first that were found: only then there is an AP.
    """

    asked: str
    ids: tuple[str, ...]
    similarities: np.ndarray
    described: Described
    query: Query | None = None
    whole: bool = True

    @property
    def verdicts(self) -> tuple[str, ...] | None:
        """What the ground truth says of each photograph: good, ok, junk or wrong; None where nothing judges it."""
        return tuple(verdict(self.query, one) for one in self.ids) if self.query else None

    def ap(self, protocol: str = "oxford") -> float | None:
        """Average precision, 0 to 1; None where nothing judges it, or where only the first photographs were found."""
        return ap_steps(self.ids, self.query).ap(protocol) if self.whole and self.query and self.query.positives else None

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"<ranking of {len(self):,} photographs for {self.asked}: {', '.join(self.ids[:3])}, …>"

    def _repr_html_(self) -> str:
        opened, verdicts = self.described.opened, self.verdicts
        said = [f"{place + 1} · {self.similarities[place]:.3f} · {one}" + (f" · {verdicts[place]}" if verdicts else "")
                for place, one in enumerate(self.ids[:SHOWN])]  # fmt: skip
        if opened is None:
            return html.heading(repr(self)[1:-1]) + html.table(("rank · similarity · id",), ((line,) for line in said))
        paths = [opened.dataset.image(one).path for one in self.ids[:SHOWN]]
        return html.heading(repr(self)[1:-1]) + html.pictures(zip(paths, said, strict=True))


def rank(
    described: Described, asked: Asked, *, k: int | None = None, engine: str = "exact", landmark: str = "", unlabelled: bool = False,
    bin: str = "",
) -> Ranked:  # fmt: skip
    """Rank all photographs for what is asked for, or find the first of some.

    Args:
        described: descriptors of photographs.
        asked: a query, a photograph, a picture or a descriptor.
        k: how many are found; None: all, or 100 where another engine than exact search finds them.
        engine: that finds them, as `--engine` of the command line; `engines build` fills it.
        landmark: find only photographs of this landmark.
        unlabelled: find only photographs of no landmark.
        bin: find only photographs of this bin.

    Raises:
        RetrievalError: no such query, photograph or file; a picture where the descriptors are one's own, so that no network is known
            that would describe it; a descriptor of another width; an engine that does not hold the descriptors; no photograph passes
            the filters, or they are one's own descriptors without a dataset.

    >>> import retrieval_core as rc
    >>> described = rc.describe(rc.open("photos"), "2a")
    >>> ranking = rc.rank(described, "mill_1")
    >>> ranking.ids[0], ranking.verdicts[0], len(ranking)
    ('mill/0', 'good', 12)
    >>> rc.rank(described, "path/to/photos/bridge/1.jpg").ids[0]
    'bridge/1'
    >>> rc.rank(described, "mill_1", k=2, landmark="bridge").ids
    ('bridge/2', 'bridge/3')
    """
    name, descriptor, query, picture = _asked(described, asked)
    if k is not None and k < 1:
        raise RetrievalError(f"k is {k}. Ask for one photograph or more.")
    within = _within(described, landmark, unlabelled, bin)
    if k is None and engine == USUAL and within is None:
        [found] = described.ranked([name], descriptor, [picture])
        return Ranked(name, tuple(found.ids), found.scores, described, query)
    if engine != USUAL and described.stored is None:
        raise RetrievalError(f"These descriptors are your own, and {engine} holds those of a cache. Use the engine exact.")
    count = min(len(described), k or (len(described) if engine == USUAL else FIRST))
    if described.stored is None:
        positions, scores = SearchIndex(described.matrix).search(descriptor, count, within)
    else:
        with closing(open_index(described.stored, engine)) as index:
            positions, scores = finished(find_first(described.stored, index, descriptor, count, within, [picture]))
    found = first_ranking(name, described.ids, positions[0], scores[0])
    whole = len(found.ids) == len(described)
    return Ranked(name, tuple(found.ids), found.scores, described, query, whole)


def _within(described: Described, landmark: str, unlabelled: bool, bin: str) -> np.ndarray | None:
    if not (landmark or unlabelled or bin):
        return None
    if described.opened is None:
        raise RetrievalError("These descriptors belong to no dataset: nothing is known of a landmark or a bin. Give opened= to "
                             "from_matrix.")  # fmt: skip
    return filtered(described.opened.workspace, described.opened.dataset, described.ids, landmark, unlabelled, bin)


def _asked(described: Described, asked: Asked) -> tuple[str, np.ndarray, Query | None, Picture | None]:
    if isinstance(asked, np.ndarray):
        row = asked.reshape(1, -1).astype(np.float32)
        length = float(np.linalg.norm(row))
        if not (np.isfinite(length) and length > 0):
            raise RetrievalError("The descriptor that is asked for is zero or not finite.")
        return "a descriptor", row / length, None, None
    if isinstance(asked, str) and asked in described.queries:
        row, opened = np.asarray(described.queries.rows([asked])), described.opened
        if opened is None:
            return asked, row, None, None
        return asked, row, opened.dataset.query(asked), query_pictures(opened.dataset, [asked])[0]
    if isinstance(asked, str) and asked in described.database:
        dataset = described.opened.dataset if described.opened else None
        photograph = box_picture(dataset, dataset.image(asked), None) if dataset else None
        return asked, np.asarray(described.database.rows([asked])), None, photograph
    return _picture(described, asked)


def _picture(described: Described, asked: str | Path | PILImage.Image) -> tuple[str, np.ndarray, None, Picture]:
    from retrieval_core.datasets.uploads import read_upload
    from retrieval_core.runs.describer import open_describer

    if isinstance(asked, PILImage.Image):
        name, picture = "a picture", asked.convert("RGB")
    elif Path(asked).is_file():
        name, picture = str(asked), read_upload(Path(asked).read_bytes(), str(asked))
    else:
        known = ", ".join([*described.queries.ids[:3], *described.ids[:3]])
        raise RetrievalError(f"{str(asked)!r} is neither a query nor a photograph here, nor a file. There are {known}, …")
    if described.stored is None:
        raise RetrievalError(f"These descriptors are your own: no network is known that would describe {name}. Give its descriptor.")
    return name, open_describer(described.stored).describe(picture), None, asked_picture(picture, None)
