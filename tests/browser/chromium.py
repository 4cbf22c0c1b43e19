"""The browser of the tests, and what it is told at its start."""

from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # fmt: skip


def is_fault(message) -> bool:
    """Whether a console message is an error; Streamlit's own search for its server below a page's address is none."""
    return message.type == "error" and "/_stcore/" not in message.location.get("url", "")
