"""The command that takes the README's pictures, on the tiny town."""

import subprocess
import sys

import pytest
import readme_pictures
from PIL import Image

pytestmark = pytest.mark.browser


def test_all_six_pictures_are_taken_light_and_dark(browser, town_cache, tmp_path):
    made = list(readme_pictures.take(town_cache, tmp_path / "pictures", browser, tiny=True))
    assert [path.stem for path in made] == [f"{name}-{scheme}" for scheme in ("light", "dark") for name in ("map", "machine", "ledger")]
    for path in made:
        picture = Image.open(path).convert("L")
        assert picture.size == (1440, 900)
        colours = picture.getcolors()
        assert len(colours) > 60, f"{path.name} is empty"
        assert (max(colours)[1] > 128) == ("light" in path.stem)


def test_it_is_a_command():
    done = subprocess.run([sys.executable, readme_pictures.__file__, "--help"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "all models ready" in done.stdout


def test_a_cache_without_the_models_is_refused(tmp_path, browser, town_cache, monkeypatch):
    monkeypatch.setattr(readme_pictures, "LEAST_MODELS", 99)
    with pytest.raises(SystemExit, match="build the town"):
        next(readme_pictures.take(town_cache, tmp_path, browser, tiny=True))
