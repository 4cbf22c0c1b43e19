"""One pass of a trunk over photographs serves all its aggregations, batch by batch: no map outlives its batch."""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.pixels import Pixels
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.aggregation.aggregation import local_vectors
from retrieval_core.descriptors.aggregation.network import AggregatingNetwork, Maps
from retrieval_core.descriptors.extract import (
    Scales,
    at_scales,
    batch_name,
    batches_of,
    keep_rows,
    queries_name,
    query_picture,
    read_batches,
)
from retrieval_core.progress import Progress

SAMPLE = 3000  # training photographs that are learnt from, spread evenly over all
MOST_VECTORS = 50_000  # local vectors of them
MOST_BYTES = 2**29  # of the vectors that a whitening is learnt from
SEED = 0


@torch.inference_mode()
def leave_batches(
    networks: Mapping[Path, AggregatingNetwork], dataset: Dataset, pixels: Pixels, size: int, crop: str, scales: Scales,
    device: torch.device,
) -> Iterator[Progress]:  # fmt: skip
    """Describe a dataset by aggregations that share a trunk, and leave what comes out in their folders, where `extract_dataset` looks.

    What lies there already is not made again; the rest is the same to the bit as if each aggregation had been alone.
    """
    total, done = len(pixels.images) + len(dataset.queries), 0
    named = {f"{batch_name(pixels, batch)}.npy": batch for batch in batches_of(pixels.shapes)}
    todo = {file: batch for file, batch in named.items() if _lacking(networks, file)}
    with ThreadPoolExecutor(1) as reader:
        for file, pictures in _paired(todo, pixels, device, reader):
            _leave(_lacking(networks, file), pictures, scales, file)
            done += len(pictures)
            yield Progress("describe", done, total)
    file = queries_name(dataset)
    those, rows = _lacking(networks, file), list[list[np.ndarray]]()
    for query in dataset.queries if those else ():
        picture = query_picture(read_image(dataset.image(query.image_id).path), query.box, size, pixels.square, crop)
        rows.append(_described(list(those.values()), torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].to(device), scales))
        done += 1
        yield Progress("describe", done, total)
    for folder, found in zip(those, zip(*rows, strict=True), strict=bool(rows)):
        keep_rows(np.concatenate(found), folder / file)


def _lacking(networks: Mapping[Path, AggregatingNetwork], file: str) -> dict[Path, AggregatingNetwork]:
    """Those whose folder has no file of this name."""
    return {folder: network for folder, network in networks.items() if not (folder / file).exists()}


def _paired(batches: Mapping[str, np.ndarray], pixels: Pixels, device: torch.device, reader: ThreadPoolExecutor):
    """The name of each batch with its pictures."""
    return zip(batches, read_batches(pixels, list(batches.values()), device, reader), strict=True) if batches else ()


def _leave(networks: Mapping[Path, AggregatingNetwork], pictures: torch.Tensor, scales: Scales, file: str) -> None:
    for folder, rows in zip(networks, _described(list(networks.values()), pictures, scales), strict=True):
        keep_rows(rows, folder / file)


def _described(networks: Sequence[AggregatingNetwork], pictures: torch.Tensor, scales: Scales) -> list[np.ndarray]:
    """Descriptors (B, D) of pictures (B, 3, H, W) uint8 by each network, as `describe_batch` gives them."""
    found = _maps(networks[0], pictures, scales, any(network.aggregation.before for network in networks))
    return [network.combined(found).cpu().numpy() for network in networks]


def _maps(network: AggregatingNetwork, pictures: torch.Tensor, scales: Scales, before: bool) -> list[Maps]:
    """The maps of pictures (B, 3, H, W) uint8 at each scale."""
    return [network.maps(resized, before) for resized in at_scales(network.normalise(pictures), scales)]


def sample_of(count: int) -> np.ndarray:
    """Positions of the training photographs that are learnt from."""
    return np.linspace(0, count - 1, min(SAMPLE, count)).astype(np.int64)


@torch.inference_mode()
def collect_vectors(
    network: AggregatingNetwork, pixels: Pixels, device: torch.device, kinds: Collection[bool]
) -> Generator[Progress, None, dict[bool, np.ndarray]]:
    """Local vectors (N, C) float32 of the training photographs, by the kind of map: before (True) or after (False) the last rectifier.

    As many of each photograph, drawn by chance, so that there are at most MOST_VECTORS.
    """
    random, positions, done = np.random.default_rng(SEED), sample_of(len(pixels.images)), 0
    each = max(1, MOST_VECTORS // len(positions))
    found: dict[bool, list[np.ndarray]] = {kind: [] for kind in kinds}
    with ThreadPoolExecutor(1) as reader:
        for pictures in read_batches(pixels, _sampled(pixels, positions), device, reader):
            [maps] = _maps(network, pictures, (1.0,), any(kinds))
            count = maps[0].shape[2] * maps[0].shape[3]
            drawn = np.stack([random.permutation(count)[:each] for _ in pictures])
            for before, kept in found.items():
                local = local_vectors(maps[1] if before else maps[0]).cpu().numpy()
                kept.append(np.take_along_axis(local, drawn[:, :, None], 1).reshape(-1, local.shape[2]))
            done += len(pictures)
            yield Progress("look at training photographs", done, len(positions))
    return {before: np.concatenate(kept) for before, kept in found.items()}


@torch.inference_mode()
def collect_parts(
    networks: Sequence[AggregatingNetwork], pixels: Pixels, device: torch.device, scales: Scales
) -> Generator[Progress, None, list[np.ndarray]]:
    """What the whitening of each, which share a trunk, is learnt from: vectors (N, D) float32 of regions of training photographs.

    Of fewer photographs, spread evenly, where they would take more than MOST_BYTES.
    """
    positions, done = sample_of(len(pixels.images)), 0
    found: list[list[np.ndarray]] = [[] for _ in networks]
    with ThreadPoolExecutor(1) as reader:
        for pictures in read_batches(pixels, batches := _sampled(pixels, positions), device, reader):
            maps = _maps(networks[0], pictures, scales, any(network.aggregation.before for network in networks))
            places = np.searchsorted(positions, batches[len(found[0])])
            for network, kept in zip(networks, found, strict=True):
                parts = torch.cat([network.parts(one) for one in maps], 1)
                every = -(-len(positions) * parts[0].nbytes // MOST_BYTES)
                kept.append(parts.cpu().numpy()[places % every == 0].reshape(-1, parts.shape[2]))
            done += len(pictures)
            yield Progress("look at training photographs", done, len(positions))
    return [np.concatenate(kept) for kept in found]


def _sampled(pixels: Pixels, positions: np.ndarray) -> list[np.ndarray]:
    return [positions[batch] for batch in batches_of(pixels.shapes[positions])]
