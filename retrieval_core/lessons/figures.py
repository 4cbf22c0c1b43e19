"""Figures of the run on show by name: what stands between braces in a lesson, as {step 1c 1d}.

A figure only reads what is stored, at most ranks or counts what costs milliseconds, and is kept in memory as long as that stays the
same. A new one is a function and a row of FIGURES.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import signature

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import cluster_figures as clusters
from retrieval_core.lessons import counted_figures as counted
from retrieval_core.lessons import laboratory_figures as laboratory
from retrieval_core.lessons import map_figures as maps
from retrieval_core.lessons import network_figures as networks
from retrieval_core.lessons import precision_figures as precision
from retrieval_core.lessons.reading import NotHere
from retrieval_core.lessons.shown import Figure, Shown


@dataclass(frozen=True)
class Named:
    """A figure: its function (shown, *words), the words behind its name, and what it is."""

    make: Callable[..., Figure]
    words: str
    about: str


JUDGED = "[oxford|finite_sum] [left-out] [junk-wrong]"
FIGURES = {
    "map": Named(precision.mean, f"MODEL {JUDGED}", "mAP over all queries, percent, with its interval"),
    "ap": Named(precision.of_query, f"MODEL QUERY {JUDGED}", "AP of a query, percent"),
    "step": Named(precision.step, f"MODEL MODEL {JUDGED}", "change of mAP from one model to another, points, with its interval"),
    "p": Named(precision.chance, f"MODEL MODEL {JUDGED}", "p of that change"),
    "better": Named(precision.better, f"MODEL MODEL {JUDGED}", "queries that the second model answers better"),
    "reported": Named(counted.reported, "MODEL", "mAP of the 2019 report on its queries of Oxford5k, percent"),
    "first-wrong": Named(precision.first_wrong, "MODEL QUERY", "rank of the first wrong answer"),
    "precision": Named(precision.precision, "MODEL QUERY K", "share of right answers among the first k"),
    "recall": Named(precision.recall, "MODEL QUERY K", "share of the positives that stand among the first k"),
    "own": Named(clusters.of_measure("own"), "MODEL [all]", "share of its own landmark among the nearest of a photograph"),
    "outliers": Named(clusters.of_measure("outliers"), "MODEL", "share of photographs that lie among others"),
    "separation": Named(clusters.of_measure("separation"), "MODEL", "silhouette of the labelled against the unlabelled"),
    "silhouette": Named(clusters.of_measure("silhouette"), "MODEL [all]", "silhouette of the landmarks"),
    "strangers": Named(clusters.of_measure("strangers"), "MODEL", "share of unlabelled among the nearest of a labelled photograph"),
    "spread": Named(clusters.of_measure("spread"), "MODEL", "mean distance within a landmark"),
    "clustered": Named(clusters.clustered, "MODEL", "landmarks that hold together"),
    "share": Named(clusters.share_of, "LANDMARK|best|worst MODEL", "share of a landmark's own among the nearest of its photographs"),
    "nmi": Named(clusters.information, "MODEL [all]", "agreement of clusters found without a label with landmarks"),
    "dense": Named(clusters.dense, "MODEL [all]", "clusters found without a label"),
    "overlap": Named(maps.overlap, "MODEL [METHOD] [labelled]", "share of the nearest neighbours that the usual map keeps"),
    "trustworthiness": Named(maps.trust, "MODEL [METHOD] [labelled]", "how much of what is near on the usual map is near in truth"),
    "parameters": Named(networks.parameters, "MODEL", "parameters of the network, million"),
    "operations": Named(networks.operations, "MODEL", "multiply-adds a photograph, million"),
    "milliseconds": Named(networks.milliseconds, "MODEL", "milliseconds a photograph, as measured"),
    "size": Named(networks.size, "MODEL", "pixels of the longest side at which photographs are described"),
    "dimension": Named(networks.dimension, "MODEL", "dimensions of the descriptor"),
    "bytes": Named(networks.size_in_bytes, "MODEL", "bytes of a stored descriptor"),
    "gem": Named(networks.gem, "MODEL", "the p of GeM that was learnt"),
    "layers": Named(networks.layers, "MODEL MODEL [first|last|LAYER]", "relative change of the weights by a training, percent"),
    "auc": Named(laboratory.apart("auc"), "METHOD MODEL", "ROC-AUC of labelled against unlabelled"),
    "called-right": Named(laboratory.apart("precision"), "METHOD MODEL", "precision of labelled against unlabelled"),
    "knob": Named(laboratory.knob, "KNOB MODEL VALUE", "change of mAP when a knob is turned, points"),
    "lost": Named(laboratory.lost, "CHANGE MODEL", "change of mAP when queries are changed, points"),
    "feedback": Named(laboratory.feedback, "METHOD MODEL [MODEL]", "change of mAP by a first round of marks, points"),
    "photographs": Named(counted.photographs, "", "photographs of the dataset"),
    "labelled": Named(counted.labelled, "", "labelled photographs"),
    "unlabelled": Named(counted.unlabelled, "", "unlabelled photographs"),
    "landmarks": Named(counted.landmarks, "", "landmarks"),
    "queries": Named(counted.queries, "", "queries"),
    "positives": Named(counted.positives, "QUERY", "photographs that answer a query"),
    "junk": Named(counted.junk, "QUERY", "photographs that count neither way for a query"),
    "number": Named(counted.number, "QUERY", "the number of a query, from 0"),
    "query": Named(counted.query, "QUERY", "the id of a query"),
    "picture": Named(counted.picture, "QUERY", "the id of the photograph that a query is cut from"),
    "landmark": Named(counted.landmark, "best|worst MODEL", "the name of the landmark that holds together best or worst"),
    "outlier": Named(counted.outlier, "MODEL", "the id of the photograph that lies most among others"),
    "best": Named(counted.best, "", "the key of the model with the highest mAP"),
    "dataset": Named(counted.dataset, "", "the name of the dataset"),
    "run": Named(counted.run, "", "the name of the run"),
}  # fmt: skip
"""All figures by name, see QUERY in chosen_queries.FORMS."""


def figure(shown: Shown, text: str) -> Figure:
    """The figure that a text names, as "step 1c 1d"; `missing` says why the run on show has none and what to do.

    RetrievalError, naming the text, for a figure, model, method or word that there is not: the text itself is wrong then.
    """
    name, *words = split_words(text)
    found = named(name, text)
    try:
        signature(found.make).bind(shown, *words)
    except TypeError as error:
        raise RetrievalError(f"{{{text}}} can't be read. It is written {{{' '.join([name, found.words]).strip()}}}.") from error
    try:
        made = found.make(shown, *words)
    except NotHere as error:
        return Figure(missing=str(error), title=text)
    except RetrievalError as error:
        if not _opens(shown):
            return Figure(missing=str(error), title=text)
        raise RetrievalError(f"{{{text}}}: {error}") from error
    return made if made.command else _with_command(shown, text, made)


def named(name: str, text: str) -> Named:
    """The row of FIGURES of this name; RetrievalError that lists them for another one."""
    if name not in FIGURES:
        raise RetrievalError(f"{{{text}}} names no figure. There are: {', '.join(FIGURES)}.")
    return FIGURES[name]


def split_words(text: str) -> list[str]:
    """The words of a text; one with a space in it stands in quotes. RetrievalError where there is none, or a quote is open."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise RetrievalError(f"{{{text}}} can't be read: a quote is not closed.") from error
    if not words:
        raise RetrievalError(f"{{{text}}} names no figure. Write its name between the braces, or {{{{ and }}}} for braces.")
    return words


def _opens(shown: Shown) -> bool:
    """Whether the dataset on show can be opened: where it can't, no figure is to blame."""
    try:
        return bool(shown.dataset.name)
    except RetrievalError:
        return False


def _with_command(shown: Shown, text: str, made: Figure) -> Figure:
    return replace(made, command=shown.workspace.command("figure", text, "--dataset", shown.dataset_name, "--run", shown.run))
