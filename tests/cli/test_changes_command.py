"""The command `changes`: three tables and a picture of one training, and clear words where there is none."""

import io

import pandas as pd
import pytest
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.networks.weight_changes import CHANGE
from retrieval_core.networks.weights import load_weights


def printed(capsys, cache, *words) -> pd.DataFrame:
    assert main(["--cache", str(cache), "changes", *words, "--format", "csv"]) == 0
    return pd.read_csv(io.StringIO(capsys.readouterr().out))


def test_it_prints_layers_steps_and_triplets(capsys, town_cache):
    layers = printed(capsys, town_cache, "1d")
    old, new = (load_weights(town_cache / place / "weights.safetensors")["trunk.conv1.weight"].double()
                for place in ("shapes/quick/start-resnet18", "town-train/quick/1d"))  # fmt: skip
    row = layers.set_index("layer").loc["conv1.weight"]
    assert row[CHANGE] == pytest.approx(float(100 * (new - old).norm() / old.norm()), rel=1e-6)
    steps = printed(capsys, town_cache, "1f", "--show", "steps")
    assert {"step", "loss", "active", "d(a,p)", "d(a,n)", "validation_map", "p"} <= set(steps)
    triplets = printed(capsys, town_cache, "1f", "--show", "triplets")
    assert sorted(set(triplets["step"])) == [1, 3]
    assert triplets["anchor"].str.startswith("landmark").all()
    assert main(["--cache", str(town_cache), "changes", "warm-resnet50"]) == 0
    assert "from start-resnet50 to warm-resnet50" in capsys.readouterr().out


def test_it_writes_the_first_filters(capsys, town_cache, tmp_path):
    assert main(["--cache", str(town_cache), "changes", "2t", "--out", str(tmp_path / "filters.png")]) == 0
    picture = PILImage.open(tmp_path / "filters.png")
    assert picture.width > 3 * 16 * 44
    assert main(["--cache", str(town_cache), "changes", "2t", "--out", str(tmp_path / "no" / "filters.png")]) == 2
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "said"), [
    (["2a"], "2a is not trained here"),
    (["1q"], "Unknown model '1q'"),
    (["1f", "--show", "all"], "Unknown table to --show 'all'. Choose one of: layers, steps, triplets"),
    (["1f", "--format", "xml"], "Unknown format 'xml'"),
    (["1f", "--out", "filters.jpg"], "Give a file whose name ends in .png"),
    (["1f", "--run", "mine"], "There is no run 'mine'"),
    (["1d", "--show", "triplets"], "it mines no triplets"),
    (["start-resnet18"], "began with random weights"),
])  # fmt: skip
def test_what_it_can_not_do_is_said(capsys, town_cache, words, said):
    assert main(["--cache", str(town_cache), "changes", *words]) == 2
    assert said in capsys.readouterr().err
