"""What a training set and a test set share, looked for on demand; what only looks alike is for a person to judge."""

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.descriptors.extract import extract_pixels
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.device import pick_device
from retrieval_core.presets import get_preset
from retrieval_core.progress import Progress
from retrieval_core.runs.loading import load_network, load_whitening
from retrieval_core.runs.making import Steps
from retrieval_core.runs.steps import decoded
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.training.overlap import find_overlap, keep_near_descriptors, near_descriptors
from retrieval_core.workspace import Workspace

LIKE = 0.9  # cosine similarity from which a pair is shown, unless another is asked for


def compare_sets(workspace: Workspace, training: str, retrieval: str) -> Steps:
    """Look for the same files and near duplicates in two sets, and remember what was found."""
    yield from find_overlap(workspace, open_dataset(workspace, training), open_dataset(workspace, retrieval))


def compare_descriptors(
    workspace: Workspace, training: str, retrieval: str, run: str, model: str, least: float = LIKE, device: str = "auto"
) -> Steps:
    """Describe a training set under a model that has described the retrieval set, and keep the pairs that are most alike.

    `least` is the cosine similarity from which a pair is kept: one for each photograph of the retrieval set, the nearest.
    Raises RetrievalError for a similarity outside of -1 … 1, or if the retrieval set is not described by that model.
    """
    if not -1 <= least <= 1:
        raise RetrievalError(f"--similarity {least:g} is no cosine similarity. Give a number from -1 to 1, such as {LIKE}.")
    dataset, results = open_dataset(workspace, training), open_results(workspace, retrieval, run, model)
    database, _ = results.descriptors
    chosen, preset, its_run = pick_device(device), get_preset(model), get_run(workspace, run)
    pixels = yield from decoded(workspace, dataset, results.recipe["size"], preset.square)
    network, whitening = load_network(workspace, its_run, preset, chosen), load_whitening(workspace, its_run, preset)
    matrix = yield from extract_pixels(network, pixels, range(len(dataset.images)), chosen, scales=preset.scales)
    yield Progress("compare", 0, 1)
    ours = matrix if whitening is None else whitening.transform(matrix)
    pairs = near_descriptors(dataset, ours, results.dataset, database.matrix, least)
    keep_near_descriptors(workspace, dataset, results.dataset, pairs)
