"""Descriptors: made by a model, or one's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval_core.datasets.checks import check_ids
from retrieval_core.datasets.large_arrays import large_empty, row_blocks
from retrieval_core.descriptors.matrix import Descriptors
from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress, finished
from retrieval_core.ranking.order import order
from retrieval_core.ranking.picture import Picture
from retrieval_core.ranking.search import Ranking, named
from retrieval_core.runs import jobs
from retrieval_core.search_choices import after_search
from retrieval_core.stored.ranking import order_rows, picture_count
from retrieval_core.stored.results import Results, open_results
from retrieval_core.verbs import html
from retrieval_core.verbs.opened import Opened


@dataclass(frozen=True, eq=False, repr=False)
class Described:
    """Descriptors of photographs and of queries, each a row of length 1 beside its id.

    `opened` is the dataset that they describe, and `stored` what the cache holds of them; None where they are one's own.
    """

    database: Descriptors
    queries: Descriptors
    model: str
    opened: Opened | None = None
    stored: Results | None = field(default=None)

    @property
    def ids(self) -> tuple[str, ...]:
        """The photographs' ids, row for row."""
        return self.database.ids

    @property
    def matrix(self) -> np.ndarray:
        """The photographs' descriptors (N, D) float32, row for row with `ids`, or their sets of words (N, ·) int32; read-only where it
        is mapped from the cache.
        """
        return self.database.matrix

    def ranked(self, names: Sequence[str], rows: np.ndarray, pictures: Sequence[Picture | None]) -> list[Ranking]:
        """The photographs for each of (Q, D) descriptors of `pictures`, by what the model does after the search."""
        if self.stored is not None:
            steps = order_rows(self.stored, rows, pictures)
        else:
            count = picture_count(self.opened.dataset, pictures) if self.opened else None
            steps = order(rows, self.matrix, after_search(self.model), count=count)
        return named(names, self.ids, *finished(steps))

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        of = f" of {self.opened.name}" if self.opened else ""
        width = "sets of words" if are_sets(self.matrix) else f"{self.matrix.shape[1]}-d"
        return f"<{len(self):,} descriptors{of} under {self.model}, {width}, {len(self.queries.ids)} queries>"

    def _repr_html_(self) -> str:
        recipe = {name: value for name, value in self.database.recipe.items() if isinstance(value, str | int | float)}
        return html.heading(repr(self)[1:-1]) + html.table(("recipe", ""), recipe.items())


def describe(
    opened: Opened,
    model: str = "2a",
    *,
    run: str | None = None,
    device: str = "auto",
    download: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Described:
    """Describe a dataset under a model, unless the cache has it already; train first where that is missing, as `run` does.

    The app shows the work while it goes on, and what was stopped goes on when it is called again.

    Args:
        opened: the dataset.
        model: a key of the table, as "1d" (trained for minutes or hours) or "2a" (needs no training), with search-time choices
            ("1d-ms") or a network by name ("timm:NAME").
        run: the run whose models are meant (default: the usual one).
        device: auto, cuda, mps or cpu.
        download: consent to fetch weights.
        progress: called with every report, as `print`.

    Raises:
        RetrievalError: an unknown model or run, other work is going on in the cache, or as the steps of a run do.

    >>> import retrieval_core as rc
    >>> described = rc.describe(rc.open("photos"), "2a")
    >>> described
    <12 descriptors of photos under 2a, 1280-d, 2 queries>
    >>> described.matrix.shape, described.ids[0]
    ((12, 1280), 'bridge/0')
    """
    from retrieval_core.datasets.catalog import is_imported
    from retrieval_core.datasets.imported import IMPORTED_RUN
    from retrieval_core.runs import plan
    from retrieval_core.runs.settings import Settings, settle

    settings = Settings(run=run, device=device, download=download, models=(model,))
    words = ["run", "--dataset", opened.name, "--models", model, *(["--run", run] if run else [])]
    name = IMPORTED_RUN if is_imported(opened.workspace, opened.name) else settle(opened.workspace, settings).name
    if (results := _ready(opened, name, model)) is None:
        steps = plan.run(opened.workspace, opened.name, settings, ("describe", "score"))
        finished(jobs.watched(opened.workspace, words, steps), progress)
        results = open_results(opened.workspace, opened.name, name, model)
    return Described(*results.descriptors, model, opened, results)


def from_matrix(
    matrix: np.ndarray,
    ids: Sequence[str],
    *,
    model: str = "1a",
    opened: Opened | None = None,
    queries: np.ndarray | None = None,
    query_ids: Sequence[str] = (),
) -> Described:
    """Take descriptors of one's own, row for row with ids; nothing is written.

    Args:
        matrix: (N, D) numbers of any type; rows are brought to length 1.
        ids: N different ids.
        model: the key of the table under which `show` shows them.
        opened: the dataset whose photographs they describe: then `evaluate` knows the ground truth.
        queries: (Q, D) descriptors of queries, row for row with `query_ids`.
        query_ids: as `opened.queries` has them.

    Raises:
        RetrievalError: rows and ids do not fit together, a row is zero or not finite, or an id is not one of the dataset's.

    >>> import numpy as np
    >>> import retrieval_core as rc
    >>> mine = rc.from_matrix(np.eye(4), ["a", "b", "c", "d"])
    >>> mine
    <4 descriptors under 1a, 4-d, 0 queries>
    """
    rows = Descriptors(_checked(ids, opened.ids if opened else None, "photograph"), _unit("matrix", matrix, len(ids)))
    asked = np.empty((0, rows.matrix.shape[1]), np.float32) if queries is None else _unit("queries", queries, len(query_ids))
    if asked.shape[1] != rows.matrix.shape[1]:
        raise RetrievalError(
            f"queries has {asked.shape[1]} dimensions and matrix {rows.matrix.shape[1]}: both must come from one model."
        )
    wanted = Descriptors(_checked(query_ids, opened.queries if opened else None, "query"), asked)
    return Described(rows, wanted, model, opened)


def _ready(opened: Opened, run: str, model: str) -> Results | None:
    results = open_results(opened.workspace, opened.name, run, model)
    return results if results.state[0] == "ready" else None


def _unit(name: str, values: np.ndarray, count: int) -> np.ndarray:
    try:
        matrix = np.asarray(values)
        matrix = matrix if matrix.dtype.kind in "fiu" else matrix.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise RetrievalError(
            f"{name} holds other things than numbers ({error}). Give an array of numbers, one row a photograph."
        ) from None
    if matrix.ndim != 2 or len(matrix) != count or not matrix.shape[1]:
        raise RetrievalError(f"{name} has the shape {matrix.shape}, and there are {count} ids. Give one row for each id.")
    found = large_empty(matrix.shape, np.float32)
    for block in row_blocks(matrix):
        rows = np.asarray(matrix[block], np.float64)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        bad = np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))
        if len(bad):
            raise RetrievalError(f"Row {block.start + bad[0]} of {name} is zero or not finite. Leave it out, or make it anew.")
        found[block] = rows / lengths
    return found


def _checked(ids: Sequence[str], known: Sequence[str] | None, what: str) -> tuple[str, ...]:
    if isinstance(ids, str):
        raise RetrievalError(f"The ids of the {what} rows are one text. Give a text for each row.")
    check_ids(ids, f"ids of the {what} rows")
    there = set(ids if known is None else known)
    stranger = next((one for one in ids if one not in there), None)
    if stranger is not None:
        raise RetrievalError(f"The dataset has no {what} {stranger!r}. It has {', '.join(list(known or ())[:3])}, …")
    return tuple(ids)
