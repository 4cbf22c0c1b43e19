"""Detective: unlabelled photographs beside the labelled ones that several models find nearest, to be accepted or rejected."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.state import detective, door, link, loaders
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.web.ranking import show_view
from pages.web.ranking.messages import Card, Strip
from pages.widgets import bins, figures, gallery, tables, work
from pages.widgets.detective_figure import right_by_votes
from pages.widgets.errors import shown_errors
from retrieval_core.datasets.export import part_table, zipped_part
from retrieval_core.datasets.more_labels import with_labels
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.detective import Suspect, jury, suspects_table, usual_votes
from retrieval_core.evaluation.detective_judged import FOUND, HIGH, LOW, PRECISION
from retrieval_core.stored.detective import ACCEPTED, REJECTED, accepted
from retrieval_core.stored.unlabelled import truth_is_known

NEAREST = ("3", "5", "9", "15")
SHOWN = 5  # labelled photographs beside a suspect
WORDS = {ACCEPTED: "accepted", REJECTED: "rejected"}
QUIET = {"label_visibility": "collapsed"}


def show(dataset: Dataset, ready: Sequence[str]) -> None:
    """The suspects one by one, all of them as a table, how often they are right, and the ground truth that the decisions give."""
    models = _jury(ready)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        k = int(choose("among", NEAREST, st.segmented_control, "Nearest labelled"))
        usual = str(usual_votes(len(models)))
        options = sorted({usual, *map(str, range(1, len(models) + 1))}, key=int)
        link.allowed("votes", sorted(options, key=lambda votes: votes != usual))
        least = int(choose("votes", options, st.segmented_control, "Votes, at least"))
        with st.popover("Models", icon=":material/how_to_vote:"):
            _models(ready, models)
    st.caption(f"A model votes for a landmark where more than half of the {k} labelled photographs nearest to an unlabelled one show "
               "it, and the nearest of them is at least as near as the landmark's own photographs are to their nearest other one "
               f"(median). Asked: {', '.join(models)}.")  # fmt: skip
    found, known = detective.find(models, k, least), detective.decided(dataset)
    open_ones = [one for one in found if known.get(one.image_id, ("", ""))[1] != one.landmark]
    done = [WORDS[name] for name, _ in known.values()]
    st.markdown(f"**{len(found):,} suspects**, {len(open_ones):,} to decide; decided in all: {done.count('accepted'):,} accepted, "
                f"{done.count('rejected'):,} rejected.")  # fmt: skip
    if not found:
        more = "Ask for fewer votes." if least > 1 else "None looks like a gap: ask other models, or change how many are nearest."
        st.info(f"No unlabelled photograph has so many votes for one landmark. {more}")
    _one(dataset, open_ones, found)
    if found:
        _all(dataset, found, known, f"suspects with {least} votes or more of {', '.join(models)}, {k} nearest labelled")
    _right(dataset, models, k)
    _export(dataset)
    work.same_command(["detective", "--dataset", dataset.name, "--run", link.get("run"), "--models", ",".join(models), "--k", str(k),
                       "--votes", str(least)])  # fmt: skip


def _jury(ready: Sequence[str]) -> list[str]:
    """The models that are asked: those of the link, as far as they are ready."""
    asked = [key for key in link.get("jury").split(",") if key]
    if strangers := [key for key in asked if key not in ready]:
        st.warning(f"The link asks for the model '{plain(strangers[0])}', which has not described {plain(link.get('dataset'))}.")
    return [key for key in asked if key in ready] or jury(ready)


def _models(ready: Sequence[str], models: Sequence[str]) -> None:
    """Which models are asked."""
    chosen = st.multiselect("Models that are asked", ready, models)
    if chosen and chosen != list(models):
        link.put(jury=",".join(chosen))
        st.rerun()


def _one(dataset: Dataset, open_ones: Sequence[Suspect], found: Sequence[Suspect]) -> None:
    """The suspect that is looked at beside the labelled photographs, and what can be decided."""
    named = {one.image_id: one for one in found}
    if link.get("suspect") and link.get("suspect") not in named:
        st.warning(f"The link asks for the suspect '{plain(link.get('suspect'))}', which is none with these votes.")
        link.put(suspect="")
    one = named.get(link.get("suspect")) or next(iter(open_ones), None)
    if one is not None:
        st.subheader(f"{plain(one.landmark)}? {len(one.votes)} of {one.voters} votes: {', '.join(one.votes)}")
    with st.container(horizontal=True):
        _decide(dataset, one, ACCEPTED, f"Accept: it shows {plain(one.landmark)}" if one else "Accept", ":material/check:", "A")
        _decide(dataset, one, REJECTED, "Reject", ":material/close:", "X")
        later = _after(open_ones, one)
        if st.button("Later", icon=":material/skip_next:", shortcut="L", disabled=later is None):
            link.put(suspect=later.image_id)
            st.rerun()
        if door.button("Undo", icon=":material/undo:", shortcut="U", disabled=not detective.can_undo(dataset)):
            detective.undo(dataset)
            st.rerun()
    if one is not None:
        with alone.part("suspect"):
            _pictures(dataset, one)


def _after(open_ones: Sequence[Suspect], one: Suspect | None) -> Suspect | None:
    """The open suspect behind one, round and round; None where there is no other."""
    others = [other for other in open_ones if other != one]
    place = open_ones.index(one) if one in open_ones else 0
    return others[place % len(others)] if others else None


def _decide(dataset: Dataset, one: Suspect | None, decision: str, words: str, icon: str, key: str) -> None:
    if door.button(words, icon=icon, shortcut=key, key=f"decide {decision}", disabled=one is None) and one is not None:
        with shown_errors():
            detective.decide(dataset, one, decision)
        st.rerun()


def _pictures(dataset: Dataset, one: Suspect) -> None:
    """The unlabelled photograph, and the labelled ones that the voting models find nearest."""
    near = list(
        dict.fromkeys(image_id for place in range(SHOWN) for ids in one.nearest.values() for image_id in ids[place : place + 1])
    )
    left: Card = {**gallery.picture(dataset, one.image_id), "word": "unlabelled", "own": False, "caption": plain(one.image_id)}
    right: list[Card] = [{**gallery.picture(dataset, image_id), "word": "none", "own": False, "caption": image_id,
                          "why": gallery.compared(one.votes[0], photo=one.image_id)}
                         for image_id in near[:SHOWN]]  # fmt: skip
    closer = f"nearer by {one.closer:.3f} than is typical there"
    strips: list[Strip] = [{"title": "Unlabelled", "cards": [left]}, {"title": one.landmark, "note": closer, "cards": right}]
    gallery.follow(show_view({"kind": "strips", "beside": True, "width": 180, "strips": strips}, "suspect"), dataset)


def _all(dataset: Dataset, found: Sequence[Suspect], known: Mapping[str, tuple[str, str]], said: str) -> None:
    """Every suspect as a line; a chosen one is looked at."""
    table = suspects_table(found, {image_id: WORDS[name] for image_id, (name, _) in known.items()})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("All suspects", width="stretch")
        tables.save(table, f"{dataset.name}-suspects", "save suspects")
        if st.button("On the map", icon=":material/map:", help="Selects them there."):
            link.put(query="")
            link.select(list(table.index), dataset)
            link.go("map.py")
        bins.keep_form(dataset, {said: list(table.index)}, "suspects")
    event = tables.draw(table, {"closer": st.column_config.NumberColumn(format="%.3f")}, key="suspects", on_select="rerun",
                        selection_mode="single-row", height=min(38 * (len(table) + 1), 420))  # fmt: skip
    rows = event["selection"]["rows"]
    if rows and rows != st.session_state.get("suspect row"):
        link.put(suspect=found[rows[0]].image_id)
        st.session_state["suspect row"] = rows
        st.rerun()
    st.session_state["suspect row"] = rows


def _right(dataset: Dataset, models: Sequence[str], k: int) -> None:
    """How often the detective is right, where the truth of the unlabelled is known."""
    st.subheader("How often is it right?")
    share = f"{detective.HIDDEN:.0%}"
    if not truth_is_known(dataset):
        st.markdown("Nobody knows here what the unlabelled photographs show: decide, and count. The command below with "
                    f"`--hide {detective.HIDDEN:g}` gives a lower bound: it hides {share} of the labelled among them.")  # fmt: skip
        return
    hidden, as_it_is = detective.how_often_right(models, k)
    stem = f"{dataset.name}-detective"
    figures.show(right_by_votes(hidden), stem, "right")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{share} of the labelled hidden, {detective.DRAWS} draws**, by the least number of "
                    "votes; percent, with the 95 % interval",
                    width="stretch")  # fmt: skip
        tables.save(hidden, stem, "save detective")
    percent = [PRECISION, LOW, HIGH]
    tables.draw(hidden.style.format("{:.1f}", na_rep="–", subset=[*percent, FOUND]))
    st.markdown("**With nothing hidden**")
    tables.draw(as_it_is.style.format("{:.1f}", na_rep="–", subset=percent))
    st.caption("We have rendered these photographs: an unlabelled one shows a landmark only where the ground truth calls it junk "
               "(“hardly seen”), so with nothing hidden there is hardly a gap to be found. Interval: whole landmarks drawn anew; where "
               "all are right or all wrong, Clopper and Pearson's.")  # fmt: skip


def _export(dataset: Dataset) -> None:
    """The ground truth with what was accepted."""
    found = accepted(loaders.workspace(), dataset)
    if not found:
        return
    st.subheader("The ground truth with what you accepted")
    st.markdown(f"{len(found):,} photographs get their landmark, and stand at the end of the **ok** list of each of its queries: good "
                "and ok count alike, and nobody has said how well they are seen.")  # fmt: skip
    more = with_labels(dataset, found)
    with st.container(horizontal=True):
        if more.queries:
            st.download_button("Oxford lists", lambda: zipped_part(more, "oxford"), f"{dataset.name}-lab.zip", "application/zip",
                               on_click="ignore", icon=":material/download:")  # fmt: skip
        st.download_button("CSV", part_table(more), f"{dataset.name}-labels.csv", "text/csv", on_click="ignore",
                           icon=":material/download:")  # fmt: skip
    work.same_command(["detective", "--dataset", dataset.name, "--export", "FOLDER", "--layout", "oxford"])
