"""Datasets of odd sizes: what a person has who only begins, or who tries the edges."""

from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace

MODELS = ("1e", "2a", "2a-diffusion", "2a-verified")


def query(number: int, image: int, good: range, label: str = "mill", ok: range = range(0)) -> Query:
    """A query on a photograph of `photographs`."""
    return Query(f"{label}_{number}", name(image), label, (8, 8, 56, 40), tuple(map(name, good)), tuple(map(name, ok)), ())


def name(number: int) -> str:
    """The id of a photograph of `photographs`."""
    return f"p{number:03}"


# The number of photographs, how many of them differ, and the queries.
PHOTOGRAPHS = {
    "one": (1, 1, ()),
    "one-labelled": (1, 1, (query(1, 0, range(1)),)),
    "one-labelled-of-nine": (9, 9, (query(1, 0, range(1)),)),
    "two-of-one-landmark": (2, 2, (query(1, 0, range(2)),)),
    "three": (3, 3, (query(1, 0, range(2)), query(1, 2, range(2, 3), "tower"))),
    "one-landmark": (8, 8, (query(1, 0, range(8)),)),
    "no-landmark": (8, 8, ()),
    "nothing-to-find": (8, 8, (query(1, 0, range(0)),)),
    "all-alike": (8, 1, (query(1, 0, range(4)), query(1, 5, range(4, 8), "tower"))),
    "each-its-own": (6, 6, tuple(query(1, k, range(k, k + 1), f"tower_{k}") for k in range(6))),
    "queries-of-one-landmark": (20, 20, tuple(query(k + 1, k % 20, range(20)) for k in range(55))),
}  # fmt: skip
"""Sets of photographs by name."""

ROWS = {
    "one-row": (1, 5, "1e"),
    "one-dimension": (12, 1, "1e"),
    "rows-all-alike": (12, 0, "1e"),
}
"""Descriptors of one's own by name: their number, their dimensions (0: eight, the same in every row) and the model."""


def write_photographs(root: Path, count: int, different: int, queries: tuple[Query, ...]) -> Path:
    """A folder in the Oxford layout."""
    (root / "jpg").mkdir(parents=True)
    for number in range(count):
        blocks = np.random.default_rng(number % different).integers(0, 255, (6, 8, 3), dtype=np.uint8)
        PILImage.fromarray(blocks.repeat(8, 0).repeat(8, 1)).save(root / "jpg" / f"{name(number)}.jpg")
    if queries:
        write_oxford(root, queries)
    return root


def write_rows(root: Path, count: int, width: int) -> Path:
    """A matrix with its ids."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(count, width)) if width else np.ones((count, 8))
    root.mkdir()
    np.save(root / "rows.npy", matrix.astype(np.float32))
    (root / "ids.txt").write_text("".join(f"{name(number)}\n" for number in range(count)))
    return root / "rows.npy"


def add_odd_sets(workspace: Workspace, folder: Path) -> None:
    """Add them all, and do for each what a run does."""
    for key, (count, different, queries) in PHOTOGRAPHS.items():
        add_dataset(workspace, key, write_photographs(folder / key, count, different, queries))
    for key, (count, width, model) in ROWS.items():
        add_dataset(workspace, key, write_rows(folder / key, count, width), model=model)
    for key in (*PHOTOGRAPHS, *ROWS):
        for _ in run(workspace, key, Settings(device="cpu", start="shapes", models=MODELS)):
            pass
