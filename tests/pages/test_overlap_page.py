"""Pairs of a training set and a test set on the page Duplicates: looked for on demand, shown side by side, judged by a person."""

import numpy as np
import pytest
from looking import button, end_of_work, texts
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.training.overlap import known_pairs, unconfirmed
from retrieval_core.workspace import Workspace


@pytest.fixture
def cache(tmp_path):
    """A training set of three landmarks, and a test set that holds a smaller copy of one of its photographs."""
    random = np.random.default_rng(0)
    for name in ("mine/a", "mine/b", "mine/c", "tests"):
        (tmp_path / name).mkdir(parents=True)
        for number in range(2):
            mosaic = np.kron(random.integers(0, 255, (9, 12, 3)), np.ones((16, 16, 1))).astype(np.uint8)
            PILImage.fromarray(mosaic).save(tmp_path / name / f"{number}.png")
    PILImage.open(tmp_path / "mine" / "b" / "1.png").resize((96, 72)).save(tmp_path / "tests" / "copy.png")
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "mine", tmp_path / "mine", training=True)
    add_dataset(workspace, "tests", tmp_path / "tests")
    return workspace.root


def test_a_pair_is_found_shown_and_called_different(cache, open_page):
    app = open_page("Duplicates", cache)
    assert "**mine** and **tests**: not compared yet" in texts(app.markdown)
    button(app, "Compare them").click().run()
    assert end_of_work(cache).state == "done"
    app = open_page("Duplicates", cache)
    assert "**mine** and **tests**: 1 pairs, 1 to be looked at" in texts(app.markdown)
    assert "near duplicate: b/1 and copy" in texts(app.markdown)
    assert not app.exception
    button(app, "These are different photographs").click().run()
    workspace = Workspace(cache)
    pairs = known_pairs(workspace, open_dataset(workspace, "mine"), open_dataset(workspace, "tests"))
    assert len(pairs) == 1
    assert not unconfirmed(workspace, pairs)
    assert "1 pairs, 0 to be looked at" in texts(open_page("Duplicates", cache).markdown)
