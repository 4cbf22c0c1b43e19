"""Which query a lesson means: by its id, by its number, or by a rule that picks a telling one, always the same from the same run."""

import re
from collections.abc import Mapping, Sequence

from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.telling_queries import best_to_worst, most_gained
from retrieval_core.lessons.reading import Judging, NotHere, scores
from retrieval_core.lessons.shown import Shown
from retrieval_core.presets import PRESETS
from retrieval_core.stored.model_states import model_states

FORMS = "its id, number:16 for the one of this number from 0, best:MODEL, middle:MODEL, worst:MODEL, gained:MODEL:MODEL, lost:MODEL:MODEL or differ"
"""How a query is named."""


def find_query(shown: Shown, name: str) -> Query:
    """The query that is meant, see FORMS. NotHere where the dataset has none such; an id of the dataset always is an id."""
    queries = shown.dataset.queries
    if not queries:
        raise NotHere(f"{shown.dataset_name} has no queries: it was added without a ground truth. Choose a dataset with one.")
    if found := next((query for query in queries if query.id == name), None):
        return found
    if re.fullmatch("number:[0-9]{1,9}", name):
        number = int(name.partition(":")[2])
        if number >= len(queries):
            raise NotHere(f"{shown.dataset_name} has {len(queries)} queries, numbered from 0, and none of number {number}.")
        return queries[number]
    rule, *models = name.split(":")
    if rule == "differ" and not models:
        return most_different(shown, scored_keys(shown))
    if rule in ("best", "middle", "worst") and len(models) == 1:
        ranked = best_to_worst(scores(shown, models[0], Judging()), shown.dataset, Judging().protocol)
        return {"best": ranked[0], "middle": ranked[len(ranked) // 2], "worst": ranked[-1]}[rule]
    if rule in ("gained", "lost") and len(models) == 2:
        before, after = models if rule == "gained" else models[::-1]
        both = (scores(shown, key, Judging()) for key in (before, after))
        return most_gained(*both, shown.dataset, Judging().protocol, 1)[0]
    raise NotHere(f"{shown.dataset_name} has no query {name!r}. A query is named by {FORMS}.")


def most_different(shown: Shown, models: Sequence[str]) -> Query:
    """The query whose AP differs most between the models; of equal ones the first. NotHere where no two models have scores."""
    if len(models) < 2:
        raise NotHere(f"Two models with scores are needed, and there {'is one' if models else 'are none'}. Run: "
                      + shown.workspace.command("run", "--dataset", shown.dataset_name))  # fmt: skip
    found = [aps(shown, key) for key in models]
    spread = {query_id: max(one[query_id] for one in found) - min(one[query_id] for one in found) for query_id in found[0]}
    return max((query for query in shown.dataset.queries if query.id in spread), key=lambda query: spread[query.id])


def aps(shown: Shown, model: str, judging: Judging | None = None) -> Mapping[str, float]:
    """AP, 0 to 1, of each query that has one, by id."""
    used = judging or Judging()
    return {score.query_id: ap for score in scores(shown, model, used) if (ap := score.ap(used.protocol)) is not None}


def scored_keys(shown: Shown) -> list[str]:
    """The models of the table that have scores here, in its order."""
    try:
        states = model_states(shown.workspace, shown.dataset_name, shown.run)
    except RetrievalError:
        return []
    return [state.key for state in states if state.key in PRESETS and state.explorable and state.map_oxford is not None]
