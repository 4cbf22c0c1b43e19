"""Networks by name as they were noted with their weights, and which of them a run has."""

from retrieval_core.named_networks import is_named, recall
from retrieval_core.presets import Preset, get_preset
from retrieval_core.stored.artefacts import WEIGHTS
from retrieval_core.stored.model_names import from_path, in_path
from retrieval_core.stored.origins import PUBLISHED
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace


def model_preset(workspace: Workspace, run: str, key: str) -> Preset:
    """`get_preset`; a network by name is taken as it was noted with its weights, so that no library is loaded to look."""
    base = key.split("-")[0]
    if is_named(base):
        weights = workspace.record(workspace.folder(PUBLISHED, run, in_path(base)) / WEIGHTS)
        recall(weights.notes["network"] if weights else {})
    return get_preset(key)


def named_models(workspace: Workspace, run: Run) -> list[str]:
    """Networks by name whose weights a run has."""
    folders = sorted(workspace.folder(PUBLISHED, run.name).glob(f"*/{WEIGHTS}"))
    return [key for folder in folders if is_named(key := from_path(folder.parent.name))]
