"""What a training wrote down, step by step."""

import json

from retrieval_core.presets import get_preset
from retrieval_core.workspace import Workspace


def training_log(workspace: Workspace, model: str) -> list[dict]:
    """The lines of a model's newest training.jsonl; empty where it was not trained (or only downloaded)."""
    logs = list(workspace.root.glob(f"*/{get_preset(model).weights_stage.key}/training.jsonl"))
    if not logs:
        return []
    newest = max(logs, key=lambda log: log.stat().st_mtime)
    return [json.loads(line) for line in newest.read_text(encoding="utf-8").splitlines() if line.strip()]
