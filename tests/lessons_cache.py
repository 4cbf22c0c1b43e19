"""A cache for tests of lessons: descriptors that were imported, so that figures are there at once, and a lesson about them."""

from pathlib import Path

import numpy as np

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.workspace import Workspace

IDS = tuple(f"{landmark}_{number}" for landmark in ("gate", "mill") for number in range(6))
QUERIES = tuple(
    Query(f"{landmark}_1", f"{landmark}_0", landmark, None, tuple(f"{landmark}_{number}" for number in range(1, 5)), (), ())
    for landmark in ("gate", "mill")
)


def with_descriptors(root: Path) -> Path:
    """A cache in which model 1d has described the dataset `theirs`, of two landmarks and two queries."""
    root.mkdir(parents=True)
    generator = np.random.default_rng(0)
    centres = {landmark: generator.normal(size=8) for landmark in ("gate", "mill")}
    matrix = np.stack([centres[name.split("_")[0]] + 0.5 * generator.normal(size=8) for name in IDS]).astype(np.float32)
    np.save(root / "d.npy", matrix)
    np.save(root / "q.npy", matrix[[0, 6]])
    (root / "ids.txt").write_text("\n".join(IDS))
    write_oxford(root, QUERIES)
    add_dataset(Workspace(root / "cache"), "theirs", root / "d.npy", model="1d", ids=root / "ids.txt", queries=root / "q.npy",
                ground_truth=root / "lab")  # fmt: skip
    return root / "cache"
