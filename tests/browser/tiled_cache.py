"""A few thousand imported descriptors whose map is sent in tiles, since the app is told to hold fewer: for the tests of such maps."""

from pathlib import Path

import numpy as np

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.progress import finished
from retrieval_core.runs import map_steps, steps
from retrieval_core.workspace import Workspace

COUNT, MOST_WHOLE, PIVOTS, MEMBERS = 6000, 500, 400, 20
NAME, MODEL = "crowd", "1d"
IDS = [f"photograph_{row:04}" for row in range(COUNT)]


def build(folder: Path) -> Path:
    """Import clusters of MEMBERS photographs, of which three are landmarks, and lay them out; gives the cache."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((COUNT // MEMBERS, 24))
    rows = np.repeat(centres, MEMBERS, axis=0) + 0.3 * random.standard_normal((COUNT, 24))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    np.save(folder / "descriptors.npy", rows)
    (folder / "ids.txt").write_text("\n".join(IDS) + "\n")
    firsts = {f"tower{number}_1": number * MEMBERS for number in range(3)}
    queries = [Query(name, IDS[first], name[:-2], None, tuple(IDS[first : first + MEMBERS]), (), ()) for name, first in firsts.items()]
    write_oxford(folder, queries)
    np.save(folder / "queries.npy", rows[list(firsts.values())])
    workspace = Workspace(folder / "cache")
    add_dataset(workspace, NAME, folder / "descriptors.npy", model=MODEL, queries=folder / "queries.npy")
    finished(steps.score(workspace, IMPORTED_RUN, NAME, MODEL))
    finished(map_steps.project(workspace, IMPORTED_RUN, NAME, MODEL, "pca", most_whole=MOST_WHOLE, pivots=PIVOTS))
    return workspace.root
