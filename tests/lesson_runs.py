"""Two small sets of photographs for lessons, described by a network that needs no training: one with queries, one without."""

from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.runs.cluster_steps import find_clusters
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace

MODELS = ("2a", "2a-64px", "2a-mac")
RUN = "quick"
LANDMARKS, EACH, UNLABELLED = ("mill", "old_gate", "quay"), 6, 5


def photographs() -> list[str]:
    """Ids of the photographs with queries: those of a landmark follow one another, the unlabelled come last."""
    return [f"p{number:03}" for number in range(len(LANDMARKS) * EACH + UNLABELLED)]


def write_photographs(folder: Path) -> list[str]:
    """Pictures of coloured blocks, which are alike where they are of one landmark."""
    folder.mkdir(parents=True)
    for number, name in enumerate(ids := photographs()):
        random = np.random.default_rng(min(number // EACH, len(LANDMARKS)) if number < len(LANDMARKS) * EACH else 100 + number)
        blocks = random.integers(0, 255, (6, 8, 3)) + np.random.default_rng(number).normal(0, 60, (6, 8, 3))
        picture = np.clip(blocks, 0, 255).astype(np.uint8).repeat(12, 0).repeat(12, 1)
        PILImage.fromarray(picture).save(folder / f"{name}.jpg")
    return ids


def queries(ids: list[str]) -> tuple[Query, ...]:
    """Two for each landmark; the last photograph of each is junk."""
    found = []
    for place, label in enumerate(LANDMARKS):
        own = ids[place * EACH : (place + 1) * EACH]
        good, ok, junk = tuple(own[:3]), tuple(own[3:5]), (own[5],)
        found += [Query(f"{label}_{k + 1}", own[k], label, (4, 4, 90, 66), good, ok, junk) for k in range(2)]
    return tuple(found)


def make_lesson_cache(root: Path) -> Path:
    """A cache with `few`, in the Oxford layout, described and measured, and `flat`, a folder without ground truth."""
    workspace = Workspace(root / "cache")
    ids = write_photographs(root / "few" / "jpg")
    write_oxford(root / "few", queries(ids))
    write_photographs(root / "flat")
    for name in ("few", "flat"):
        add_dataset(workspace, name, root / name)
        for _ in run(workspace, name, Settings(device="cpu", start="shapes", schedule="quick", models=MODELS)):
            pass
    for _ in find_clusters(workspace, "few", RUN, MODELS):
        pass
    return workspace.root
