"""Query: what is searched for, its ranking under one model or several, and how its AP comes about."""

import streamlit as st

from pages.state import groups, hidden, link, loaders, upload
from pages.state.engines import first, is_whole
from pages.state.link import choose
from pages.state.model_metrics import hardness
from pages.state.plain import plain
from pages.state.search_query import Subject, chosen_subject, ranking
from pages.web import alone
from pages.web.ranking import show_view
from pages.web.ranking.messages import Event
from pages.widgets import (
    after_search,
    bins,
    curtain,
    engines,
    feedback,
    gallery,
    model_choice,
    ranking_views,
    search_choices,
    why,
    work,
)
from retrieval_core.datasets.types import Dataset

SHOWN = {"ranking": "Ranking", "machine": "AP machine", "flow": "Rank flow", "after": "After the search", "why": "Why",
         "feedback": "Feedback"}  # fmt: skip
# What tells what is hidden in other words, by view: there it is hidden as a whole.
TELLS = {"ranking": (), "machine": ("ap", "verdicts"), "flow": ("verdicts",), "after": ("ap", "models", "verdicts"),
         "why": ("models", "labels"), "feedback": ("ap", "models", "verdicts", "labels")}  # fmt: skip
STRIPS = {"one": "one model", "two": "two side by side", "all": "all models"}
OFFERED = 24  # photographs that are shown where none is searched for yet
QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    model = loaders.chosen_model()
    dataset = loaders.dataset()
    upload.take_pasted()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Query", width="content")
        shown = choose("show", SHOWN, st.segmented_control, "View", format_func=SHOWN.get, **QUIET)
        k = top() if shown in ("ranking", "after", "feedback") else 0
        searched = models(model.key) if shown == "ranking" else []
        if shown == "flow":
            model_choice.side_by_side(loaders.explorable_models())
        with st.popover("New picture", icon=":material/add_photo_alternate:"):
            upload.uploader()
        if not hidden.hidden("models"):
            with st.popover("Search-time choices", icon=":material/tune:"):
                search_choices.chooser(model)
                st.divider()
                engines.fields(model.key, dataset)
        alone.button("view")
    subject = chosen_subject(dataset)
    if dataset.queries:
        chosen = subject.query.id if subject.query else ""
        obey(show_view(ranking_views.pick_view(dataset, chosen, hardness(), loaders.explorable_models()), "queries"), dataset)
    if subject is None:
        st.info("Take a photograph as the query: click one below or on the page **Map**, or hand one over with **New picture**. "
                + loaders.why_no_precision())  # fmt: skip
        cards = [gallery.Card(image.id, image.id) for image in dataset.images[:OFFERED]]
        gallery.show_gallery(dataset, cards, key="offered")
        return
    left, right = st.columns([1, 4], gap="small")
    with left:
        obey(show_view(ranking_views.picture_view(subject, dataset), "picture"), dataset)
        about(subject, dataset, model)
    with right, alone.part("view"):
        if curtain.closed(*TELLS[shown]):
            pass
        elif shown == "ranking":
            strips(subject, dataset, searched, k)
        elif shown == "after":
            after_search.section(subject, dataset, model.key, k)
        elif shown == "why":
            why.section(subject, dataset, model.key)
        elif shown == "feedback":
            feedback.section(subject, dataset, model.key, k)
        elif subject.query is None or not subject.query.positives:
            st.info("Average precision needs a ground truth: choose one of the queries above. "
                    "A photograph or a picture of your own has a ranking, but nothing says which answers are right.")  # fmt: skip
        elif shown == "machine":
            ids, _ = ranking(subject, dataset, model.key)
            gallery.follow(show_view(ranking_views.machine_view(ids, subject.query, dataset, model.key), "machine"), dataset)
        else:
            rankings = {key: ranking(subject, dataset, key) for key in groups.compared(loaders.explorable_models())}
            gallery.follow(show_view(ranking_views.flow_view(rankings, subject.query, dataset, model.key), "flow"), dataset)


def top() -> int:
    """A field for how much of a ranking is shown: what was chosen."""
    return int(choose("k", ["6", "12", "24", "48"], st.selectbox, "Top", format_func="top {}".format, width=98, **QUIET))


def models(model: str) -> list[str]:
    """Fields for the models whose rankings are shown: what was chosen."""
    every = loaders.explorable_models()
    others = [key for key in every if key != model]
    several = choose("strips", STRIPS, st.selectbox, "Models", format_func=STRIPS.get, width=160, **QUIET) if others else "one"
    if several == "two":
        if link.get("versus") == model:
            link.put(versus=others[0])
        return [model, choose("versus", others, st.selectbox, "Beside", **QUIET, width=104, format_func=loaders.model_called)]
    return model_choice.side_by_side(every) if several == "all" else [model]


def strips(subject: Subject, dataset: Dataset, chosen: list[str], k: int) -> None:
    """The head of the ranking under each of the chosen models."""
    rankings = {key: first(subject, dataset, key, k) for key in chosen}
    beside = link.get("strips") == "two" and len(chosen) == 2
    engines.say(chosen)
    parts = [key for key in chosen if not is_whole(key)]
    gallery.follow(show_view(ranking_views.strips_view(rankings, subject, dataset, k, beside, parts=parts), "strips"), dataset)
    heads = {key: ids[:k] for key, (ids, _) in rankings.items()}
    bins.keep_form(dataset, {f"first {len(head)} of the ranking of {subject.name} under {key}": head for key, head in heads.items()},
                   "ranking")  # fmt: skip


def about(subject: Subject, dataset: Dataset, model) -> None:
    """What is searched for, its AP, and the recipe."""
    if subject.uploaded and st.button("Take the picture away", icon=":material/close:"):
        upload.drop()
        link.put(box="")
        st.rerun()
    if subject.query:
        query = subject.query
        answers = f"{len(query.good)} good and {len(query.ok)} ok photographs answer it; {len(query.junk)} are junk."
        st.markdown(f"**{plain(ranking_views.subject_name(subject, dataset))}** · {answers}")
        ids, _ = ranking(subject, dataset, model.key)
        words = ranking_views.ap_in_words(ids, query)
        if not hidden.hidden("ap"):
            called = loaders.model_called(model.key).removeprefix("Model ")
            st.markdown(f"Model {called}: **{words}**" if words else "It has no positives, and so no AP.")
        if not subject.official:
            st.caption("With your box. The ground truth is the same; AP tables always use the query's own box.")
    else:
        image = dataset.image(subject.image_id) if subject.image_id else None
        named = plain(hidden.landmark_name(dataset, image.label) or "unlabelled") if image else ""
        st.markdown(f"**{plain(ranking_views.subject_name(subject, dataset))}** · {named or 'stays in memory, is never kept'}")
    if hidden.hidden("models"):
        return
    with st.expander("Recipe"):
        st.caption(loaders.recipe_in_words(model.recipe))
        work.show_command(loaders.command(model.key))


def obey(event: Event | None, dataset: Dataset) -> None:
    """Do what was asked for in a view."""
    if event is None:
        return
    if "query" in event:
        upload.drop()
        link.put(query=event["query"], photo="", box="")
    elif "box" in event:
        link.put(box="" if event["box"] == "own" else event["box"])
    elif "model" in event:
        link.put(model=event["model"])
    else:
        gallery.follow(event, dataset)
    st.rerun()


main()
