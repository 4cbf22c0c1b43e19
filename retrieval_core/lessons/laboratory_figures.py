"""Figures that were measured on request: knobs, robustness, feedback, and labelled against unlabelled."""

import math

from retrieval_core.descriptors.changes import CHANGES
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.knobs import CROPS, KNOBS, position, why_fixed
from retrieval_core.evaluation.robustness import HIGH, LOST, LOW, robustness_table
from retrieval_core.evaluation.significance import compare
from retrieval_core.feedback.methods import METHODS as LEARNERS
from retrieval_core.feedback.simulations import CHANGE, ROUNDS, gain_table
from retrieval_core.feedback.simulations import HIGH as GAIN_HIGH
from retrieval_core.feedback.simulations import LOW as GAIN_LOW
from retrieval_core.feedback.unlabelled.judging import MEASURES, check_counts, interval
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.lessons.memory import kept
from retrieval_core.lessons.precision_figures import in_percent, in_points
from retrieval_core.lessons.reading import NotHere, command, described, scored, versions
from retrieval_core.lessons.shown import Figure, Shown
from retrieval_core.stored.feedback import read_simulation, simulation_choice
from retrieval_core.stored.knobs import found_curves
from retrieval_core.stored.robustness import read_robustness
from retrieval_core.stored.unlabelled import last_apart

PROTOCOL = "oxford"


def apart(measure: str):
    """A figure of how well a method tells labelled from unlabelled: one of MEASURES, with its 95 % interval over draws."""

    def figure(shown: Shown, method: str, model: str) -> Figure:
        check_choice("method", method, METHODS)
        again = command(shown, "unlabelled", "--models", model, "--methods", method)
        found = last_apart(described(shown, model), method)
        if found is None:
            _check_both_kinds(shown)
            raise NotHere(f"{METHODS[method].title} was not judged under {model} yet. Run: {again}")
        mean, low, high = (100 * one for one in interval(found.measures[:, MEASURES.index(measure)], found.choice.share))
        title = f"{'ROC-AUC' if measure == 'auc' else measure} of {METHODS[method].title} under {model}"
        if math.isnan(mean):
            raise NotHere(f"The {title} can't be given: nothing was called positive.")
        ends = (None, None) if math.isnan(low) else (low, high)
        return in_percent(mean, ends[0], ends[1], title, again)

    return figure


def _check_both_kinds(shown: Shown) -> None:
    """NotHere where the command that judges the methods would refuse: too few are labelled, or unlabelled."""
    labelled = len(shown.dataset.labelled)
    try:
        check_counts(labelled, len(shown.dataset.images) - labelled)
    except RetrievalError as error:
        raise NotHere(str(error)) from error


def knob(shown: Shown, name: str, model: str, value: str) -> Figure:
    """How far mAP (Oxford) changes when a knob of a model is turned from its default to a value."""
    check_choice("knob", name, KNOBS)
    wanted = _number(name, value)
    again = command(shown, "knobs", "--knob", name, "--models", model)
    results = scored(shown, model)
    if why := why_fixed(name, results.preset):
        raise NotHere(f"The knob {KNOBS[name].title} can't be turned: {why}.")
    curve = found_curves(shown.workspace, shown.dataset_name, shown.run, [model], name).get(model)
    if curve is None:
        raise NotHere(f"The curve of {KNOBS[name].title} under {model} is not made yet. Run: {again}")
    place = position(curve, wanted, name)
    if place is None:
        known = ", ".join(KNOBS[name].text(one) for one in curve.values)
        raise NotHere(f"The curve of {KNOBS[name].title} under {model} has no value {value}. It has: {known}.")
    labels = [shown.dataset.query(query_id).label for query_id in curve.queries]
    was, now = curve.ap[PROTOCOL][curve.own], curve.ap[PROTOCOL][place]
    key = ("knob", name, tuple(was), tuple(now), *versions(shown, model))
    found = kept(key, lambda: compare(was, now, labels))
    title = f"mAP (Oxford) of {model} with {KNOBS[name].title} turned to {KNOBS[name].text(curve.values[place])}"
    return in_points(found.points, found.low, found.high, title, again)


def lost(shown: Shown, change: str, model: str) -> Figure:
    """How far mAP (Oxford) falls on the mean over all strengths of a change of the queries, in points."""
    check_choice("change", change, CHANGES)
    again = command(shown, "robustness", "--models", model, "--changes", change)
    found = read_robustness(scored(shown, model), change)
    if found is None:
        raise NotHere(f"What {CHANGES[change].title.lower()} of the queries costs {model} is not measured yet. Run: {again}")
    make = lambda: robustness_table({model: found}, shown.dataset, PROTOCOL)  # noqa: E731
    row = kept(("robustness", change, found.scores, *versions(shown, model)), make).loc[model]
    title = f"mAP (Oxford) of {model} when queries undergo {CHANGES[change].title.lower()}"
    return in_points(float(row[LOST]), float(row[LOW]), float(row[HIGH]), title, again)


def feedback(shown: Shown, method: str, model: str, beside: str = "") -> Figure:
    """How far the first round of marks raises mAP (Oxford) of what is not marked, when the ground truth marks."""
    check_choice("method of feedback", method, LEARNERS)
    if bool(beside) != (LEARNERS[method].views == 2):
        raise RetrievalError(f"{LEARNERS[method].title} learns from {LEARNERS[method].views} models. Name as many.")
    also = ("--beside", beside) if beside else ()
    again = command(shown, "feedback", "--simulate", "--models", model, "--methods", method, *also)
    found = read_simulation(scored(shown, model), simulation_choice(method, beside))
    if found is None or not found.pairs:
        raise NotHere(f"What {LEARNERS[method].title} gains under {model} is not measured yet. Run: {again}")
    make = lambda: gain_table({model: [found]}, shown.dataset, PROTOCOL)  # noqa: E731
    row = kept(("feedback", method, beside, found.pairs, ROUNDS, *versions(shown, model)), make).iloc[0]
    if math.isnan(row[CHANGE]):
        raise NotHere("After the first marks no query has a positive left to find.")
    title = f"mAP (Oxford) of what is left after one round of {LEARNERS[method].title} under {model}"
    return in_points(float(row[CHANGE]), float(row[GAIN_LOW]), float(row[GAIN_HIGH]), title, again)


def _number(knob_name: str, value: str) -> float:
    if knob_name == "crop":
        return float(CROPS.index(check_choice("crop rule", value, CROPS)))
    if value in ("none", "∞"):
        return math.nan if value == "none" else math.inf
    try:
        return float(value)
    except ValueError as error:
        raise RetrievalError(f"{value[:40]!r} is no value of {KNOBS[knob_name].title}. Write a number.") from error
