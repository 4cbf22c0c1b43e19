"""Where a value changes its sign over a map: a line in the plane, from the values of the photographs that lie near."""

import numpy as np

SIDE = 96  # cells of the grid on each side
NEAREST = 8  # photographs that a grid point takes its value from
REACH = 4  # cells: farther from its nearest photograph than this a grid point has no value


def border(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Pieces (S, 4) float32, [x1, y1, x2, y2] each, of the line at which values (N,) of places (N, 2) cross zero.

    The plane is laid out in a grid, each point of which takes the mean sign of the nearest photographs, weighed by their nearness: of
    the values themselves a few large ones would decide. Photographs without a value (NaN) take no part; empty regions have no line.
    The line is of the plane: what a method decided in descriptor space need not be one region here.
    """
    from scipy.spatial import cKDTree
    from skimage.measure import find_contours

    known = ~np.isnan(values)
    places, signs = np.asarray(places, float)[known], np.sign(values[known])
    if not (signs > 0).any() or not (signs < 0).any():
        return np.zeros((0, 4), np.float32)
    low, high = places.min(axis=0), places.max(axis=0)
    step = max(float((high - low).max()), 1e-9) / SIDE
    low = low - REACH * step
    columns, rows = np.ceil((high - low) / step).astype(int) + REACH + 1
    across, up = np.meshgrid(low[0] + step * np.arange(columns), low[1] + step * np.arange(rows))
    count = min(NEAREST, len(places))
    distances, nearest = cKDTree(places).query(np.column_stack([across.ravel(), up.ravel()]), k=range(1, count + 1))
    weights = 1 / (distances + step)
    means = (weights * signs[nearest]).sum(axis=1) / weights.sum(axis=1)
    grid = means.reshape(rows, columns)
    lines = find_contours(grid, 0.0, mask=(distances[:, 0] <= REACH * step).reshape(rows, columns))
    at = [low + step * line[:, ::-1] for line in lines]
    pieces = [np.hstack([line[:-1], line[1:]]) for line in at]
    return np.concatenate(pieces or [np.zeros((0, 4))]).astype(np.float32)
