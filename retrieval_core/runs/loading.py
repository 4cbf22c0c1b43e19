"""Networks as a run made them, and what belongs to them, ready to describe."""

from collections.abc import Sequence

import torch

from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.descriptors.aggregation.network import AggregatingNetwork, DescribingNetwork
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import inherit, load_weights
from retrieval_core.presets import Preset
from retrieval_core.stored import artefacts
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace


def load_network(workspace: Workspace, run: Run, preset: Preset, device: torch.device) -> DescribingNetwork:
    """A trained network; RetrievalError if its weights, or what its aggregation learns, are missing."""
    if preset.aggregation:
        return load_aggregating(workspace, run, [preset], device)[0]
    network = build_network(preset)
    inherit(network, load_weights(_required_weights(workspace, run, preset)))
    return network.to(device).eval()


def load_aggregating(workspace: Workspace, run: Run, presets: Sequence[Preset], device: torch.device) -> list[AggregatingNetwork]:
    """Aggregations of one model's trunk, which they share, each with its vocabulary and whitening.

    RetrievalError if the weights, or one of these, are missing.
    """
    found: list[AggregatingNetwork] = []
    for preset in presets:
        learnt = artefacts.vocabulary_path(workspace, run, preset)
        if preset.has_vocabulary:
            workspace.require(learnt, _remedy(workspace, run, preset))
        vocabulary = read_arrays(learnt)[0] if preset.has_vocabulary else {}
        whitening = Whitening.load(artefacts.whitening_path(workspace, run, preset)) if preset.whitening else None
        network = AggregatingNetwork(preset, vocabulary, whitening, found[0].trunk if found else None)
        if not found:
            inherit(network, load_weights(_required_weights(workspace, run, preset)))
        found.append(network.to(device).eval())
    return found


def load_whitening(workspace: Workspace, run: Run, preset: Preset) -> Whitening | None:
    """The whitening of a model's finished descriptors; None where it has none, or its aggregation whitens by itself."""
    whitens = preset.whitening and not preset.aggregation
    return Whitening.load(artefacts.whitening_path(workspace, run, preset)) if whitens else None


def _required_weights(workspace: Workspace, run: Run, preset: Preset):
    path = artefacts.weights_path(workspace, run, preset)
    workspace.require(path, _remedy(workspace, run, preset))
    return path


def _remedy(workspace: Workspace, run: Run, preset: Preset) -> str:
    return f"Run: {workspace.command('train', '--models', preset.key, '--run', run.name)}"
