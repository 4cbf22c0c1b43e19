"""Why two pictures are similar: their similarity as an exact sum over the positions of each.

GeM pools a channel c over positions i to f_c = (mean_i x_ic^p)^(1/p), with x not below the floor. Position i's share of it is
x_ic^p / Σ_j x_jc^p, and the shares of a channel add up to 1: so f is a sum of one vector a position, f_c times its shares. All
that follows until the similarity is linear or a division by a length: L2, the FC of the ranking models, the mean over scales,
whitening, the dot product with the other descriptor. They are applied to each position's vector alone. What is added on the way
(the bias of an FC, the mean that whitening takes off) belongs to no position and stays a term of its own.

After Stylianou, Souvenir and Pless, "Visualizing deep similarity networks", WACV 2019, who split average pooling in this way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from retrieval_core.descriptors.aggregation.network import DescribingNetwork
from retrieval_core.descriptors.extract import Scales, scaled
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.map_cells import cell_edges, steps_of
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.networks.pooling import FLOOR, SHIFT, GeM, ShiftedGeM

Edges = tuple[np.ndarray, np.ndarray]
MOST_CELLS = 24  # of a match's grid, a side; the cells of a finer map are put together
_EPS = 1e-12  # a shorter vector is divided by this, as torch.nn.functional.normalize does


@dataclass(frozen=True, eq=False)
class Split:
    """A descriptor as a sum, float64.

    parts: of each scale (R, C, K), what every position of its map adds.
    edges: of each scale the edges of its rows (R + 1,) and columns (C + 1,), as shares of the picture's sides.
    constants: (K,) by name, what no position adds.
    """

    scales: tuple[float, ...]
    parts: tuple[np.ndarray, ...]
    edges: tuple[Edges, ...]
    constants: dict[str, np.ndarray]

    @property
    def descriptor(self) -> np.ndarray:
        """The sum (K,): the descriptor itself."""
        return sum(self.constants.values(), sum(part.sum((0, 1)) for part in self.parts))

    def on_grid(self, most: int = MOST_CELLS) -> tuple[np.ndarray, Edges]:
        """What the cells of one grid (R, C, K) add, and its edges: that of the finest map, with `most` cells a side or fewer.

        A position's part goes to the cells that its own cell overlaps, in proportion to the area, so that the sum stays.
        """
        rows, columns = (_coarser(edges, most) for edges in max(self.edges, key=lambda edges: len(edges[0]) * len(edges[1])))
        grid = sum(np.einsum("ra,cb,abk->rck", _overlaps(rows, down), _overlaps(columns, across), part, optimize=True)
                   for part, (down, across) in zip(self.parts, self.edges, strict=True))  # fmt: skip
        return grid, (rows, columns)


@dataclass(frozen=True, eq=False)
class Side:
    """One picture's part in a similarity.

    grid: (R, C), what each of its cells adds. edges: of its rows (R + 1,) and columns (C + 1,), as shares of the picture's sides.
    constants: what the terms that no position has add, by name; their sum and that of the grid is the similarity. scales: each scale's
    share of the sum of the grid. beside: (R, C), what each cell adds together with the constants of the other picture: what is left of
    `grid` when its pairs are taken off.
    """

    grid: np.ndarray
    edges: Edges
    constants: dict[str, float]
    scales: tuple[tuple[float, float], ...]
    beside: np.ndarray

    @property
    def in_words(self) -> str:
        """The terms as numbers that sum to the similarity."""
        terms = [f"all positions {self.grid.sum():.4f}", *(f"{name} {value:.4f}" for name, value in self.constants.items())]
        if len(self.scales) > 1:
            terms[0] += f" ({', '.join(f'scale {scale:.2g}: {share:.4f}' for scale, share in self.scales)})"
        return ", ".join(terms)


@dataclass(frozen=True, eq=False)
class Match:
    """The similarity of two pictures, split over the positions of each and over pairs of them.

    pairs: (R, C, R', C') float32, what a cell of the first adds together with one of the second. Over the second it sums to the
    first's grid less its `beside`, and the other way round.
    """

    similarity: float
    first: Side
    second: Side
    pairs: np.ndarray


def match(first: Split, second: Split, most: int = MOST_CELLS) -> Match:
    """How the positions of two pictures make their similarity; `most` as in `Split.on_grid`."""
    (grid, edges), (other_grid, other_edges) = first.on_grid(most), second.on_grid(most)
    pairs = np.einsum("rck,abk->rcab", grid, other_grid, optimize=True).astype(np.float32)
    similarity = float(first.descriptor @ second.descriptor)
    return Match(similarity, _side(first, grid, edges, second), _side(second, other_grid, other_edges, first), pairs)


def split_picture(
    network: DescribingNetwork, picture: np.ndarray, device: torch.device, scales: Scales = (1.0,), whitening: Whitening | None = None
) -> Split:
    """The descriptor of one picture (H, W, 3) uint8 as a sum over its positions: the same descriptor as `describe_picture` gives.

    Raises RetrievalError where there is no such sum: for fc7, a network's own head, and an aggregation.
    """
    if not isinstance(network, RetrievalNetwork) or not isinstance(network.pool, GeM):
        raise RetrievalError(
            "This model's descriptor has no exact split over positions: layers that are not linear come after the last map (fc7 of "
            "AlexNet, a network's own head, an aggregation). Take a model that its own GeM pools, such as 1c or 1d."
        )
    network.eval()
    batch = network.normalise(torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].to(device))
    splits = [_split_scale(network, scaled(batch, scale), scale) for scale in scales]
    found = splits[0] if len(splits) == 1 else _normalised(_together(splits))
    if whitening is not None:
        projection = whitening.projection.astype(np.float64)
        found = _normalised(_affine(found, projection, "mean of the whitening", -whitening.mean.astype(np.float64) @ projection))
    return found


@torch.inference_mode()
def _split_scale(network: RetrievalNetwork, images: torch.Tensor, scale: float) -> Split:
    with steps_of(network.trunk) as steps:
        features = network.features(images)
    pool = network.pool
    if isinstance(pool, ShiftedGeM):
        features = pool.shifted(features)
    maps = features.float().cpu().numpy()[0].astype(np.float64)
    channels, *grid = maps.shape
    parts = gem_parts(maps.reshape(channels, -1), float(pool.p))
    rows, columns = _laid_out(grid, network, images.shape[2:])
    edges = cell_edges(steps[0], rows), cell_edges(steps[1], columns)
    found = Split((scale,), (parts.reshape(rows, columns, channels),), (edges,), {})
    if isinstance(pool, ShiftedGeM):
        found = _affine(found, np.eye(channels), "shift of the pooling", np.full(channels, -SHIFT))
    found = _normalised(found)
    if network.fc is None:
        return found
    weight, bias = (tensor.detach().float().cpu().numpy().astype(np.float64) for tensor in (network.fc.weight, network.fc.bias))
    return _normalised(_affine(found, weight.T, "bias of the FC", bias))


def gem_parts(maps: np.ndarray, p: float) -> np.ndarray:
    """What every position adds to the GeM of maps (C, N) with the exponent p: (N, C); the sum over the positions is the GeM."""
    values = np.maximum(maps, FLOOR)
    most = values.max(1, keepdims=True)  # powers of at most 1 can't overflow, whatever p
    powers = (values / most) ** p
    pooled = most * powers.mean(1, keepdims=True) ** (1 / p)
    return (pooled * powers / powers.sum(1, keepdims=True)).T


def _laid_out(grid: Sequence[int], network: RetrievalNetwork, sides: Sequence[int]) -> tuple[int, int]:
    """Rows and columns of a map; the tokens of a transformer come as one column and are patches, row by row."""
    patch = getattr(network.trunk, "patch", None)
    if patch is None:
        return grid[0], grid[1]
    rows, columns = (max(1, round(side / patch)) for side in sides)
    if rows * columns != grid[0]:
        raise RetrievalError(f"This network makes {grid[0]} tokens of {rows} × {columns} patches: nothing says where they lie in the "
                             "picture. Take a network whose tokens are its patches.")  # fmt: skip
    return rows, columns


def _affine(split: Split, matrix: np.ndarray, name: str, offset: np.ndarray) -> Split:
    """What x → x @ matrix + offset makes of it; the offset is a constant of this name."""
    constants = {known: value @ matrix for known, value in split.constants.items()}
    return replace(split, parts=tuple(part @ matrix for part in split.parts), constants=constants | {name: offset})


def _normalised(split: Split) -> Split:
    factor = 1 / max(float(np.linalg.norm(split.descriptor)), _EPS)
    constants = {name: value * factor for name, value in split.constants.items()}
    return replace(split, parts=tuple(part * factor for part in split.parts), constants=constants)


def _together(splits: Sequence[Split]) -> Split:
    """The sum of the descriptors of several scales; constants of one name are one."""
    constants = {name: np.sum([split.constants[name] for split in splits], axis=0) for name in splits[0].constants}
    scales, parts, edges = zip(*((split.scales[0], split.parts[0], split.edges[0]) for split in splits), strict=True)
    return Split(scales, parts, edges, constants)


def _side(split: Split, grid: np.ndarray, edges: Edges, other: Split) -> Side:
    whole = other.descriptor
    constants = {name: float(value @ whole) for name, value in split.constants.items()}
    scales = tuple((scale, float(part.sum((0, 1)) @ whole)) for scale, part in zip(split.scales, split.parts, strict=True))
    return Side(grid @ whole, edges, constants, scales, grid @ sum(other.constants.values(), np.zeros(len(whole))))


def _coarser(edges: np.ndarray, most: int) -> np.ndarray:
    """Edges of `most` cells or fewer on the same line."""
    cells = min(most, len(edges) - 1)
    return np.interp(np.linspace(0, len(edges) - 1, cells + 1), np.arange(len(edges)), edges)


def _overlaps(edges: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """(cells, others): the share of each part of a line between `bounds` that lies in each part between `edges`."""
    lengths = np.minimum(edges[1:, None], bounds[None, 1:]) - np.maximum(edges[:-1, None], bounds[None, :-1])
    return np.maximum(lengths, 0) / np.diff(bounds)
