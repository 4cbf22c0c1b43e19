"""What there is of the aggregations of a model's trunk, read back."""

from retrieval_core.descriptors.word_sets import bytes_a_row
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.aggregation_keys import aggregation_keys, trunk_key
from retrieval_core.evaluation.aggregations import Found
from retrieval_core.stored.named_models import model_preset
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import Workspace


def found_of(results: Results) -> Found:
    """What the table says of one model. RetrievalError with the remedy if its descriptors are not as they should be."""
    matrix = results.descriptors[0].matrix
    width = matrix.shape[1] if results.preset.has_vector else None
    return Found(results.preset, width, bytes_a_row(matrix), results.scores if results.scored else ())


def found_aggregations(workspace: Workspace, dataset: str, run: str, model: str) -> dict[str, Found]:
    """By key the model itself, as far as it is one, and its aggregations, as far as they have described the dataset.

    RetrievalError where the model's map can't be aggregated.
    """
    model_preset(workspace, run, model)  # knows a network by name as it was noted
    found = {}
    for key in [trunk_key(model), *aggregation_keys(model)]:
        try:
            results = open_results(workspace, dataset, run, key)
        except RetrievalError:  # 1a-224px is no model, since fc7 has no size to choose, but its aggregations are
            continue
        if results.state[0] == "ready":
            found[key] = found_of(results)
    return found
