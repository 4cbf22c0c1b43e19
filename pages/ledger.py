"""Ledger: what each step from one model to the next bought, whether that is more than chance, and on which pictures."""

import pandas as pd
import streamlit as st

from pages.state import hidden, link, loaders, model_metrics
from pages.state.link import choose
from pages.state.plain import plain
from pages.web import alone
from pages.widgets import bins, curtain, figures, gallery, model_choice, side_by_side, tables, work
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
from retrieval_core.evaluation.ledger import ALL_STEPS, LedgerStep, Step, compared, moved_pictures

QUIET = {"label_visibility": "collapsed"}


def main() -> None:
    loaders.some_models()
    dataset = loaders.dataset()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title("Ledger", width="content")
        protocol = choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get, **QUIET)
        models = model_metrics.scored_models()
        told = models and not hidden.hidden("models")
        pair = chosen_pair(model_choice.side_by_side(models, link.get("before"), link.get("after"))) if told else []
    if curtain.closed("ap", "models"):
        return
    if not models:
        st.info(loaders.why_no_precision())
        return
    steps = tuple(dict.fromkeys((*ALL_STEPS, *pair)))
    entries = model_metrics.bought(protocol, steps)
    if not entries:
        st.info("No two models that follow each other are ready yet: choose any two above, or build the rest on the page **Start**.")
        return
    chosen = chosen_step(entries, pair)
    # The chart forgets a bar that was clicked before another pair was chosen.
    key = " ".join(["waterfall", *(f"{step.before} {step.after}" for step in pair)])
    drawn = figures.show(figures.waterfall(entries, chosen), f"{dataset.name}-ledger-{protocol}", "waterfall", key,
                         on_select="rerun", selection_mode="points")  # fmt: skip
    picked = [point["point_index"] for point in drawn["selection"]["points"]]
    if picked and picked[0] > 0 and picked[0] - 1 != chosen:
        take(entries[picked[0] - 1])
        st.rerun()
    st.caption("Click a bar to see what moved. Whiskers: 95 % interval of a paired bootstrap; p: paired randomisation test. Both draw "
               "whole landmarks, since the queries of one rise and fall together; pale bars are not significant at 5 %.")  # fmt: skip
    summary(entries, dataset.name, protocol, bool(pair))
    side_by_side.steps_over_seeds(dataset, protocol, steps)
    if not curtain.closed("labels", "verdicts"):
        detail(entries[chosen], dataset)


def chosen_pair(models: list[str]) -> list[Step]:
    """Fields for any two models; the step between them, nothing as long as they are not two."""
    fields = {"before": ("Compare any two models: from", "any two: from"), "after": ("to", "to")}
    pair = [choose(field, ["", *models], st.selectbox, label, width=170 if field == "before" else 110, **QUIET,
                   format_func=lambda key, word=word: f"{word} {key or '…'}") for field, (label, word) in fields.items()]  # fmt: skip
    return [compared(*pair)] if all(pair) and pair[0] != pair[1] else []


def chosen_step(entries: list[LedgerStep], pair: list[Step]) -> int:
    """The number of the step that the link asks for; if it asks for none, of the two models that are compared, else the first."""
    names = [name(entry) for entry in entries]
    asked = link.get("step")
    if asked and asked not in names:
        st.warning(f"The link asks for the step '{plain(asked)}', which is not here. Showing {names[0]!r} instead.")
        link.put(step=names[0])
    if link.get("step") in names:
        return names.index(link.get("step"))
    return next((number for number, entry in enumerate(entries) if entry.step in pair), 0)


def name(entry: LedgerStep) -> str:
    """A step in the link."""
    return f"{entry.step.before}-{entry.step.after}"


def take(entry: LedgerStep) -> None:
    """Write a step into the link."""
    link.put(step=name(entry))


def summary(entries: list[LedgerStep], dataset: str, protocol: str, compared_too: bool) -> None:
    """Every step in one line of words and figures."""
    table = pd.DataFrame([{
        "step": f"{entry.step.before} → {entry.step.after}", "what changed": entry.step.change, "mAP before": entry.map_before,
        "mAP after": entry.map_after, "Δ mAP": entry.difference.points, "low": entry.difference.low, "high": entry.difference.high,
        "p": entry.difference.p, "significance": "significant at 5 %" if entry.difference.significant else "not significant",
        "queries better / equal / worse": f"{entry.difference.better} / {entry.difference.equal} / {entry.difference.worse}",
    } for entry in entries]).set_index("step")  # fmt: skip
    style = table.style.format("{:.1f}", subset=["mAP before", "mAP after", "low", "high"]).format("{:+.1f}", subset=["Δ mAP"])
    with alone.part("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Every step", width="stretch")
            tables.save(table, f"{dataset}-ledger-{protocol}", "save ledger")
            alone.button("table")
        tables.draw(style.format("{:.4f}", subset=["p"]))
    used = entries[0].difference
    st.caption(f"{used.queries} queries in {used.units} landmarks; {used.resamples:,} resamples, seed {used.seed}. Again:")
    pair = f"{link.get('before')},{link.get('after')}"
    words = ("ledger", "--dataset", dataset, "--run", link.get("run"), "--protocol", protocol,
             *(("--compare", pair) if compared_too else ()))  # fmt: skip
    work.show_command(loaders.workspace().command(*words))


def detail(entry: LedgerStep, dataset) -> None:
    """One step: which landmarks and queries rose and fell, and which pictures moved."""
    before, after = entry.step.before, entry.step.after
    st.subheader(f"{before} → {after}: {entry.step.change}")
    st.markdown(f"**{entry.difference.words}** · {entry.difference.better} queries better, {entry.difference.worse} worse, "
                f"{entry.difference.equal} equal.")  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**By landmark**")
        st.plotly_chart(figures.change_bars(entry.landmarks), width="stretch", key="landmarks", config={"displayModeBar": False})
    with right:
        st.markdown("**By query** – click one to see its pictures")
        queries = pd.DataFrame({"points": entry.queries}).sort_values("points", key=abs, ascending=False)
        cell = tables.show_table(queries, f"queries {before} {after}", change=True)
    query_id = cell[0] if cell else next(iter(entry.moved), None)
    if query_id is None:
        st.info("No query moved at all.")
        return
    query = dataset.query(query_id)
    st.markdown(f"**{plain(query_id)}**: {entry.queries[query_id]:+.1f} points. Its right answers that moved most, with their ranks "
                f"under {before} → {after}:")  # fmt: skip
    old, new = (next(one for one in model_metrics.rankings(key) if one.query_id == query_id) for key in (before, after))
    cards = [gallery.Card(row.image_id, f"{row.before or '–'} → {row.after or '–'}",
                          gallery.shown_verdict(dataset, query, row.image_id), row.image_id == query.image_id,
                          gallery.compared(after, query=query_id))
             for row in moved_pictures(old, new, query)]  # fmt: skip
    gallery.show_gallery(dataset, cards, key="moved")
    with st.container(horizontal=True):
        if st.button(f"{plain(query_id)} under both models", icon=":material/search:"):
            link.put(query=query_id, photo="", box="", model=before, versus=after, strips="two", show="ranking")
            link.go("query.py")
        bins.keep_form(dataset, {f"right answers to {query_id} that moved most, {before} → {after}": [card.image_id for card in cards]},
                       "moved")  # fmt: skip
        tables.links(query_id, after, query.image_id, lambda wanted: link.select([wanted], dataset), "moved link")


main()
