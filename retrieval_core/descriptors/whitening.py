"""Whitening: rotate descriptors to new axes and even out the variances along them, then normalise again.

Learnt on a training set, never on the photographs that are scored. PCA whitening: Jégou and Chum, "Negative evidences and
co-occurences in image retrieval: the benefit of PCA and whitening", ECCV 2012. Learned whitening: Mikolajczyk and Matas,
"Improving descriptors for fast tree matching by optimal linear projection", ICCV 2007, as in Radenović et al., TPAMI 2018.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from retrieval_core.datasets.large_arrays import large_empty, row_blocks
from retrieval_core.errors import RetrievalError

_ROWS = 8192  # rows turned into float64 at a time
_WIDE = 8192  # dimensions; a covariance of more would not fit into memory, and is not needed: there are fewer rows


@dataclass(frozen=True, eq=False)
class Whitening:
    """What was learnt; `transform` applies it.

    mean: (D,) float32, mean of the training descriptors.
    projection: (D, K) float32, the axes in columns by falling variance, each scaled (PCA: by its variance ** -power).
    variances: (K,) float32, variance of the training descriptors along each axis (learned: whitened by the pairs).
    power: 0.5 whitens fully, 0.25 softly, 0 only rotates.
    """

    mean: np.ndarray
    projection: np.ndarray
    variances: np.ndarray
    power: float

    @classmethod
    def fit(cls, matrix: np.ndarray, power: float = 0.5, eps: float = 1e-6, dim: int | None = None) -> "Whitening":
        """Learn from the rows of a training matrix (N, D).

        `dim` keeps that many axes (default all D). Variances below `eps` times the largest count as that much, so that
        axes in which the training set hardly varies are not blown up; axes in which it does not vary at all, as when
        there are fewer photographs than dimensions, are set to zero; of very wide rows, 8,192 dimensions or more, they are left out.
        Raises RetrievalError if `dim` exceeds D or there are fewer than two rows.
        """
        rows, width = matrix.shape
        keep = width if dim is None else dim
        if not 1 <= keep <= width or rows < 2:
            raise RetrievalError(
                f"Can't learn a PCA whitening to {keep} dimensions from {rows} descriptors of {width}: "
                f"it takes two or more descriptors and 1 to {width} dimensions."
            )
        few = width > _WIDE or keep < rows < width
        mean, variances, axes = _principal_axes_of_few(matrix, keep) if few else _principal_axes(matrix)
        variances, axes = variances[::-1][:keep], axes[:, ::-1][:, :keep]
        # The sign of an axis is free; fixing it makes the descriptors the same on every machine.
        axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
        scale = _scale(variances, width, power, eps)
        return cls(_single(mean), _single(axes * scale), _single(np.maximum(variances, 0)), power=float(power))

    def scaled(self, power: float, eps: float = 1e-6, dim: int | None = None) -> "Whitening":
        """What `fit` gives with this power and so many axes, from one that only rotates (power 0), without learning anew."""
        if self.power:
            raise ValueError(f"scaled with the power {self.power} already")
        variances = self.variances[:dim].astype(np.float64)
        axes = self.projection[:, :dim] * _scale(variances, len(self.mean), power, eps)
        return Whitening(self.mean, _single(axes), self.variances[:dim], float(power))

    @classmethod
    def fit_pairs(cls, matrix: np.ndarray, labels: Sequence[str]) -> "Whitening":
        """Learn from training descriptors (N, D) and their landmarks (N,): every two photographs of one landmark match.

        The differences of matching pairs are whitened by the Cholesky factor of their covariance, so that what changes
        between photographs of one landmark counts little; then all descriptors are rotated to their principal axes.
        Raises RetrievalError if no landmark has two photographs.
        """
        inverse = np.linalg.inv(_cholesky(_pair_covariance(matrix, labels)))
        mean, covariance = _moments(matrix)
        variances, axes = np.linalg.eigh(inverse @ covariance @ inverse.T)
        variances, projection = variances[::-1], inverse.T @ axes[:, ::-1]
        # As above: the sign of an axis is free.
        projection = projection * np.sign(projection[np.abs(projection).argmax(axis=0), np.arange(len(variances))])
        return cls(_single(mean), _single(projection), _single(np.maximum(variances, 0)), power=0.5)

    def transform(self, matrix: np.ndarray) -> np.ndarray:
        """Whiten the rows of (N, D) and normalise them: (N, K) float32 rows of length 1.

        A row equal to the training mean has no direction and stays zero. Rows are read a block at a time, and what is made of very
        many lies in a file: see `large_empty`.
        """
        if matrix.shape[1] != len(self.mean):
            raise RetrievalError(
                f"This whitening was learnt on {len(self.mean)} dimensions; the descriptors have {matrix.shape[1]}. "
                "Learn it anew from the same model."
            )
        whitened = large_empty((len(matrix), self.projection.shape[1]), np.float32)
        for block in row_blocks(matrix):
            rows = (np.asarray(matrix[block], np.float32) - self.mean) @ self.projection
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            whitened[block] = np.divide(rows, lengths, out=rows, where=lengths > 0)
        return whitened

    def save(self, file: str | Path) -> None:
        """Write everything learnt to one NPZ file; the name is taken as it is."""
        with open(file, "wb") as handle:
            np.savez(handle, mean=self.mean, projection=self.projection, variances=self.variances, power=self.power)

    @classmethod
    def load(cls, file: str | Path) -> "Whitening":
        """Read what `save` wrote; RetrievalError if the file is missing or is something else."""
        try:
            with open(file, "rb") as handle, np.load(handle, allow_pickle=False) as arrays:
                mean, projection, variances = (arrays[name] for name in ("mean", "projection", "variances"))
                return cls(mean, projection, variances, float(arrays["power"]))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise RetrievalError(f"{file} is not a stored whitening ({error}). Delete it and run again.") from error


def _scale(variances: np.ndarray, width: int, power: float, eps: float) -> np.ndarray:
    """By how much each axis (K,) is scaled, from falling variances; 0 where the training set does not vary. See `fit`."""
    largest = variances[0]
    scale = np.maximum(variances, eps * largest) ** -power if largest > 0 else np.zeros(len(variances))
    scale[variances <= width * np.finfo(np.float64).eps * largest] = 0
    return scale


def _moments(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (D,) and covariance (D, D) of the rows in float64; in blocks, so that a mapped matrix stays on disk."""
    rows, width = matrix.shape
    mean = np.zeros(width)
    for start in range(0, rows, _ROWS):
        mean += np.asarray(matrix[start : start + _ROWS], np.float64).sum(axis=0)
    mean /= rows
    covariance = np.zeros((width, width))
    for start in range(0, rows, _ROWS):
        centred = np.array(matrix[start : start + _ROWS], np.float64)
        centred -= mean
        covariance += centred.T @ centred
    return mean, covariance / rows


def _principal_axes(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (D,), variances (D,) in rising order and axes (D, D) in columns."""
    mean, covariance = _moments(matrix)
    return mean, *np.linalg.eigh(covariance)


def _principal_axes_of_few(matrix: np.ndarray, keep: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same of fewer rows (N, D) than dimensions, from their products with one another: variances (K,), axes (D, K), K ≤ `keep`."""
    mean = np.asarray(np.mean(matrix, axis=0, dtype=np.float64))
    centred = large_empty(matrix.shape, np.float32)
    for block in row_blocks(matrix):
        centred[block] = matrix[block] - mean
    variances, shares = np.linalg.eigh((centred @ centred.T).astype(np.float64) / len(matrix))
    variances, shares = variances[-keep:], shares[:, -keep:]
    known = variances > variances[-1] * len(matrix) * np.finfo(np.float32).eps
    known[-1] = True  # of rows that are all alike, an axis of length 0
    shares = shares[:, known] / np.sqrt(np.maximum(variances[known] * len(matrix), np.finfo(np.float32).tiny))
    return mean, variances[known], centred.T @ shares.astype(np.float32)


def _pair_covariance(matrix: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Mean outer product (D, D) of the differences of all pairs of rows with the same label.

    Over the n rows of a label these sum to n times their scatter around their mean: no pair has to be formed.
    """
    _, group = np.unique(np.asarray(labels), return_inverse=True)
    total, pairs = np.zeros((matrix.shape[1],) * 2), 0
    together = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    for members in together:
        rows = np.asarray(matrix[members], np.float64)
        centred = rows - rows.mean(axis=0)
        total += len(rows) * (centred.T @ centred)
        pairs += len(rows) * (len(rows) - 1) // 2
    if pairs == 0:
        raise RetrievalError("Can't learn a whitening from pairs: no landmark of the training set has two photographs.")
    return total / pairs


def _cholesky(covariance: np.ndarray) -> np.ndarray:
    """Lower factor of a covariance; with few pairs it is not of full rank, and as much as needed is put on its diagonal."""
    share, level = 1e-6, max(np.trace(covariance) / len(covariance), 1e-12)
    while True:
        try:
            return np.linalg.cholesky(covariance + np.eye(len(covariance)) * share * level)
        except np.linalg.LinAlgError:
            share *= 10


def _single(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, np.float32)
