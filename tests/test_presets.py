"""The table of the models: lineages, FACTS that must hold in it, and errors that list the choices."""

import json
from dataclasses import FrozenInstanceError, asdict

import pytest
import torch

from retrieval_core.errors import RetrievalError
from retrieval_core.presets import MODELS, PRESETS, RUN_ORDER, STAGES, VARIANTS, Preset, check_model, get_preset, lineage, split_key
from retrieval_core.schedules import COLUMNS, FIRST_LAYERS, GIVEN_STARTS, column_name
from retrieval_core.search_choices import AFTER, AGGREGATIONS, SEARCH_CHOICES, after_search, described_key

WRITTEN = {name: dict(column) for name, column in COLUMNS.items()}  # before other tests shrink them
TRAINED = [preset for preset in (*PRESETS.values(), *STAGES.values()) if preset.loss]


@pytest.mark.parametrize(
    ("key", "stages"),
    [
        ("1a", ["start-alexnet"]),
        ("1b", ["start-alexnet", "1b"]),
        ("1c", ["start-alexnet", "1b", "1c"]),
        ("1d", ["start-resnet18", "1d"]),
        ("1e", ["start-resnet18", "1d"]),
        ("1f", ["start-resnet18", "1d", "1f"]),
        ("1g", ["start-resnet18", "1d", "1g"]),
        ("1h", ["start-resnet50", "warm-resnet50", "1h"]),
        ("2a", ["start-lite0"]),
        ("2t", ["start-lite0", "warm-lite0", "2t"]),
    ],
)
def test_stages_come_in_the_order_in_which_they_are_trained(key, stages):
    assert [stage.key for stage in lineage(key)] == stages


def test_what_each_model_is():
    assert {key: preset.dim for key, preset in PRESETS.items()} == {
        "1a": 4096, "1b": 4096, "1c": 256, "1d": 512, "1e": 512, "1f": 512, "1g": 512, "1h": 2048, "2a": 1280, "2t": 1280,
    }  # fmt: skip
    assert [key for key, preset in PRESETS.items() if preset.square] == ["1a", "1b"]
    assert [key for key, preset in PRESETS.items() if preset.loss == "triplet"] == ["1f", "1g", "1h", "2t"]
    assert [key for key, preset in PRESETS.items() if preset.head] == ["1f", "1g", "1h"]
    assert [key for key, preset in PRESETS.items() if preset.augmentation] == ["1g", "1h"]
    assert [key for key, preset in PRESETS.items() if preset.whitening] == ["1e"]
    assert get_preset("1a").weights_stage is STAGES["start-alexnet"]
    assert get_preset("1e").weights_stage is PRESETS["1d"]
    assert get_preset("2a").weights_stage is STAGES["start-lite0"]
    assert [key for key, stage in STAGES.items() if stage.origin] == ["start-lite0"]


def test_a_run_begins_with_the_model_that_needs_no_training():
    assert RUN_ORDER == ("2a", "1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h", "2t")


def test_1f_and_1g_differ_in_the_augmentation_alone():
    f, g = (asdict(PRESETS[key]) for key in ("1f", "1g"))
    different = {name for name in f if f[name] != g[name]}
    assert different == {"key", "title", "augmentation"}


@pytest.mark.parametrize("key", VARIANTS)
def test_a_variant_differs_from_its_model_in_one_thing(key):
    base, variant = (asdict(get_preset(one)) for one in (key.split("-")[0], key))
    different = {name for name in base if base[name] != variant[name]} - {"key", "title"}
    assert different in ({"local_pooling"}, {"augmentation"}, {"loss"})
    assert [stage.key for stage in lineage(key)[:-1]] == [stage.key for stage in lineage(key.split("-")[0])[:-1]]
    assert lineage(key)[-1] is VARIANTS[key]
    for column in COLUMNS:
        assert get_preset(key).schedule(column) is get_preset(key.split("-")[0]).schedule(column)
    assert key not in RUN_ORDER
    assert check_model(key) == key


def test_what_a_variant_is_called_belongs_to_its_key_and_choices_follow():
    assert split_key("1b-mixed") == ("1b-mixed", [])
    assert split_key("1g-shear-same-ms-lw") == ("1g-shear", ["same", "ms", "lw"])
    assert split_key("1d-ms-pca") == ("1d", ["ms", "pca"])
    assert split_key("timm:vit_small-gem") == ("timm:vit_small", ["gem"])
    chosen = get_preset("1g-shear-same-ms-lw")
    assert (chosen.weights_stage, chosen.augmentation) == (VARIANTS["1g-shear"], "shear")
    assert get_preset("1b-tree-rmac-pca64").local_pooling == "tree"
    assert not {key.split("-")[1] for key in VARIANTS} & set(SEARCH_CHOICES)
    for wrong in ("1c-mixed", "1b-mixed-gated", "1b-pca-mixed"):
        with pytest.raises(RetrievalError, match="Unknown search-time choice"):
            get_preset(wrong)


def test_asmk_has_no_vector_and_what_takes_vectors_is_refused():
    assert [key for key in ("1d", "1d-rmac", "1d-asmk", "1d-ms-asmk-verified") if get_preset(key).has_vector] == ["1d", "1d-rmac"]
    for wrong, words in (
        ("1d-asmk-aqe", "adds up vectors"),
        ("1d-asmk-pca64", "can't be whitened"),
        ("1d-asmk-lw", "can't be whitened"),
    ):
        with pytest.raises(RetrievalError, match=words):
            get_preset(wrong)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("preset", TRAINED, ids=lambda preset: preset.key)
def test_schedules_are_complete(preset, name):
    schedule = WRITTEN[name][preset.key]
    if preset.is_start and name.split("-")[-1] in GIVEN_STARTS:
        assert schedule.steps == 0
        return
    assert min(schedule.steps, schedule.batch, schedule.learning_rate, schedule.validations) > 0
    if preset.loss == "triplet":
        assert schedule.margin > 0
        assert schedule.per_landmark >= 2
        assert schedule.negatives >= 1
        assert schedule.batch >= schedule.per_landmark + schedule.negatives
        assert schedule.pool > schedule.batch
        assert schedule.mine_every > 0


@pytest.mark.parametrize("name", COLUMNS)
def test_a_model_without_training_is_described_at_the_size_of_its_weights(name):
    for key, parent in (("1e", "1d"),):
        assert get_preset(key).schedule(name).extract_size == get_preset(parent).schedule(name).extract_size


def test_the_full_ranking_recipe_is_the_published_one():
    for key in ("1f", "1g", "1h", "2t"):
        full = WRITTEN["full"][key]
        assert (full.margin, full.learning_rate, full.negatives, full.pool) == (0.5, 1e-6, 5, 20_000)
        assert full.frozen_batch_norm
        assert full.image_size >= 362


def test_from_imagenet_what_is_inherited_is_kept():
    """A tenth of the rate or less for it, first layers frozen, fc7 at 224×224, and nothing described below 224 pixels."""
    for key, schedule in WRITTEN["quick-imagenet"].items():
        preset = get_preset(key)
        assert schedule.extract_size >= 224
        if preset.square:
            assert schedule.image_size == schedule.extract_size == 224
        if preset.loss:
            assert schedule.learning_rate * schedule.slow <= 2e-4
            assert schedule.image_size >= 112
        if preset.loss == "classification" and not preset.is_start and preset.backbone != "lite0":
            assert schedule.frozen == FIRST_LAYERS[preset.backbone]
        if preset.loss == "triplet":
            assert schedule.frozen_batch_norm


@pytest.mark.parametrize("start", ["shapes", "distilled", "imagenet"])
def test_long_sees_more_and_larger_pictures_than_quick(start):
    quick, long = (WRITTEN[column_name(name, start)] for name in ("quick", "long"))
    assert quick.keys() == long.keys()
    for key, schedule in quick.items():
        assert long[key].steps == 6 * schedule.steps
        assert long[key].image_size >= schedule.image_size
        assert long[key].extract_size >= schedule.extract_size
        assert long[key].learning_rate == schedule.learning_rate


def test_frozen_layers_are_names_of_the_networks():
    from retrieval_core.networks.network import RetrievalNetwork

    for column in WRITTEN.values():
        for key, schedule in column.items():
            if schedule.frozen and get_preset(key).loss:
                with torch.device("meta"):
                    names = [name for name, _ in RetrievalNetwork(get_preset(key)).named_parameters()]
                assert all(any(name.startswith(start) for name in names) for start in schedule.frozen), key


def test_presets_are_values_that_json_can_hold():
    for preset in (*MODELS.values(), *STAGES.values()):
        assert json.loads(json.dumps(asdict(preset)))["key"] == preset.key
        with pytest.raises(FrozenInstanceError):
            preset.dim = 1


def test_mistyped_names_list_the_choices():
    with pytest.raises(RetrievalError, match=r"1z.*1a.*1h.*start-resnet50"):
        get_preset("1z")
    with pytest.raises(RetrievalError, match=r"quick.*long.*full"):
        column_name("slow", "shapes")
    with pytest.raises(RetrievalError, match=r"imagenet.*distilled.*shapes"):
        column_name("quick", "fractals")
    with pytest.raises(RetrievalError, match=r"alexnet.*resnet18.*resnet50"):
        Preset("x", "x", "vgg17", "gem", 512, None, None)


def test_what_is_chosen_at_search_time_stands_behind_the_key():
    preset = get_preset("1h-same-ms-lw")
    assert (preset.crop, len(preset.scales), preset.whitening, preset.loss) == ("same", 3, "learned", None)
    assert preset.weights_stage is PRESETS["1h"]
    assert lineage("1h-same-ms-lw") == lineage("1h")
    assert get_preset("1e-ms").weights_stage is PRESETS["1d"]
    assert get_preset("1a-pca").weights_stage is STAGES["start-alexnet"]
    assert get_preset("2a-ms").weights_stage is STAGES["start-lite0"]
    assert lineage("2t-same") == lineage("2t")


@pytest.mark.parametrize("name", COLUMNS)
def test_a_size_is_chosen_at_search_time_and_changes_nothing_else(name):
    for key in ("1c", "1d", "1e", "1h"):
        plain, larger = get_preset(key), get_preset(f"{key}-320px")
        assert plain.described_size(name) == plain.schedule(name).extract_size
        assert larger.described_size(name) == 320
        assert lineage(larger.key) == lineage(key)
        different = {field for field, value in asdict(plain).items() if value != asdict(larger)[field]}
        assert different <= {"key", "title", "size", "parent", "loss"}
    assert get_preset("1d-320px-ms-rmac-pca64").title == "1d + 320 pixels, 3 scales, R-MAC, PCA whitening to 64"
    assert get_preset("1d-320px-ms-pca").title == "1d + 320 pixels, 3 scales, PCA whitening"


@pytest.mark.parametrize("key", ["1d", "1e", "2t", "1d-224px-ms"])
@pytest.mark.parametrize("after", AFTER)
def test_what_is_done_after_the_search_changes_no_descriptor(key, after):
    plain, preset = get_preset(key), get_preset(f"{key}-{after}")
    assert preset.describing == plain
    assert (described_key(preset.key), after_search(preset.key)) == (key, after)
    assert (described_key(key), after_search(key)) == (key, None)
    different = {field for field, value in asdict(plain).items() if value != asdict(preset)[field]}
    assert different <= {"key", "title", "after", "parent", "loss"}
    assert preset.weights_stage == plain.weights_stage


def test_an_aggregation_takes_the_map_and_leaves_out_what_came_after_it():
    plain, vlad = get_preset("1f-mac"), get_preset("1f-vlad")
    assert (plain.aggregation, plain.head, plain.dim, plain.weights_stage) == ("mac", False, 512, PRESETS["1f"])
    assert (vlad.dim, vlad.has_vocabulary, plain.has_vocabulary) == (64 * 512, True, False)
    assert [get_preset(f"1a-{name}").dim for name in AGGREGATIONS] == [256] * 6 + [64 * 256] * 2 + [2 * 32 * 64, 1000, 128]
    assert (get_preset("1e-rmac").whitening, get_preset("1d-rmac-pca64").kept) == ("pca", 64)
    assert get_preset("1a").square
    assert not get_preset("1a-224px-ms-crow").square


@pytest.mark.parametrize(("key", "message"), [
    ("1d-aqe-ms", "is written '1d-ms-aqe'"),
    ("1d-aqe-vqe", "chooses after twice"),
    ("1d-200px", "Unknown search-time choice '200px'. Choose one of: 64px, 96px, 112px, 160px, 224px, 320px"),
    ("1d-twice", "64px, 96px, .* 1024px, same, fill, ms, ms4, gem, mac, .* asmk, pca, pca8, .* pca1024, lw"),
    ("1d-pca-ms", "is written '1d-ms-pca'"),
    ("1d-ms-ms4", "chooses scales twice"),
    ("1d-ms-224px", "is written '1d-224px-ms'"),
    ("1d-224px-320px", "chooses size twice"),
    ("1a-ms", "no size, no crop rule and no scales"),
    ("1b-224px", "no size, no crop rule and no scales"),
    ("1e-lw", "whitened already. Take the model without: 1d"),
    ("1d-pca-rmac", "is written '1d-rmac-pca'"),
    ("1d-mac-rmac", "chooses aggregation twice"),
    ("1d-pca64-lw", "chooses whitening twice"),
    ("1d-rmac-lw", "R-MAC is whitened by PCA, as it was published: take pca"),
    ("1c-pca512", "these descriptors of 1c have 256 dimensions"),
    ("1a-mac-pca512", "these descriptors of 1a have 256 dimensions"),
])  # fmt: skip
def test_choices_that_do_not_go_together_say_so(key, message):
    with pytest.raises(RetrievalError, match=message):
        get_preset(key)
