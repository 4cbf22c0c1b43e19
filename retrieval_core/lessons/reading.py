"""What the figures of a lesson read: a model's descriptors, scores and rankings on the run on show, or why there are none."""

from dataclasses import dataclass, replace

from retrieval_core.datasets.no_precision import why_no_precision
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS, Score, score_rankings
from retrieval_core.evaluation.judged_rankings import without_query_images
from retrieval_core.lessons.memory import kept
from retrieval_core.lessons.shown import Shown
from retrieval_core.ranking.search import Ranking
from retrieval_core.stored.results import Results

LEFT_OUT, JUNK_WRONG = "left-out", "junk-wrong"


class NotHere(RetrievalError):
    """A figure that the run on show does not have; the message says why and what to do."""


@dataclass(frozen=True)
class Judging:
    """How rankings are judged: one of PROTOCOLS; a query's own picture left out of them or not; its junk counted as wrong or not."""

    protocol: str = PROTOCOLS[0]
    left_out: bool = False
    junk_wrong: bool = False

    @property
    def as_stored(self) -> bool:
        """Whether the scores that a run stores are judged so."""
        return not (self.left_out or self.junk_wrong)

    @property
    def title(self) -> str:
        """As in "AP (Oxford), the query's own picture left out"."""
        words = [PROTOCOL_TITLES[self.protocol]]
        words += ["the query's own picture left out"] if self.left_out else []
        return ", ".join([*words, "junk counted as wrong"] if self.junk_wrong else words)

    def truth(self, dataset: Dataset) -> Dataset:
        """The ground truth that rankings are judged by: to score with, not to keep."""
        judged = without_query_images(dataset) if self.left_out else dataset
        if not self.junk_wrong:
            return judged
        own = {query.id: (query.image_id,) if self.left_out else () for query in judged.queries}
        return replace(judged, queries=tuple(replace(query, junk=own[query.id]) for query in judged.queries))


def read_judging(words: tuple[str, ...]) -> Judging:
    """From the words behind a figure, in any order; RetrievalError lists them for another one."""
    for word in words:
        check_choice("word", word, (*PROTOCOLS, LEFT_OUT, JUNK_WRONG))
    protocols = [word for word in words if word in PROTOCOLS]
    if len(protocols) > 1:
        raise RetrievalError("Two protocols are named. Take one of them out.")
    return Judging(protocols[0] if protocols else PROTOCOLS[0], LEFT_OUT in words, JUNK_WRONG in words)


def described(shown: Shown, model: str) -> Results:
    """A model that has described the dataset. RetrievalError for no model, NotHere with the command where it has not."""
    results = shown.results(model)
    try:
        _ = results.descriptors
    except RetrievalError as error:
        raise NotHere(str(error)) from error
    return results


def scores(shown: Shown, model: str, judging: Judging) -> list[Score]:
    """The AP of every query under a model. NotHere with the command where there is none."""
    results = scored(shown, model)
    if judging.as_stored:
        return results.scores
    key = ("scores", judging.left_out, judging.junk_wrong, *versions(shown, model))
    return kept(key, lambda: score_rankings(judging.truth(shown.dataset), rankings(shown, model)))


def scored(shown: Shown, model: str) -> Results:
    """A model with scores by the ground truth as it is now; NotHere with the command where it has none."""
    results = shown.results(model)
    if not any(query.positives for query in shown.dataset.queries):
        raise NotHere(why_no_precision(shown.workspace, shown.dataset))
    results = described(shown, model)
    try:
        _ = results.score_file
    except RetrievalError as error:
        raise NotHere(str(error)) from error
    return results


def rankings(shown: Shown, model: str) -> list[Ranking]:
    """The whole database as each query sees it, under a model that is `scored`."""
    return kept(("rankings", *versions(shown, model)), shown.results(model).rankings)


def ranking(shown: Shown, model: str, query: Query) -> Ranking:
    """The whole database as one query sees it."""
    scored(shown, model)
    return next(one for one in rankings(shown, model) if one.query_id == query.id)


def versions(shown: Shown, model: str) -> tuple[str, ...]:
    """What everything that is read of a model depends on, hashes among it: the key under which it may be kept."""
    results = shown.results(model)
    return str(shown.workspace.root), shown.dataset_name, shown.run, model, results.version, shown.dataset.truth


def command(shown: Shown, *words: str) -> str:
    """A command about the run on show, as `command(shown, "evaluate", "--models", "1d")`."""
    return shown.workspace.command(words[0], "--dataset", shown.dataset_name, "--run", shown.run, *words[1:])
