"""Who is at the door: whoever sits at this machine may do everything; a visitor from another one looks, and starts nothing.

A visitor is everybody of whom it is not sure that they sit here: their connection comes from another address, or a proxy handed it
on, or their browser knows this machine by another name than localhost. They see no path of this machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.state.cache_folder import workspace
from pages.state.hidden_paths import without_paths
from pages.state.plain import plain
from retrieval_core.errors import RetrievalError

WHY = "Only whoever sits at the machine that the app runs on can do this."
_HANDED_ON = frozenset({  # headers with which a proxy says for whom it asks
    "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server", "x-real-ip", "x-client-ip",
    "true-client-ip", "cf-connecting-ip", "via",
})  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """Where a request comes from: the address of its connection, None where that is not known, and all its headers."""

    address: str | None
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, address: str | None, headers: Iterable[tuple[str, str]]) -> "Caller":
        """From what a server knows; names of headers may be written in any way."""
        return cls(address, tuple((name.lower(), value) for name, value in headers))

    @property
    def is_visitor(self) -> bool:
        """Whether it is not sure that they sit at this machine."""
        hosts = [value for name, value in self.headers if name == "host"]
        origins = [value for name, value in self.headers if name == "origin"]
        return (
            not is_loopback(self.address or "")
            or any(name in _HANDED_ON for name, _ in self.headers)
            # A page of somebody else may give its own name this machine's address: only the name tells.
            or not hosts
            or not all(_is_here(f"//{host}") for host in hosts)
            or not all(_is_here(origin) for origin in origins)
        )


def is_loopback(address: str) -> bool:
    """Whether an IP address stands for the machine itself: 127.0.0.0/8, ::1, or the former written as the latter are."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def _is_here(url: str) -> bool:
    """Whether a URL's host is this machine by its own name for itself."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host == "localhost" or host.endswith(".localhost") or is_loopback(host)


def caller() -> Caller | None:
    """Whoever looks at the page; None where no server runs, as in a script of one's own."""
    context = get_script_run_ctx()
    if context is None or not exists():
        return None
    client = get_instance().get_client(context.session_id)
    known = client.client_context if client else None
    return Caller.of(known.remote_ip, known.headers) if known else Caller(None, ())


def is_visitor() -> bool:
    """Whether whoever looks at the page is a visitor."""
    found = caller()
    return found is not None and found.is_visitor


def for_the_owner(what: str) -> None:
    """Raise a RetrievalError for a visitor; `what` says what they can't do, as in "start a run"."""
    if is_visitor():
        raise RetrievalError(f"You can't {what} from another machine. {WHY}")


def said(text: str) -> str:
    """A text as whoever looks may read it: a visitor sees no path of this machine."""
    return without_paths(text, workspace()) if is_visitor() else text


def shown(text: str) -> str:
    """The same as Markdown that shows exactly this text."""
    return plain(said(text))


def button(label: str, *, place=st, **arguments) -> bool:
    """A button for what a visitor can't do: they see it, and why it is not for them. Whether it was pressed."""
    if is_visitor():
        arguments |= {"disabled": True, "help": WHY}
    return place.button(label, **arguments) and not is_visitor()
