"""The seven models of the report as a table, and their variant 1e: read this first.

Source of the table: the 2019 course report on the NAVER LABS practical (`almazan/paiss`); the recipes follow
`filipradenovic/cnnimageretrieval-pytorch` and `naver/deep-image-retrieval`.
"""

from dataclasses import asdict, dataclass, replace

from retrieval_core.errors import RetrievalError, check_choice

BACKBONES = ("alexnet", "resnet18", "resnet50")
POOLINGS = ("fc7", "gem")
LOSSES = ("classification", "triplet")
SCHEDULES = ("quick", "full")


@dataclass(frozen=True)
class Schedule:
    """How long and how hard a model is trained. Sizes are pixels of the longest side, rates are per step."""

    image_size: int  # side of a training picture, pixels
    steps: int  # optimiser steps
    batch: int  # pictures a step (classification) or tuples a step (triplet)
    learning_rate: float
    extract_size: int  # longest side when descriptors are extracted, pixels


@dataclass(frozen=True)
class Preset:
    """One model: what it is, where it starts and how it is trained. Values, not classes."""

    key: str
    title: str
    backbone: str
    pooling: str
    head: bool  # FC after the pooling, started as PCA whitening
    dim: int  # length of the descriptor
    parent: str  # the preset whose weights it continues from, or a start ("start-alexnet", …)
    loss: str | None  # None: the weights of the parent as they are
    augmentation: bool
    whitening: bool  # PCA whitening of the finished descriptor, learnt on the training set
    trained_on: str  # "start" (ImageNet, or the stand-in) or "landmarks"
