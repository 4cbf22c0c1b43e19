"""A training step of every stage: with the library's convolutions, with ours for small maps, and in the whole loop, in one run.

    python tests/benchmarks/bench_training.py [--schedule COLUMN] [--beside COMMIT] [stage …]

Prints milliseconds a step: of the bare network and optimiser on a batch in memory, with the library's own convolutions and with
ours (the ratio says what they save on a processor; on a GPU both are the library's); and of the loop that a run takes, which reads,
crops and augments its pictures (its ratio to the bare step is 1 where the device never waits for them). With `full` the pictures are
decoded from JPEG files at every step, as those of a large set are. With `--beside 0be6a08` the same is then measured with the code of
that commit, the first that computed in float32 where a processor lacks bfloat16, and the seconds that each stage takes in its `quick`
stand beside ours.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PILImage

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.networks import convolution
from retrieval_core.networks.device import pick_device
from retrieval_core.networks.malloc import keep_freed_memory
from retrieval_core.networks.network import build_network
from retrieval_core.presets import get_preset
from retrieval_core.progress import finished
from retrieval_core.schedules import COLUMNS
from retrieval_core.training.loop import train
from retrieval_core.training.objectives import get_objective
from retrieval_core.training.optimiser import make_optimiser

STAGES = ("1b", "1c", "1d", "1f", "warm-resnet50", "1h")
LANDMARKS, EACH, STEPS, WARM_UP = 40, 8, 8, 3
ROOT = Path(__file__).resolve().parents[2]
SMALL, LARGE = (192, 256), (768, 1024)  # photographs, pixels


def make_photographs(folder: Path, shape: tuple[int, int]) -> None:
    """JPEG files in a folder for each landmark."""
    random = np.random.default_rng(0)
    for landmark in range(LANDMARKS):
        (folder / f"landmark_{landmark:02}").mkdir()
        for number in range(EACH):
            coarse = PILImage.fromarray(random.integers(0, 256, (24, 24, 3), dtype=np.uint8))
            picture = coarse.resize(shape[::-1], PILImage.Resampling.BICUBIC)
            picture.save(folder / f"landmark_{landmark:02}" / f"{number}.jpg", quality=88)


def bare(stage, schedule, device: torch.device) -> float:
    """Median milliseconds of a step on a batch in memory."""
    objective = get_objective(stage.loss)
    network = build_network(stage, LANDMARKS if objective.classifier else None).to(device)
    optimiser = make_optimiser(network, schedule, [name for name, _ in network.named_parameters()])
    pictures = torch.rand(schedule.batch, 3, schedule.image_size, schedule.image_size, device=device)
    classes = torch.arange(schedule.batch, device=device) // max(1, schedule.per_landmark) % LANDMARKS
    times = []
    network.train()
    for _ in range(WARM_UP + STEPS):
        begin = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        for _ in range(schedule.accumulate):
            loss, _ = objective.loss(network, network.normalise(pictures), classes, schedule)
            loss.backward()
        optimiser.step()
        float(loss.detach())  # waits for a GPU
        times.append(time.perf_counter() - begin)
    return 1000 * statistics.median(times[WARM_UP:])


def looped(stage, schedule, pixels, device: torch.device, folder: Path) -> float:
    """Median milliseconds from step to step of a real training, mining and validation left out."""
    short = replace(schedule, steps=WARM_UP + STEPS, validations=1, mine_every=WARM_UP + STEPS, frozen=())
    times, before = [], None
    for progress in train(stage, short, None, pixels, 0, device, folder):
        now = time.perf_counter()
        if progress.values and before is not None:
            times.append(now - before)
        before = now if progress.values else None
    return 1000 * statistics.median(times[WARM_UP - 1 :])


def measure(name: str, keys: list[str]) -> dict[str, tuple[int, float]]:
    """Print the table; by stage the steps of its schedule and the milliseconds of each in the loop."""
    device, found = pick_device("auto"), {}
    keep_freed_memory()
    print(f"schedule {name}, {device}, {torch.get_num_threads()} threads, milliseconds a step")
    print(f"{'stage':15}{'pixels':>7}{'batch':>7}{'library':>9}{'ours':>8}{'ratio':>7}{'loop':>8}{'ratio':>7}{'images/s':>10}")
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "set").mkdir()
        make_photographs(Path(place) / "set", LARGE if name == "full" else SMALL)
        dataset = read_class_folders(Path(place) / "set", "set")
        for key in keys:
            stage = get_preset(key)
            schedule = stage.schedule(name)
            pixels = finished(open_pixels(dataset.images, "f", schedule.extract_size, stage.square, Path(place)))
            most, convolution.MOST_POSITIONS = convolution.MOST_POSITIONS, 0
            library = bare(stage, schedule, device)
            convolution.MOST_POSITIONS = most
            ours = bare(stage, schedule, device)
            whole = looped(stage, schedule, replace(pixels, flat=None) if name == "full" else pixels, device, Path(place) / key)
            batch = schedule.batch * schedule.accumulate
            found[key] = schedule.steps, whole
            print(f"{key:15}{schedule.image_size:>7}{batch:>7}{library:>9.0f}{ours:>8.0f}{ours / library:>7.2f}{whole:>8.0f}"
                  f"{whole / ours:>7.2f}{1000 * batch / whole:>10.0f}", flush=True)  # fmt: skip
    return found


def measure_commit(commit: str, keys: list[str]) -> dict[str, tuple[int, float]]:
    """The same with the code and the benchmark of a commit, in its schedule `quick`."""
    steps = (
        "import sys; from retrieval_core.presets import get_preset as p; print(*[p(k).schedule('quick').steps for k in sys.argv[1:]])"
    )
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, commit], cwd=ROOT, check=True)
        try:
            asked = subprocess.run([sys.executable, "-c", steps, *keys], cwd=tree, check=True, capture_output=True, text=True)
            bench = [sys.executable, "tests/benchmarks/bench_training.py", "quick", *keys]
            printed = subprocess.run(bench, cwd=tree, check=True, capture_output=True, text=True).stdout
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)
    print(f"\n{commit}: {printed}")
    rows = {row.split()[0]: row.split() for row in printed.splitlines() if row.split()[0] in keys}
    return {key: (int(number), float(rows[key][6])) for key, number in zip(keys, asked.stdout.split(), strict=True)}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Time a training step of every stage.")
    parser.add_argument("stages", nargs="*", default=STAGES, metavar="STAGE")
    parser.add_argument("--schedule", default="quick-distilled", choices=COLUMNS, metavar="COLUMN")
    parser.add_argument("--beside", metavar="COMMIT")
    chosen = parser.parse_args()
    keys = list(chosen.stages)
    ours = measure(chosen.schedule, keys)
    if chosen.beside:
        theirs = measure_commit(chosen.beside, keys)
        print(f"seconds a stage\n{'stage':15}{chosen.beside:>10}{'now':>8}{'ratio':>7}")
        for key in keys:
            before, now = (steps * each / 1000 for steps, each in (theirs[key], ours[key]))
            print(f"{key:15}{before:>10.0f}{now:>8.0f}{now / before:>7.2f}")


if __name__ == "__main__":
    main()
