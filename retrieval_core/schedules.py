"""How each stage is trained: a column for every schedule and start, a line for every stage. `presets.py` says what the stages are.

`quick` is for two CPU cores, `long` for ten minutes of a GPU or an evening of two cores, `full` for a GPU and real photographs.
A network that has seen photographs forgets them under a high rate on small pictures: from ImageNet what is inherited learns at a
tenth of the rate, the first layers not at all, and pictures are described at 224 pixels or more. A start that was made in
minutes wants more of both. The figures are in LOG.md: all are chosen by the validation mAP on held-out training landmarks and by
what they leave of real photographs, never by the scores of the town.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from retrieval_core.errors import check_choice

SCHEDULES = ("quick", "long", "full")
STARTS = ("imagenet", "distilled", "shapes")
"""Where the seven begin: real ImageNet weights, backbones that were taught by a network that knows ImageNet, or fractals alone."""
GIVEN_STARTS = ("imagenet", "distilled")
"""Those whose weights are given, so that there is nothing to train."""


@dataclass(frozen=True)
class Schedule:
    """How long and how hard a stage is trained, and how large its pictures are."""

    image_size: int  # side of the square training picture, pixels
    extract_size: int  # longest side when descriptors are extracted, pixels (fc7: side of the square)
    steps: int = 0  # optimiser steps
    batch: int = 0  # pictures a step
    learning_rate: float = 0.0  # the highest of the one-cycle schedule
    frozen: tuple[str, ...] = ()  # parameters whose names start like this stay as they are
    slow: float = 1.0  # share of the rate for everything that came from the parent
    weight_decay: float = 0.02
    margin: float = 0.0  # triplet: on squared L2 distances of unit vectors
    per_landmark: int = 0  # triplet: photographs of one landmark in a batch
    negatives: int = 0  # triplet: mined hard negatives of a query, at most one a landmark
    pool: int = 0  # triplet: photographs that negatives are mined from
    mine_every: int = 0  # triplet: steps between two minings
    whitening_power: float = 0.5  # how fully the FC whitens at its start: 0.5 fully, 0 only rotates
    frozen_batch_norm: bool = False
    accumulate: int = 1  # batches whose gradients add up to one step, where one batch of large pictures fills the GPU
    smallest_crop: float = 0.75  # side of a plain random crop as a share of the picture's shorter side, at least
    share: float | None = None  # of the way from the start's weights to the trained ones, where not all of it is gone
    validations: int = 2  # how often validation mAP is measured; the best weights are kept
    seconds: float = 0.0  # about how long this takes on two cores: for the progress bar, nothing else


Column = Mapping[str, Schedule]
"""Schedules by the key of their stage or model."""

FIRST_LAYERS = {
    "alexnet": ("trunk.features.0.",), "resnet18": ("trunk.conv1.", "trunk.layer1."), "resnet50": ("trunk.conv1.", "trunk.layer1."),
    "lite0": ("trunk.conv_stem.", "trunk.bn1.", "trunk.blocks.0."),
}  # fmt: skip
"""Parameters that stay as they are where a network comes from ImageNet: edges and colours are the same in every photograph."""


def column_name(schedule: str, start: str) -> str:
    """The column of a schedule and a start; RetrievalError lists the schedules or the starts."""
    check_choice("schedule", schedule, SCHEDULES)
    return schedule if schedule == "full" else f"{schedule}-{check_choice('start', start, STARTS)}"


# --- quick from shapes: weights that 100 steps on fractals made learn everything anew, on small pictures ---------------
_SHAPES = Schedule(image_size=80, extract_size=112, batch=64, learning_rate=2e-3, whitening_power=0.25)
_SHAPES_FC7 = replace(_SHAPES, image_size=96, extract_size=96, batch=128, learning_rate=3e-4)
_SHAPES_SMALL = replace(_SHAPES, image_size=64, extract_size=96)
_SHAPES_TRIPLET = replace(
    _SHAPES, batch=96, learning_rate=3e-4, margin=0.3, per_landmark=4, negatives=4, pool=1200, mine_every=40,
)  # fmt: skip
_QUICK_SHAPES = {
    "start-alexnet": replace(_SHAPES_FC7, steps=100, smallest_crop=1.0, validations=1, seconds=26),
    "start-resnet18": replace(_SHAPES_SMALL, steps=120, smallest_crop=1.0, validations=1, seconds=19),
    "start-resnet50": replace(_SHAPES_SMALL, steps=100, smallest_crop=1.0, validations=1, seconds=40),
    # Gordo et al., "End-to-end learning of deep visual representations", IJCV 2017: classify first, then rank. Straight
    # from `shapes` the triplet loss collapsed.
    "warm-resnet50": replace(_SHAPES_SMALL, steps=300, seconds=105),
    "1a": _SHAPES_FC7,
    "1b": replace(_SHAPES_FC7, steps=250, seconds=62),
    "1c": replace(_SHAPES, steps=700, learning_rate=1e-3, seconds=34),
    "1d": replace(_SHAPES, steps=400, seconds=78),
    "1e": _SHAPES,
    "1f": replace(_SHAPES_TRIPLET, steps=120, seconds=41),
    "1g": replace(_SHAPES_TRIPLET, steps=120, seconds=41),
    "1h": replace(_SHAPES_TRIPLET, image_size=64, extract_size=96, steps=60, seconds=45),
}

# --- quick from ImageNet: gently, on pictures near those that the networks know -----------------------------------------
_GENTLE = Schedule(image_size=112, extract_size=224, batch=48, learning_rate=2e-3, slow=0.1, whitening_power=0.25)
_GENTLE_FC7 = replace(_GENTLE, image_size=224, frozen=FIRST_LAYERS["alexnet"])
_GENTLE_TRIPLET = replace(
    _GENTLE, batch=96, learning_rate=1e-4, slow=1.0, margin=0.3, per_landmark=4, negatives=4, pool=1200, mine_every=30,
    frozen_batch_norm=True,
)  # fmt: skip
_LITE0 = replace(_GENTLE, learning_rate=2e-4, slow=1.0)
_QUICK_LITE0 = {
    "start-lite0": replace(_LITE0, seconds=1),
    # Its batch normalisation follows slowly (momentum 0.01): after 250 steps the statistics would be those of other weights.
    "warm-lite0": replace(_LITE0, steps=250, frozen_batch_norm=True, seconds=150),
    "2a": _LITE0,
    "2t": replace(_GENTLE_TRIPLET, steps=60, learning_rate=5e-5, share=0.4, seconds=90),
}
_QUICK_IMAGENET = {
    "start-alexnet": _GENTLE_FC7,
    "start-resnet18": _GENTLE,
    "start-resnet50": _GENTLE,
    "warm-resnet50": replace(_GENTLE, steps=200, frozen=FIRST_LAYERS["resnet50"], seconds=130),
    "1a": _GENTLE_FC7,
    "1b": replace(_GENTLE_FC7, steps=150, seconds=75),
    "1c": replace(_GENTLE, image_size=160, steps=250, frozen=FIRST_LAYERS["alexnet"], seconds=40),
    "1d": replace(_GENTLE, image_size=128, steps=250, frozen=FIRST_LAYERS["resnet18"], seconds=90),
    "1e": _GENTLE,
    "1f": replace(_GENTLE_TRIPLET, steps=60, seconds=45),
    "1g": replace(_GENTLE_TRIPLET, steps=60, seconds=45),
    "1h": replace(_GENTLE_TRIPLET, steps=40, seconds=60),
}

# --- quick from the starts that come with the program ---------------------------------------------------------------------
_TAUGHT = Schedule(image_size=112, extract_size=160, batch=64, learning_rate=1e-3, whitening_power=0.25)
_TAUGHT_FC7 = replace(_TAUGHT, extract_size=112, learning_rate=3e-4, frozen=FIRST_LAYERS["alexnet"])
_TAUGHT_TRIPLET = replace(
    _TAUGHT, batch=96, learning_rate=1e-4, margin=0.3, per_landmark=4, negatives=4, pool=1200, mine_every=30,
    frozen_batch_norm=True,
)  # fmt: skip
_QUICK_DISTILLED = {
    "start-alexnet": _TAUGHT_FC7,
    "start-resnet18": _TAUGHT,
    "start-resnet50": _TAUGHT,
    "warm-resnet50": replace(_TAUGHT, steps=200, frozen=FIRST_LAYERS["resnet50"], seconds=180),
    "1a": _TAUGHT_FC7,
    "1b": replace(_TAUGHT_FC7, steps=150, seconds=40),
    "1c": replace(_TAUGHT, steps=300, seconds=30),
    "1d": replace(_TAUGHT, steps=200, seconds=65),
    "1e": _TAUGHT,
    "1f": replace(_TAUGHT_TRIPLET, steps=60, seconds=30),
    "1g": replace(_TAUGHT_TRIPLET, steps=60, seconds=30),
    "1h": replace(_TAUGHT_TRIPLET, steps=40, seconds=60),
}

# --- long: larger pictures, more steps; the rates of the start -------------------------------------------------------------
_TIMES, _LARGER, _DESCRIBED = 6, 1.5, 320


def _long(quick: Column) -> dict[str, Schedule]:
    """The long column of a start: six times the steps of its quick one, on pictures half as large again."""

    def longer(key: str, schedule: Schedule) -> Schedule:
        fixed = schedule.extract_size == schedule.image_size  # fc7: its input is a square of one size
        size = round(schedule.image_size * _LARGER / 16) * 16
        return replace(schedule, image_size=min(size, 224), extract_size=min(size, 224) if fixed else max(_DESCRIBED, size),
                       steps=schedule.steps * _TIMES, validations=2 * schedule.validations,
                       seconds=schedule.seconds * _TIMES * _LARGER**2)  # fmt: skip

    return {key: longer(key, schedule) for key, schedule in quick.items()}


# --- full: a GPU and real photographs ----------------------------------------------------------------------------------------
# Classification has no published code: a new last layer, the first layers kept, a tenth of the rate from scratch.
_FULL = Schedule(
    image_size=224, extract_size=1024, steps=20_000, batch=64, learning_rate=1e-4, frozen=FIRST_LAYERS["alexnet"], slow=0.1,
    weight_decay=1e-4, validations=10,
)  # fmt: skip
# `filipradenovic/cnnimageretrieval-pytorch`: squared L2, margin 0.5, Adam 1e-6, frozen batch norm, 5 hard negatives a
# query, mined anew for every 2,000 queries from a pool of 20,000; 100 epochs. The practical's side of 800 pixels
# (`naver/deep-image-retrieval`) lets one query with its pictures at a time into a GPU: five of them make a step.
_FULL_TRIPLET = Schedule(
    image_size=800, extract_size=1024, steps=40_000, batch=7, accumulate=5, learning_rate=1e-6, weight_decay=1e-4, margin=0.5,
    per_landmark=2, negatives=5, pool=20_000, mine_every=400, frozen_batch_norm=True, validations=20,
)  # fmt: skip
_FULL_START = Schedule(image_size=224, extract_size=224, steps=20_000, batch=256, learning_rate=1e-3, validations=4)
_FULL_COLUMN = {
    "start-alexnet": _FULL_START, "start-resnet18": _FULL_START, "start-resnet50": _FULL_START, "start-lite0": _FULL_START,
    "warm-resnet50": replace(_FULL, frozen=FIRST_LAYERS["resnet50"]),
    "warm-lite0": replace(_FULL, frozen=FIRST_LAYERS["lite0"]),
    "1a": replace(_FULL, extract_size=224),
    "1b": replace(_FULL, extract_size=224),
    "1c": _FULL,
    "1d": replace(_FULL, frozen=FIRST_LAYERS["resnet18"]),
    "1e": _FULL, "2a": _FULL,
    "1f": _FULL_TRIPLET, "1g": _FULL_TRIPLET, "1h": _FULL_TRIPLET, "2t": _FULL_TRIPLET,
}  # fmt: skip

_QUICK = {
    "quick-shapes": _QUICK_SHAPES | _QUICK_LITE0,
    "quick-distilled": _QUICK_DISTILLED | _QUICK_LITE0,
    "quick-imagenet": _QUICK_IMAGENET | _QUICK_LITE0,
}
COLUMNS: dict[str, Column] = {
    **_QUICK, **{name.replace("quick", "long"): _long(column) for name, column in _QUICK.items()}, "full": _FULL_COLUMN,
}  # fmt: skip
"""Every column by its name."""
