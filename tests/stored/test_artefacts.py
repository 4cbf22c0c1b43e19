"""What makes an artefact stale, and what does not: inputs of models that chose nothing are what they were."""

import pytest

from retrieval_core.presets import PRESETS, SEARCH_CHOICES, get_preset
from retrieval_core.stored.artefacts import identity


@pytest.mark.parametrize("key", PRESETS)
def test_what_is_chosen_at_search_time_is_no_part_of_trained_weights(key):
    # Whether it is whitened, and how a stage pools, are part of it; a choice is a model without weights of its own.
    assert {choice.field for choice in SEARCH_CHOICES.values()} & set(identity(get_preset(key))) == {"whitening"}
