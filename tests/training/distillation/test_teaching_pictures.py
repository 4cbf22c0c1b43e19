"""What backbones are taught on: nothing of the town, of its training landmarks, or of the fractals that `shapes` trains on."""

from itertools import islice

import numpy as np

from retrieval_core.datasets.built_in import BUILT_IN
from retrieval_core.datasets.town.specs import TownSpec, TownTrainSpec, town_buildings, training_buildings
from retrieval_core.training.distillation.pictures import BUILDINGS, CROPS, FRACTALS, SAMPLES, SIDE, photograph_crops


def seeds(buildings) -> set[int]:
    return {seed for building in buildings for seed in (building.seed, building.style_seed)}


def test_no_building_stands_in_a_built_in_town_or_training_set():
    taught = seeds(training_buildings(BUILDINGS))
    assert len(taught) == BUILDINGS.landmarks
    for seed in range(100):
        assert not taught & seeds(town_buildings(TownSpec(seed=seed)))
        assert not taught & seeds(training_buildings(TownTrainSpec(seed=seed)))


def test_fractals_are_drawn_from_another_seed():
    assert FRACTALS.seed != BUILT_IN["shapes"].spec.seed


def test_crops_of_the_sample_photographs_are_the_same_each_time_and_differ():
    first, again = (list(islice(photograph_crops(), 3)) for _ in range(2))
    assert [crop.shape for crop in first] == [(SIDE, SIDE, 3)] * 3
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert not np.array_equal(first[0], first[1])
    assert CROPS * len(SAMPLES) > 1000


def test_every_sample_photograph_comes_with_its_package():
    assert all((folder / name).is_file() for folder, name in SAMPLES)
