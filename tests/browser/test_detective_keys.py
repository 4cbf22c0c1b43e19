"""Detective with the keyboard: A accepts, X rejects, L is later, U undoes, and what was decided is in the cache."""

import pytest
from app_server import start_app

from retrieval_core.stored.detective import ACCEPTED, REJECTED, decisions
from retrieval_core.workspace import Workspace

pytestmark = pytest.mark.browser


def test_suspects_are_decided_with_keys(page, cache):
    workspace = Workspace(cache)
    first = ".card.unlabelled[data-image]"
    with start_app(cache) as address:
        page.goto(f"{address}/unlabelled?guess=detective&jury=1a,1d,2a&votes=1&among=3")
        page.locator(first).wait_for()
        one = page.locator(first).get_attribute("data-image")
        for key, said in (("a", "1 accepted, 0 rejected"), ("x", "1 accepted, 1 rejected")):
            page.keyboard.press(key)
            page.get_by_text(said).wait_for()
        found = decisions(workspace, "town")
        assert found[one][0] == ACCEPTED
        assert sorted(name for name, _ in found.values()) == [ACCEPTED, REJECTED]
        for said in ("1 accepted, 0 rejected", "0 accepted, 0 rejected"):
            page.keyboard.press("u")
            page.get_by_text(said).wait_for()
        page.locator(f'.card.unlabelled[data-image="{one}"]').wait_for()
        page.keyboard.press("l")
        page.locator(f'.card.unlabelled[data-image="{one}"]').wait_for(state="detached")
        assert decisions(workspace, "town") == {}
