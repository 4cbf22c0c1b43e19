"""The JavaScript of the pages as files that are served: complete, of one version, kept for good by the browser."""

import re
from pathlib import Path, PurePosixPath

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.web import component, modules
from pages.web.routes import ROUTES

WEB = Path(__file__).parents[2] / "pages" / "web"
IMPORT = re.compile(r'^(?:import|export) .*?from "([^"]+)";', re.MULTILINE)


@pytest.fixture
def client():
    return TestClient(Starlette(routes=ROUTES))


@pytest.mark.parametrize("name", sorted(modules.modules()))
def test_a_module_is_served_as_it_is_with_all_that_it_imports(client, name):
    answer = client.get(f"/{modules.address(name)}")
    assert answer.text == (WEB / name).read_text(encoding="utf-8")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    for way in IMPORT.findall(answer.text):
        assert way.startswith("."), f"{name} imports {way}, which is no file of ours"
        wanted = (WEB / PurePosixPath(name).parent / way).resolve()
        assert wanted.relative_to(WEB).as_posix() in modules.modules()


@pytest.mark.parametrize("way", ["files/modules/00000000/map/main.js", "{}/nothing.js", "{}/../routes.py", "{}/map/map.css", "{}/"])
def test_another_version_and_anything_else_are_not_served(client, way):
    answer = client.get("/" + way.format(modules.address("").rstrip("/")))
    assert answer.status_code == 404


def test_another_text_has_another_address(monkeypatch):
    before = modules.address("map/main.js")
    monkeypatch.setattr(modules, "modules", lambda: {"map/main.js": "changed"})
    assert modules.address("map/main.js") != before
    assert before.endswith("/map/main.js")


def test_every_component_has_its_files():
    for folder in sorted(path.parent for path in WEB.glob("*/main.js")):
        for ending in ("html", "css"):
            assert (folder / f"{folder.name}.{ending}").is_file()
        assert "export function show(" in (folder / "main.js").read_text(encoding="utf-8")
        assert component.component(folder.name)
