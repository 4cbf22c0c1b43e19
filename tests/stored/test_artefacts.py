"""What makes an artefact stale, and what does not: inputs of models that chose nothing are what they were."""

import pytest

from retrieval_core.presets import MODELS, PRESETS, SEARCH_CHOICES, VARIANTS, get_preset
from retrieval_core.stored.artefacts import identity


@pytest.mark.parametrize("key", PRESETS)
def test_what_is_chosen_at_search_time_is_no_part_of_trained_weights(key):
    # Whether it is whitened, and how a stage pools, are part of it; a choice is a model without weights of its own.
    assert {choice.field for choice in SEARCH_CHOICES.values()} & set(identity(get_preset(key))) == {"whitening"}


def test_what_was_trained_before_there_were_variants_is_as_good_as_ever():
    assert [identity(get_preset(key))["augmentation"] for key in ("1f", "1g", "1g-colour", "1g-shear")] == [
        False,
        True,
        "colour",
        "shear",
    ]
    assert [key for key in MODELS if "local_pooling" in identity(get_preset(key))] == ["1b-mixed", "1b-gated", "1b-tree"]
    for key in VARIANTS:
        assert identity(get_preset(key)) != identity(get_preset(key.split("-")[0])) | {"key": key}
