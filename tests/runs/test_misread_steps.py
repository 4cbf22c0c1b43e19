"""The strips of small maps on which t-SNE is misread: what they hold is what the page Map and the descriptors hold."""

import numpy as np
import pytest
from caches import copy_cache

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.projection.maps import compute_map
from retrieval_core.projection.misreading.labels import CHANCE, IN_SPACE, ON_MAP
from retrieval_core.projection.misreading.measures import KEPT, TRUST
from retrieval_core.projection.misreading.noise import OF_PHOTOGRAPHS
from retrieval_core.projection.misreading.several_runs import MOVED, SHARED
from retrieval_core.projection.misreading.sizes import TRUE
from retrieval_core.projection.misreading.strip import GREY
from retrieval_core.projection.misreading.strips import STRIPS, draw_sample, strip_table
from retrieval_core.runs.misread_steps import make_misread
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.misread import misread_path, read_misread
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


@pytest.fixture(scope="module")
def made(town_cache, tmp_path_factory):
    workspace = Workspace(copy_cache(town_cache, tmp_path_factory.mktemp("misread") / "cache"))
    reports = list(make_misread(workspace, "town", "quick", ["1d"]))
    assert [one.overall for one in reports] == sorted(one.overall for one in reports)
    return open_results(workspace, "town", "quick", "1d")


def test_every_strip_is_made_says_something_and_is_kept(made):
    found = read_misread(made)
    assert list(found.strips) == list(STRIPS)
    assert (found.subset, found.count) == ("labelled", found.of)
    for key, strip in found.strips.items():
        if not strip.missing:
            assert STRIPS[key].says(strip).endswith(".")
            assert len(strip_table(strip)) in (len(strip.panels), len(strip.panels) + 1)
            assert all(len(panel.xy) == len(panel.codes) and np.isfinite(panel.xy).all() for panel in strip.panels)
    before = misread_path(made).stat().st_mtime_ns
    finished(make_misread(made.workspace, "town", "quick", ["1d", "1d-aqe"]))
    assert misread_path(made).stat().st_mtime_ns == before


def test_a_map_that_can_be_opened_is_the_one_of_the_page_map(made):
    found = read_misread(made)
    ids = subset_ids(made.dataset, found.subset)
    matrix = made.descriptors[0].rows(ids)
    opened = [panel for key in ("perplexity", "steps", "runs") for panel in found.strips[key].panels if panel.settings is not None]
    assert len(opened) >= 8
    for panel in (opened[0], opened[3], opened[-1]):
        large = finished(compute_map(ids, matrix, "tsne", panel.settings, panel.seed))
        assert panel.figures[TRUST] == pytest.approx(large.quality["trustworthiness"])
        assert panel.figures[KEPT] == pytest.approx(100 * large.quality["knn_overlap"])
        middle = lambda xy: (xy - xy.mean(axis=0)) / np.linalg.norm(xy - xy.mean(axis=0))  # noqa: E731
        assert np.linalg.svd(middle(panel.xy).T @ middle(large.xy))[1].sum() == pytest.approx(1, abs=1e-3)  # turned at most


def test_noise_has_no_landmark_and_shuffled_labels_are_the_same_labels(made):
    strips = read_misread(made).strips
    assert all((panel.codes == GREY).all() for panel in strips["noise"].panels)
    assert 0 < strips["noise"].facts[OF_PHOTOGRAPHS] <= 1
    true, *shuffled, painted = strips["labels"].panels
    sample = draw_sample(made.dataset, made.descriptors[0])
    assert np.array_equal(true.codes, sample.codes)
    for panel in shuffled:
        assert np.array_equal(panel.xy, true.xy)
        assert not np.array_equal(panel.codes, true.codes)
        assert np.array_equal(np.sort(panel.codes), np.sort(true.codes))
    assert painted.figures[ON_MAP] > painted.figures[IN_SPACE]
    assert 0 < strips["labels"].facts[CHANCE] < 100


def test_runs_are_told_by_what_moved(made):
    first, *others = read_misread(made).strips["runs"].panels
    assert (first.figures[MOVED], first.figures[SHARED]) == (0, 100)
    assert all(panel.figures[MOVED] > 0 for panel in others)
    assert [panel.settings for panel in others[1:]] == [None] * 3


def test_a_landmark_that_is_drawn_apart_is_wider_in_truth(made):
    widths = read_misread(made).strips["sizes"].all(TRUE)
    assert widths[:4] == sorted(widths[:4])
    assert widths[0] < widths[3]


def test_other_labels_make_them_stale_and_what_can_not_be_made_says_why(cache, tmp_path):
    workspace = Workspace(cache)
    with pytest.raises(RetrievalError, match="is missing"):
        list(make_misread(workspace, "town", "quick", ["1d-ms"]))
    with pytest.raises(RetrievalError, match="ASMK"):
        list(make_misread(workspace, "town", "quick", ["1d-asmk"]))
    assert read_misread(open_results(workspace, "town", "quick", "1d")) is None
    assert open_dataset(workspace, "town").labels
