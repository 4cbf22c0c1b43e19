"""What makes an artefact stale, and what does not: inputs of models that chose nothing are what they were."""

import pytest

from retrieval_core.presets import PRESETS, SEARCH_CHOICES, get_preset
from retrieval_core.stored.artefacts import identity


@pytest.mark.parametrize("key", PRESETS)
def test_size_scales_and_crop_rule_are_no_part_of_trained_weights(key):
    assert {choice.field for choice in SEARCH_CHOICES.values()} & set(identity(get_preset(key))) == {"pooling", "whitening"}
