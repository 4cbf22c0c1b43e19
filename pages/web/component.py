"""Components that are drawn by JavaScript of our own: their modules put together into the one script that Streamlit takes."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit as st


def component(name: str, folder: Path, modules: Iterable[str]):
    """Register the component of a folder: its NAME.html, NAME.css and modules, each after those that it builds on.

    A module of another component is named by its way from this folder, as in `../ranking/text`.
    The last module exports `show`, which Streamlit calls at every run of the page with what the page hands over.
    """
    read = lambda file: (folder / file).read_text(encoding="utf-8")  # noqa: E731
    return st.components.v2.component(
        f"retrieval_{name}", html=read(f"{name}.html"), css=read(f"{name}.css"), js=script(folder, tuple(modules))
    )


@cache
def script(folder: Path, modules: tuple[str, ...]) -> str:
    """All modules as one; each keeps its own scope."""
    parts = []
    for name in modules:
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        text = re.sub(r'^import (\{.*?\}) from "\.{1,2}/(?:\w+/)*(\w+)\.js";', r"const \1 = $\2;", text, flags=re.MULTILINE)
        exports = ", ".join(re.findall(r"^export (?:async )?(?:class|function|const) (\w+)", text, flags=re.MULTILINE))
        text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
        parts.append(f"const ${Path(name).name} = (() => {{\n{text}\nreturn {{ {exports} }};\n}})();")
    return "\n".join([*parts, f"export default ${modules[-1]}.show;"])
