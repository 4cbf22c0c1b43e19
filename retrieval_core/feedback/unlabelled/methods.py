"""The methods by name, in the order in which they are shown."""

from retrieval_core.feedback.unlabelled.co_training import CO_TRAINING
from retrieval_core.feedback.unlabelled.elkan_noto import ELKAN_NOTO
from retrieval_core.feedback.unlabelled.label_spreading import LABEL_SPREADING
from retrieval_core.feedback.unlabelled.method import Method
from retrieval_core.feedback.unlabelled.nnpu import NNPU
from retrieval_core.feedback.unlabelled.other_class import OTHER_CLASS
from retrieval_core.feedback.unlabelled.self_training import SELF_TRAINING
from retrieval_core.feedback.unlabelled.spies import TWO_STEPS
from retrieval_core.feedback.unlabelled.two_classes import TWO_CLASSES

METHODS: dict[str, Method] = {
    "other": OTHER_CLASS, "svm": TWO_CLASSES, "elkan-noto": ELKAN_NOTO, "nnpu": NNPU, "spies": TWO_STEPS,
    "self-training": SELF_TRAINING, "label-spreading": LABEL_SPREADING, "co-training": CO_TRAINING,
}  # fmt: skip
PRIORS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares π for which nnPU is judged, since it must be given one."""
