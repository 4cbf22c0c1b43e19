"""A bundle from a page: which command writes it, and that what is written is handed out."""

from caches import copy_cache
from looking import button

from pages.widgets import work


def test_start_begins_the_command_with_or_without_photographs(open_page, town_cache, monkeypatch):
    begun = []
    monkeypatch.setattr(work, "begin", lambda arguments, place="run": begun.append((arguments, place)))
    app = open_page("Start", town_cache)
    button(app, "Write the file").click().run()
    [(arguments, place)] = begun
    assert place == "look"
    assert arguments == ["bundle", str(town_cache / "bundles" / "town quick.html"), "--dataset", "town", "--run", "quick"]
    app.toggle(key="bundle photographs").set_value(False).run()
    button(app, "Write the file").click().run()
    assert begun[1][0][-1] == "--no-photographs"
    assert begun[1][0][1].endswith("town quick without photographs.html")


def test_what_is_written_is_handed_out(open_page, town_cache, tmp_path):
    cache = copy_cache(town_cache, tmp_path / "cache")
    (cache / "bundles").mkdir()
    (cache / "bundles" / "town quick.html").write_bytes(b"x" * 2_000_000)
    app = open_page("Start", cache)
    assert any(one.label.startswith("Save 2.0 MB, written 20") for one in app.get("download_button"))
    assert button(app, "Write it anew")
