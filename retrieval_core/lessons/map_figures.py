"""Figures of a model's usual map: how much of the neighbourhoods in descriptor space it keeps."""

from retrieval_core.errors import check_choice
from retrieval_core.lessons.precision_figures import in_percent
from retrieval_core.lessons.reading import NotHere, command, described
from retrieval_core.lessons.shown import Figure, Shown
from retrieval_core.projection.maps import METHODS
from retrieval_core.stored.artefacts import SUBSETS, map_choice
from retrieval_core.workspace import Record


def overlap(shown: Shown, model: str, *words: str) -> Figure:
    """Mean share of a photograph's nearest neighbours that are near on the map too."""
    quality, title, again = _quality(shown, model, words)
    return in_percent(100 * quality["knn_overlap"], None, None, f"nearest {quality['neighbours']} that {title} keeps", again)


def trust(shown: Shown, model: str, *words: str) -> Figure:
    """Trustworthiness: 1 if all that is near on the map is near in truth."""
    quality, title, again = _quality(shown, model, words)
    value = quality["trustworthiness"]
    return Figure(f"{value:.2f}", value, command=again, title=f"trustworthiness of {title}")


def usual_map(subset: str = "all", method: str = "tsne") -> dict:
    """The choice of the map that a page shows where nothing else is chosen."""
    return map_choice(method, subset, None, 0)


def map_command(shown: Shown, model: str, choice: dict) -> str:
    """The command that makes a map."""
    subset = () if choice["subset"] == "all" else ("--subset", choice["subset"])
    return command(shown, "project", "--models", model, "--method", choice["method"], *subset)


def _quality(shown: Shown, model: str, words: tuple[str, ...]) -> tuple[dict, str, str]:
    for word in words:
        check_choice("word", word, (*METHODS, *SUBSETS))
    method = next((word for word in words if word in METHODS), "tsne")
    choice = usual_map(next((word for word in words if word in SUBSETS), "all"), method)
    record: Record | None = described(shown, model).map_record(choice)
    again = map_command(shown, model, choice)
    if record is None:
        raise NotHere(f"{METHODS[method].title} of {model} is not made yet. Run: {again}")
    alone = "" if choice["subset"] == "all" else " of the labelled alone"
    return dict(record.notes["quality"]), f"the map of {model}{alone} ({METHODS[method].title})", again
