"""How many photographs, queries and landmarks there are, and names of the data that a text or an address needs."""

from retrieval_core.datasets.no_precision import why_no_precision
from retrieval_core.errors import check_choice
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.evaluation.clusters import NEAREST
from retrieval_core.evaluation.report_2019 import REPORT, REPORT_PROTOCOL
from retrieval_core.evaluation.tables import query_numbers
from retrieval_core.lessons.chosen_queries import find_query, scored_keys
from retrieval_core.lessons.cluster_figures import landmark_shares, outlier_list
from retrieval_core.lessons.precision_figures import counting, in_percent
from retrieval_core.lessons.reading import NotHere, command
from retrieval_core.lessons.shown import Figure, Shown


def photographs(shown: Shown) -> Figure:
    """How many photographs the dataset has."""
    return counting(len(shown.dataset.images), f"photographs of {shown.dataset_name}", _look(shown))


def labelled(shown: Shown) -> Figure:
    """How many of them are labelled with a landmark."""
    return counting(len(shown.dataset.labelled), "labelled photographs", _look(shown))


def unlabelled(shown: Shown) -> Figure:
    """How many have no label."""
    return counting(sum(image.label is None for image in shown.dataset.images), "unlabelled photographs", _look(shown))


def landmarks(shown: Shown) -> Figure:
    """How many landmarks the labelled show."""
    return counting(len(shown.dataset.labels), "landmarks", _look(shown))


def queries(shown: Shown) -> Figure:
    """How many queries there are."""
    return counting(len(shown.dataset.queries), "queries", _look(shown))


def positives(shown: Shown, query: str) -> Figure:
    """How many photographs answer a query: good and ok."""
    asked = find_query(shown, query)
    return counting(len(asked.positives), f"positives of {asked.id}")


def junk(shown: Shown, query: str) -> Figure:
    """How many photographs of a query count neither way."""
    asked = find_query(shown, query)
    return counting(len(asked.junk), f"junk of {asked.id}")


def query(shown: Shown, name: str) -> Figure:
    """The id of a query."""
    return Figure(find_query(shown, name).id, title="query")


def number(shown: Shown, name: str) -> Figure:
    """The number of a query, from 0, by which the report names it."""
    asked = find_query(shown, name).id
    return counting(query_numbers(shown.dataset)[asked], f"number of the query {asked}")


def picture(shown: Shown, name: str) -> Figure:
    """The id of the photograph that a query is cut from."""
    return Figure(find_query(shown, name).image_id, title="photograph of the query")


def landmark(shown: Shown, which: str, model: str) -> Figure:
    """The name of the landmark that holds together best, or worst, under a model."""
    check_choice("word", which, ("best", "worst"))
    shares = landmark_shares(shown, model)
    return Figure(shares[0 if which == "worst" else -1][0], title=f"landmark that holds together {which} under {model}",
                  command=command(shown, "clusters", "--models", model, "--show", "landmarks"))  # fmt: skip


def outlier(shown: Shown, model: str) -> Figure:
    """The id of the photograph with the least of its own landmark around it."""
    found = outlier_list(shown, model)
    if not found:
        raise NotHere(f"Under {model} no labelled photograph lies among others, by its {NEAREST} nearest.")
    return Figure(found[0].image_id, title=f"photograph that lies most among others under {model}",
                  command=command(shown, "clusters", "--models", model, "--show", "outliers"))  # fmt: skip


def dataset(shown: Shown) -> Figure:
    """The name of the dataset."""
    return Figure(shown.dataset_name, title="dataset")


def run(shown: Shown) -> Figure:
    """The name of the run."""
    return Figure(shown.run, title="run")


def reported(shown: Shown, model: str) -> Figure:
    """The mean AP that the 2019 report has of a model: of eleven queries of Oxford5k, whatever is on show."""
    _, value = REPORT[check_choice("model of the report", model, REPORT)]
    return in_percent(value, None, None, f"m{PROTOCOL_TITLES[REPORT_PROTOCOL]} of {model} in the 2019 report")


def best(shown: Shown) -> Figure:
    """The key of the model of the table with the highest mAP (Oxford)."""
    keys = scored_keys(shown)
    if not keys:
        raise NotHere(why_no_precision(shown.workspace, shown.dataset))
    means = {key: shown.results(key).score_file["map_oxford"] for key in keys}
    return Figure(max(keys, key=means.__getitem__), title="model with the highest mAP (Oxford)", command=command(shown, "evaluate"))


def _look(shown: Shown) -> str:
    return shown.workspace.command("data", "list")
