"""Layouts by pivots: the sample is laid out as it is alone, the rest lies where brute force puts it, and cut off work goes on."""

import numpy as np
import pytest
from caches import result_and_reports
from layouts import clusters

from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.projection import pivots
from retrieval_core.projection.maps import compute_map
from retrieval_core.projection.pivots import compute_pivot_map, draw_pivots
from retrieval_core.projection.placement import middle

COUNT, PIVOTS = 700, 90


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(pivots, "PART", 256)
    monkeypatch.setattr(pivots, "_ROWS", 100)


@pytest.fixture
def matrix():
    return clusters(COUNT, count=6, noise=0.2)[0]


def made_in(folder, matrix, method="pca", seed=1):
    return compute_pivot_map([f"image {row}" for row in range(len(matrix))], matrix, method, None, seed, folder, PIVOTS)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_pivots_lie_as_the_method_lays_them_out_and_the_others_in_the_middle_of_their_nearest_pivots(
    small_parts, tmp_path, matrix, method
):
    made = finished(made_in(tmp_path, matrix, method))
    chosen = draw_pivots(COUNT, PIVOTS, 1)
    alone = finished(compute_map([str(row) for row in chosen], matrix[chosen], method, None, 1))
    np.testing.assert_array_equal(made.xy[chosen], alone.xy)
    assert (made.pivots, made.parameters, made.ids[3]) == (PIVOTS, alone.parameters, "image 3")
    for row in set(range(COUNT)) - set(chosen.tolist()):
        similar = matrix[chosen].astype(float) @ matrix[row]
        nearest = sorted(range(PIVOTS), key=lambda pivot: -similar[pivot])[:10]
        np.testing.assert_allclose(made.xy[row], middle(alone.xy[nearest][None])[0], rtol=1e-6)


def test_pivots_are_drawn_once_each_and_by_the_seed():
    chosen = draw_pivots(1000, 200, 3)
    assert len(set(chosen.tolist())) == 200
    assert (np.diff(chosen) > 0).all()
    assert chosen.tolist() == draw_pivots(1000, 200, 3).tolist() != draw_pivots(1000, 200, 4).tolist()
    assert draw_pivots(50, 200, 0).tolist() == list(range(50))


@pytest.mark.parametrize("after", [1, 4, 7, 9])
def test_work_that_was_cut_off_goes_on_where_it_stopped(small_parts, tmp_path, matrix, after):
    whole = finished(made_in(tmp_path / "whole", matrix)) if (tmp_path / "whole").mkdir() is None else None
    (tmp_path / "cut").mkdir()
    begun = made_in(tmp_path / "cut", matrix)
    for _ in range(after):
        next(begun)
    begun.close()
    before = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "cut").iterdir()}
    assert not any(name.startswith(".") for name in before)
    made, reports = result_and_reports(made_in(tmp_path / "cut", matrix))
    np.testing.assert_array_equal(made.xy, whole.xy)
    assert made.quality == whole.quality
    assert all((tmp_path / "cut" / name).stat().st_mtime_ns == written for name, written in before.items())
    placing = [report.done for report in reports if "placing" in report.message]
    assert placing == [
        first for first in (0, 100, 200, 256, 356, 456, 512, 612) if f"placed-{first // 256 * 256}.safetensors" not in before
    ]


def test_the_quality_is_judged_on_a_sample_of_all(small_parts, tmp_path, matrix, monkeypatch):
    monkeypatch.setattr(pivots, "JUDGED", 50)
    made = finished(made_in(tmp_path, matrix))
    assert made.quality["rows"] == 50
    assert (~np.isnan(made.overlap)).sum() == 50


def test_descriptors_that_are_not_finite_are_refused(tmp_path, matrix):
    matrix[5:] = np.nan
    with pytest.raises(RetrievalError, match="not finite"):
        finished(made_in(tmp_path, matrix))
