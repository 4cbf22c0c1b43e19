"""What tests of the pages look at: what is said, what the browser is given, and the work that a page began."""

import json
import time

from retrieval_core.runs import jobs
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import Workspace

NAMES = ("Start", "Map", "Query", "Compare", "Ledger", "Failures", "Unlabelled", "Duplicates", "Laboratory", "Lesson")
PAGES = {name: f"pages/{name.lower()}.py" for name in NAMES}


def texts(elements) -> str:
    """All that some elements say."""
    return " ".join(str(element.value) for element in elements)


def button(app, label: str):
    """The button of this label."""
    return next(one for one in app.button if one.label == label)


def views(app) -> dict:
    """What the browser is given, by kind; the map and the home are of one of their own."""
    found = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return {view.get("kind", "map" if "shared" in view else "home"): view for view in found}


def shared(app) -> dict:
    """What the map in the browser is told."""
    return views(app)["map"]


def stored(cache, model: str, dataset: str = "town", run: str = "quick") -> Results:
    """What there is of a model."""
    return open_results(Workspace(cache), dataset, run, model)


def end_of_work(cache, place: str = "look", limit: float = 300) -> jobs.JobState:
    """The work of a place once it has ended."""
    deadline = time.monotonic() + limit
    while (job := jobs.current(Workspace(cache), place)) is None or job.state == "running":
        assert time.monotonic() < deadline, f"the work does not end: {job}"
        time.sleep(0.2)
    return job
