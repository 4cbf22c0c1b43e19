"""The map in the browser: what Python sends it, and what it hears back."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent
MODULES = (  # each after those that it builds on
    "view", "places", "symbols", "points", "density", "scene", "look", "neighbours", "overlay", "card", "gallery", "panel", "legend",
    "film", "save", "pointer", "keys", "toolbar", "app", "main",
)  # fmt: skip
KEY = "map"


@cache
def script() -> str:
    """All modules as one, since Streamlit hands a component's script over as a single module; each keeps its own scope."""
    parts = []
    for name in MODULES:
        text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
        text = re.sub(r'^import (\{.*?\}) from "\./(\w+)\.js";', r"const \1 = $\2;", text, flags=re.MULTILINE)
        exports = ", ".join(re.findall(r"^export (?:class|function|const) (\w+)", text, flags=re.MULTILINE))
        text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
        parts.append(f"const ${name} = (() => {{\n{text}\nreturn {{ {exports} }};\n}})();")
    return "\n".join([*parts, "export default $main.show;"])


def show_map(scene: str, shared: dict, on_change: Callable[[dict], None]) -> None:
    """Show the map of a scene, an address that answers with what scene.describe returns.

    `shared` is what the page and the browser both know: model, selection, query, k, view, landmarks, unlabelled, colour,
    thumbnails, film, placed. `on_change` is called with the same names when the person in front of the browser has changed
    them.
    """
    changed = lambda: on_change(st.session_state[KEY]["state"])  # noqa: E731
    component = st.components.v2.component(
        "retrieval_map",
        html=(FOLDER / "map.html").read_text(encoding="utf-8"),
        css=(FOLDER / "map.css").read_text(encoding="utf-8"),
        js=script(),
    )
    heard = st.session_state.get(KEY, {}).get("state") or {}
    component(
        key=KEY, data={"scene": scene, "shared": shared, "stamp": heard.get("stamp", 0)}, default={"state": None},
        on_state_change=changed, height="content",
    )  # fmt: skip
