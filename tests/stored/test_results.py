"""What is handed out is of one making: descriptors, scores, neighbours and maps, and what is said where it is not."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.datasets import opened
from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import get_preset
from retrieval_core.runs import steps
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.schedules import COLUMNS
from retrieval_core.stored import artefacts
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import list_sheets, open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace, read_json

CHOICE = map_choice("tsne", "all", None, 0)
COMMAND = "python -m retrieval_core --cache .* run --dataset town --models 1d --schedule quick --seed 0 --start shapes"


@pytest.fixture
def workspace(cache):
    return Workspace(cache)


def look(workspace, model="1d"):
    """What a process finds that begins now."""
    opened._opened.clear()
    return open_results(Workspace(workspace.root), "town", "quick", model)


def fresh(workspace):
    """Which of the things that are made of the town with 1d are handed out."""
    results = look(workspace)
    found = {
        "descriptors": results.state[0] == "ready", "scores": results.scored, "sheets": bool(list_sheets(workspace, results.dataset)),
        "map": results.map(CHOICE) is not None, "labelled map": results.map(map_choice("tsne", "labelled", None, 0)) is not None,
        "neighbours": results.neighbours("all") is not None, "labelled neighbours": results.neighbours("labelled") is not None,
    }  # fmt: skip
    return {name for name, there in found.items() if there}


ALL = {"descriptors", "scores", "sheets", "map", "labelled map", "neighbours", "labelled neighbours"}


def rewrite(workspace, path, change, inputs=None):
    """Write a file of arrays again with other arrays or ids, entered in the manifest as any artefact is."""
    record = workspace.record(path)
    arrays, about = read_arrays(path)
    arrays, about = change({name: np.array(array) for name, array in arrays.items()}, about)
    with workspace.writing(path, inputs or record.inputs, notes=dict(record.notes)) as temporary:
        write_arrays(temporary, arrays, about)


def refused(results):
    """Nothing that stands on the descriptors is handed out."""
    assert not results.scored
    assert results.map(CHOICE) is None
    assert results.map_record(CHOICE) is None
    assert results.neighbours("all") is None
    for attempt in (lambda: results.descriptors, lambda: results.scores, results.rankings):
        with pytest.raises(RetrievalError, match=COMMAND):
            attempt()


def test_after_a_run_all_of_it_is_handed_out(workspace):
    assert fresh(workspace) == ALL
    results = look(workspace)
    database, queries = results.descriptors
    assert database.ids == tuple(image.id for image in results.dataset.images)
    assert queries.ids == tuple(query.id for query in results.dataset.queries) == tuple(score.query_id for score in results.scores)
    assert results.map(CHOICE).ids == database.ids
    positions, similarities = results.neighbours("all")
    assert np.allclose(similarities[:, 0], np.einsum("ij,ij->i", database.matrix, database.matrix[positions[:, 0]]), atol=1e-5)


def test_scores_maps_and_neighbours_of_other_descriptors_are_not_shown(workspace):
    path = look(workspace).folder / "descriptors.safetensors"
    rewrite(workspace, path, lambda arrays, about: ({name: array[::-1].copy() for name, array in arrays.items()}, about))
    assert fresh(workspace) == {"descriptors", "sheets"}
    results = look(workspace)
    for attempt in (lambda: results.scores, lambda: results.score_file):
        with pytest.raises(RetrievalError, match=f"Model 1d of run quick has no scores of town .*{COMMAND}"):
            attempt()
    state = next(state for state in model_states(workspace, "town", "quick") if state.key == "1d")
    assert (state.state, state.map_oxford) == ("ready", None)
    assert {item.state for item in state.maps} == {"stale"}


def test_extract_at_another_size_leaves_no_scores_of_the_old_one(workspace, monkeypatch):
    preset = get_preset("1d")
    monkeypatch.setitem(COLUMNS["quick-shapes"], "1d", replace(preset.schedule("quick-shapes"), extract_size=80))
    assert "the size of the pictures changed since" in look(workspace).state[1]
    refused(look(workspace))
    for _ in steps.describe(workspace, get_run(workspace, "quick"), "town", preset, "cpu"):
        pass
    assert fresh(workspace) == {"descriptors", "sheets"}
    assert look(workspace).recipe["size"] == 80
    monkeypatch.undo()
    assert look(workspace).state[0] == "stale"
    refused(look(workspace))


def test_one_moved_line_of_a_ground_truth_makes_scores_stale_and_nothing_else(workspace):
    lab = workspace.folder("town") / "photographs" / "lab"
    good, ok = lab / "alder_court_1_good.txt", lab / "alder_court_1_ok.txt"
    moved, *rest = good.read_text().splitlines()
    good.write_text("".join(f"{line}\n" for line in rest))
    ok.write_text(ok.read_text() + f"{moved}\n")
    assert fresh(workspace) == ALL - {"scores"}
    with pytest.raises(RetrievalError, match=f"no scores of town and its ground truth as they are now. Run: {COMMAND}"):
        _ = look(workspace).scores
    before = {path: path.stat().st_mtime_ns for path in workspace.folder("town").rglob("*") if path.is_file()}
    list(run(workspace, "town", Settings(device="cpu", run="quick", models=("1d",))))
    after = {path: path.stat().st_mtime_ns for path in workspace.folder("town").rglob("*") if path.is_file()}
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed == {"scores.json", "manifest.json"}
    assert fresh(workspace) == ALL


def test_a_changed_box_makes_descriptors_stale(workspace):
    file = workspace.folder("town") / "photographs" / "lab" / "alder_court_1_query.txt"
    name, x1, *rest = file.read_text().split()
    file.write_text(" ".join([name, str(float(x1) + 2), *rest]))
    results = look(workspace)
    assert results.state[0] == "stale"
    assert "the photographs or the queries' boxes changed since. Run: " in results.state[1]
    refused(results)


def test_another_photograph_makes_stale_what_was_made_of_it_and_it_can_not_be_explored(workspace):
    photograph = workspace.folder("town") / "photographs" / "jpg" / "alder_court_000002.jpg"
    PILImage.new("RGB", (96, 72), (9, 90, 200)).save(photograph)
    assert fresh(workspace) == set()
    assert "the photographs or the queries' boxes changed since" in look(workspace).state[1]
    refused(look(workspace))
    states = {state.key: state for state in model_states(workspace, "town", "quick")}
    assert not states["1d"].explorable
    assert states["1d"].map_oxford is None
    assert "changed since" in states["1d"].message
    assert {item.state for item in look(workspace).maps()} == {"fresh"}, "they are still maps of the descriptors that lie there"


def test_other_weights_and_another_whitening_make_descriptors_stale(workspace):
    settings = get_run(workspace, "quick")
    for model, path, words in (
        ("1d", artefacts.weights_path(workspace, settings, get_preset("1d")), "the weights changed since"),
        ("1e", artefacts.whitening_path(workspace, settings, get_preset("1e")), "the weights and the whitening changed since"),
    ):
        with workspace.writing(path, workspace.record(path).inputs) as temporary:
            temporary.write_bytes(path.read_bytes() + b" ")
        assert words in look(workspace, model).state[1]
    refused(look(workspace))


def test_a_file_whose_ids_were_swapped_is_damaged(workspace):
    path = look(workspace).folder / "descriptors.safetensors"
    arrays, about = read_arrays(path)
    about["images"][:2] = about["images"][1::-1]
    write_arrays(path.with_name("swapped"), arrays, about)
    path.with_name("swapped").replace(path)
    results = look(workspace)
    assert results.state[0] == "damaged"
    assert f"{path} is damaged. Run: " in results.state[1]
    refused(results)


def test_a_file_with_more_ids_than_rows_is_refused(workspace):
    path = look(workspace).folder / "descriptors.safetensors"
    rewrite(workspace, path, lambda arrays, about: ({**arrays, "images": arrays["images"][:-1]}, about))
    with pytest.raises(RetrievalError, match=r"descriptors\.safetensors has 28 rows for 29 ids. Remove it and run again"):
        _ = look(workspace).descriptors


def test_damaged_scores_maps_and_neighbours_are_not_handed_out(workspace):
    folder = look(workspace).folder
    for name in ("scores.json", "neighbours-all.safetensors", f"maps/{look(workspace).map_file(look(workspace).maps()[0]).name}"):
        content = bytearray((folder / name).read_bytes())
        content[-3] ^= 1
        (folder / name).write_bytes(content)
    found = fresh(workspace)
    assert found & {"scores", "neighbours"} == set()
    assert len(found & {"map", "labelled map"}) == 1
    with pytest.raises(RetrievalError, match=COMMAND):
        _ = look(workspace).scores


def test_weights_that_are_gone_make_stale_and_a_run_file_that_is_gone_is_said(workspace):
    (workspace.folder("town-train", "quick", "1d") / "manifest.json").unlink()
    assert "the weights changed since" in look(workspace).state[1]
    for file in workspace.root.glob("*/quick/run.json"):
        file.unlink()
    state, message = look(workspace).state
    assert state == "damaged"
    assert message.startswith(f"{workspace.folder('town', 'quick')}/run.json is missing. Run: ")


def test_the_version_is_the_hash_of_what_is_there(workspace):
    before = look(workspace).version
    path = look(workspace).folder / "descriptors.safetensors"
    rewrite(workspace, path, lambda arrays, about: (arrays, about | {"more": 1}))
    after = look(workspace)
    assert before != after.version == workspace.hash(path)
    assert after.descriptors[0].ids


def test_what_is_missing_is_said_with_the_command_that_makes_it(workspace):
    results = look(workspace, "1d-ms")
    assert results.state == ("missing", "")
    with pytest.raises(RetrievalError, match=r"Model 1d-ms of run quick on town is missing. Run: .* run --dataset town --models 1d-ms"):
        _ = results.descriptors
    with pytest.raises(RetrievalError, match="1a, 1b"):
        open_results(workspace, "town", "quick", "9z")
    with pytest.raises(RetrievalError, match="data add"):
        open_results(workspace, "nowhere", "quick", "1d")
    nobody = open_results(workspace, "town", "nobody", "1d")
    with pytest.raises(RetrievalError, match=r"run nobody .* is missing"):
        _ = nobody.descriptors


def test_the_means_that_are_stored_are_those_of_the_stored_scores(workspace):
    for key in ("1a", "1d"):
        results = look(workspace, key)
        mean = 100 * np.mean([score.ap_oxford for score in results.scores if score.ap_oxford is not None])
        assert results.score_file["map_oxford"] == pytest.approx(mean)
        assert read_json(results.folder / "scores.json")["recipe"] == results.recipe
