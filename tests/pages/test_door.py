"""Who counts as a visitor, and that no page gets past the door."""

import ast
from pathlib import Path

import pytest

from pages.state.door import Caller, is_loopback

HERE = (("Host", "localhost:8501"), ("Origin", "http://localhost:8501"))
PAGES = Path(__file__).parents[2] / "pages"
CHANGES = {"start", "cancel", "add_dataset", "confirm_different", "build_dataset", "note_fingerprint", "export_dataset",
           "export_models", "import_models", "store_import",
           "fetch", "get", "write_json", "begin_run", "remove", "set_aside"}  # fmt: skip
"""What in the core changes something on the machine; dict.get and the like are no calls of an imported name."""


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.7.6", "::1", "::ffff:127.0.0.1"])
def test_whoever_sits_here_is_no_visitor(address):
    assert is_loopback(address)
    assert not Caller.of(address, HERE).is_visitor
    assert not Caller.of(address, [("host", "127.0.0.1:8501")]).is_visitor
    assert not Caller.of(address, [("host", "[::1]:8501"), ("origin", "http://[::1]:8501")]).is_visitor


@pytest.mark.parametrize("address", [None, "", "192.168.1.20", "10.0.0.2", "203.0.113.9", "fe80::1%eth0", "::ffff:192.168.1.20",
                                     "0.0.0.0", "localhost", "testclient", "127.0.0.1.evil.example", "no address"])  # fmt: skip
def test_every_other_address_is_a_visitor_s_and_so_is_one_that_is_not_known(address):
    assert Caller.of(address, HERE).is_visitor


@pytest.mark.parametrize("header", [
    ("X-Forwarded-For", "192.168.1.20"), ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("Via", "1.1 proxy"),
    ("X-Real-IP", "127.0.0.1"), ("x-forwarded-host", "localhost"), ("CF-Connecting-IP", "127.0.0.1"), ("X-Forwarded-Proto", "http"),
])  # fmt: skip
def test_what_a_proxy_hands_on_comes_from_a_visitor_whatever_it_says(header):
    assert Caller.of("127.0.0.1", [*HERE, header]).is_visitor


@pytest.mark.parametrize("headers", [
    [], [("host", "evil.example:8501")], [("host", "localhost.evil.example")], [*HERE, ("origin", "http://evil.example")],
    [("host", "localhost"), ("origin", "null")], [("host", "localhost"), ("host", "evil.example")], [("host", "[::1")],
    [("host", "192.168.1.20:8501")], [("host", "")],
])  # fmt: skip
def test_a_page_of_somebody_else_that_gives_its_name_this_address_is_a_visitor(headers):
    assert Caller.of("127.0.0.1", headers).is_visitor


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.py")), ids=lambda path: str(path.relative_to(PAGES)))
def test_only_actions_change_something(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("retrieval_core")]
    taken = {alias.name for node in imports for alias in node.names}
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
              and isinstance(node.func.value, ast.Name) and node.func.value.id in taken}  # fmt: skip
    assert path.name == "actions.py" or not CHANGES & (taken | called)
