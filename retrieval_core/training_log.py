"""What a training wrote down, step by step."""

import json

from retrieval_core import artefacts
from retrieval_core.presets import get_preset
from retrieval_core.workspace import Workspace


def training_log(workspace: Workspace, model: str) -> list[dict]:
    """The lines of a model's training.jsonl; empty where it was not trained (or only downloaded)."""
    stage = get_preset(model).weights_stage
    for start in ("shapes", "imagenet"):
        path = artefacts.stage_folder(workspace, stage, start) / "training.jsonl"
        if path.exists():
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return []
