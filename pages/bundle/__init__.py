"""A bundle: what can be explored of a run, in one HTML file that opens by a double click, without the app and without a network."""

from collections.abc import Generator
from datetime import date
from pathlib import Path

from pages.bundle import lessons, maps, page, precision, rankings
from pages.bundle.arrays import LEVELS, Arrays
from pages.bundle.asked import Asked
from pages.bundle.pictures import pictures
from pages.state import loaders
from pages.state.model_metrics import OWN
from pages.web.bundle.messages import Bundle, Model
from pages.web.scene_points import is_tiled
from pages.widgets import style
from retrieval_core import __version__
from retrieval_core.datasets.no_precision import why_no_precision
from retrieval_core.errors import RetrievalError, room_needed
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.progress import Progress
from retrieval_core.projection.pivots import MOST_WHOLE
from retrieval_core.workspace import publish, temporary_name

ROOM = 19_500_000
"""Bytes that a bundle takes, about; photographs are made as large as find room in it."""


def write(out: Path, asked: Asked) -> Generator[Progress, None, int]:
    """Write a bundle whole or not at all, and return its bytes. RetrievalError where something that it holds is missing."""
    if out.is_dir():
        raise RetrievalError(f"{out} is a folder. Name a file, as in lesson.html.")
    content, arrays = yield from _gathered(asked)
    rest = len(page.whole("", content, arrays.data, {}))
    shown = yield from pictures(asked, ROOM - rest)
    content["pictures"] = list(shown)
    text = page.whole(f"{asked.dataset_name}, run {asked.run}", content, arrays.data, shown)
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(out)
    with room_needed(out):
        try:
            temporary.write_text(text, encoding="utf-8")
            publish(temporary, out)
        finally:
            temporary.unlink(missing_ok=True)
    return out.stat().st_size


def _gathered(asked: Asked) -> Generator[Progress, None, tuple[Bundle, Arrays]]:
    """All but the pictures."""
    yield Progress("read", 0, len(asked.models))
    if is_tiled(len(asked.dataset.images)):
        count = len(asked.dataset.images)
        raise RetrievalError(f"A bundle holds all of a map, and {asked.dataset_name} has {count:,} photographs: one file takes at most "
                             f"{MOST_WHOLE:,}. Make it of a part of them.")  # fmt: skip
    _ = asked.states
    told = yield from lessons.lessons(asked)
    arrays, scenes = Arrays(), maps.scenes(asked)
    truth = maps.truth(asked)
    for method in scenes:
        maps.add_places(arrays, asked, method)
    widths = set()
    for number, model in enumerate(asked.models):
        yield Progress("read", number, len(asked.models), model)
        widths.add(maps.add_neighbours(arrays, asked, model))
    colourings, values = maps.colourings(asked, scenes)
    ranked = yield from rankings.rank(asked)
    answers = rankings.add_heads(arrays, asked, ranked) if asked.dataset.queries else 0
    yield Progress("score", 0, 1)
    ledgers = precision.ledgers(asked)
    workspace = loaders.workspace()
    command = workspace.command("bundle", "OUT.html", "--dataset", asked.dataset_name, "--run", asked.run, "--models",
                                ",".join(asked.models), *([] if asked.photographs else ["--no-photographs"]))  # fmt: skip
    content: Bundle = {
        "kind": "bundle",
        "about": {
            "dataset": asked.dataset_name, "run": asked.run, "made": date.today().isoformat(), "version": __version__, "levels": LEVELS,
            "neighbours": max(widths, default=0), "answers": answers, "photographs": asked.photographs,
            "command": asked.said(command),
            "protocols": dict(PROTOCOL_TITLES), "own": dict(OWN),
            "why_no_precision": "" if asked.scored else asked.said(why_no_precision(workspace, asked.dataset)),
        },
        "models": [_model(asked, model) for model in asked.models],
        "components": {name: page.component(name) for name in page.COMPONENTS}, "css": page.style(),
        "truth": truth, "rows": rankings.rows(asked), "scored": list(asked.scored), "landmarks": list(asked.dataset.labels),
        "arrays": arrays.held, "pictures": [], "ids": list(asked.numbers), "labels": maps.label_numbers(asked),
        "scenes": scenes, "projections": maps.titles(scenes), "colourings": colourings, "values": values,
        "queries": rankings.queries(asked, ranked) if asked.dataset.queries else {},
        "precision": precision.tables(asked, ranked), "ledger": ledgers, "moved": precision.moved(asked, ranked, ledgers),
        "lessons": told,
    }  # fmt: skip
    yield Progress("score", 1, 1)
    return content, arrays


def _model(asked: Asked, key: str) -> Model:
    results = asked.results(key)
    return {
        "key": key, "title": maps.title_of(asked, key), "colour": style.model_colour(key),
        "recipe": asked.said(loaders.recipe_in_words(asked.states[key].recipe)).replace("`", ""),
        "command": asked.said(results.command), "hashes": loaders.hashes_of(results),
    }  # fmt: skip
