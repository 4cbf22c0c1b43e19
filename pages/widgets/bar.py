"""A bar for what takes seconds and is done while the page waits."""

from collections.abc import Generator

import streamlit as st

from retrieval_core.progress import Progress


def with_bar(title: str, steps: Generator[Progress, None, object]) -> object:
    """Run steps to their end under a bar, which goes away then, and return what they return."""
    bar = st.progress(0.0, text=f"{title} …")
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            bar.empty()
            return end.value
        share = step.done / max(1, step.total) if step.overall is None else step.overall
        bar.progress(min(1.0, share), text=f"{title}: {step.message or step.stage}")
