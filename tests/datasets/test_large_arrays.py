"""Rows are walked in blocks that fit together, and what is large lies in a file that is gone with the array."""

import os

import numpy as np
import pytest

from retrieval_core.datasets import large_arrays
from retrieval_core.datasets.large_arrays import all_finite, large_empty, put_away, row_blocks
from retrieval_core.errors import Failed


@pytest.mark.parametrize(("rows", "width", "size"), [(0, 3, 24), (1, 3, 24), (7, 3, 24), (9, 3, 1), (9, 0, 24), (9, 3, 999)])
def test_blocks_hold_every_row_once_in_its_order(monkeypatch, rows, width, size):
    monkeypatch.setattr(large_arrays, "BLOCK", size)
    matrix = np.arange(rows * width, dtype=np.float32).reshape(rows, width)
    blocks = [matrix[block] for block in row_blocks(matrix)]
    assert all(len(block) == 1 or block.nbytes <= size for block in blocks)
    np.testing.assert_array_equal(np.concatenate([matrix[:0], *blocks]), matrix)


def test_what_is_large_takes_no_memory_and_no_name(monkeypatch, tmp_path):
    monkeypatch.setattr(large_arrays, "LARGE", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    small, large = large_empty((10, 24), np.float32), large_empty((10, 25), np.float32)
    assert small.base is None
    assert isinstance(large.base, np.memmap)
    large[:] = 7
    assert type(large) is np.ndarray
    assert large.sum() == 7 * 250
    assert not os.listdir(tmp_path)


def test_of_many_that_are_kept_each_lies_in_a_file(monkeypatch):
    monkeypatch.setattr(large_arrays, "KEPT", 1000)
    few, many = np.arange(100, dtype=np.int32), np.arange(250, dtype=np.int32)
    for array, mapped in ((few, False), (many, True)):
        kept = put_away(array)
        np.testing.assert_array_equal(kept, array)
        assert kept.dtype == array.dtype
        assert isinstance(kept.base, np.memmap) == mapped


def test_a_full_disk_is_said_and_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(large_arrays, "LARGE", 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(Failed, match=rf"{tmp_path} has no room for .*No space left.*TMPDIR"):
        large_empty((10, 25), np.float32)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 5, 8])
def test_one_value_that_is_not_finite_is_seen_in_any_block(monkeypatch, value, row):
    monkeypatch.setattr(large_arrays, "BLOCK", 24)
    matrix = np.zeros((9, 3), np.float32)
    assert all_finite(matrix)
    matrix[row, 2] = value
    assert not all_finite(matrix)
