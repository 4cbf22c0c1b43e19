"""A small folder of photographs with a ground truth, as a person would have one."""

from pathlib import Path

import numpy as np
from PIL import Image

LANDMARKS = ("bridge", "gate", "mill")
EACH = 4


def write_photographs(folder: Path) -> tuple[Path, Path]:
    """Write `photos` with a folder for each landmark, and `lab` with a query of two of them; returns both."""
    photos, lab = folder / "photos", folder / "lab"
    lab.mkdir(parents=True)
    for place, landmark in enumerate(LANDMARKS):
        (photos / landmark).mkdir(parents=True)
        pattern = np.random.default_rng(place).integers(0, 255, (6, 8, 3)).astype(np.uint8)
        for number in range(EACH):
            noise = np.random.default_rng(10 * place + number).integers(0, 40, (96, 128, 3))
            pixels = np.asarray(Image.fromarray(pattern).resize((128, 96))) // 2 + noise
            Image.fromarray(pixels.astype(np.uint8)).save(photos / landmark / f"{number}.jpg", quality=90)
    for landmark in ("bridge", "mill"):
        ids = [f"{landmark}/{number}\n" for number in range(EACH)]
        (lab / f"{landmark}_1_query.txt").write_text(ids[0])
        (lab / f"{landmark}_1_good.txt").write_text("".join(ids))
        for kind in ("ok", "junk"):
            (lab / f"{landmark}_1_{kind}.txt").write_text("")
    return photos, lab
