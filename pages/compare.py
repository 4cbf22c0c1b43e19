"""Compare: average precision of all models, query by query, and where each number comes from."""

import pandas as pd
import streamlit as st

from pages.parts import figures, loaders, state
from pages.parts.state import choose
from retrieval_core.datasets.catalog import how_to_add_queries
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
from retrieval_core.evaluation.report import REPORT_PROTOCOL, report_table
from retrieval_core.evaluation.tables import ap_table, landmark_table
from retrieval_core.results import command

ROWS = {
    "report": "one query a landmark (1, 6, 11, … of the report)",
    "all": "all queries",
    "landmark": "mean by landmark",
}


def main() -> None:
    st.title("Compare")
    loaders.some_models()
    dataset = loaders.dataset()
    if not any(query.positives for query in dataset.queries):
        st.info(how_to_add_queries(loaders.workspace(), dataset.name))
        return
    models = {model.key: model for model in loaders.model_states() if model.explorable and model.map_oxford is not None}
    scores = {key: loaders.scores(key) for key in models}
    protocol = choose("protocol", PROTOCOLS, st.segmented_control, "Protocol", format_func=PROTOCOL_TITLES.get)
    bars(models)
    which = st.segmented_control("Rows of the table", ROWS, default="report", format_func=ROWS.get) or "report"
    table = landmark_table(scores, dataset, protocol) if which == "landmark" else ap_table(scores, dataset, protocol, which)
    st.subheader(f"{PROTOCOL_TITLES[protocol]} in percent, {dataset.name}")
    show_table(table)
    st.download_button("Save as CSV", table.to_csv(), f"{dataset.name}-{protocol}-{which}.csv", "text/csv", icon="💾")
    report(dataset, protocol)
    recipes(models, dataset.name)


def bars(models) -> None:
    """Bars of mAP over all queries, in both protocols."""
    columns = {title: [getattr(model, f"map_{protocol}") for model in models.values()]
               for protocol, title in PROTOCOL_TITLES.items()}  # fmt: skip
    st.plotly_chart(figures.map_bars(pd.DataFrame(columns, index=list(models))), width="stretch", config={"displaylogo": False})
    starts = sorted({loaders.START_TITLES[model.start] for model in models.values()})
    st.caption(f"mAP over all queries of {state.get('dataset')!r}. Networks start from: {', '.join(starts)}.")


def show_table(table: pd.DataFrame) -> None:
    """A table of percent, queries down and models across: heat by value, the best of each row in bold."""
    upright = table.T
    st.dataframe(heat(upright), width="stretch", height=min(38 * (len(upright) + 1), 900))


def heat(table: pd.DataFrame):
    """Colour each cell from white to blue by its value, and mark the best of a row."""

    def colours(row: pd.Series) -> list[str]:
        best = row.max()
        return [
            "" if pd.isna(value) else
            f"background-color: rgba(47, 111, 176, {0.05 + 0.55 * value / 100:.2f});"
            + (" font-weight: 800; text-decoration: underline;" if value == best else "")
            for value in row
        ]  # fmt: skip

    return table.style.format("{:.1f}", na_rep="–").apply(colours, axis=1)


def report(dataset, protocol: str) -> None:
    """The report's own figures, only where they can be compared."""
    table = report_table(dataset)
    if table is None:
        st.caption("The figures of the 2019 report are for Oxford5k; they say nothing about this dataset and are not shown.")
        return
    st.subheader("The 2019 report, Oxford5k")
    if protocol != REPORT_PROTOCOL:
        st.caption(f"The report used {PROTOCOL_TITLES[REPORT_PROTOCOL]}: choose it above before you compare.")
    show_table(table)


def recipes(models, dataset: str) -> None:
    """What stands behind each number, and the command that repeats it."""
    with st.expander("What stands behind these numbers"):
        for key, model in models.items():
            st.markdown(f"**{loaders.model_titles()[key]}** — {loaders.recipe_in_words(model.recipe)}")
            st.code(command(dataset, model.recipe), language="bash", wrap_lines=True)


main()
