"""Which buildings stand in the town and which are trained on: seeds, names and numbers, nothing rendered."""

from dataclasses import dataclass

from retrieval_core.datasets.town.buildings import ARCHETYPES
from retrieval_core.errors import RetrievalError

LANDMARKS = (  # name, archetype, and the landmark that it is easily taken for
    ("alder_court", "court", None),
    ("brock_tower", "tower", None),
    ("castle_gate", "gate", None),
    ("dovecote_chapel", "chapel", None),
    ("elm_museum", "temple", None),
    ("fallow_court", "court", "alder_court"),
    ("goose_row", "street", None),
    ("heron_hall", "hall", None),
    ("ivy_gate", "gate", "castle_gate"),
    ("juniper_dome", "domed", None),
    ("kestrel_rotunda", "rotunda", None),
)
QUERIES = 5  # of each landmark
PER_STRANGER = 5  # photographs of each unlabelled building

# Seeds of buildings: the town, its unlabelled buildings and the training set draw from ranges that never meet.
_RANGE = 10_000
_UNLABELLED = 1_000
_TRAINING = 1_000_000_000


@dataclass(frozen=True)
class TownSpec:
    """The town: photographs of each landmark, unlabelled ones, and the size of a landscape picture in pixels."""

    seed: int = 0
    counts: tuple[int, ...] = (62, 24, 88, 35, 20, 47, 71, 29, 53, 41, 26)
    unlabelled: int = 650
    width: int = 256
    height: int = 192

    def __post_init__(self):
        if len(self.counts) > len(LANDMARKS):
            raise RetrievalError(f"The town has {len(LANDMARKS)} landmarks; counts names {len(self.counts)}.")


@dataclass(frozen=True)
class TownTrainSpec:
    """The training set: other landmarks, equally many photographs of each."""

    seed: int = 0
    landmarks: int = 160
    photographs: int = 30
    width: int = 256
    height: int = 192


@dataclass(frozen=True)
class Building:
    """A building to be photographed: what `make_landmark` needs, and how often it is photographed."""

    name: str
    seed: int
    archetype: str
    style_seed: int
    photographs: int
    labelled: bool
    backdrop: bool = False  # only its neighbours: a street without the landmark


def town_buildings(spec: TownSpec) -> list[Building]:
    """The landmarks of the town, then its unlabelled buildings: look-alikes of every archetype, and plain streets."""
    seeds = {name: spec.seed * _RANGE + k for k, (name, _, _) in enumerate(LANDMARKS)}
    buildings = [
        Building(name, seeds[name], archetype, seeds[twin or name], count, True)
        for (name, archetype, twin), count in zip(LANDMARKS, spec.counts, strict=False)
    ]
    for k in range(-(-spec.unlabelled // PER_STRANGER)):
        seed = spec.seed * _RANGE + _UNLABELLED + k
        count = min(PER_STRANGER, spec.unlabelled - k * PER_STRANGER)
        archetype = ARCHETYPES[k % len(ARCHETYPES)]
        buildings.append(Building(f"town_{k:04}", seed, archetype, seed, count, False, backdrop=k % 4 == 3))
    return buildings


def training_buildings(spec: TownTrainSpec) -> list[Building]:
    """The landmarks that models are trained on."""
    return [
        Building(f"landmark_{k:04}", seed, ARCHETYPES[k % len(ARCHETYPES)], seed, spec.photographs, True)
        for k, seed in enumerate(range(_TRAINING + spec.seed * _RANGE, _TRAINING + spec.seed * _RANGE + spec.landmarks))
    ]


def check_disjoint(town: list[Building], training: list[Building]) -> None:
    """Raise RetrievalError if a building, or the style of one, stands in both sets: nothing is trained on its test."""

    def drawn(buildings: list[Building]) -> set[int]:
        return {seed for building in buildings for seed in (building.seed, building.style_seed)}

    both = drawn(town) & drawn(training)
    if both:
        raise RetrievalError(f"The town and its training set share the seeds {sorted(both)}. Choose other seeds.")
