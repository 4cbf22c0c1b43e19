"""Knobs on stored descriptors: the default is what is stored, a point is the model of its search-time choice, nothing is made twice."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from caches import files
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import PROTOCOLS
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.presets import get_preset
from retrieval_core.ranking.search import search
from retrieval_core.runs.knob_plan import turn
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.knobs import SIZES, choice_curve, found_curves, knob_path, learning_path, read_knob, turnable, turned_keys
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace


def results(cache, key, dataset="town"):
    return open_results(Workspace(cache), dataset, "quick", key)


def turned(cache, knob, *models, dataset="town"):
    """The curves of a knob, made where they are missing."""
    list(turn(Workspace(cache), dataset, "quick", models, knob, "cpu"))
    return found_curves(Workspace(cache), dataset, "quick", models, knob)


def aps(found, protocol):
    return [score.ap(protocol) for score in found.scores]


def without_jobs(cache):
    return {name: entry for name, entry in files(cache).items() if not name.startswith("jobs/")}


def test_p_from_the_mean_to_the_maximum_with_what_is_seen_meanwhile(cache):
    curves = turned(cache, "p", "1f", "1e")
    for key, curve in curves.items():
        assert (curve.values[0], curve.values[-1], len(curve.values)) == (1, np.inf, 14)  # 13, and the model's own
        assert (np.diff(curve.values[:-1]) > 0).all()
        for protocol in PROTOCOLS:
            assert curve.ap[protocol][curve.own] == pytest.approx(aps(results(cache, key), protocol), nan_ok=True)
        assert set(curve.bytes) == {4 * 512}
        assert (curve.milliseconds > 0).all()
    _, seen = read_knob(results(cache, "1f"), "p")
    images, queries = (group.matrix for group in results(cache, "1f").descriptors)
    own = curves["1f"].own
    assert seen["places"].shape == (14, 29, 2)
    assert np.array_equal(seen["query_positions"][own], search(queries, images, 12)[0])
    alike = images @ images.T
    np.fill_diagonal(alike, -2)
    assert np.array_equal(seen["photograph_positions"][own], np.argsort(-alike, 1, kind="stable")[:, :12])
    assert seen["photograph_similarities"][own] == pytest.approx(-np.sort(-alike, 1)[:, :12], abs=1e-5)
    # Places change no more between neighbours than they must: each is turned onto the one before it.
    one, other = (seen["places"][number] - seen["places"][number].mean(0) for number in (own, own + 1))
    turn_back = one.T @ other
    assert np.allclose(turn_back, turn_back.T, atol=1e-3 * np.abs(turn_back).max())
    before = without_jobs(cache)
    turned(cache, "p", "1f", "1e")
    assert without_jobs(cache) == before
    assert not list(cache.rglob(".p-*"))


def test_dimensions_power_and_bits_learn_from_the_training_landmarks_alone(cache):
    list(run(Workspace(cache), "town", Settings(device="cpu", start="shapes", models=("1d-pca16",)), ("describe", "score")))
    dimension = turned(cache, "dimension", "1d")["1d"]
    training = open_dataset(Workspace(cache), "town-train")
    path = learning_path(Workspace(cache), get_run(Workspace(cache), "quick"), get_preset("1d"))
    assert path.is_relative_to(cache / "town-train" / "quick")
    assert read_arrays(path)[1]["images"] == [image.id for image in training.images]
    assert list(dimension.values) == [8, 16, 32, 64, 128, 256, 512, 512]
    assert list(dimension.bytes) == [4 * value for value in dimension.values]
    sixteen = dimension.ap["oxford"][1]  # the same as the search-time choice
    assert sixteen == pytest.approx(aps(results(cache, "1d-pca16"), "oxford"), abs=1e-3)
    power, bits = turned(cache, "power", "1d")["1d"], turned(cache, "bits", "1d")["1d"]
    own = get_preset("1d").schedule("quick-shapes").whitening_power
    assert power.ap["oxford"][list(power.values).index(own)] == pytest.approx(dimension.ap["oxford"][-1], abs=1e-6)
    assert np.isnan(power.values[power.own])
    assert dict(zip(bits.values, bits.bytes, strict=True)) == {32: 2048, 16: 1024, 8: 512, 1.25: 80, 0.625: 40, 5 / 16: 20, 5 / 32: 10}
    for curve in (dimension, power, bits):
        assert curve.ap["oxford"][curve.own] == pytest.approx(aps(results(cache, "1d"), "oxford"))
        assert curve.milliseconds[curve.own] == 0
    assert bits.ap["oxford"][list(bits.values).index(16)] == pytest.approx(bits.ap["oxford"][bits.own], abs=0.05)


def test_other_descriptors_or_another_truth_make_a_curve_stale(cache):
    turned(cache, "p", "1c")
    found = results(cache, "1c")
    assert read_knob(found, "p") is not None
    path = found.folder / "descriptors.safetensors"
    arrays, about = read_arrays(path)
    record = Workspace(cache).record(path)
    with Workspace(cache).writing(path, dict(record.inputs), notes=dict(record.notes)) as temporary:
        write_arrays(temporary, {name: np.array(array)[:, ::-1] for name, array in arrays.items()}, about)
    assert knob_path(found, "p").exists()
    assert read_knob(results(cache, "1c"), "p") is None


def test_sizes_are_models_of_their_own_and_the_default_is_one_of_them(town_cache):
    keys = turned_keys(Workspace(town_cache), "quick", "1d", "size")
    assert keys == {side: "1d" if side == 64 else f"1d-{side}px" for side in SIZES}
    assert turned_keys(Workspace(town_cache), "quick", "1d-same", "scales") == {1: "1d-same", 3: "1d-same-ms", 4: "1d-same-ms4"}
    assert turned_keys(Workspace(town_cache), "quick", "1d-ms", "crop") == {0: "1d-ms", 1: "1d-same-ms"}
    assert choice_curve(Workspace(town_cache), "town", "quick", "1d", "size") is None  # only the default is there


def test_scales_and_crop_are_described_scored_and_measured(cache):
    crop = turned(cache, "crop", "1c")["1c"]
    assert (list(crop.values), crop.own, list(crop.bytes)) == ([0, 1], 0, [1024, 1024])
    assert (crop.milliseconds > 0).all()
    for number, key in enumerate(("1c", "1c-same")):
        assert crop.ap["oxford"][number] == pytest.approx(aps(results(cache, key), "oxford"))


def test_which_models_can_be_turned(town_cache):
    found, fixed = turnable(Workspace(town_cache), "quick", ["1a", "1d", "1d-aqe", "1e"], "dimension")
    assert found == ["1a", "1d"]
    assert fixed == ["1e is whitened already: it is a point of the model without"]


def test_the_command_prints_what_was_made_and_says_what_is_left_out(cache, capsys):
    assert main(["--cache", str(cache), "knobs", "--knob", "p", "--models", "1c,1a", "--device", "cpu", "--format", "csv"]) == 0
    printed = capsys.readouterr()
    assert "Left out: 1a is not pooled by GeM." in printed.err
    table = pd.read_csv(StringIO(printed.out))
    assert len(table) == len(read_knob(results(cache, "1c"), "p")[0].values)
    assert table.loc[table["default"], MEAN].item() == pytest.approx(results(cache, "1c").score_file["map_oxford"], abs=0.01)
    assert ((table["low"] <= table[MEAN] + 1e-6) & (table[MEAN] <= table["high"] + 1e-6)).all()


def test_photographs_without_ground_truth_and_a_single_one(cache, tmp_path, capsys):
    workspace, folder = Workspace(cache), write_photographs(tmp_path / "own")[0] / "mill"
    add_dataset(workspace, "flat", folder)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "0.jpg").write_bytes((folder / "0.jpg").read_bytes())
    add_dataset(workspace, "one", tmp_path / "one")
    for name, count in (("flat", len(list(folder.iterdir()))), ("one", 1)):
        list(run(workspace, name, Settings(device="cpu", start="shapes", models=("1c",)), ("describe", "score")))
        assert main(["--cache", str(cache), "knobs", "--knob", "p", "--dataset", name, "--models", "1c", "--device", "cpu"]) == 0
        assert "no queries" in capsys.readouterr().out
        _, seen = read_knob(results(cache, "1c", name), "p")
        assert seen["places"].shape[1:] == (count, 2)
        assert seen["photograph_positions"].shape[1:] == (count, min(12, count - 1))
        assert main(["--cache", str(cache), "knobs", "--knob", "bits", "--dataset", name, "--models", "1c", "--device", "cpu"]) == 0


@pytest.mark.parametrize(("words", "message"), [
    (["--knob", "colour"], "Choose one of: p, dimension"), (["--knob", "p", "--models", "1a"], "1a is not pooled by GeM"),
    (["--knob", "p", "--models", "1z"], "Unknown model"), (["--knob", "bits", "--format", "pdf"], "Choose one of"),
    (["--knob", "power", "--models", "1e"], "whitened already"), (["--knob", "size", "--dataset", "nowhere"], "Unknown dataset"),
    (["--knob", "p", "--models", "1d-ms"], "missing"),
])  # fmt: skip
def test_what_can_not_be_done_is_said_before_anything_is_made(cache, capsys, words, message):
    before = without_jobs(cache)
    assert main(["--cache", str(cache), "knobs", *words]) == 2
    assert message in capsys.readouterr().err
    assert without_jobs(cache) == before


def test_a_dataset_too_large_for_all_exponents_is_refused(town_cache, monkeypatch):
    from retrieval_core.runs import gem_steps

    monkeypatch.setattr(gem_steps, "MOST_BYTES", 1000.0)
    with pytest.raises(RetrievalError, match="Choose a smaller dataset"):
        list(turn(Workspace(town_cache), "town", "quick", ["1g"], "p", "cpu"))
