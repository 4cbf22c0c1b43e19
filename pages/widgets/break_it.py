"""Break it: one picture under changes that are chosen while one looks, and below it what all queries bear."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from pages.state import groups, link, loaders, rankings, search_query, upload
from pages.state.model_metrics import hardness
from pages.state.plain import plain
from pages.state.rankings import Asked
from pages.state.search_query import Subject, chosen_subject
from pages.web.ranking import show_view
from pages.widgets import bins, figures, gallery, ranking_views, robustness, work
from pages.widgets.robustness_figures import moves_chart, similarity_chart
from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.changed_picture import LONGEST, ChangedPicture, change_picture
from retrieval_core.descriptors.changes import CHANGES, STRENGTHS, in_words
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.evaluation.precision_recall import ap_steps
from retrieval_core.parameters import read_parameters
from retrieval_core.search_choices import described_key
from retrieval_core.stored.ranking import asked_picture

MOST = 12  # models that describe the picture while one looks
TOP = 12  # photographs of a ranking that are shown
SHOWN = 190  # pixels of the longest side of the unchanged picture as it is shown


@dataclass(frozen=True, eq=False)
class Looked:
    """What a model makes of one picture: its ranking before and after the change, and the similarity of the two pictures."""

    before: tuple[Sequence[str], np.ndarray]
    after: tuple[Sequence[str], np.ndarray]
    similarity: float


def show(protocol: str) -> None:
    """The section for the picture that is searched for, and for all queries."""
    model, dataset = loaders.chosen_model().key, loaders.dataset()
    if link.get("run") == IMPORTED_RUN:
        st.info("The descriptors were imported: there is no network to describe a changed picture. Choose another dataset on the left.")
        return
    subject = chosen_subject(dataset)
    if subject is None:
        link.put(photo=dataset.images[0].id)
        subject = chosen_subject(dataset)
    if dataset.queries:
        chosen = subject.query.id if subject.query else ""
        _obey(show_view(ranking_views.pick_view(dataset, chosen, hardness(), loaders.explorable_models()), "queries"), dataset)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        strengths = _sliders()
        altered = _altered(dataset.photographs, subject.key, in_words(strengths), strengths, subject, dataset)
        _pictures(altered)
    with right:
        found = _looked(subject, dataset, model, altered, in_words(strengths))
        _moves(found, subject, model, protocol)
    _strips(found[model], subject, dataset, model, in_words(strengths))
    _command(subject, dataset)
    robustness.section(protocol, dataset)


def _sliders() -> dict[str, float]:
    """A slider for each change; what changes the picture is written into the link."""
    now = STRENGTHS.fill_in(read_parameters(link.get("changes")))
    rows = [st.columns(3) for _ in range(0, len(CHANGES), 3)]
    for number, (name, change) in enumerate(CHANGES.items()):
        form = ("%g" if isinstance(change.step, float) else "%d") + change.unit.replace("%", "%%")
        key = f"change {name} {now[name]}"
        rows[number // 3][number % 3].slider(change.title, change.least, change.most, now[name], change.step, form, key, change.words,
                                   _take, (name, key, now))  # fmt: skip
    if st.button("Unchanged", icon=":material/restart_alt:", disabled=not in_words(now)):
        link.put(changes="")
        st.rerun()
    return now


def _take(name: str, key: str, now: dict[str, float]) -> None:
    values = now | {name: st.session_state[key]}
    link.put(changes=",".join(f"{one}={value:g}" for one, value in values.items() if value != CHANGES[one].unchanged))


def _name(subject: Subject) -> str:
    """By what the command `search` finds the picture: the whole photograph of a query is the photograph."""
    if subject.uploaded:
        return subject.name
    whole = subject.query is not None and subject.box is None and subject.own_box is not None
    return subject.image_id if whole else subject.name


@st.cache_resource(max_entries=32, show_spinner=False)
def _altered(
    photographs: str, key: str, words: str, _strengths: dict[str, float], _subject: Subject, _dataset: Dataset
) -> ChangedPicture:
    uploaded = _subject.uploaded
    picture = uploaded.picture if uploaded else read_image(_dataset.image(_subject.image_id).path)
    return change_picture(picture, _subject.box, _strengths, uploaded.key if uploaded else _name(_subject))


def _pictures(altered: ChangedPicture) -> None:
    """Both pictures at one scale, so that a smaller one is seen to be smaller."""
    scale = SHOWN / max(altered.before.size)
    with st.container(horizontal=True):
        for picture, alt in ((altered.before, "The picture unchanged"), (altered.picture, "The picture changed")):
            st.image(picture, width=max(1, round(scale * picture.width)), alt=alt)
    sizes = [f"{picture.width} × {picture.height} pixels" for picture in (altered.before, altered.picture)]
    st.caption(f"Unchanged, {sizes[0]}, and changed, {sizes[1]}.")


def _looked(subject: Subject, dataset: Dataset, model: str, altered: ChangedPicture, words: str) -> dict[str, Looked]:
    """Both rankings under every model, of more than MOST under the chosen one and the first of the others."""
    ready = groups.compared(loaders.explorable_models())
    shown = [key for key in ready if key in [model, *(key for key in ready if key != model)][:MOST]]
    if len(shown) < len(ready):
        st.caption(f"Under {MOST} of {len(ready)} models, since each describes the picture while you look.")
    found, place = {}, st.empty()
    with place.container(), st.spinner("Describing the changed picture …"):
        for key in shown:
            plain_key = described_key(key)
            version = loaders.results(plain_key).version
            before, after = _rows(version, plain_key, subject.key, words, subject, dataset, altered)
            asked = partial(Asked, after, asked_picture(altered.picture, None))
            unchanged = search_query.ranking(subject, dataset, key)
            changed = rankings.ranking(key, asked, f"{subject.key} {words}") if words else unchanged
            found[key] = Looked(unchanged, changed, (before @ after.T).item())
    place.empty()  # and the bars that rankings may have shown in it
    return found


@st.cache_resource(max_entries=256, show_spinner=False)
def _rows(
    version: str, model: str, key: str, words: str, _subject: Subject, _dataset: Dataset, _altered: ChangedPicture
) -> tuple[np.ndarray, np.ndarray]:
    """Descriptors (1, D) of the unchanged and of the changed picture."""
    before = search_query.asked(_subject, _dataset, model).descriptor
    return before, upload.describer(model).describe_changed(_altered) if words else before


def _moves(found: dict[str, Looked], subject: Subject, model: str, protocol: str) -> None:
    """The chart of all models, and the chosen one in words."""
    similarities = {key: one.similarity for key, one in found.items()}
    stem = f"{link.get('dataset')}-changed"
    said = f"similarity to the unchanged picture **{similarities[model]:.3f}**"
    if subject.query is None or not subject.query.positives:
        figures.show(similarity_chart(similarities), stem, "moves")
        st.markdown(f"Under {model}: {said}. Nothing judges these answers, and so there is no AP.")
        return
    before, after = ({key: 100 * ap_steps(ids, subject.query).ap(protocol) for key, ids in sides.items()} for sides in (
        {key: one.before[0] for key, one in found.items()}, {key: one.after[0] for key, one in found.items()}))  # fmt: skip
    figures.show(moves_chart(before, after, similarities, f"{PROTOCOL_TITLES[protocol]} of this query in percent"), stem, "moves")
    st.markdown(f"Under {model}: {PROTOCOL_TITLES[protocol]} **{before[model]:.1f} → {after[model]:.1f} "
                f"({after[model] - before[model]:+.1f} points)**, {said}.")  # fmt: skip


def _strips(looked: Looked, subject: Subject, dataset: Dataset, model: str, words: str) -> None:
    """The head of the chosen model's ranking before and after."""
    both = {model: looked.before, "changed": looked.after} if words else {model: looked.before}
    titles = {model: f"unchanged · {model}", "changed": f"{words} · {model}"}
    view = ranking_views.strips_view(both, subject, dataset, TOP, beside=bool(words), titles=titles)
    for strip in view["strips"][1:]:
        for card in strip["cards"]:
            del card["why"]  # what it leads to knows the unchanged picture alone
    gallery.follow(show_view(view, "strips"), dataset)
    of = f"the ranking of {subject.name} under {model}"
    bins.keep_form(dataset, {f"first {TOP} of {of}{f', changed: {words}' if side == 'changed' else ''}": ids[:TOP]
                             for side, (ids, _) in both.items()}, "changed")  # fmt: skip


def _command(subject: Subject, dataset: Dataset) -> None:
    square = ", ".join(key for key in loaders.explorable_models() if loaders.results(key).preset.square)
    part = "what is inside the box" if subject.box else "the whole"
    words = (f"What is described is changed: {part} of {plain(subject.name)}, at {LONGEST} pixels at most, before it is resized for a "
             "network. The database stays as it is. Corners, and what is hidden, have the mean colour. What is random "
             "is drawn from the query's id: it is the same at every look and at every strength.")  # fmt: skip
    if square:
        words += f" Squashed to a square of one size by {square}: there a scale takes detail, and nothing else."
    st.caption(words)
    changes = ["--change", link.get("changes")] if link.get("changes") else []
    box = ["--box", link.get("box")] if "," in link.get("box") else []
    work.same_command(["search", _name(subject), "--dataset", dataset.name, "--run", link.get("run"), *box, *changes])


def _obey(event, dataset: Dataset) -> None:
    """Do what was asked for among the queries."""
    if event is None:
        return
    upload.drop()
    if "query" in event:
        link.put(query=event["query"], photo="", box="")
    elif "model" in event:
        link.put(model=event["model"])
    st.rerun()
