"""Figures of how landmarks lie in descriptor space, with intervals over landmarks; and paired from one model to another."""

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.cluster_tables import (
    HIGH,
    LOW,
    OUTLIERS,
    OWN,
    OWN_ALL,
    SEPARATION,
    SILHOUETTE,
    SILHOUETTE_ALL,
    SPREAD,
    UNLABELLED,
    Measure,
    landmark_table,
    model_table,
)
from retrieval_core.evaluation.clusters import MOSTLY, NEAREST, Clusters, Outlier, check_clusters, outliers
from retrieval_core.evaluation.density_clusters import Agreement
from retrieval_core.evaluation.significance import compare
from retrieval_core.lessons.memory import kept
from retrieval_core.lessons.precision_figures import counting, in_percent
from retrieval_core.lessons.reading import NotHere, command, described, versions
from retrieval_core.lessons.shown import Figure, Shown
from retrieval_core.stored.clusters import agreements, measured, read_clusters

WITH = "all"  # the word behind a figure that counts the unlabelled in
_OF = {
    "own": (OWN, OWN_ALL, f"share of its own landmark among the {NEAREST} nearest of a photograph"),
    "silhouette": (SILHOUETTE, SILHOUETTE_ALL, "silhouette of the landmarks"),
    "separation": (SEPARATION, None, "separation of the labelled from the unlabelled"),
    "outliers": (OUTLIERS, None, f"share of photographs with mostly other landmarks among their {NEAREST} nearest"),
    "strangers": (UNLABELLED, None, f"share of unlabelled among the {NEAREST} nearest of a labelled photograph"),
    "spread": (SPREAD, None, "mean distance within a landmark"),
}  # fmt: skip


def of_measure(name: str):
    """A figure of one of the measures of Compare → Clusters; for `own` and `silhouette` also with the unlabelled, by the word all."""

    def figure(shown: Shown, model: str, among: str = "") -> Figure:
        measure, title = _chosen(name, among)
        found = clusters_of(shown, model)
        table = kept(("clusters table", *versions(shown, model)), lambda: model_table({model: found}))
        value, low, high = (float(table.loc[model, measure.title + end]) for end in ("", LOW, HIGH))
        if value != value:
            raise NotHere(f"There is nothing to measure here: {title} takes photographs of both kinds.")
        return _worded(measure, value, low, high, f"{title} under {model}", _command(shown, model))

    return figure


def of_difference(name: str):
    """How far that figure rises from (model, word) to another, photograph by photograph, with its paired interval over landmarks."""

    def figure(shown: Shown, before: tuple[str, ...], after: tuple[str, ...]) -> Figure:
        chosen = [_chosen(name, *one[1:]) for one in (before, after)]
        values = [measure.values(clusters_of(shown, one[0])) for one, (measure, _) in zip((before, after), chosen, strict=True)]
        labels = clusters_of(shown, before[0]).labels
        stands_on = (*versions(shown, before[0]), *versions(shown, after[0]))
        found = kept(("clusters difference", name, before, after, *stands_on), lambda: compare(*values, labels))
        unit = chosen[0][0].unit / 100
        points, low, high = (one * unit for one in (found.points, found.low, found.high))
        text = lambda one: chosen[0][0].text(one, True)  # noqa: E731
        said = f"{text(points)}{' points' if unit == 1 else ''} [{text(low)}, {text(high)}]"
        title = f"{chosen[0][1]}, from {' '.join(before)} to {' '.join(after)}"
        return Figure(said, points, low, high, _command(shown, before[0], after[0]), title=title, unit="points" if unit == 1 else "")

    return figure


def clustered(shown: Shown, model: str) -> Figure:
    """How many landmarks hold together: mostly their own among the nearest labelled of their photographs."""
    shares = landmark_shares(shown, model)
    return counting(sum(share >= 100 * MOSTLY for _, share in shares), f"landmarks that hold together under {model}",
                    _command(shown, model, show="landmarks"))  # fmt: skip


def share_of(shown: Shown, landmark: str, model: str) -> Figure:
    """Share of a landmark's own among the nearest labelled of its photographs; or of its best or worst landmark."""
    shares = landmark_shares(shown, model)
    place = {"worst": 0, "best": -1}.get(landmark)
    name, value = shares[place] if place is not None else next((row for row in shares if row[0] == landmark), ("", 0.0))
    if not name:
        raise NotHere(f"{shown.dataset_name} has no landmark {landmark!r} of two photographs or more.")
    return in_percent(value, None, None, f"share of {name} among the {NEAREST} nearest labelled of its photographs under {model}",
                      _command(shown, model, show="landmarks"))  # fmt: skip


def information(shown: Shown, model: str, among: str = "") -> Figure:
    """How well clusters that are found without a label agree with landmarks: NMI, 0 to 1."""
    _check(among)
    value = _agreement(shown, model, among).information
    if value is None:
        raise NotHere("There is no labelled photograph to compare clusters with.")
    return Figure(f"{value:.2f}", value, title=f"NMI of clusters and landmarks under {model}{_with(among)}",
                  command=_command(shown, model), unit="")  # fmt: skip


def dense(shown: Shown, model: str, among: str = "") -> Figure:
    """How many clusters are found without a label."""
    _check(among)
    found = _agreement(shown, model, among)
    return counting(found.clusters, f"clusters found without a label under {model}{_with(among)}", _command(shown, model))


def landmark_shares(shown: Shown, model: str) -> list[tuple[str, float]]:
    """Each landmark with the share of its own, percent, the one that holds together least first."""
    found = clusters_of(shown, model)
    table = kept(("landmark table", *versions(shown, model)), lambda: landmark_table(found))
    return [(str(name), float(value)) for name, value in table[OWN.title].items()]


def outlier_list(shown: Shown, model: str) -> list[Outlier]:
    """The photographs of a model that lie among others, the worst first."""
    return outliers(clusters_of(shown, model))


def clusters_of(shown: Shown, model: str) -> Clusters:
    """How the landmarks lie under a model. NotHere: neighbour lists are missing, or nothing can be measured."""
    results = described(shown, model)
    if not results.preset.has_vector:
        raise NotHere(f"{model} makes sets of visual words, and no vectors: there are no clusters of them. Choose another model.")
    try:
        check_clusters(shown.dataset)
    except RetrievalError as error:
        raise NotHere(str(error)) from error
    found = kept(("clusters", *versions(shown, model)), lambda: measured(results, NEAREST))
    if found is None:
        raise NotHere(f"The clusters of {model} are not looked for yet. Run: {_command(shown, model)}")
    return found


def _agreement(shown: Shown, model: str, among: str) -> Agreement:
    clusters_of(shown, model)
    results = described(shown, model)
    stored = read_clusters(results)
    if stored is None:
        raise NotHere(f"The clusters of {model} are not looked for yet. Run: {_command(shown, model)}")
    return kept(("agreement", *versions(shown, model), stored.version), lambda: agreements(results, stored))[
        "all" if among else "labelled"]  # fmt: skip


def _chosen(name: str, among: str = "") -> tuple[Measure, str]:
    plain, with_unlabelled, title = _OF[name]
    _check(among)
    if among and with_unlabelled is None:
        raise RetrievalError(f"{name} counts the unlabelled as it is. Leave the word {WITH} out.")
    return with_unlabelled if among else plain, f"{title}{_with(among)}"


def _check(among: str) -> None:
    if among:
        check_choice("word", among, (WITH,))


def _with(among: str) -> str:
    return ", unlabelled among them" if among else ""


def _worded(measure: Measure, value: float, low: float, high: float, title: str, again: str) -> Figure:
    if measure.unit == 100:
        return in_percent(value, low, high, title, again)
    said = f"{measure.text(value)} [{measure.text(low)}, {measure.text(high)}]"
    return Figure(said, value, low, high, again, title=title)


def _command(shown: Shown, *models: str, show: str = "models") -> str:
    more = ("--show", show) if show != "models" else ()
    return command(shown, "clusters", "--models", ",".join(dict.fromkeys(models)), *more)
