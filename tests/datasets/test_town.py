import numpy as np
import pytest

from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.images import image_size
from retrieval_core.datasets.oxford import read_oxford
from retrieval_core.datasets.town.build import build_town, build_town_train
from retrieval_core.datasets.town.buildings import ARCHETYPES, make_landmark
from retrieval_core.datasets.town.camera import draw_view
from retrieval_core.datasets.town.ground_truth import judge, landmark_queries
from retrieval_core.datasets.town.light import draw_light, draw_sky
from retrieval_core.datasets.town.photograph import Seen, shrink
from retrieval_core.datasets.town.specs import (
    LANDMARKS,
    TownSpec,
    TownTrainSpec,
    check_disjoint,
    town_buildings,
    training_buildings,
)
from retrieval_core.errors import RetrievalError

TINY = TownSpec(counts=(7, 6), unlabelled=4, width=64, height=48)


def files(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    root = tmp_path_factory.mktemp("town")
    list(build_town(root, TINY, workers=1))
    return root


def test_the_town_is_read_by_the_oxford_reader(town):
    dataset = read_oxford(town, "town")
    assert len(dataset.images) == 17
    assert {query.label for query in dataset.queries} == {"alder_court", "brock_tower"}
    for query in dataset.queries:
        assert query.image_id in query.good
        width, height = image_size(dataset.image(query.image_id).path)
        left, top, right, bottom = query.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    assert all(image.label is None for image in dataset.images if image.id.startswith("town_"))


def test_the_pictures_do_not_depend_on_the_number_of_processes(town, tmp_path):
    list(build_town(tmp_path, TINY, workers=2))
    assert files(tmp_path) == files(town)


def test_a_build_that_was_killed_ends_with_the_same_files(town, tmp_path):
    list(build_town(tmp_path, TINY, workers=1))
    (tmp_path / ".units" / "alder_court.json").unlink()
    (tmp_path / "jpg" / "alder_court_000001.jpg").write_bytes(b"half")
    for file in (tmp_path / "lab").iterdir():
        file.unlink()
    list(build_town(tmp_path, TINY, workers=1))
    assert files(tmp_path) == files(town)


def test_the_training_set_is_class_folders(tmp_path):
    list(build_town_train(tmp_path, TownTrainSpec(landmarks=2, photographs=2, width=64, height=48), workers=1))
    dataset = read_class_folders(tmp_path, "town-train")
    assert dataset.labels == ("landmark_0000", "landmark_0001")
    assert len(dataset.images) == 4


def test_the_default_town_has_the_promised_numbers():
    spec = TownSpec()
    buildings = town_buildings(spec)
    labelled = [building.photographs for building in buildings if building.labelled]
    assert len(labelled) == len(LANDMARKS) == 11
    assert min(labelled) >= 20
    assert max(labelled) <= 90
    total = sum(building.photographs for building in buildings)
    assert total - sum(labelled) == spec.unlabelled >= 600
    assert 1000 <= total <= 1200


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_nothing_is_trained_on_what_is_tested(seed):
    town, training = town_buildings(TownSpec(seed=seed)), training_buildings(TownTrainSpec(seed=seed))
    check_disjoint(town, training)
    with pytest.raises(RetrievalError, match="share the seeds"):
        check_disjoint(town, [*training, town[3]])


def seen(share, frame, box=(0, 0, 40, 40)):
    return Seen(share, frame, box, "clear", "sun")


def test_good_ok_and_junk_follow_the_visible_share():
    assert judge(seen(0.9, 0.3)) == "good"
    assert judge(seen(0.9, 0.05)) == "ok"
    assert judge(seen(0.3, 0.3)) == "ok"
    assert judge(seen(0.2, 0.5)) == "junk"
    assert judge(seen(0.9, 0.01)) == "junk"
    assert judge(seen(0, 0, None)) is None


def test_queries_are_good_pictures_with_large_boxes():
    photographs = {f"a_{k}": seen(0.9, 0.3) for k in range(8)} | {f"s_{k}": seen(0.9, 0.3, (0, 0, 2, 2)) for k in range(8)}
    photographs |= {"junk": seen(0.1, 0.1), "ok": seen(0.4, 0.1), "none": seen(0, 0, None)}
    queries = landmark_queries("a", 0, photographs, 64 * 48)
    assert [query.id for query in queries] == [f"a_{k}" for k in range(1, 6)]
    assert all(query.image_id.startswith("a_") for query in queries)
    assert queries[0].junk == ("junk",)
    assert queries[0].ok == ("ok",)
    assert len(queries[0].good) == 16


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_every_archetype_is_a_sound_building(archetype):
    landmark = make_landmark(5, archetype)
    assert np.isfinite(landmark.corners).all()
    assert np.isfinite(landmark.uv).all()
    assert landmark.texture.max() < len(landmark.textures)
    assert (landmark.high - landmark.low > 3).all()
    again = make_landmark(5, archetype)
    assert (again.corners == landmark.corners).all()
    assert (again.textures == landmark.textures).all()


def test_look_alikes_share_the_stone_and_differ_in_their_measures():
    one, other = make_landmark(1, "court", 7), make_landmark(2, "court", 7)
    assert abs(one.textures[5, ..., :3].mean((0, 1)) - other.textures[5, ..., :3].mean((0, 1))).max() < 8
    assert not np.allclose(one.high, other.high)


def test_an_unknown_archetype_lists_the_choices():
    with pytest.raises(RetrievalError, match="rotunda"):
        make_landmark(0, "castle")


def test_shrinking_averages_squares_as_numpy_does():
    picture = (np.random.default_rng(0).random((6, 8, 3)) * 255).astype(np.float32)
    expected = picture.reshape(3, 2, 4, 2, 3).mean((1, 3))
    assert np.array_equal(shrink(picture), expected)


@pytest.mark.parametrize("seed", range(12))
def test_a_sky_is_whole_and_starts_again_alike(seed):
    def draw():
        random = np.random.default_rng(seed)
        landmark = make_landmark(3, "tower")
        view, light = draw_view(landmark, random, 0.75), draw_light(random)
        return draw_sky(light, view, 64, 48, random)

    sky = draw()
    assert sky.shape == (48, 64, 3)
    assert sky.dtype == np.float32
    assert np.isfinite(sky).all()
    assert np.array_equal(sky, draw())
