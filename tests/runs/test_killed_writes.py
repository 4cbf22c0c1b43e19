"""A run that is killed between any two of its writes leaves nothing wrong that could be read, and the next run repairs it."""

import numpy as np
import pytest
from caches import copy_cache
from PIL import Image as PILImage

from retrieval_core import workspace as workspace_module
from retrieval_core.datasets import opened
from retrieval_core.runs import plan
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.results import list_sheets, open_results
from retrieval_core.workspace import Workspace

CHOICE = map_choice("pca", "all", None, 0)


class Killed(BaseException):
    """As after SIGKILL: nothing that comes later is done."""


@pytest.fixture
def changed(town_cache, tmp_path, monkeypatch):
    """A copy of the tiny town in which one photograph is another one, so that all there is of model 1d must be made anew."""
    monkeypatch.setattr(plan, "MAPS", (("pca", "all", None),))
    cache = copy_cache(town_cache, tmp_path / "changed")
    run(cache)  # with the map by PCA of the old photographs
    PILImage.new("RGB", (96, 72), (9, 90, 200)).save(cache / "town" / "photographs" / "jpg" / "alder_court_000002.jpg")
    return cache


def run(cache):
    opened._opened.clear()
    list(plan.run(Workspace(cache), "town", Settings(device="cpu", start="shapes", models=("1d",))))


def handed_out(cache):
    """What can be read of model 1d, each thing as bytes or None."""
    opened._opened.clear()
    results = open_results(Workspace(cache), "town", "quick", "1d")
    ready, found, neighbours = results.state[0] == "ready", results.map(CHOICE), results.neighbours("all")
    sheets = list_sheets(results.workspace, results.dataset)
    return {
        "ids": results.descriptors[0].ids if ready else None,
        "descriptors": results.descriptors[0].matrix.tobytes() if ready else None,
        "queries": results.descriptors[1].matrix.tobytes() if ready else None,
        "scores": str(results.score_file) if results.scored else None,
        "map": (found.ids, found.xy.tobytes()) if found else None,
        "neighbours": tuple(np.array(array).tobytes() for array in neighbours) if neighbours else None,
        "sheets": [path.read_bytes() for path in sheets] or None,
    }


def test_killed_before_each_write(changed, tmp_path, monkeypatch):
    whole = copy_cache(changed, tmp_path / "whole")
    real, written = workspace_module.publish, []

    def count(temporary, path):
        real(temporary, path)
        written.append(path.name)

    monkeypatch.setattr(workspace_module, "publish", count)
    run(whole)
    sound = handed_out(whole)
    assert None not in sound.values()
    assert {"descriptors.safetensors", "scores.json", "sheet-000.jpg", "neighbours-all.safetensors"} < set(written)
    assert written.count("manifest.json") >= 5

    for place in range(len(written)):
        cache, left = copy_cache(changed, tmp_path / f"killed-{place}"), iter(range(place))

        def kill(temporary, path, left=left):
            if next(left, None) is None:
                raise Killed
            real(temporary, path)

        monkeypatch.setattr(workspace_module, "publish", kill)
        with pytest.raises(Killed):
            run(cache)
        monkeypatch.setattr(workspace_module, "publish", real)
        for name, value in handed_out(cache).items():
            assert value in (None, sound[name]), f"{name} is wrong after a run was killed before it wrote {written[place]} ({place})"
        run(cache)
        assert handed_out(cache) == sound, f"the next run did not repair what was killed before {written[place]} ({place})"
