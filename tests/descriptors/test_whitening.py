"""Whitening: PCA's is scikit-learn's at full power, the learned one what all pairs give, and what can't be learnt is zero."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from retrieval_core.descriptors import whitening as module
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError


@pytest.fixture
def matrix():
    """500 descriptors of 8 dimensions with mixed axes of very different variance."""
    random = np.random.default_rng(0)
    mixed = random.normal(size=(500, 8)) * np.geomspace(1, 0.01, 8) @ random.normal(size=(8, 8)) + 1
    return (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)


def projected(whitening, matrix):
    return (matrix.astype(np.float64) - whitening.mean) @ whitening.projection


def test_the_training_set_becomes_white(matrix, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 64)
    white = projected(Whitening.fit(matrix, eps=0), matrix)
    np.testing.assert_allclose(white.T @ white / len(white), np.eye(8), atol=1e-3)


def test_full_power_is_scikit_learns_whitening(matrix):
    ours = projected(Whitening.fit(matrix, eps=0, dim=5), matrix)
    theirs = PCA(5, whiten=True, svd_solver="full").fit_transform(matrix.astype(np.float64))
    theirs *= np.sqrt(len(matrix) / (len(matrix) - 1))  # it divides the variance by N - 1
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=5e-3)


def test_rows_come_out_with_length_one_and_the_wanted_width(matrix):
    out = Whitening.fit(matrix, dim=3).transform(matrix[:50])
    assert out.shape == (50, 3)
    assert out.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(out, axis=1), 1, atol=1e-6)


def test_power_zero_only_rotates_and_a_quarter_is_between(matrix):
    rotated = Whitening.fit(matrix, power=0)
    np.testing.assert_allclose(rotated.projection.T @ rotated.projection, np.eye(8), atol=1e-5)
    spread = [projected(Whitening.fit(matrix, power=power), matrix).std(axis=0) for power in (0, 0.25, 0.5)]
    ratios = [values[0] / values[-1] for values in spread]
    assert ratios[0] > ratios[1] > ratios[2]
    assert ratios[1] == pytest.approx(np.sqrt(ratios[0]), rel=1e-2)


def test_eps_bounds_how_far_a_weak_axis_is_blown_up(matrix):
    bounded = Whitening.fit(matrix, eps=0.1)
    gains = np.linalg.norm(bounded.projection, axis=0)
    assert gains.max() / gains.min() == pytest.approx(np.sqrt(10), rel=1e-4)


def test_axes_without_variance_stay_zero_with_fewer_photographs_than_dimensions(matrix):
    whitening = Whitening.fit(matrix[:4])
    assert np.isfinite(whitening.projection).all()
    assert (np.linalg.norm(whitening.projection, axis=0) > 0).tolist() == [True] * 3 + [False] * 5
    np.testing.assert_allclose(np.linalg.norm(whitening.transform(matrix), axis=1), 1, atol=1e-6)


def test_collapsed_descriptors_give_zeros_and_no_warning(matrix):
    same = np.repeat(matrix[:1], 10, axis=0)
    assert not Whitening.fit(same).transform(same).any()


def test_what_is_saved_is_loaded_and_the_file_is_the_same_each_time(matrix, tmp_path):
    whitening = Whitening.fit(matrix, power=0.25)
    whitening.save(tmp_path / "a.npz")
    Whitening.fit(matrix.copy(), power=0.25).save(tmp_path / ".b.npz.1234.writing")
    loaded = Whitening.load(tmp_path / "a.npz")
    assert loaded.power == 0.25
    np.testing.assert_array_equal(loaded.transform(matrix), whitening.transform(matrix))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / ".b.npz.1234.writing").read_bytes()


def test_faults_are_named(matrix, tmp_path):
    with pytest.raises(RetrievalError, match="9 dimensions from 500 descriptors of 8"):
        Whitening.fit(matrix, dim=9)
    with pytest.raises(RetrievalError, match="from 1 descriptors"):
        Whitening.fit(matrix[:1])
    with pytest.raises(RetrievalError, match="learnt on 8 dimensions; the descriptors have 7"):
        Whitening.fit(matrix).transform(matrix[:, :7])
    for content in (b"", b"PK\x03\x04 torn", b"text"):
        (tmp_path / "broken.npz").write_bytes(content)
        with pytest.raises(RetrievalError, match=r"broken\.npz is not a stored whitening"):
            Whitening.load(tmp_path / "broken.npz")


def test_learned_whitening_is_what_the_naive_way_over_all_pairs_gives(matrix):
    labels = [f"landmark {row // 10}" for row in range(200)]
    rows = matrix[:200].astype(np.float64)
    differences = [rows[i] - rows[j] for i in range(200) for j in range(i) if labels[i] == labels[j]]
    within = sum(np.outer(row, row) for row in differences) / len(differences)
    inverse = np.linalg.inv(np.linalg.cholesky(within + np.eye(8) * 1e-6 * np.trace(within) / 8))
    turned = (rows - rows.mean(axis=0)) @ inverse.T
    _, axes = np.linalg.eigh(turned.T @ turned)
    naive = turned @ axes[:, ::-1]
    naive /= np.linalg.norm(naive, axis=1, keepdims=True)
    ours = Whitening.fit_pairs(matrix[:200], labels).transform(matrix[:200])
    np.testing.assert_allclose(np.abs(ours), np.abs(naive), atol=2e-3)
    np.testing.assert_allclose(ours @ ours.T, naive @ naive.T, atol=2e-3)


def test_learned_whitening_takes_few_pairs_and_says_when_there_is_none(matrix):
    few = Whitening.fit_pairs(matrix[:6], list("aabbcc"))
    assert np.isfinite(few.transform(matrix)).all()
    with pytest.raises(RetrievalError, match="no landmark of the training set has two photographs"):
        Whitening.fit_pairs(matrix[:4], list("abcd"))


@pytest.mark.parametrize("how", ["fewer axes than rows", "very wide rows"])
def test_of_fewer_rows_than_dimensions_the_same_axes_are_found_from_their_products(monkeypatch, how):
    random = np.random.default_rng(4)
    rows = (random.normal(size=(40, 6)) @ random.normal(size=(6, 90)) + 0.1 * random.normal(size=(40, 90))).astype(np.float32)
    plain = Whitening.fit(rows, dim=90)
    monkeypatch.setattr(module, "_WIDE", 60 if how == "very wide rows" else module._WIDE)
    quick = Whitening.fit(rows, dim=6)
    np.testing.assert_allclose(quick.variances, plain.variances[:6], rtol=1e-3)
    np.testing.assert_allclose(quick.projection, plain.projection[:, :6], atol=2e-3 * np.abs(plain.projection[:, :6]).max())
    if how == "very wide rows":
        every = Whitening.fit(rows)
        assert every.projection.shape[1] < 40
        assert not Whitening.fit(np.repeat(rows[:1], 5, axis=0)).transform(rows[:1]).any()


@pytest.mark.parametrize(("rows", "power", "kept"), [(60, 0.5, 8), (60, 0.25, 20), (60, 1.0, 3), (12, 0.5, 20), (60, 0.0, 5)])
def test_a_rotation_scales_to_every_power_and_width_as_if_learnt_with_it(rows, power, kept):
    random = np.random.default_rng(0)
    matrix = (random.normal(size=(rows, 20)) * np.linspace(3, 0.1, 20)).astype(np.float32)
    others = random.normal(size=(9, 20)).astype(np.float32)
    scaled = Whitening.fit(matrix, 0.0, 1e-3).scaled(power, 1e-3, kept)
    learnt = Whitening.fit(matrix, power, 1e-3, kept)
    assert scaled.power == power
    assert np.allclose(scaled.transform(others)[:, : learnt.projection.shape[1]], learnt.transform(others), atol=1e-4)


def test_what_is_scaled_already_is_not_scaled_again():
    with pytest.raises(ValueError, match="already"):
        Whitening.fit(np.eye(5, dtype=np.float32), 0.5).scaled(0.25)
