"""Figures of average precision: of a query, of all, from one model to another; and what a ranking begins with."""

import numpy as np

from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import mean_average_precision, positive_ranks
from retrieval_core.evaluation.judged_rankings import counted
from retrieval_core.evaluation.ledger import compared, ledger
from retrieval_core.evaluation.retrieval_metrics import precision_at, recall_at
from retrieval_core.evaluation.significance import Difference, compare, interval_of_mean
from retrieval_core.lessons.chosen_queries import find_query
from retrieval_core.lessons.memory import kept
from retrieval_core.lessons.reading import Judging, NotHere, command, ranking, read_judging, scored, scores, versions
from retrieval_core.lessons.shown import Figure, Shown

PERCENT, POINTS = "%", "points"


def mean(shown: Shown, model: str, *words: str) -> Figure:
    """mAP over all queries, with its 95 % interval over landmarks."""
    judging = read_judging(words)
    found = scores(shown, model, judging)
    landmarks = {query.id: query.label for query in shown.dataset.queries}
    low, high = kept(("mean", judging, *versions(shown, model)), lambda: interval_of_mean(
        [score.ap(judging.protocol) for score in found], [landmarks[score.query_id] for score in found]
    ))  # fmt: skip
    value = 100 * (mean_average_precision(found, judging.protocol) or 0.0)
    again = command(shown, "evaluate", "--models", model, "--queries", "all", "--protocol", judging.protocol)
    return in_percent(value, low, high, f"m{judging.title} of {model}", again if judging.as_stored else "")


def of_query(shown: Shown, model: str, query: str, *words: str) -> Figure:
    """AP of one query."""
    judging = read_judging(words)
    found = {score.query_id: score for score in scores(shown, model, judging)}
    asked = find_query(shown, query)
    value = found[asked.id].ap(judging.protocol)
    if value is None:
        raise NotHere(f"The query {asked.id!r} has no positives to find, and so no AP. Choose another query.")
    again = command(shown, "evaluate", "--models", model, "--queries", "all", "--protocol", judging.protocol)
    return in_percent(100 * value, None, None, f"{judging.title} of {asked.id} under {model}", again if judging.as_stored else "")


def step(shown: Shown, before: str, after: str, *words: str) -> Figure:
    """How far mAP rises from one model to another, with its paired 95 % interval over landmarks, as in the Ledger."""
    judging = read_judging(words)
    found = difference(shown, before, after, judging)
    return in_points(found.points, found.low, found.high, f"m{judging.title} from {before} to {after}",
                     _ledger_command(shown, before, after, judging))  # fmt: skip


def chance(shown: Shown, before: str, after: str, *words: str) -> Figure:
    """p of that step: of a paired randomisation test."""
    judging = read_judging(words)
    p = difference(shown, before, after, judging).p
    said = "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
    return Figure(said, p, title=f"p of the step from {before} to {after}", unit="p",
                  command=_ledger_command(shown, before, after, judging))  # fmt: skip


def better(shown: Shown, before: str, after: str, *words: str) -> Figure:
    """How many queries have a higher AP under the second model."""
    judging = read_judging(words)
    found = difference(shown, before, after, judging)
    return counting(found.better, f"queries that {after} answers better than {before}", _ledger_command(shown, before, after, judging))


def first_wrong(shown: Shown, model: str, query: str) -> Figure:
    """The rank, from 1, of the first wrong answer to a query; junk is not counted."""
    scored(shown, model)
    asked = find_query(shown, query)
    ids = ranking(shown, model, asked).ids
    rank, wrong = next(((rank, image_id) for rank, image_id, right in counted(ids, asked) if not right), (0, ""))
    if not rank:
        raise NotHere(f"Every photograph answers {asked.id!r}: none is wrong. Choose another query.")
    again = command(shown, "search", asked.id, "--models", model, "--k", str(1 + ids.index(wrong)))
    return Figure(str(rank), float(rank), title=f"rank of the first wrong answer to {asked.id} under {model}", unit="rank",
                  command=again)  # fmt: skip


def precision(shown: Shown, model: str, query: str, k: str) -> Figure:
    """Share of right answers among the first k of a query."""
    ranks, _, asked = _ranks(shown, model, query)
    value = 100 * precision_at(ranks, _depth(k))
    return in_percent(value, None, None, f"precision at {k} of {asked} under {model}")


def recall(shown: Shown, model: str, query: str, k: str) -> Figure:
    """Share of all positives of a query that stand among the first k."""
    ranks, positives, asked = _ranks(shown, model, query)
    value = 100 * recall_at(ranks, positives, _depth(k))
    return in_percent(value, None, None, f"recall at {k} of {asked} under {model}")


def difference(shown: Shown, before: str, after: str, judging: Judging) -> Difference:
    """The paired difference between two models, as the Ledger has it."""
    pair = compared(before, after)
    found = {key: scores(shown, key, judging) for key in (before, after)}
    stands_on = (*versions(shown, before), *versions(shown, after))
    make = lambda: ledger(found, shown.dataset, judging.protocol, steps=(pair,))[0].difference  # noqa: E731
    return kept(("difference", judging, *stands_on), make)


def mean_difference(shown: Shown, before: tuple[str, ...], after: tuple[str, ...]) -> Figure:
    """How far mAP rises from (model, words) to another, query by query, with its paired 95 % interval over landmarks."""
    judged = [(one[0], read_judging(one[1:])) for one in (before, after)]
    found_aps = [{score.query_id: score.ap(judging.protocol) for score in scores(shown, model, judging)} for model, judging in judged]
    first, second = ([one.get(query.id) for query in shown.dataset.queries] for one in found_aps)
    key = ("mean difference", *(part for model, judging in judged for part in (judging, *versions(shown, model))))
    found = kept(key, lambda: compare(first, second, [query.label for query in shown.dataset.queries]))
    alike = judged[0][1] == judged[1][1]
    names = [model if alike else f"{model}, {judging.title}" for model, judging in judged]
    title = f"m{judged[0][1].title if alike else 'AP'} from {names[0]} to {names[1]}"
    again = _ledger_command(shown, judged[0][0], judged[1][0], judged[0][1]) if alike else ""
    return in_points(found.points, found.low, found.high, title, again)


def in_percent(value: float, low: float | None, high: float | None, title: str, command: str = "") -> Figure:
    """As in "45.0 % [38.2, 51.3]"."""
    between = "" if low is None or high is None else f" [{low:.1f}, {high:.1f}]"
    return Figure(f"{value:.1f} %{between}", value, low, high, command, title=title, unit=PERCENT)


def in_points(value: float, low: float, high: float, title: str, command: str = "") -> Figure:
    """As in "+8.8 points [6.0, 12.1]"."""
    shown = [round(one, 1) + 0.0 for one in (value, low, high)]  # + 0.0: no "-0.0"
    return Figure("{:+.1f} points [{:.1f}, {:.1f}]".format(*shown), value, low, high, command, title=title, unit=POINTS)


def counting(number: int, title: str, command: str = "") -> Figure:
    """As in "5,063"."""
    return Figure(f"{number:,}", float(number), command=command, title=title, unit="")


def _ranks(shown: Shown, model: str, query: str) -> tuple[np.ndarray, int, str]:
    scored(shown, model)
    asked = find_query(shown, query)
    if not asked.positives:
        raise NotHere(f"The query {asked.id!r} has no positives to find. Choose another query.")
    return positive_ranks(ranking(shown, model, asked).ids, asked.positives, asked.junk), len(asked.positives), asked.id


def _depth(k: str) -> int:
    if not (k.isascii() and k.isdigit() and int(k[:9]) > 0):
        raise RetrievalError(f"{k[:40]!r} is no number of places. Write a whole number from 1, as 10.")
    return int(k[:9])


def _ledger_command(shown: Shown, before: str, after: str, judging: Judging) -> str:
    again = command(shown, "ledger", "--compare", f"{before},{after}", "--protocol", judging.protocol)
    return again if judging.as_stored else ""
