"""Photographs and query crops → one descriptor each; a killed extraction goes on where it stopped."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PILImage
from torch.nn import functional

from retrieval_core.datasets.fingerprints import hash_photographs
from retrieval_core.datasets.images import crop_query, read_image
from retrieval_core.datasets.large_arrays import large_empty
from retrieval_core.datasets.pixels import MIN_SIDE, Pixels, as_array, widened
from retrieval_core.datasets.types import Box, Dataset
from retrieval_core.descriptors.aggregation.network import DescribingNetwork
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.descriptors.word_sets import are_sets, trimmed
from retrieval_core.exchange import in_turn, same
from retrieval_core.processes import is_first
from retrieval_core.progress import Progress
from retrieval_core.workspace import publish, temporary_name

BATCH = 64  # pictures that go through the network together

Scales = Sequence[float]
"""Factors by which a picture is resized, each described by itself."""


def extract_pixels(
    network: DescribingNetwork,
    pixels: Pixels,
    positions: Sequence[int] | np.ndarray,
    device: torch.device,
    partial: Path | None = None,
    scales: Scales = (1.0,),
) -> Generator[Progress, None, np.ndarray]:
    """Descriptors (N, D) float32 of the pictures at these positions, in their order.

    Batches hold pictures of one shape; `scales` as in `describe_batch`. `partial` is a folder for finished batches, each named by
    its photographs: what lies there is not computed again, and the result is the same to the bit, since the batches are.
    Several processes share the batches; process 0 writes and has the result, the others get no rows.
    """
    positions = np.asarray(positions, np.int64)
    batches = list(batches_of(pixels.shapes[positions]))
    files = [partial / f"{batch_name(pixels, positions[batch])}.npy" if partial else None for batch in batches]
    there = same([file is not None and file.exists() for file in files])
    missing = [batch for batch, found in zip(batches, there, strict=True) if not found]
    matrix, done = np.empty((0, 0), np.float32), 0
    network.eval()
    with ThreadPoolExecutor(1) as reader:
        ask = lambda own: _describe(network, pixels, own, device, reader, scales)  # noqa: E731
        described = in_turn([positions[batch] for batch in missing], ask)
        for batch, file, found in zip(batches, files, there, strict=True):
            rows = None if found else next(described)
            if is_first():
                if file and not found:
                    keep_rows(rows, file)
                rows = np.load(file, allow_pickle=False) if found else rows
                if not done:
                    matrix = large_empty((len(positions), rows.shape[1]), rows.dtype)
                matrix[batch] = rows
            done += len(batch)
            yield Progress("describe", done, len(positions))
    return matrix


def extract_dataset(
    network: DescribingNetwork,
    whitening: Whitening | None,
    dataset: Dataset,
    pixels: Pixels,
    recipe: Mapping,
    device: torch.device,
    partial: Path | None = None,
) -> Generator[Progress, None, tuple[np.ndarray, np.ndarray]]:
    """Descriptors (N, D) of a dataset's photographs, whose pixels these are, and (Q, D) of its queries, whitened if need be; or sets of
    words, in rows as wide as the largest needs.

    `recipe` holds size, crop and scales; `partial` as in `extract_pixels`.
    """
    size, crop, scales, square = recipe["size"], recipe["crop"], tuple(recipe["scales"]), pixels.square
    matrix = yield from extract_pixels(network, pixels, range(len(dataset.images)), device, partial, scales)
    queries = extract_queries(network, dataset, size, square, crop, device, scales, partial)
    if whitening is not None:
        return whitening.transform(matrix), whitening.transform(queries)
    return (trimmed(matrix), trimmed(queries.astype(np.int32))) if are_sets(matrix) else (matrix, queries)


def extract_queries(
    network: DescribingNetwork, dataset: Dataset, size: int, square: bool, crop: str, device: torch.device, scales: Scales = (1.0,),
    partial: Path | None = None,
) -> np.ndarray:  # fmt: skip
    """Descriptors (Q, D) float32 of a dataset's queries: the box is cut out at full resolution, then resized.

    `crop` is the rule, "fill" or "same"; a network with a fixed input squashes the crop to its square in either case. What lies in
    `partial` is taken as it is.
    """
    if partial and (file := partial / queries_name(dataset)).exists():
        return np.load(file, allow_pickle=False)
    network.eval()
    rows = [np.empty((0, network.dim), np.float32)]
    for query in dataset.queries:
        photograph = read_image(dataset.image(query.image_id).path)
        rows.append(describe_picture(network, query_picture(photograph, query.box, size, square, crop), device, scales)[None])
    return np.concatenate(rows[1:] or rows)


def query_picture(photograph: PILImage.Image, box: Box | None, size: int, square: bool, crop: str) -> np.ndarray:
    """The picture (H, W, 3) uint8 that stands for a query, an RGB photograph and its box, at the network's entrance.

    Without a box it is what the photograph itself is at the entrance.
    """
    if box is None:
        return as_array(photograph, size, square)
    picture = crop_query(photograph, box, size, "fill" if square else crop)
    return as_array(picture, size, True) if square else widened(picture)


@torch.inference_mode()
def describe_picture(network: DescribingNetwork, picture: np.ndarray, device: torch.device, scales: Scales = (1.0,)) -> np.ndarray:
    """Descriptor (D,) float32 of one picture (H, W, 3) uint8."""
    batch = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None]
    return describe_batch(network, batch.to(device), scales).cpu().numpy()[0]


def describe_batch(network: DescribingNetwork, pictures: torch.Tensor, scales: Scales) -> torch.Tensor:
    """Descriptors (B, D) float32, or sets of words (B, ·) int32, of pictures (B, 3, H, W) uint8, all scales together."""
    return network.described(at_scales(network.normalise(pictures), scales))


def at_scales(batch: torch.Tensor, scales: Scales) -> Iterator[torch.Tensor]:
    """Normalised pictures at each of the scales."""
    return (scaled(batch, scale) for scale in scales)


def scaled(batch: torch.Tensor, scale: float) -> torch.Tensor:
    """Pictures (B, 3, H, W) resized by a factor, their sides at least MIN_SIDE."""
    if scale == 1:
        return batch
    height, width = (max(MIN_SIDE, round(side * scale)) for side in batch.shape[2:])
    smaller = functional.interpolate(batch, (height, width), mode="bilinear", antialias=True)
    return smaller.contiguous(memory_format=torch.channels_last)


def full_batches(shapes: np.ndarray) -> list[np.ndarray]:
    """The batches of some first pictures of a set that are batches of the whole set, whatever pictures follow."""
    return [batch for batch in batches_of(shapes) if len(batch) == BATCH]


def batches_of(shapes: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of pictures of one shape, BATCH at a time, in an order that depends on the shapes only."""
    _, group = np.unique(shapes, axis=0, return_inverse=True)
    for number in range(group.max(initial=-1) + 1):
        members = np.flatnonzero(group.ravel() == number)
        yield from (members[start : start + BATCH] for start in range(0, len(members), BATCH))


@torch.inference_mode()
def _describe(network, pixels, batches, device, reader, scales) -> Iterator[np.ndarray]:
    """Descriptors of some batches."""
    for pictures in read_batches(pixels, batches, device, reader):
        yield describe_batch(network, pictures, scales).cpu().numpy()


def read_batches(pixels: Pixels, batches: Sequence[np.ndarray], device: torch.device, reader: Executor) -> Iterator[torch.Tensor]:
    """The pictures (B, 3, H, W) uint8 of some batches; the next batch is read while the network works on this one."""

    def read(batch: np.ndarray) -> torch.Tensor:
        pictures = torch.from_numpy(np.stack(pixels.read(batch))).permute(0, 3, 1, 2)
        return pictures.pin_memory() if device.type == "cuda" else pictures

    waiting = reader.submit(read, batches[0])
    for following in [*batches[1:], None]:
        pictures = waiting.result()
        waiting = reader.submit(read, following) if following is not None else None
        yield pictures.to(device, non_blocking=True)


def batch_name(pixels: Pixels, batch: np.ndarray) -> str:
    """What a batch is called on disk: the fingerprint of its photographs, in their order."""
    return hash_photographs([pixels.images[k] for k in batch], ())[0][:32]


def queries_name(dataset: Dataset) -> str:
    """What the descriptors of a dataset's queries are called on disk: the fingerprint of their photographs and boxes."""
    images = [dataset.image(query.image_id) for query in dataset.queries]
    return f"queries-{hash_photographs(images, dataset.queries)[0][:32]}.npy"


def keep_rows(rows: np.ndarray, file: Path) -> None:
    """Write finished descriptors, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(file)
    with temporary.open("wb") as handle:
        np.save(handle, rows)
    publish(temporary, file)
