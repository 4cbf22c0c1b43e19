"""The tiny town for processes of their own, and with a second run."""

import hashlib
import json
import os
from pathlib import Path

from caches import copy_cache

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.presets import get_preset
from retrieval_core.stored import artefacts
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace

TINY_SITE = Path(__file__).with_name("tiny_site")

ENDLESS = "early_iterations=100000,iterations=100000"
"""Settings of a t-SNE that takes a minute, even of the tiny town and with a processor of its own: what must not end while one looks."""


def tiny_python_path() -> str:
    """PYTHONPATH with which a process and its children have the presets that the tiny town was made with."""
    return os.pathsep.join(filter(None, [str(TINY_SITE), os.environ.get("PYTHONPATH")]))


def add_seed(cache: Path, seed: int, factor: float) -> str:
    """Add a run with another seed whose APs are `factor` times those of `quick`, and return its name.

    Its weights and descriptors are those of `quick`: what is tested is how pages show runs, not how runs come about.
    """
    name = f"quick-seed{seed}"
    for place in ("shapes", "published", "town-train", "town"):
        folder = copy_cache(cache / place / "quick", cache / place / name)
        about = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps(about | {"name": name, "seed": seed}))
        for manifest in folder.rglob("manifest.json"):
            _adapt(manifest, seed, factor)
    return name


def _adapt(manifest: Path, seed: int, factor: float) -> None:
    content = json.loads(manifest.read_text())
    for file, record in content["artefacts"].items():
        if "seed" in record["inputs"] and file.startswith(("weights", "training")):
            record["inputs"]["seed"] = seed
        if "recipe" in record["notes"]:
            record["notes"]["recipe"] |= {"run": f"quick-seed{seed}", "seed": seed}
        if file == "scores.json":
            scores = json.loads((manifest.parent / file).read_text())
            means = {key: factor * scores[key] for key in ("map_oxford", "map_finite_sum")}
            each = [{**one, **{key: factor * one[key] for key in ("ap_oxford", "ap_finite_sum")}} for one in scores["scores"]]
            (manifest.parent / file).write_text(json.dumps(scores | means | {"scores": each}))
            data = (manifest.parent / file).read_bytes()
            record |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest.write_text(json.dumps(content))


def add_scored_copy(cache: Path, model: str, copy: str, factor: float) -> None:
    """Add a model whose weights, descriptors and maps are those of another, and whose APs are `factor` times its.

    What is tested is how pages show it, not how it comes about.
    """
    workspace = Workspace(cache)
    run, dataset = get_run(workspace, "quick"), open_dataset(workspace, "town")
    for path_of in (
        lambda key: artefacts.weights_path(workspace, run, get_preset(key)),
        lambda key: artefacts.descriptors_path(workspace, "town", "quick", key),
        lambda key: artefacts.scores_path(workspace, "town", "quick", key),
    ):
        source, target = path_of(model), path_of(copy)
        record = workspace.record(source)
        inputs = {
            artefacts.WEIGHTS: lambda: artefacts.weights_inputs(workspace, run, get_preset(copy)),
            artefacts.SCORES: lambda: artefacts.scores_inputs(workspace, dataset, "quick", copy),
        }.get(source.name, lambda: artefacts.descriptors_inputs(workspace, dataset, run, get_preset(copy)))()
        with workspace.writing(target, inputs, notes=dict(record.notes)) as temporary:
            if source.name != artefacts.SCORES:
                temporary.write_bytes(source.read_bytes())
                continue
            content = json.loads(source.read_text())
            for entry in [content, *content["scores"]]:
                for name in entry:
                    if name in ("map_oxford", "map_finite_sum", "ap_oxford", "ap_finite_sum"):
                        entry[name] *= factor
            temporary.write_text(json.dumps(content))
