"""Work that a page asks for: it goes on in a process of its own, with a bar and a way to cancel, and survives a reload."""

import streamlit as st

from pages.state import actions, door, loaders
from pages.state.plain import plain
from pages.widgets.errors import shown_errors
from retrieval_core.runs import jobs
from retrieval_core.runs.jobs import JobState


def begin(arguments: list[str], place: str = "run") -> None:
    """Start a command and look again at once, so that its bar is shown."""
    with shown_errors(), st.spinner("Starting …"):
        actions.start_work(arguments, place)
    st.rerun()


def last(arguments: list[str], place: str = "look") -> JobState | None:
    """The newest work of a place, if it is the work of this command."""
    job = jobs.current(loaders.workspace(), place)
    return job if job is not None and list(job.arguments[-len(arguments) :]) == arguments else None


def going_on(place: str = "look") -> bool:
    """Whether some work is going on in a place."""
    job = jobs.current(loaders.workspace(), place)
    return job is not None and job.state == "running"


def at_work(place: str = "look", said: str = "At work now:") -> bool:
    """Show the work of a place while it goes on; whether there is any."""
    if not going_on(place):
        return False
    st.caption(said)
    watch(place)
    return True


@st.fragment(run_every="1s")
def watch(place: str = "look") -> None:
    """The bar of the work that is going on, and a button that cancels it; the page is run again when it ends."""
    with shown_errors():  # the fragment runs by itself, outside of what the app catches
        job = jobs.current(loaders.workspace(), place)
        if job is None or job.state != "running":
            st.rerun()
        with st.container(border=True):
            words = f"**{plain(job.stage or 'starting')}** {door.shown(job.message)} · {job.seconds:.0f} s"
            st.progress(min(1.0, job.overall or 0.0), text=words)
            cancel_button("Cancelling …", place)


def ended_badly(job: JobState | None) -> bool:
    """Say that the work failed or was stopped; whether it did."""
    if job is None or job.state not in ("failed", "cancelled", "interrupted"):
        return False
    failed = job.state == "failed"
    said = f"It failed: {door.shown(str(job.error))}" if failed else f"It was {job.state} after {job.seconds:.0f} s."
    (st.error if failed else st.info)(said, icon=":material/warning:")
    return True


def offer(label: str, arguments: list[str], place: str = "run", said: str = "At work now:", **button) -> None:
    """Work that a command does: its bar while any goes on in its place, else how it ended last, a button that begins it, the command.

    `label` is the button's, empty where there is nothing to begin; `button`: what else `door.button` takes.
    """
    if at_work(place, said):
        return
    ended_badly(last(arguments, place))
    if label and door.button(label, **button):
        begin(arguments, place)
    same_command(arguments)


def cancel_button(said: str, place: str = "run") -> None:
    """A button that cancels the work of a place, and says so."""
    if door.button("Cancel", icon=":material/stop_circle:", key=f"cancel {place}"):
        actions.cancel_work(place)
        st.toast(said)


def show_command(command: str) -> None:
    """A command that repeats what is shown, to be copied."""
    st.code(door.said(command), language=None, wrap_lines=True)


def same_command(arguments: list[str]) -> None:
    """Say which command does what a button does."""
    st.caption(f"The same from the command line: `{door.said(loaders.workspace().command(*arguments))}`")
