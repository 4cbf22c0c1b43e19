"""The pictures of the page Start, all of it from what is stored: a small map of every model, a few queries, the Ledger in small."""

from urllib.parse import quote

from pages.state import link, loaders, model_metrics, rankings
from pages.web import home as drawn
from pages.web import map_scene, scene_rankings
from pages.web.map_choice import MapChoice
from pages.widgets import gallery, style
from retrieval_core.datasets.catalog import BUILT_IN
from retrieval_core.datasets.parallel_rendering import newest_pictures
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, Score
from retrieval_core.evaluation.ledger import LedgerStep
from retrieval_core.evaluation.telling_queries import best_to_worst, most_gained
from retrieval_core.presets import RUN_ORDER, get_preset
from retrieval_core.projection.maps import METHODS
from retrieval_core.runs.jobs import JobState
from retrieval_core.runs.plan import MAPS
from retrieval_core.stored.ranking import query_pictures

QUERIES = 3
ANSWERS = 8
ON_THE_WALL = 48
METHOD, SUBSET, _ = MAPS[0]  # the map that a run makes first, of every model
Scores = dict[str, list[Score]]


def show() -> None:
    """Draw all that there is of the chosen dataset and run, and follow a click."""
    dataset = loaders.dataset()
    scores = {key: loaders.results(key).scores for key in model_metrics.scored_models()}
    view: drawn.View = {"maps": maps(), "said": {"maps": map_words()}}
    if (ends := _ends(scores)) is not None:
        view["queries"], view["said"]["queries"] = queries(dataset, scores, *ends)
        if entries := model_metrics.bought(link.get("protocol")):
            view["steps"] = [step(entry) for entry in entries]
            view["said"]["steps"] = "Points of mAP, with a 95 % interval over landmarks; pale where not significant at 5 %."
    follow(drawn.show_home(view, "home"), ends)


def show_making(job: JobState) -> None:
    """What a run makes, while it makes it: the photographs as they are rendered, each model's map and mAP in the order they come in."""
    made = maps(_doing(job))
    made["models"].sort(key=lambda model: RUN_ORDER.index(model["key"]) if model["key"] in RUN_ORDER else len(RUN_ORDER))
    view: drawn.View = {"maps": made, "said": {"maps": map_words()}}
    name = job.stage.removeprefix("build ")
    if job.stage.startswith("build ") and name in BUILT_IN and job.total:
        root = loaders.workspace().folder(name) / "photographs"
        newest = [path.relative_to(root).as_posix() for path in newest_pictures(root, ON_THE_WALL)]
        view["wall"] = {"name": name, "done": job.done, "total": job.total,
                        "newest": [{"id": one, "src": f"files/rendered/{name}/{quote(one)}"} for one in newest]}  # fmt: skip
    follow(drawn.show_home(view, "making"), None)


def maps(doing: dict[str, str] | None = None) -> drawn.Maps:
    """Every model that can have a map, with it and its mAP; `doing` says of a model that is not ready what is being made of it."""
    name, states = link.get("dataset"), loaders.model_states()
    places, labels, hues = {}, None, []
    if any(state.explorable for state in states):
        dataset = loaders.dataset()
        places = map_scene.places_addresses(name, MapChoice(link.get("run"), METHOD, SUBSET))
        labels = f"files/labels/{name}?subset={SUBSET}&v={scene_rankings.members_version(dataset, SUBSET)}"
        hues = [style.hue(dataset.labels, label) for label in dataset.labels]
    models: list[drawn.Model] = [{
        "key": state.key, "title": state.title, "colour": style.model_colour(state.key), "map": _mean(state),
        "places": places.get(state.key), "doing": (doing or {}).get(state.key, ""),
    } for state in states if get_preset(state.key).has_vector]  # fmt: skip
    return {"models": models, "labels": labels, "hues": hues, "protocol": PROTOCOL_TITLES[link.get("protocol")]}


def map_words() -> str:
    """What the small maps show."""
    method = METHODS[METHOD].title
    shown = f"{method} of each model's descriptors: a point is a photograph, in the colour of its landmark or grey if unlabelled"
    return f"{shown}; how far clusters are apart means nothing. Bars: mAP, {PROTOCOL_TITLES[link.get('protocol')]}, in percent."


def queries(dataset: Dataset, scores: Scores, weakest: str, best: str) -> tuple[list[drawn.Query], str]:
    """A few queries under the weakest and the best model, and the words that say how they were chosen."""
    protocol = link.get("protocol")
    if weakest == best:
        chosen = best_to_worst(scores[best], dataset, protocol)
        rule = f"The query with the highest AP under {best}, one in the middle, and the one with the lowest"
    else:
        chosen = most_gained(scores[weakest], scores[best], dataset, protocol, QUERIES)
        rule = f"The queries that gain most from {weakest}, the weakest model, to {best}, the best; one of each landmark"
    words = (f"{rule}. {PROTOCOL_TITLES[protocol]} in percent. The first {ANSWERS} answers without the query's own photograph: ✓ good, "
             "~ ok, ∅ junk (not counted), ✗ wrong, ? unlabelled (counts as wrong).")  # fmt: skip
    drawn_queries: list[drawn.Query] = [{
        "id": query.id, "src": f"files/crop/{dataset.name}/{quote(query.id)}?v={dataset.photographs[:12]}",
        "strips": [_strip(dataset, query, model, scores[model]) for model in dict.fromkeys((weakest, best))],
    } for query in chosen]  # fmt: skip
    return drawn_queries, words


def step(entry: LedgerStep) -> drawn.Step:
    """A step of the Ledger as it is drawn in small."""
    before, after, difference = entry.step.before, entry.step.after, entry.difference
    return {
        "name": f"{before}-{after}", "change": entry.step.change, "before": before, "after": after, "points": difference.points,
        "low": difference.low, "high": difference.high, "significant": difference.significant, "words": difference.words,
    }  # fmt: skip


def follow(event: dict | None, ends: tuple[str, str] | None) -> None:
    """Go where a click leads; a query opens under the weakest and the best model, side by side."""
    if event is None:
        return
    if "map" in event:
        link.put(model=event["map"], method=METHOD, subset=SUBSET, settings="", seed="0", view="")
        link.go("map.py")
    if "query" in event:
        weakest, best = ends
        link.put(query=event["query"], photo="", box="", model=best, versus=weakest, strips="two" if weakest != best else "one",
                 show="ranking")  # fmt: skip
        link.go("query.py")
    if "step" in event:
        link.put(step=event["step"])
        link.go("ledger.py")


def _strip(dataset: Dataset, query: Query, model: str, scores: list[Score]) -> drawn.Strip:
    _, asked = loaders.results(model).descriptors
    [picture] = query_pictures(dataset, [query.id])
    one = lambda: rankings.Asked(asked.rows([query.id]), picture, query.id)  # noqa: E731
    ids, similarities = rankings.ranking(model, one, f"query {query.id} {query.box}")
    first = [image_id for image_id in ids[: ANSWERS + 1] if image_id != query.image_id][:ANSWERS]
    cards = gallery.result_cards(dataset, query, first, similarities[: len(first)])
    ap = next(score for score in scores if score.query_id == query.id).ap(link.get("protocol"))
    drawn_cards: list[drawn.Card] = [
        {"id": card["id"], "src": card["src"], "rank": card["rank"], "word": card["word"]} for card in cards
    ]
    return {"model": model, "colour": style.model_colour(model), "ap": 100 * ap, "cards": drawn_cards}


def _doing(job: JobState) -> dict[str, str]:
    """What the run makes of the model that comes next, if it is the run that is shown."""
    words = dict(zip(job.arguments, job.arguments[1:], strict=False))
    if words.get("--dataset", link.DEFAULTS["dataset"]) != link.get("dataset"):
        return {}
    asked = words["--models"].split(",") if "--models" in words else RUN_ORDER
    ready = loaders.explorable_models()
    return dict.fromkeys([key for key in asked if key not in ready][:1], f"{job.stage} …")


def _ends(scores: Scores) -> tuple[str, str] | None:
    """The weakest and the best model by mAP; None where no model has one."""
    means = {state.key: mean for state in loaders.model_states() if state.key in scores and (mean := _mean(state)) is not None}
    return (min(means, key=means.get), max(means, key=means.get)) if means else None


def _mean(state) -> float | None:
    return state.map_oxford if link.get("protocol") == "oxford" else state.map_finite_sum
