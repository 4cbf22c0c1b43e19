"""The tiny town for processes of their own, and with a second run."""

import hashlib
import json
import os
from pathlib import Path

from caches import copy_cache

TINY_SITE = Path(__file__).with_name("tiny_site")


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
