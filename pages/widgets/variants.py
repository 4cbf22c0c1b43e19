"""Variants that are trained: one thing is changed, all else is as the model of the table has it, and what that bought."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.state import link, loaders, model_metrics
from pages.state.link import choose
from pages.web import alone
from pages.widgets import figures, tables, work
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES
from retrieval_core.evaluation.ledger import VARIED, LedgerStep, Step
from retrieval_core.presets import VARIANTS
from retrieval_core.runs.expected import expected
from retrieval_core.runs.settings import Settings

WORDS = {
    "1b-mixed": "AlexNet's three max-poolings become a · max + (1 − a) · mean; each layer learns its a (Lee, Gallagher and Tu 2016)",
    "1b-gated": "at pool2 and pool5 what a window holds decides between its maximum and its mean (Lee, Gallagher and Tu 2016)",
    "1b-tree": "pool1 becomes a tree of two learnt masks and a gate (Lee, Gallagher and Tu 2016)",
    "1f-ap": "average precision of the batch is the loss, instead of triplets; the batches are the same (Revaud et al. 2019)",
    "1g-colour": "every picture gets a cast along the principal axes of the colours, beside 1g's augmentation (Krizhevsky et al. 2012)",
    "1g-shear": "pictures are sheared by up to 10°, beside 1g's augmentation (after Tensmeyer and Martinez 2017)",
}
FIGURES = {"mAP before": "{:.1f}", "mAP after": "{:.1f}", "Δ mAP": "{:+.1f}", "low": "{:+.1f}", "high": "{:+.1f}", "p": "{:.4f}"}


def show(protocol: str) -> None:
    """What each variant bought against its model of the table, as far as both are here, and a button that trains the others."""
    st.subheader("Variants: one thing is changed, and trained anew")
    if link.get("run") == IMPORTED_RUN:
        st.info("The descriptors were imported: there is no network that could be trained. Choose another dataset on the left.")
        return
    dataset, ready = loaders.dataset(), loaders.explorable_models()
    entries = model_metrics.bought(protocol, VARIED) if dataset.queries else []
    if entries:
        stem = f"{dataset.name}-variants-{protocol}"
        figures.show(figures.differences(entries, f"change of m{PROTOCOL_TITLES[protocol]} in points"), stem, "variants")
    elif not dataset.queries:
        st.info(f"Without ground truth nothing says what a variant bought. {loaders.why_no_precision()}")
    table = variant_table(entries, ready)
    _drawn(table, f"{dataset.name}-variants-{protocol}", entries)
    _make(ready)


def variant_table(entries: Sequence[LedgerStep], ready: Sequence[str]) -> pd.DataFrame:
    """Variants down: what is changed, whether it is here, and the Ledger's figures, empty where one of the two has no scores."""
    known = {entry.step.after: entry for entry in entries}
    rows = {}
    for step in VARIED:
        entry, state = known.get(step.after), "ready" if step.after in ready else "not trained"
        figures = {} if entry is None else {
            "mAP before": entry.map_before, "mAP after": entry.map_after, "Δ mAP": entry.difference.points,
            "low": entry.difference.low, "high": entry.difference.high, "p": entry.difference.p,
        }  # fmt: skip
        rows[step.after] = {"of": step.before, "what is changed": step.change, "state": state,
                            **dict.fromkeys(FIGURES, float("nan")), **figures}  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def _drawn(table: pd.DataFrame, stem: str, entries: Sequence[LedgerStep]) -> None:
    with alone.part("table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**What each bought against the model that it changes**", width="stretch")
            tables.save(table, stem, "save variants")
            alone.button("table")
        tables.draw(table.style.format(FIGURES, na_rep="–"), height=38 * (len(table) + 1))
    st.markdown("\n".join(f"* **{key}**: {words}" for key, words in WORDS.items()))
    st.caption("Start, schedule and seed are those of the model that is changed. Low and high: 95 % interval of a paired bootstrap; p: "
               "paired randomisation test; both draw whole landmarks. One seed says little: train runs with other seeds, and see the "
               "Ledger.")  # fmt: skip
    if entries and st.button("In the Ledger, with the pictures that moved", icon=":material/receipt_long:"):
        _to_ledger(entries[0].step)


def _to_ledger(step: Step) -> None:
    link.put(before=step.before, after=step.after, step=f"{step.before}-{step.after}")
    link.go("ledger.py")


def _make(ready: Sequence[str]) -> None:
    """A field for what is missing, and a button that trains it; the model that it changes comes before it, if that is missing too."""
    missing = {step.after: step for step in VARIED if step.after not in ready}
    if not missing or work.at_work("run"):
        return
    if link.get("variant") in VARIANTS and link.get("variant") not in missing:  # it is trained already
        link.put(variant=next(iter(missing)))
    wanted = choose("variant", missing, st.selectbox, "Variant to train", format_func=lambda key: VARIANTS[key].title, width=360)
    keys = [key for key in (missing[wanted].before, wanted) if key not in ready]
    arguments = ["run", "--dataset", link.get("dataset"), "--run", link.get("run"), "--models", ",".join(keys)]
    much = expected(loaders.workspace(), link.get("dataset"), Settings(run=link.get("run"), models=tuple(keys)))
    st.caption(much.words)
    work.offer(f"Train {' and '.join(keys)}", arguments, icon=":material/model_training:", help=much.words)
