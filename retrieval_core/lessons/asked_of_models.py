"""Questions about models and queries: which model wins, where the first wrong answer stands, whether a difference is significant."""

import shlex

from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.ledger import ALL_STEPS
from retrieval_core.evaluation.significance import EQUAL
from retrieval_core.lessons.asking import Asking
from retrieval_core.lessons.chosen_queries import aps, scored_keys
from retrieval_core.lessons.figures import figure
from retrieval_core.lessons.posed import Option, Posed
from retrieval_core.lessons.precision_figures import difference, first_wrong
from retrieval_core.lessons.reading import NotHere, read_judging


def wins(asking: Asking) -> Posed:
    """Which model answers a query with the highest AP; the query is the one whose AP differs most where none is named."""
    shown = asking.shown
    models = [key for key in asking.word("models").replace(",", " ").split() if key] or scored_keys(shown)
    query = asking.query("differ")
    judging = read_judging(tuple(filter(None, [asking.word("protocol", "protocol")])))
    found = {key: 100 * aps(shown, key, judging)[query.id] for key in models if query.id in aps(shown, key, judging)}
    if len(found) < 2:
        raise NotHere(f"Two models with an AP of {query.id!r} are needed, and there are {len(found)}. Run: "
                      + shown.workspace.command("run", "--dataset", shown.dataset_name))  # fmt: skip
    most = max(found.values())
    ranked = sorted(found.items(), key=lambda row: -row[1])
    return Posed(
        f"Which model finds most for {query.id}?", tuple(Option(key) for key in found),
        tuple(number for number, value in enumerate(found.values()) if most - value <= 100 * EQUAL),
        why=f"{judging.title} of {query.id}: " + ", ".join(f"{key} {value:.1f} %" for key, value in ranked) + ".",
        photographs=(query.image_id,),
    )  # fmt: skip


def first_wrong_one(asking: Asking) -> Posed:
    """At which rank the first wrong answer stands; of a query in the middle of the model's where none is named."""
    model = asking.model
    query = asking.query(f"middle:{model}")
    rank = first_wrong(asking.shown, model, query.id)
    ap = figure(asking.shown, shlex.join(["ap", model, query.id]))
    return Posed(
        f"At which rank does {model} give its first wrong answer to {query.id}?", value=rank.value, unit="rank",
        why=f"The first wrong answer stands at rank {rank.words}, junk not counted; {ap.title or 'AP'}: {ap.words or 'none'}.",
        photographs=(query.image_id,),
    )  # fmt: skip


def significant(asking: Asking) -> Posed:
    """Whether two models differ by more than chance, as the Ledger says it."""
    before, after = _pair(asking)
    judging = read_judging(tuple(filter(None, [asking.word("protocol", "protocol")])))
    found = difference(asking.shown, before, after, judging)
    answer = 2 if not found.significant else 0 if found.points > 0 else 1
    return Posed(
        f"Does {after} find more than {before}, and is that more than chance?",
        (Option(f"yes, {after} finds more"), Option(f"no, {before} finds more"), Option("it may be chance")), (answer,),
        why=f"m{judging.title} from {before} to {after}: {found.words}. {found.better} queries are better, {found.worse} worse, "
            f"{found.equal} equal.",
    )  # fmt: skip


def number(asking: Asking) -> Posed:
    """A figure that is estimated; the nearest estimate is the best."""
    name = asking.word("figure")
    if not name:
        raise RetrievalError("A question of the kind number needs the figure that is estimated, as in question: {kind: number, figure: map 1d}.")
    found = figure(asking.shown, name)
    if found.missing:
        raise NotHere(found.missing)
    if found.value is None:
        raise RetrievalError(f"{name!r} is a name, and can't be estimated. Choose a figure with a number, as map 1d.")
    return Posed(f"What do you estimate: {found.title}?", value=found.value, unit=found.unit, why=f"{found.title}: {found.words}.")


def _pair(asking: Asking) -> tuple[str, str]:
    before, after = asking.word("before", "before"), asking.word("after", "after")
    if before and after:
        return before, after
    wanted = asking.word("step", "step")
    found = next(((step.before, step.after) for step in ALL_STEPS if wanted == f"{step.before}-{step.after}"), None)
    if found is None:
        raise RetrievalError("A question of the kind significant needs two models, as in question: {kind: significant, before: 1c, after: 1d}.")
    return found
