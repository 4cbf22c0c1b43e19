"""`search` on the command line: the same rankings and the same AP as the cache holds, for queries, photographs and files."""

import shutil

import numpy as np
import pytest

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.presets import PRESETS
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


@pytest.fixture
def search(town_cache, capsys):
    def run(*arguments):
        status = main(["--cache", str(town_cache), "search", *arguments])
        return status, *capsys.readouterr()

    return run


def printed_ids(out):
    return [line.split()[-2] for line in out.splitlines() if line.startswith("  ")]


def test_a_query_is_ranked_and_scored_as_in_the_cache(search, town_cache):
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    score = next(one for one in results.scores if one.query_id == "alder_court_2")
    ranking = next(one for one in results.rankings() if one.query_id == "alder_court_2")
    status, out, _ = search("alder_court_2", "--models", "1d", "--k", "7")
    assert status == 0
    assert f"AP (Oxford) {100 * score.ap_oxford:.2f}, AP (finite sum) {100 * score.ap_finite_sum:.2f}" in out
    assert printed_ids(out) == list(ranking.ids[:7])
    query = results.dataset.query("alder_court_2")
    for line in out.splitlines()[1:]:
        assert (line.split()[1] in "✓~") == (line.split()[-2] in query.positives)


def test_all_models_answer_when_none_is_named(search):
    _, out, _ = search("brock_tower_1", "--k", "1")
    assert [line.split(" under ")[1][:2] for line in out.splitlines() if " under " in line] == list(PRESETS)


def test_a_photograph_finds_itself_and_a_copy_of_it_elsewhere_finds_it_too(search, town_cache, tmp_path):
    workspace = Workspace(town_cache)
    image = open_dataset(workspace, "town").images[3]
    _, out, _ = search(image.id, "--models", "1d", "--k", "3")
    assert printed_ids(out)[0] == image.id
    assert "AP" not in out
    shutil.copy(image.path, tmp_path / "elsewhere.jpg")
    _, copied, _ = search(str(tmp_path / "elsewhere.jpg"), "--models", "1d", "--k", "3")
    assert printed_ids(copied)[0] == image.id


def test_a_box_is_searched_for_as_the_query_with_this_box_is(search, town_cache):
    workspace = Workspace(town_cache)
    query = open_dataset(workspace, "town").queries[0]
    database, queries = open_results(workspace, "town", "quick", "1d").descriptors
    similar = database.matrix @ queries.matrix[0]
    _, out, _ = search(query.image_id, "--models", "1d", "--k", "1", "--box", ",".join(map(str, query.box)))
    assert float(out.splitlines()[1].split()[-3]) == pytest.approx(float(np.max(similar)), abs=2e-3)


@pytest.mark.parametrize(("arguments", "words"), [
    (("nowhere",), "neither a query nor a photograph"),
    (("alder_court_2", "--models", "9z"), "1a, 1b"),
    (("alder_court_2", "--models", "1d", "--box", "1,2,3"), "not four numbers"),
    (("alder_court_2", "--models", "1d", "--box", "0,0,9999,5"), "does not lie on a picture"),
    (("alder_court_2", "--k", "0"), "one photograph or more"),
    (("alder_court_2", "--dataset", "nothing"), "Unknown dataset"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_remedy(search, arguments, words):
    status, _, err = search(*arguments)
    assert status == 2
    assert words in err
    assert "Traceback" not in err


def test_descriptors_without_photographs_are_ranked_and_have_no_boxes(tmp_path, capsys):
    rows = np.random.default_rng(0).normal(size=(4, 8)).astype(np.float32)
    np.save(tmp_path / "net.npy", rows / np.linalg.norm(rows, axis=1, keepdims=True))
    (tmp_path / "ids.txt").write_text("a\nb\nc\nd\n")
    add_dataset(Workspace(tmp_path / "cache"), "theirs", tmp_path / "net.npy", model="1h")
    arguments = ["--cache", str(tmp_path / "cache"), "search", "c", "--dataset", "theirs", "--k", "2"]
    assert main(arguments) == 0
    assert printed_ids(capsys.readouterr().out)[0] == "c"
    assert main([*arguments, "--box", "0,0,5,5"]) == 2
    assert "Leave --box out" in capsys.readouterr().err


def test_the_run_that_is_searched_is_named_and_another_is_refused(search):
    status, out, _ = search("brock_tower_1", "--models", "1d", "--k", "1", "--run", "quick")
    assert status == 0
    assert "under 1d, run quick" in out
    status, _, err = search("brock_tower_1", "--run", "other")
    assert status == 2
    assert "There is no run 'other'" in err
    status, _, err = search("brock_tower_1", "--run", "quick,quick")
    assert "Name one" in err


def test_a_map_with_parameters_of_its_own_is_made_by_the_command_line(cache, capsys):
    from retrieval_core.stored.artefacts import map_choice

    command = ["--cache", str(cache), "project", "--models", "1d", "--method", "tsne"]
    assert main([*command, "--parameters", "perplexity=4,iterations=60"]) == 0
    choice = map_choice("tsne", "all", {"perplexity": 4, "iterations": 60}, 0)
    made = open_results(Workspace(cache), "town", "quick", "1d").map(choice)
    assert (made.parameters["perplexity"], made.parameters["iterations"]) == (4.0, 60)
    capsys.readouterr()
    assert main([*command, "--parameters", "perplexity:4"]) == 2
    assert "not name=number" in capsys.readouterr().err
