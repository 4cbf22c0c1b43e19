"""Aggregations go the whole way: learnt on the training landmarks, described in one pass, ranked, scored, and printed."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from caches import files, result_of
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets import images as reading
from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.descriptors.aggregation import one_pass
from retrieval_core.descriptors.word_sets import are_sets, bytes_a_row, unpack
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.aggregation_keys import aggregation_keys
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.presets import get_preset
from retrieval_core.ranking.selective_match import selective_match
from retrieval_core.runs.cost_steps import measure_costs
from retrieval_core.runs.describer import open_describer
from retrieval_core.runs.plan import aggregate, run
from retrieval_core.runs.recompute import recompute
from retrieval_core.runs.settings import Settings
from retrieval_core.stored import artefacts
from retrieval_core.stored.aggregations import found_aggregations
from retrieval_core.stored.costs import read_cost
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace

ALONE = ("1d-rmac-pca8", "1f-same-ms-crow", "1a-vlad-pca16", "1d-pca64")


def results(cache, key, dataset="town"):
    return open_results(Workspace(cache), dataset, "quick", key)


def make(cache, *keys, do=("describe", "score")):
    return list(run(Workspace(cache), "town", Settings(device="cpu", start="shapes", models=keys), do))


def without_jobs(cache):
    return {name: entry for name, entry in files(cache).items() if not name.startswith("jobs/")}


def test_aggregations_are_models_of_their_own(cache, capsys):
    make(cache, *ALONE)
    for key, width in zip(ALONE, (8, 512, 16, 64), strict=True):
        found = results(cache, key)
        assert found.descriptors[0].matrix.shape == (29, width)
        assert np.allclose(np.linalg.norm(found.descriptors[0].matrix, axis=1), 1, atol=1e-5)
        assert 0 < found.score_file["map_oxford"] <= 100
        assert result_of(recompute(Workspace(cache), "town", "quick", key, "cpu")).agrees
    states = {state.key: state for state in model_states(Workspace(cache), "town", "quick")}
    assert set(ALONE) <= set(states)
    assert all(states[key].state == "ready" and states[key].validation_map is None for key in ALONE)
    assert (results(cache, "1d-rmac-pca8").recipe["aggregation"], "aggregation" in results(cache, "1d").recipe) == ("R-MAC", False)
    describer = open_describer(results(cache, "1d-rmac-pca8"), "cpu")
    query = results(cache, "1d").dataset.queries[0]
    with reading.read_image(results(cache, "1d").dataset.image(query.image_id).path) as photograph:
        again = describer.describe(photograph, query.box)
    stored = results(cache, "1d-rmac-pca8").descriptors[1].rows([query.id])
    assert np.allclose(again, stored, atol=1e-5)
    assert main(["--cache", str(cache), "search", query.id, "--models", "1d-rmac-pca8"]) == 0
    assert main(["--cache", str(cache), "ledger", "--compare", "1d,1d-rmac-pca8"]) == 0
    assert "1d → 1d-rmac-pca8" in capsys.readouterr().out
    before = without_jobs(cache)
    make(cache, *ALONE)
    assert without_jobs(cache) == before


def test_one_pass_makes_the_same_as_each_alone_and_nothing_twice(cache, tmp_path):
    make(cache, "1a-vlad-pca128", "1a-rmac-pca128")
    alone = {key: np.array(results(cache, key).descriptors[0].matrix) for key in ("1a-vlad-pca128", "1a-rmac-pca128")}
    for key in alone:
        (results(cache, key).folder / "descriptors.safetensors").unlink()
    steps = list(aggregate(Workspace(cache), "town", "quick", "1a", "cpu"))
    assert steps[-1].overall == 1
    keys = aggregation_keys("1a")
    assert len(keys) == 19
    found = found_aggregations(Workspace(cache), "town", "quick", "1a")
    assert list(found) == ["1a", *keys]
    assert found["1a-asmk"].dimensions is None
    assert all(one.scores and one.bytes == 4 * one.dimensions for key, one in found.items() if key != "1a-asmk")
    for key, matrix in alone.items():
        assert np.array_equal(results(cache, key).descriptors[0].matrix, matrix)
    before = without_jobs(cache)
    list(aggregate(Workspace(cache), "town", "quick", "1a", "cpu"))
    assert without_jobs(cache) == before
    assert not list(cache.rglob(".descriptors-*"))


def test_what_is_learnt_is_learnt_from_the_training_landmarks_alone(cache, monkeypatch):
    workspace = Workspace(cache)
    town, training = (open_dataset(workspace, name) for name in ("town", "town-train"))
    read, real = [], one_pass.read_batches
    monkeypatch.setattr(
        one_pass, "read_batches", lambda pixels, *rest: read.append({image.id for image in pixels.images}) or real(pixels, *rest)
    )
    make(cache, "1d-bow-pca16", "1d-fisher", do=())
    assert len(read) == 3  # two vocabularies and a whitening
    assert all(ids == {image.id for image in training.images} for ids in read)
    assert not {image.id for image in town.images} & set().union(*read)
    its_run, preset = get_run(workspace, "quick"), get_preset("1d-bow-pca16")
    for path in (artefacts.vocabulary_path(workspace, its_run, preset), artefacts.whitening_path(workspace, its_run, preset)):
        assert path.is_relative_to(cache / "town-train" / "quick")
        assert workspace.record(path).inputs["data"] == [training.photographs, training.truth]


def test_whitenings_scales_and_crops_share_a_vocabulary_and_other_sizes_do_not(cache):
    workspace, its_run = Workspace(cache), get_run(Workspace(cache), "quick")
    path = lambda key: artefacts.vocabulary_path(workspace, its_run, get_preset(key))  # noqa: E731
    assert path("1d-vlad") == path("1d-same-ms-vlad-pca64")
    assert len({path("1d-vlad"), path("1d-96px-vlad"), path("1d-netvlad"), path("1f-vlad")}) == 4


def test_a_new_vocabulary_makes_what_stands_on_it_stale(cache):
    make(cache, "1d-vlad-pca8")
    workspace, its_run, preset = Workspace(cache), get_run(Workspace(cache), "quick"), get_preset("1d-vlad-pca8")
    path = artefacts.vocabulary_path(workspace, its_run, preset)
    arrays, about = read_arrays(path)
    from retrieval_core.datasets.array_files import write_arrays

    with workspace.writing(path, dict(workspace.record(path).inputs)) as temporary:
        write_arrays(temporary, {name: np.array(array) + 0.01 for name, array in arrays.items()}, about)
    assert results(cache, "1d-vlad-pca8").state[0] == "stale"
    assert "the vocabulary" in results(cache, "1d-vlad-pca8").state[1]
    make(cache, "1d-vlad-pca8")
    assert results(cache, "1d-vlad-pca8").state[0] == "ready"


@pytest.mark.parametrize("form", ["csv", "text"])
def test_the_command_makes_what_is_missing_and_prints_the_table(cache, capsys, form):
    assert main(["--cache", str(cache), "aggregations", "--models", "1c", "--device", "cpu", "--format", form]) == 0
    printed = capsys.readouterr().out
    if form == "text":
        assert "Aggregations of 1c, mean AP (Oxford) in percent" in printed
        return
    table = pd.read_csv(StringIO(printed), index_col=0)
    assert list(table.index) == ["1c", *aggregation_keys("1c")]
    assert table.loc["1c", "aggregation"] == "as it is"
    assert table.loc["1c-rmac-pca128", "whitening"] == "PCA to 128"
    vectors = table.drop(index="1c-asmk")
    assert (vectors["bytes"] == 4 * vectors["dimensions"]).all()
    assert ((table["low"] <= table[MEAN] + 1e-9) & (table[MEAN] <= table["high"] + 1e-9)).all()
    assert table.loc["1c-mac", MEAN] == pytest.approx(results(cache, "1c-mac").score_file["map_oxford"])
    assert not [column for column in table if "published" in column]  # the town is nobody's


def test_photographs_without_ground_truth_have_a_table_without_map(cache, tmp_path, capsys):
    workspace = Workspace(cache)
    add_dataset(workspace, "flat", write_photographs(tmp_path / "own")[0] / "mill")
    for _ in run(workspace, "flat", Settings(device="cpu", start="shapes", models=("2a",)), ("describe", "score")):
        pass
    assert main(["--cache", str(cache), "aggregations", "--dataset", "flat", "--models", "2a", "--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "2a-crow-pca128" in printed
    assert "no queries" in printed


@pytest.mark.parametrize(("words", "message"), [
    (["--models", "1z"], "Unknown model"), (["--models", ","], "names no model"),
    (["--models", "1d", "--format", "pdf"], "Choose one of"),
    (["--models", "1d", "--protocol", "votes"], "Choose one of"), (["--models", "1d", "--dataset", "nowhere"], "Unknown dataset"),
])  # fmt: skip
def test_what_can_not_be_done_is_said_before_anything_is_made(cache, capsys, words, message):
    before = without_jobs(cache)
    assert main(["--cache", str(cache), "aggregations", *words]) == 2
    assert message in capsys.readouterr().err
    assert without_jobs(cache) == before


def test_weights_that_are_missing_are_said_with_the_command(town_cache):
    with pytest.raises(RetrievalError, match=r"run --dataset town --models torchvision:vgg16"):
        list(aggregate(Workspace(town_cache), "town", "quick", "torchvision:vgg16", "cpu"))


def test_one_photograph_is_enough_to_be_described(cache, tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    (write_photographs(tmp_path / "own")[0] / "mill" / "0.jpg").rename(folder / "0.jpg")
    add_dataset(Workspace(cache), "one", folder)
    list(aggregate(Workspace(cache), "one", "quick", "2a", "cpu"))
    found = found_aggregations(Workspace(cache), "one", "quick", "2a")
    assert list(found) == aggregation_keys("2a")  # 2a itself was not asked for
    assert not any(one.scores for one in found.values())


def test_asmk_is_a_model_without_a_vector_and_without_a_map(cache, capsys):
    workspace = Workspace(cache)
    make(cache, "1d-asmk", "1d-ms-asmk-verified", do=("describe", "score", "map"))
    found = results(cache, "1d-asmk")
    database, queries = found.descriptors
    assert are_sets(database.matrix)
    assert unpack(database.matrix).sizes.min() > 0
    whole = selective_match(queries.matrix, database.matrix)
    for ranking, scores in zip(found.rankings(), whole, strict=True):
        assert ranking.scores == pytest.approx(np.sort(scores)[::-1], abs=1e-6)
    assert 0 < found.score_file["map_oxford"] <= 100
    assert found.neighbours("all") is not None
    assert not found.maps()
    assert result_of(recompute(workspace, "town", "quick", "1d-asmk", "cpu")).agrees
    query = found.dataset.queries[0]
    with reading.read_image(found.dataset.image(query.image_id).path) as photograph:
        again = open_describer(found, "cpu").describe(photograph, query.box)
    assert selective_match(again, queries.rows([query.id]))[0, 0] == pytest.approx(1, abs=1e-6)
    assert results(cache, "1d-ms-asmk-verified").score_file["map_oxford"] > 0
    assert main(["--cache", str(cache), "search", query.id, "--models", "1d-asmk"]) == 0
    assert main(["--cache", str(cache), "ledger", "--compare", "1d,1d-asmk"]) == 0
    assert "1d → 1d-asmk" in capsys.readouterr().out
    for words, message in (
        (["project", "--models", "1d-asmk", "--method", "pca"], "ASMK has no vector: no map"),
        (["run", "--models", "1d-asmk-aqe"], "adds up vectors"),
        (["run", "--models", "1d-asmk-pca64"], "sets of words, which can't be whitened"),
        (["data", "export", "town", str(cache / "out"), "--layout", "npy", "--model", "1d-asmk"], "npy holds vectors"),
    ):
        assert main(["--cache", str(cache), *words]) == 2
        assert message in capsys.readouterr().err
    list(measure_costs(workspace, "town", "quick", ["1d-asmk"], "cpu"))
    assert read_cost(found).bytes == round(bytes_a_row(database.matrix))
