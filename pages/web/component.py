"""Components that are drawn by JavaScript of our own, which the browser imports as modules."""

from pathlib import Path

import streamlit as st

from pages.web import modules

_WEB = Path(__file__).parent


def component(name: str):
    """Register the component of a folder: its NAME.html, NAME.css and main.js.

    main.js exports `show`, which Streamlit calls at every run of the page with what the page hands over.
    """
    read = lambda ending: (_WEB / name / f"{name}.{ending}").read_text(encoding="utf-8")  # noqa: E731
    # Streamlit imports a script of its own making, in which a relative address has nothing to be relative to.
    address = modules.address(f"{name}/main.js")
    script = f'const {{ show }} = await import(new URL("{address}", document.baseURI));\nexport default show;'
    return st.components.v2.component(f"retrieval_{name}", html=read("html"), css=read("css"), js=script)
