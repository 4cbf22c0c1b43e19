"""The version of what each kind of artefact is computed by."""

VERSIONS = {
    "weights": 2, "whitening": 1, "vocabulary": 1, "aggregation": 1, "descriptors": 3, "scores": 2, "costs": 1, "map": 8,
    "neighbours": 2, "sheets": 1, "after": 1, "robustness": 1, "learning": 1, "knobs": 1, "clusters": 1, "unlabelled": 2,
    "feedback": 1, "misread": 2, "engines": 1, "recall": 1,
}  # fmt: skip
"""Raised by hand when a stage's code changes what it computes, so that everything it made is known to be stale."""
