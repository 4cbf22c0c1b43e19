"""The models as a table: the seven of the report with their variant 1e, and a network as it comes. Read this first.

Source of the seven: the 2019 course report on the NAVER LABS practical (`almazan/paiss`). 2a and 2t stand beside them, beyond
the report. How each is trained: `schedules.py`.
"""

from dataclasses import dataclass, replace
from typing import Any

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.named_networks import find_network, is_named
from retrieval_core.schedules import COLUMNS, Schedule
from retrieval_core.search_choices import AGGREGATIONS, SEARCH_CHOICES, SearchChoice, described_key

BACKBONES = ("alexnet", "resnet18", "resnet50", "lite0")
POOLINGS = ("fc7", "gem", "head", "shifted")
ORIGINS = (None, "package", "published")
ALEXNET_CHANNELS = 256  # of the map of its last convolution, which fc7 hides
AUGMENTATIONS = (None, "strong", "colour", "shear")
LOCAL_POOLINGS = (None, "mixed", "gated", "tree")
WHITENINGS = (None, "pca", "learned")


@dataclass(frozen=True)
class Preset:
    """One model, or one stage that models start from: what it is, where it starts and by what it learns."""

    key: str
    title: str
    backbone: str
    pooling: str
    dim: int  # length of the descriptor, or bits of a word's code where there are sets of words
    parent: str | None  # the stage whose weights it continues from; None: it is a start
    loss: str | None  # a name of training/objectives.py; None: the parent's weights as they are
    head: bool = False  # FC after the pooling, started as PCA whitening
    augmentation: str | None = None  # of AUGMENTATIONS; None: a plain crop
    local_pooling: str | None = None  # of LOCAL_POOLINGS, in the place of AlexNet's max-poolings
    # Where a start's weights come from: None: from where the run says; whatever the run says: "package", with a Python package, or
    # "published", as timm or torchvision hand them out.
    origin: str | None = None
    squashed: bool = False  # pictures become squares though the pooling would take any shape
    # What can be chosen at search time, without training anew:
    size: int | None = None  # at which pictures are described, pixels; None: the schedule's
    aggregation: str | None = None  # of AGGREGATIONS, of the map of the last convolution, instead of pooling and head
    whitening: str | None = None  # learnt on the training landmarks: "pca" or "learned"
    kept: int | None = None  # dimensions that the whitening keeps; None: all
    scales: tuple[float, ...] = (1.0,)  # at which a picture is described; the descriptors are averaged
    crop: str | None = None  # how queries are cropped; None: fill
    after: str | None = None  # what is done after the search; None: nothing

    def __post_init__(self):
        check_choice("whitening", self.whitening, WHITENINGS)
        if not is_named(self.backbone):
            check_choice("backbone", self.backbone, BACKBONES)
        check_choice("pooling", self.pooling, POOLINGS)
        check_choice("origin", self.origin, ORIGINS)
        check_choice("augmentation", self.augmentation, AUGMENTATIONS)
        check_choice("local pooling", self.local_pooling, LOCAL_POOLINGS)
        if self.aggregation:
            check_choice("aggregation", self.aggregation, AGGREGATIONS)

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
        return (self.pooling == "fc7" and not self.aggregation) or self.squashed

    @property
    def has_vocabulary(self) -> bool:
        """Whether its aggregation learns a vocabulary from the training landmarks."""
        return self.aggregation is not None and AGGREGATIONS[self.aggregation].learns

    @property
    def has_vector(self) -> bool:
        """Whether a photograph is one vector, not a set of visual words."""
        return self.aggregation is None or not AGGREGATIONS[self.aggregation].sets

    @property
    def describing(self) -> "Preset":
        """The model whose descriptors this one ranks: itself, or itself without what is done after the search."""
        return get_preset(described_key(self.key)) if self.after else self

    @property
    def weights_stage(self) -> "Preset":
        """The stage whose weights this model uses: itself, or its parent's where it is not trained."""
        return self if self.has_weights else get_preset(self.parent).weights_stage

    def schedule(self, column: str) -> Schedule:
        """Its schedule in a column of `schedules.py`; of a variant, and with search-time choices, that of the model of the table."""
        if is_named(self.backbone):  # it is described at the size that it was trained for
            network = find_network(self.backbone)
            return Schedule(network.size, network.size, seconds=2)
        schedules = COLUMNS[column]
        return schedules.get(self.key) or schedules[self.key.split("-")[0]]

    def described_size(self, column: str) -> int:
        """The longest side at which pictures are described, in pixels: the one that was chosen, else that of its schedule."""
        return self.size or self.schedule(column).extract_size


STAGES = {preset.key: preset for preset in (
    Preset("start-alexnet", "AlexNet to start from", "alexnet", "fc7", 4096, None, "classification"),
    Preset("start-resnet18", "ResNet18 to start from", "resnet18", "gem", 512, None, "classification"),
    Preset("start-resnet50", "ResNet50 to start from", "resnet50", "gem", 2048, None, "classification"),
    Preset("warm-resnet50", "ResNet50 GeM, landmarks", "resnet50", "gem", 2048, "start-resnet50", "classification"),
    Preset("start-lite0", "EfficientNet-Lite0 to start from", "lite0", "gem", 1280, None, None, origin="package"),
    Preset("warm-lite0", "EfficientNet-Lite0 GeM, landmarks", "lite0", "gem", 1280, "start-lite0", "classification"),
)}  # fmt: skip
"""What models start from without being models themselves."""

PRESETS = {preset.key: preset for preset in (
    Preset("1a", "AlexNet fc7, no landmarks", "alexnet", "fc7", 4096, "start-alexnet", None),
    Preset("1b", "AlexNet fc7, landmarks", "alexnet", "fc7", 4096, "1a", "classification"),
    Preset("1c", "AlexNet GeM, landmarks", "alexnet", "gem", 256, "1b", "classification"),
    Preset("1d", "ResNet18 GeM, landmarks", "resnet18", "gem", 512, "start-resnet18", "classification"),
    Preset("1e", "1d + PCA whitening", "resnet18", "gem", 512, "1d", None, whitening="pca"),
    Preset("1f", "ResNet18 GeM + FC, triplet", "resnet18", "gem", 512, "1d", "triplet", head=True),
    Preset("1g", "1f + augmentation", "resnet18", "gem", 512, "1d", "triplet", head=True, augmentation="strong"),
    Preset("1h", "ResNet50 GeM + FC, triplet, augmentation", "resnet50", "gem", 2048, "warm-resnet50", "triplet", head=True,
           augmentation="strong"),
    # Beyond the report.
    Preset("2a", "EfficientNet-Lite0 GeM, as it comes", "lite0", "gem", 1280, "start-lite0", None),
    Preset("2t", "2a + landmarks, triplet", "lite0", "gem", 1280, "warm-lite0", "triplet"),
)}  # fmt: skip

VARIANTS = {preset.key: preset for preset in (
    replace(PRESETS["1b"], key="1b-mixed", title="1b with mixed pooling", local_pooling="mixed"),
    replace(PRESETS["1b"], key="1b-gated", title="1b with gated pooling", local_pooling="gated"),
    replace(PRESETS["1b"], key="1b-tree", title="1b with tree pooling", local_pooling="tree"),
    replace(PRESETS["1f"], key="1f-ap", title="1f by average precision", loss="average precision"),
    replace(PRESETS["1g"], key="1g-colour", title="1g + PCA colour augmentation", augmentation="colour"),
    replace(PRESETS["1g"], key="1g-shear", title="1g + shear", augmentation="shear"),
)}  # fmt: skip
"""Models that differ from one of the table in one thing, are trained by its schedule, and only where they are asked for by name."""

MODELS = PRESETS | VARIANTS
"""All models that have a key of their own."""

RUN_ORDER = ("2a", *(key for key in PRESETS if key != "2a"))
"""In which order a run makes the models: first the one that needs no training, so that there is something to see at once."""


def get_preset(key: str) -> Preset:
    """A model, a network by name (timm:…), either with choices (1d-ms-pca), or a stage, by its key.

    RetrievalError lists the keys, the choices or names near to it, or says why the choices don't go together.
    """
    if key in STAGES:
        return STAGES[key]
    base, choices = split_key(key)
    model = _named(base) if is_named(base) else MODELS[check_choice("model", base, {**MODELS, **STAGES})]
    return _with_choices(model, choices) if choices else model


def split_key(key: str) -> tuple[str, list[str]]:
    """The key of a model, and the search-time choices behind it: what a variant is called belongs to its key, as in 1b-mixed-rmac."""
    base, *names = key.split("-")
    if names and f"{base}-{names[0]}" in VARIANTS:
        return f"{base}-{names[0]}", names[1:]
    return base, names


def check_model(key: str) -> str:
    """Return the key if it names a model, with or without choices; RetrievalError lists the models."""
    if not is_named(key):
        check_choice("model", split_key(key)[0], MODELS)
    return get_preset(key).key


def _named(key: str) -> Preset:
    """A network of a library as it comes: it is its own start."""
    network = find_network(key)
    return Preset(key, network.title, key, network.pooling, network.width, None, None, origin="published", squashed=network.square)


def _with_choices(model: Preset, names: list[str]) -> Preset:
    """A model with search-time choices; RetrievalError if there is none of that name, or they don't go together."""
    chosen = [SEARCH_CHOICES[check_choice("search-time choice", name, SEARCH_CHOICES)] for name in names]
    fields, asked = [choice.field for choice in chosen], "-".join([model.key, *names])
    key = "-".join([model.key, *(name for name in SEARCH_CHOICES if name in names)])
    if len(set(fields)) < len(fields):
        raise RetrievalError(f"{asked!r} chooses {max(fields, key=fields.count)} twice. Take one of them out.")
    if key != asked:
        raise RetrievalError(f"{asked!r} is written {key!r}: the choices in this order.")
    values: dict[str, Any] = {choice.field: choice.value for choice in chosen}
    if "aggregation" in fields:
        values |= _aggregated(model, values.pop("aggregation"))
    whitening = next((choice for choice in chosen if choice.field == "whitening"), None)
    if whitening:
        _check_whitening(model, values.get("aggregation"), values.get("dim", model.dim), whitening)
        values["kept"] = whitening.kept
    shifted = "GeM after shifting" if values.get("pooling") == "shifted" else None
    words = ((choice.field == "aggregation" and shifted) or choice.title for choice in chosen)
    title = f"{model.key} + {', '.join(words)}"
    made = replace(model, key=key, title=title, parent=model.weights_stage.key, loss=None, origin=None, **values)
    if not made.has_vector and made.after not in (None, "verified"):
        after = SEARCH_CHOICES[made.after].title
        raise RetrievalError(f"{AGGREGATIONS[made.aggregation].title} makes sets of words, and {after} adds up vectors. Take verified, "
                             "or another aggregation.")  # fmt: skip
    if made.square and {"size", "crop", "scales"} & set(fields):
        raise RetrievalError(f"Model {model.key} squashes every picture to one square: it has no size, no crop rule and no "
                             "scales to choose.")  # fmt: skip
    return made


def _aggregated(model: Preset, name: str) -> dict[str, Any]:
    """What an aggregation makes of a model: its map is aggregated, and what came after the map is left out."""
    if model.pooling == "head":
        if name != "gem":
            raise RetrievalError(f"Model {model.key} is described by its own head, and its tokens or its map may be negative: only gem "
                                 f"can be chosen, which shifts them. {name} takes the map of a convolution.")  # fmt: skip
        return {"pooling": "shifted", "dim": find_network(model.backbone).channels}
    channels = ALEXNET_CHANNELS if model.pooling == "fc7" else model.dim
    return {"aggregation": name, "dim": AGGREGATIONS[name].dim(channels), "head": False}


def _check_whitening(model: Preset, aggregation: str | None, width: int, choice: SearchChoice) -> None:
    """Raise a RetrievalError where a whitening can't be chosen of descriptors of this width."""
    if model.whitening:
        raise RetrievalError(f"Model {model.key} is whitened already. Take the model without: {model.parent}.")
    if aggregation and AGGREGATIONS[aggregation].sets:
        raise RetrievalError(f"{AGGREGATIONS[aggregation].title} makes sets of words, which can't be whitened; what it makes them of "
                             f"is whitened already. Leave {choice.title} out.")  # fmt: skip
    if aggregation and choice.value == "learned":
        raise RetrievalError(f"{AGGREGATIONS[aggregation].title} is whitened by PCA, as it was published: take pca instead of lw.")
    if choice.kept and choice.kept > width:
        raise RetrievalError(f"{choice.title} can't be chosen: these descriptors of {model.key} have {width} dimensions.")


def lineage(key: str) -> list[Preset]:
    """The stages whose weights must be there for a model, first to last."""
    preset = get_preset(key)
    before = lineage(preset.parent) if preset.parent else []
    return [*before, preset] if preset.has_weights else before
