"""The models as a table: the seven of the report with their variant 1e, and a network as it comes. Read this first.

Source of the seven: the 2019 course report on the NAVER LABS practical (`almazan/paiss`). The `full` schedules follow
`filipradenovic/cnnimageretrieval-pytorch` and `naver/deep-image-retrieval`; the `quick` ones are ours, for two CPU
cores, chosen by the validation mAP on held-out training landmarks. 2a and 2t stand beside them, beyond the report.
"""

from dataclasses import dataclass, replace

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.named_networks import find_network, is_named
from retrieval_core.search_choices import SEARCH_CHOICES

BACKBONES = ("alexnet", "resnet18", "resnet50", "lite0")
POOLINGS = ("fc7", "gem", "head", "shifted")
ORIGINS = (None, "package", "published")
WHITENINGS = (None, "pca", "learned")
SCHEDULES = ("quick", "full")


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
    validations: int = 2  # how often validation mAP is measured; the best weights are kept
    seconds: float = 0.0  # about how long this takes on two cores (quick): for the progress bar, nothing else


@dataclass(frozen=True)
class Preset:
    """One model, or one stage that models start from: what it is, where it starts and how it is trained."""

    key: str
    title: str
    backbone: str
    pooling: str
    dim: int  # length of the descriptor
    parent: str | None  # the stage whose weights it continues from; None: it is a start
    loss: str | None  # a name of training/objectives.py; None: the parent's weights as they are
    quick: Schedule
    full: Schedule
    head: bool = False  # FC after the pooling, started as PCA whitening
    augmentation: bool = False
    # Where a start's weights come from: None: from where the run says; whatever the run says: "package", with a Python package, or
    # "published", as timm or torchvision hand them out.
    origin: str | None = None
    squashed: bool = False  # pictures become squares though the pooling would take any shape
    # What can be chosen at search time, without training anew:
    whitening: str | None = None  # of the finished descriptor, learnt on the training landmarks: "pca" or "learned"
    scales: tuple[float, ...] = (1.0,)  # at which a picture is described; the descriptors are averaged
    crop: str | None = None  # how queries are cropped; None: fill

    def __post_init__(self):
        check_choice("whitening", self.whitening, WHITENINGS)
        if not is_named(self.backbone):
            check_choice("backbone", self.backbone, BACKBONES)
        check_choice("pooling", self.pooling, POOLINGS)
        check_choice("origin", self.origin, ORIGINS)

    @property
    def is_start(self) -> bool:
        """Whether this is where models start: weights of ImageNet, or of its stand-in `shapes`."""
        return self.parent is None

    @property
    def has_weights(self) -> bool:
        """Whether it has weights of its own: it is a start, or trained."""
        return self.is_start or self.loss is not None

    @property
    def square(self) -> bool:
        """Whether pictures are squashed to a square: fc7 has a fixed input, and so have some networks by name."""
        return self.pooling == "fc7" or self.squashed

    @property
    def weights_stage(self) -> "Preset":
        """The stage whose weights this model uses: itself, or its parent's where it is not trained."""
        return self if self.has_weights else get_preset(self.parent).weights_stage

    def schedule(self, name: str) -> Schedule:
        """Its schedule by name; RetrievalError lists the names."""
        return getattr(self, check_choice("schedule", name, SCHEDULES))


# --- quick: two CPU cores and the town; one line a stage, all chosen by validation mAP --------------------------------
_QUICK = Schedule(image_size=80, extract_size=112, batch=64, learning_rate=2e-3, whitening_power=0.25)
_QUICK_FC7 = replace(_QUICK, image_size=96, extract_size=96, batch=128, learning_rate=3e-4)
_QUICK_SMALL = replace(_QUICK, image_size=64, extract_size=96)
_QUICK_TRIPLET = replace(
    _QUICK, batch=96, learning_rate=3e-4, margin=0.3, per_landmark=4, negatives=4, pool=1200, mine_every=40,
)  # fmt: skip

# A network that has seen photographs keeps what it knows under a tenth of the rate, on pictures near those it was trained on.
_LITE0 = replace(_QUICK, image_size=112, extract_size=224, batch=48, learning_rate=2e-4)

# --- full: a GPU and real photographs --------------------------------------------------------------------------------
# Classification has no published code: a new last layer, the first layers kept, a tenth of the rate from scratch.
_FULL = Schedule(
    image_size=224, extract_size=1024, steps=20_000, batch=64, learning_rate=1e-4, frozen=("trunk.features.0.",),
    slow=0.1, weight_decay=1e-4, validations=10,
)  # fmt: skip
# `filipradenovic/cnnimageretrieval-pytorch`: squared L2, margin 0.5, Adam 1e-6, frozen batch norm, 5 hard negatives a
# query, mined anew for every 2,000 queries from a pool of 20,000; 100 epochs. The practical's side of 800 pixels
# (`naver/deep-image-retrieval`) lets one query with its pictures at a time into a GPU: five of them make a step.
_FULL_TRIPLET = Schedule(
    image_size=800, extract_size=1024, steps=40_000, batch=7, accumulate=5, learning_rate=1e-6, weight_decay=1e-4, margin=0.5,
    per_landmark=2, negatives=5, pool=20_000, mine_every=400, frozen_batch_norm=True, validations=20,
)  # fmt: skip
_FULL_START = Schedule(image_size=224, extract_size=224, steps=20_000, batch=256, learning_rate=1e-3, validations=4)


STAGES = {preset.key: preset for preset in (
    Preset("start-alexnet", "AlexNet to start from", "alexnet", "fc7", 4096, None, "classification",
           replace(_QUICK_FC7, steps=100, smallest_crop=1.0, validations=1, seconds=26), _FULL_START),
    Preset("start-resnet18", "ResNet18 to start from", "resnet18", "gem", 512, None, "classification",
           replace(_QUICK_SMALL, steps=120, smallest_crop=1.0, validations=1, seconds=19), _FULL_START),
    Preset("start-resnet50", "ResNet50 to start from", "resnet50", "gem", 2048, None, "classification",
           replace(_QUICK_SMALL, steps=100, smallest_crop=1.0, validations=1, seconds=40), _FULL_START),
    # Gordo et al., "End-to-end learning of deep visual representations", IJCV 2017: classify first, then rank. Straight
    # from `shapes` the triplet loss collapsed.
    Preset("warm-resnet50", "ResNet50 GeM, landmarks", "resnet50", "gem", 2048, "start-resnet50", "classification",
           replace(_QUICK_SMALL, steps=300, seconds=105), replace(_FULL, frozen=("trunk.conv1.", "trunk.layer1."))),
    Preset("start-lite0", "EfficientNet-Lite0 to start from", "lite0", "gem", 1280, None, None,
           replace(_LITE0, seconds=1), _FULL, origin="package"),
    Preset("warm-lite0", "EfficientNet-Lite0 GeM, landmarks", "lite0", "gem", 1280, "start-lite0", "classification",
           replace(_LITE0, steps=250, seconds=150), replace(_FULL, frozen=("trunk.conv_stem.", "trunk.bn1.", "trunk.blocks.0."))),
)}  # fmt: skip
"""What models start from without being models themselves."""

PRESETS = {preset.key: preset for preset in (
    Preset("1a", "AlexNet fc7, no landmarks", "alexnet", "fc7", 4096, "start-alexnet", None,
           _QUICK_FC7, replace(_FULL, extract_size=224)),
    Preset("1b", "AlexNet fc7, landmarks", "alexnet", "fc7", 4096, "1a", "classification",
           replace(_QUICK_FC7, steps=250, seconds=62), replace(_FULL, extract_size=224)),
    Preset("1c", "AlexNet GeM, landmarks", "alexnet", "gem", 256, "1b", "classification",
           replace(_QUICK, steps=700, learning_rate=1e-3, seconds=34), _FULL),
    Preset("1d", "ResNet18 GeM, landmarks", "resnet18", "gem", 512, "start-resnet18", "classification",
           replace(_QUICK, steps=400, seconds=78), replace(_FULL, frozen=("trunk.conv1.", "trunk.layer1."))),
    Preset("1e", "1d + PCA whitening", "resnet18", "gem", 512, "1d", None, _QUICK, _FULL, whitening="pca"),
    Preset("1f", "ResNet18 GeM + FC, triplet", "resnet18", "gem", 512, "1d", "triplet",
           replace(_QUICK_TRIPLET, steps=120, seconds=41), _FULL_TRIPLET, head=True),
    Preset("1g", "1f + augmentation", "resnet18", "gem", 512, "1d", "triplet",
           replace(_QUICK_TRIPLET, steps=120, seconds=41), _FULL_TRIPLET, head=True, augmentation=True),
    Preset("1h", "ResNet50 GeM + FC, triplet, augmentation", "resnet50", "gem", 2048, "warm-resnet50", "triplet",
           replace(_QUICK_TRIPLET, image_size=64, extract_size=96, steps=60, seconds=45), _FULL_TRIPLET, head=True,
           augmentation=True),
    # Beyond the report.
    Preset("2a", "EfficientNet-Lite0 GeM, as it comes", "lite0", "gem", 1280, "start-lite0", None, _LITE0, _FULL),
    Preset("2t", "2a + landmarks, triplet", "lite0", "gem", 1280, "warm-lite0", "triplet",
           replace(_QUICK_TRIPLET, image_size=112, extract_size=224, learning_rate=1e-4, steps=60, frozen_batch_norm=True, seconds=90),
           _FULL_TRIPLET),
)}  # fmt: skip

RUN_ORDER = ("2a", *(key for key in PRESETS if key != "2a"))
"""In which order a run makes the models: first the one that needs no training, so that there is something to see at once."""


def get_preset(key: str) -> Preset:
    """A model, a network by name (timm:…), either with choices (1d-ms-pca), or a stage, by its key.

    RetrievalError lists the keys, the choices or names near to it, or says why the choices don't go together.
    """
    if key in STAGES:
        return STAGES[key]
    base, *choices = key.split("-")
    model = _named(base) if is_named(base) else PRESETS[check_choice("model", base, {**PRESETS, **STAGES})]
    return _with_choices(model, choices) if choices else model


def check_model(key: str) -> str:
    """Return the key if it names a model, with or without choices; RetrievalError lists the models."""
    if not is_named(key):
        check_choice("model", key.split("-")[0], PRESETS)
    return get_preset(key).key


def _named(key: str) -> Preset:
    """A network of a library as it comes: it is its own start, and is described at the size that it was trained for."""
    network = find_network(key)
    schedule = Schedule(network.size, network.size, seconds=2)
    return Preset(key, network.title, key, network.pooling, network.width, None, None, schedule, schedule, origin="published",
                  squashed=network.square)  # fmt: skip


def _with_choices(model: Preset, names: list[str]) -> Preset:
    """A model with search-time choices; RetrievalError if there is none of that name, or they don't go together."""
    chosen = [SEARCH_CHOICES[check_choice("search-time choice", name, SEARCH_CHOICES)] for name in names]
    fields, asked = [choice.field for choice in chosen], "-".join([model.key, *names])
    key = "-".join([model.key, *(name for name in SEARCH_CHOICES if name in names)])
    if len(set(fields)) < len(fields):
        raise RetrievalError(f"{asked!r} chooses {max(fields, key=fields.count)} twice. Take one of them out.")
    if key != asked:
        raise RetrievalError(f"{asked!r} is written {key!r}: the choices in this order.")
    if model.square and {"crop", "scales"} & set(fields):
        raise RetrievalError(f"Model {model.key} squashes every picture to one square: it has no crop rule and no scales to choose.")
    if model.whitening and "whitening" in fields:
        raise RetrievalError(f"Model {model.key} is whitened already. Take the model without: {model.parent}.")
    if "pooling" in fields and model.pooling != "head":
        raise RetrievalError(f"Model {model.key} is pooled by {model.pooling}. Only one that its own head describes can choose gem.")
    title = f"{model.key} + {', '.join(choice.title for choice in chosen)}"
    values = {choice.field: choice.value for choice in chosen}
    if "pooling" in fields:
        values["dim"] = find_network(model.backbone).channels
    return replace(model, key=key, title=title, parent=model.weights_stage.key, loss=None, origin=None, **values)


def lineage(key: str) -> list[Preset]:
    """The stages whose weights must be there for a model, first to last."""
    preset = get_preset(key)
    before = lineage(preset.parent) if preset.parent else []
    return [*before, preset] if preset.has_weights else before
