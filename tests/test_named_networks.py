"""What is known of a network by its name: from its library, or from what was noted before."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval_core import named_networks
from retrieval_core.errors import RetrievalError
from retrieval_core.named_networks import find_network, recall, to_note
from retrieval_core.presets import check_model, get_preset, lineage
from retrieval_core.stored.model_names import from_path, in_path

ROOT = Path(__file__).parents[1]
VIT = "timm:test_vit.r160_in1k"


@pytest.mark.parametrize(("name", "expected"), [
    (VIT, {"pooling": "head", "width": 64, "channels": 64, "size": 160, "dynamic": True, "multiple": 16, "layout": "NLC", "prefix": 1}),
    ("timm:test_resnet.r160_in1k", {"pooling": "gem", "channels": 96, "layout": "NCHW", "dynamic": False, "square": False}),
    ("timm:test_efficientnet.r160_in1k", {"pooling": "gem", "channels": 256}),  # SiLU: nearly a rectifier
    ("timm:test_convnext.r160_in1k", {"pooling": "head", "channels": 64, "square": False}),  # the sum of its blocks is no rectifier's
    ("timm:swin_tiny_patch4_window7_224.ms_in1k", {"pooling": "head", "channels": 768, "layout": "NHWC", "licence": "mit"}),
    ("timm:volo_d1_224.sail_in1k", {"square": True, "dynamic": False, "layout": "NLC", "prefix": 1}),
    ("timm:vit_small_patch14_dinov2.lvd142m", {"size": 518, "multiple": 14, "width": 384}),
    ("timm:vit_base_patch16_siglip_224.webli", {"mean": (0.5, 0.5, 0.5), "width": 768, "prefix": 0}),
    ("torchvision:vgg16", {"channels": 512, "pooling": "gem"}),
    ("torchvision:resnet101", {"channels": 2048}),
])  # fmt: skip
def test_a_network_is_found_with_its_own_configuration(name, expected):
    found = to_note(find_network(name))
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(("name", "words"), [
    ("timm:vit_smal_patch14_dinov2.lvd142m", r"vit_small_patch14_dinov2\.lvd142m"),
    ("timm:zzzzzzzzzzzz", r"timm\.list_pretrained"),
    ("timm:vit_tiny_patch16_224", r"written with the tag.*timm:vit_tiny_patch16_224\.augreg_in21k_ft_in1k"),
    ("timm:crossvit_tiny_240.in1k", "no features that could be pooled"),
    ("torchvision:vgg19", "vgg16, resnet101"),
    ("keras:vgg16", "timm, torchvision"),
])  # fmt: skip
def test_a_name_that_is_none_says_what_there_is(name, words):
    with pytest.raises(RetrievalError, match=words):
        check_model(name)


def test_a_network_by_name_is_a_model_that_is_its_own_start():
    preset = get_preset(VIT)
    assert (preset.dim, preset.schedule("full").extract_size, preset.origin, preset.loss) == (64, 160, "published", None)
    assert preset.weights_stage is preset
    assert preset.title == "test_vit.r160_in1k, 0.4 M parameters"
    chosen = get_preset(f"{VIT}-ms-gem-lw")
    assert (chosen.pooling, len(chosen.scales), chosen.whitening) == ("shifted", 3, "learned")
    assert chosen.title.endswith("3 scales, GeM after shifting, learned whitening")
    assert chosen.weights_stage == preset
    assert lineage(chosen.key) == [preset]
    assert get_preset("timm:volo_d1_224.sail_in1k").square


@pytest.mark.parametrize(("key", "words"), [
    (f"{VIT}-gem-ms", "is written"), ("timm:volo_d1_224.sail_in1k-96px", "no size, no crop rule"),
    (f"{VIT}-rmac", "its own head, .* only gem"),
])  # fmt: skip
def test_choices_that_do_not_suit_a_network_say_so(key, words):
    with pytest.raises(RetrievalError, match=words):
        get_preset(key)


def test_names_in_paths_hold_nothing_that_a_file_system_refuses():
    for key in ("1d-ms", VIT, f"{VIT}-ms-gem", "torchvision:vgg16"):
        assert from_path(in_path(key)) == key
        assert ":" not in in_path(key)


def test_what_was_noted_is_taken_without_the_library(monkeypatch):
    noted = json.loads(json.dumps(to_note(find_network(VIT))))
    monkeypatch.setattr(named_networks, "_known", {})
    monkeypatch.setattr(named_networks, "_examine", lambda name: pytest.fail("the library was asked"))
    recall(noted)
    assert to_note(find_network(VIT)) == to_note(named_networks.NamedNetwork(**noted | {"mean": (0.5,) * 3, "std": (0.5,) * 3}))
    recall({**noted, "name": "timm:other", "of another version": 1})
    with pytest.raises(pytest.fail.Exception):
        find_network("timm:other")


def test_the_table_is_read_without_loading_a_library():
    code = "import sys, retrieval_core.presets as p; p.get_preset('2a'); print([n for n in ('timm', 'torch') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
