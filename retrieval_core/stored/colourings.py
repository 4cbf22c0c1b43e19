"""What can colour the map besides landmark and distortion: values by image id, as categories or as a ramp.

One row of COLOURINGS a colouring. A row reads what is stored and computes next to nothing; a photograph without a value is left out.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.density_clusters import NOISE
from retrieval_core.evaluation.hubness import hubness
from retrieval_core.evaluation.judged_rankings import counted
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.progress import finished
from retrieval_core.ranking.ranked_ids import RankedIds
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.bins import read_bins
from retrieval_core.stored.clusters import cluster_of
from retrieval_core.stored.ranking import order_rows, query_pictures
from retrieval_core.stored.results import Results
from retrieval_core.stored.unlabelled import last_apart

OTHER = "other"
MOST = 10  # categories that have a colour of their own


@dataclass(frozen=True)
class Categories:
    """A category by image id."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Ramp:
    """A number by image id. `low` and `high` say what the ends of the ramp are; `even` is False where ratios count, not differences."""

    values: Mapping[str, float]
    low: str
    high: str
    even: bool = True
    border: float | None = None


@dataclass(frozen=True)
class Asked:
    """Of what a colouring is asked: a model's results and the subset of photographs on the map, which of several (a bin, a column),
    the pinned query, and how many neighbours are looked at."""

    results: Results
    subset: str = "all"
    name: str = ""
    query: str = ""
    k: int = 12


@dataclass(frozen=True)
class Colouring:
    """A row: its title, its values, and the names of several, as of the columns; no name where it can't colour a dataset."""

    title: str
    values: Callable[[Asked], Categories | Ramp]
    names: Callable[[Dataset], Sequence[str]] = lambda dataset: ("",)


def colourings_of(dataset: Dataset) -> dict[str, str]:
    """Key and title of all that can colour a dataset's map: "hubness", or "column:year" where there are several."""
    return {
        f"{key}:{name}" if name else key: f"{row.title} {name}".strip()
        for key, row in COLOURINGS.items()
        for name in row.names(dataset)
    }  # fmt: skip


def colour(results: Results, key: str, subset: str = "all", query: str = "", k: int = 12) -> Categories | Ramp:
    """The values of one colouring; RetrievalError for a key that `colourings_of` does not list, or if what it reads is missing."""
    check_choice("colouring", key, colourings_of(results.dataset))
    row, _, name = key.partition(":")
    return COLOURINGS[row].values(Asked(results, subset, name, query, k))


def shortened(categories: Categories, most: int = MOST) -> tuple[list[str], dict[str, str]]:
    """The categories that get a colour, largest first, and the category by image id; the tail is one: OTHER, the last.

    >>> shortened(Categories({"a": "x", "b": "y", "c": "x", "d": "z", "e": "w"}), most=2)
    (['x', 'w', 'other'], {'a': 'x', 'b': 'other', 'c': 'x', 'd': 'other', 'e': 'w'})
    """
    sizes = Counter(categories.values.values())
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    head = [name for name in names[:most] if name != OTHER]
    renamed = {image_id: name if name in head else OTHER for image_id, name in categories.values.items()}
    return head + ([OTHER] if len(head) < len(names) else []), renamed


def _bins(asked: Asked) -> Categories:
    kept = read_bins(asked.results.workspace, asked.results.dataset.name)
    if not kept:
        raise RetrievalError(f"{asked.results.dataset.name!r} has no bins yet. Select photographs, give them a name, and press Keep.")
    found: dict[str, str] = {}
    for bin in kept:
        for image_id in bin.ids:
            found[image_id] = f"{found[image_id]} + {bin.name}" if image_id in found else bin.name
    return Categories(found)


def _column(asked: Asked) -> Categories | Ramp:
    """A column of numbers is a ramp; any other text makes all of it categories."""
    cells = asked.results.dataset.columns[asked.name]
    try:
        numbers = {image_id: float(cell) for image_id, cell in cells.items()}
    except ValueError:
        return Categories(cells)
    if not all(abs(number) < float("inf") for number in numbers.values()):  # a text that Python takes for one, as "nan"
        return Categories(cells)
    return Ramp(numbers, f"{asked.name}, least", "most")


def _precision(asked: Asked) -> Ramp:
    """The AP of the queries that are cut from a photograph, their mean where there are several."""
    known: dict[str, list[float]] = {}
    for score in asked.results.scores:
        if score.ap_oxford is not None:
            known.setdefault(asked.results.dataset.query(score.query_id).image_id, []).append(100 * score.ap_oxford)
    return Ramp({image_id: sum(aps) / len(aps) for image_id, aps in known.items()}, "AP (Oxford) in percent, lowest", "highest")


def _hubness(asked: Asked) -> Ramp:
    found = asked.results.neighbours(asked.subset)
    if found is None:
        raise RetrievalError("Hubness is counted in the neighbour lists, and there are none of these descriptors. The page Map makes "
                             "them, up to 60,000 photographs.")  # fmt: skip
    counts = hubness(found[0], asked.k)
    ids = subset_ids(asked.results.dataset, asked.subset)
    return Ramp(dict(zip(ids, map(float, counts), strict=True)), f"Among the {asked.k} nearest of others: fewest", "most")


def _rank(asked: Asked) -> Ramp:
    """The rank in the ranking of the pinned query, as AP counts it: junk has none."""
    dataset, (database, queries) = asked.results.dataset, asked.results.descriptors
    if not asked.query:
        raise RetrievalError("The rank is that in a query's ranking, and no query is chosen. Choose one with J or K.")
    if asked.query not in queries:
        raise RetrievalError(f"{dataset.name!r} has no query {asked.query!r}. Choose another with J or K.")
    query = dataset.query(asked.query)
    row = queries.matrix[queries.row(query.id)][None]
    positions, _ = finished(order_rows(asked.results, row, query_pictures(dataset, [query.id]), [query.id]))
    ranks = {image_id: float(rank) for rank, image_id, _ in counted(RankedIds(database.ids, positions[0]), query)}
    return Ramp(ranks, f"Rank for {query.id}: first", "last", even=False)


def _cluster(asked: Asked) -> Categories:
    """The cluster that HDBSCAN finds without a label; a photograph in none is left out."""
    found = cluster_of(asked.results, asked.subset)
    if found is None:
        raise RetrievalError(f"Clusters of {asked.results.model} were not looked for. Open Compare, Clusters, and press Measure.")
    return Categories({image_id: f"cluster {number + 1}" for image_id, number in found.items() if number != NOISE})


def _decision(asked: Asked) -> Ramp:
    """The decision values of a method that tells labelled from unlabelled photographs."""
    found = last_apart(asked.results, asked.name)
    if found is None:
        raise RetrievalError(f"{METHODS[asked.name].title} has not decided yet under {asked.results.model}. Press the button on the "
                             "page Unlabelled.")  # fmt: skip
    low = (f"Decision of {found.choice.title}, under {found.model}. The line is its border, 0, drawn in the plane of the map; the "
           "decision is taken in descriptor space. Least like a labelled one")  # fmt: skip
    return Ramp(dict(zip(found.ids, found.decisions.tolist(), strict=True)), low, "most", border=0.0)


def _decided(dataset: Dataset) -> Sequence[str]:
    labelled = {image.label is not None for image in dataset.images}
    return tuple(METHODS) if len(labelled) == 2 else ()


def _with_queries(dataset: Dataset) -> Sequence[str]:
    return ("",) if dataset.queries else ()


COLOURINGS = {
    "bin": Colouring("bin", _bins),
    "column": Colouring("column", _column, lambda dataset: sorted(dataset.columns)),
    "ap": Colouring("AP of the query", _precision, _with_queries),
    "hubness": Colouring("hubness", _hubness),
    "cluster": Colouring("cluster, without labels", _cluster),
    "rank": Colouring("rank in the query's ranking", _rank, _with_queries),
    "decision": Colouring("decision", _decision, _decided),
}
