"""A bundle from a page: one file to take home, written by a job, and then handed out."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import streamlit as st

from pages.state import door, link, loaders
from pages.widgets import work

FOLDER = "bundles"


def offer(lessons: Sequence[str] = ()) -> None:
    """A menu that writes what can be explored into one file, with some lessons, and hands it out."""
    with st.popover("Take home", icon=":material/home_storage:"):
        st.markdown("One HTML file with the maps, the rankings, the tables and the photographs, made small. It opens by a double "
                    "click, without this app and without a network.")  # fmt: skip
        photographs = st.toggle("With photographs", True, key="bundle photographs", help="Leave them out where their terms do not "
                                "allow to hand them on: names stand in their places.")  # fmt: skip
        file = file_of(lessons, photographs)
        if work.at_work():
            return
        arguments = words(file, lessons, photographs)
        job = work.last(arguments)
        work.ended_badly(job)
        if file.is_file():
            hand_out(file)
        if door.button("Write it anew" if file.is_file() else "Write the file", icon=":material/draft:"):
            work.begin(arguments, "look")
        work.same_command(arguments)


def file_of(lessons: Sequence[str], photographs: bool) -> Path:
    """Where the bundle of what is chosen lies."""
    parts = [link.get("dataset"), link.get("run"), *lessons, *([] if photographs else ["without photographs"])]
    return loaders.workspace().root / FOLDER / f"{' '.join(parts)}.html"


def words(file: Path, lessons: Sequence[str], photographs: bool) -> list[str]:
    """The command that writes it."""
    chosen = ["--dataset", link.get("dataset"), "--run", link.get("run")]
    chosen += ["--lesson", ",".join(lessons)] if lessons else []
    return ["bundle", str(file), *chosen, *([] if photographs else ["--no-photographs"])]


def hand_out(file: Path) -> None:
    """A button that saves the file."""
    stat = file.stat()
    written = datetime.fromtimestamp(stat.st_mtime).strftime("%Y-%m-%d %H:%M")
    st.download_button(f"Save {stat.st_size / 1e6:.1f} MB, written {written}", file.read_bytes(), file.name, "text/html",
                       icon=":material/download:", on_click="ignore", type="primary", key="bundle file")  # fmt: skip
