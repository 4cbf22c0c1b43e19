"""Work that a page asks for: it goes on in a process of its own, with a bar and a way to cancel, and survives a reload."""

import streamlit as st

from pages.state import loaders
from pages.state.plain import plain
from pages.widgets.errors import shown_errors
from retrieval_core.runs import jobs
from retrieval_core.runs.jobs import JobState


def begin(arguments: list[str], place: str = "run") -> None:
    """Start a command and look again at once, so that its bar is shown."""
    with shown_errors(), st.spinner("Starting …"):
        jobs.start(loaders.workspace(), arguments, place)
    st.rerun()


def last(arguments: list[str], place: str = "look") -> JobState | None:
    """The newest work of a place, if it is the work of this command."""
    job = jobs.current(loaders.workspace(), place)
    return job if job is not None and list(job.arguments[-len(arguments) :]) == arguments else None


def going_on(place: str = "look") -> bool:
    """Whether some work is going on in a place."""
    job = jobs.current(loaders.workspace(), place)
    return job is not None and job.state == "running"


@st.fragment(run_every="1s")
def watch(place: str = "look") -> None:
    """The bar of the work that is going on, and a button that cancels it; the page is run again when it ends."""
    with shown_errors():  # the fragment runs by itself, outside of what the app catches
        job = jobs.current(loaders.workspace(), place)
        if job is None or job.state != "running":
            st.rerun()
        with st.container(border=True):
            words = f"**{plain(job.stage or 'starting')}** {plain(job.message)} · {job.seconds:.0f} s"
            st.progress(min(1.0, job.overall or 0.0), text=words)
            if st.button("Cancel", icon=":material/stop_circle:", key=f"cancel {place}"):
                jobs.cancel(loaders.workspace(), place)
                st.toast("Cancelling …")


def ended_badly(job: JobState | None) -> bool:
    """Say that the work failed or was stopped; whether it did."""
    if job is None or job.state not in ("failed", "cancelled", "interrupted"):
        return False
    said = f"It failed: {job.error}" if job.state == "failed" else f"It was {job.state} after {job.seconds:.0f} s."
    (st.error if job.state == "failed" else st.info)(plain(said), icon=":material/warning:")
    return True
