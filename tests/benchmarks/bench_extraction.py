"""Extraction of every model beside its bare network on tensors in memory, same batches, in one run.

    python tests/benchmarks/bench_extraction.py [quick|full]

Prints images a second: of the network alone; of extraction from pictures that were decoded before (the way of every
model but the first of its size); and of extraction that decodes the JPEG files as it goes. The ratios are to the
network alone; the goal is 0.9 or more from decoded pictures. The weights are random: they don't change the speed.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PILImage

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.datasets.pixels import Pixels, open_pixels
from retrieval_core.datasets.types import Image
from retrieval_core.descriptors.extract import BATCH, extract_pixels
from retrieval_core.networks.device import pick_device
from retrieval_core.networks.malloc import keep_freed_memory
from retrieval_core.networks.network import build_network
from retrieval_core.presets import PRESETS
from retrieval_core.progress import finished

PHOTOGRAPHS = 4 * BATCH
REPEATS = 5


def make_photographs(folder: Path) -> list[Image]:
    """JPEG files of 256×192, as large as the town's, a fifth of them upright."""
    random, images = np.random.default_rng(0), []
    for number in range(PHOTOGRAPHS):
        shape = (192, 256) if number % 5 else (256, 192)
        coarse = PILImage.fromarray(random.integers(0, 256, (24, 24, 3), dtype=np.uint8))
        coarse.resize(shape[::-1], PILImage.Resampling.BICUBIC).save(folder / f"{number}.jpg", quality=88)
        images.append(Image(str(number), str(folder / f"{number}.jpg")))
    return images


def tensors(network, pixels: Pixels, device: torch.device) -> list[torch.Tensor]:
    """The batches that extraction makes, ready for the network."""
    found = []
    for shape in np.unique(pixels.shapes, axis=0):
        members = np.flatnonzero((pixels.shapes == shape).all(1))
        for start in range(0, len(members), BATCH):
            stacked = torch.from_numpy(np.stack(pixels.read(members[start : start + BATCH]))).permute(0, 3, 1, 2)
            found.append(network.normalise(stacked.to(device)))
    return found


@torch.inference_mode()
def bare(network, batches: list[torch.Tensor]) -> None:
    """The network alone."""
    for batch in batches:
        network.descriptors(batch).float().cpu().numpy()


def rates(*functions) -> list[float]:
    """Median images a second of each function, taken in turns so that a noisy moment hits all alike."""
    seconds = [[] for _ in functions]
    for repeat in range(REPEATS + 1):
        for function, measured in zip(functions, seconds, strict=True):
            start = time.perf_counter()
            function()
            if repeat:  # the first time warms up
                measured.append(time.perf_counter() - start)
    return [PHOTOGRAPHS / statistics.median(measured) for measured in seconds]


def main() -> None:
    """Print the table."""
    schedule = sys.argv[1] if len(sys.argv) > 1 else "quick-shapes"
    device = pick_device("auto")
    keep_freed_memory()
    print(f"{PHOTOGRAPHS} photographs of 256×192, schedule {schedule}, {device}, {torch.get_num_threads()} threads")
    print(f"{'model':6}{'pixels':>7}{'network/s':>11}{'decoded/s':>11}{'ratio':>7}{'from JPEG/s':>13}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = make_photographs(folder)
        for preset in PRESETS.values():
            size = preset.schedule(schedule).extract_size
            network = build_network(preset).to(device).eval()
            decoded = finished(open_pixels(images, "f", size, preset.square, folder))
            files = replace(decoded, flat=None)
            batches = tensors(network, decoded, device)
            alone, stored, fresh = rates(
                lambda network=network, batches=batches: bare(network, batches),
                lambda network=network, pixels=decoded: finished(extract_pixels(network, pixels, range(PHOTOGRAPHS), device)),
                lambda network=network, pixels=files: finished(extract_pixels(network, pixels, range(PHOTOGRAPHS), device)),
            )
            print(f"{preset.key:6}{size:>7}{alone:>11.0f}{stored:>11.0f}{stored / alone:>7.2f}"
                  f"{fresh:>13.0f}{fresh / alone:>7.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
