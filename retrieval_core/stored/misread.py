"""Strips of small maps that show how t-SNE is misread, as they are stored. runs/misread_steps.py makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.projection.misreading.strip import MOST, SEED, Panel, Sample, Strip
from retrieval_core.projection.misreading.strips import STRIPS
from retrieval_core.search_choices import described_key
from retrieval_core.stored.artefacts import MISREAD, VERSIONS, model_folder
from retrieval_core.stored.results import Results


@dataclass(frozen=True, eq=False)
class Misread:
    """The strips of a model by name, and what they show: `count` of the `of` photographs of a subset."""

    strips: Mapping[str, Strip]
    subset: str
    count: int
    of: int


def misread_path(results: Results) -> Path:
    """The file of a model's strips, beside its descriptors."""
    return model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model)) / MISREAD


def misread_inputs(results: Results) -> dict:
    """What they are made from: these descriptors, how maps are made, and which photographs show which landmark."""
    made = {"version": VERSIONS["misread"], "map": VERSIONS["map"], "most": MOST, "seed": SEED}
    return made | {"descriptors": results.version, "truth": results.dataset.truth}


def write_misread(path: Path, sample: Sample, strips: Mapping[str, Strip]) -> None:
    """Write all strips of a model."""
    arrays, about = {}, {}
    for key, strip in strips.items():
        for number, panel in enumerate(strip.panels):
            arrays[f"{key}-{number}-xy"] = np.asarray(panel.xy, np.float32)
            arrays[f"{key}-{number}-codes"] = np.asarray(panel.codes, np.int32)
        panels = [{
            "title": panel.title, "figures": {name: float(value) for name, value in panel.figures.items()},
            "settings": panel.settings, "seed": panel.seed, "lines": panel.lines,
        } for panel in strip.panels]  # fmt: skip
        facts = {name: float(value) for name, value in strip.facts.items()}
        about[key] = {"panels": panels, "names": strip.names, "facts": facts, "missing": strip.missing}
    write_arrays(path, arrays, {"strips": about, "subset": sample.subset, "count": len(sample.ids), "of": sample.of})


def read_misread(results: Results) -> Misread | None:
    """The strips of a model; None if they were not made, or of other descriptors, or by another ground truth."""
    path = misread_path(results)
    if results.state[0] != "ready" or results.workspace.state(path, misread_inputs(results)) != "fresh":
        return None
    return _read(path, results.workspace.record(path).sha256)


@lru_cache(maxsize=16)
def _read(path: Path, version: str) -> Misread:
    """Kept as long as the file, whose hash `version` is, stays the same: a page asks for it at every run."""
    arrays, about = read_arrays(path)
    strips = {}
    for key in STRIPS:
        entry = about["strips"][key]
        panels = [Panel(
            one["title"], np.array(arrays[f"{key}-{number}-xy"]), np.array(arrays[f"{key}-{number}-codes"]), one["figures"],
            one["settings"], one["seed"], tuple(map(tuple, one["lines"])),
        ) for number, one in enumerate(entry["panels"])]  # fmt: skip
        strips[key] = Strip(tuple(panels), tuple(entry["names"]), entry["facts"], entry["missing"])
    return Misread(strips, about["subset"], about["count"], about["of"])
