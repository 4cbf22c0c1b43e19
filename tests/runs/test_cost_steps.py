"""Costs are measured on demand, kept as an artefact of the descriptors whose making they are, and measured again where they are not."""

import json
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from caches import files
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.costs import MEASURES
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.presets import PRESETS
from retrieval_core.runs import cost_steps
from retrieval_core.runs.cost_steps import measure_costs
from retrieval_core.stored.costs import read_cost
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


def results(cache, model, dataset="town"):
    return open_results(Workspace(cache), dataset, "quick", model)


def measured(cache, *models, **options):
    list(measure_costs(Workspace(cache), "town", "quick", models, "cpu", **options))
    return [read_cost(results(cache, model)) for model in models]


def without_jobs(cache):
    return {name: entry for name, entry in files(cache).items() if not name.startswith("jobs/")}


def test_costs_are_counted_and_measured(cache):
    before = without_jobs(cache)
    assert read_cost(results(cache, "1d")) is None
    plain, whitened, fixed = measured(cache, "1d", "1e", "1a")
    for key, cost in (("1d", plain), ("1e", whitened), ("1a", fixed)):
        assert cost.size == 64
        assert cost.photographs == 29  # the whole tiny town
        assert len(cost.repeats) == cost_steps.REPEATS
        assert min(cost.repeats) <= cost.milliseconds <= max(cost.repeats)
        assert 0 < cost.milliseconds < 1000
        assert cost.bytes == 4 * PRESETS[key].dim
        assert "cpu" in cost.machine
    assert plain.parameters == whitened.parameters == 11_176_513
    assert plain.operations == whitened.operations
    assert fixed.parameters == 57_003_840
    added = set(without_jobs(cache)) - set(before)
    assert added == {f"town/quick/{key}/costs.json" for key in ("1d", "1e", "1a")}
    record = Workspace(cache).record(cache / "town" / "quick" / "1d" / "costs.json")
    assert record.inputs == {"version": 1, "descriptors": results(cache, "1d").version}
    assert record.seconds > 0


def test_what_was_measured_on_this_machine_is_not_measured_again_unless_asked_for(cache, monkeypatch):
    [first] = measured(cache, "1c")
    before = without_jobs(cache)
    assert measured(cache, "1c") == [first]
    assert without_jobs(cache) == before
    [second] = measured(cache, "1c", again=True)
    assert second.operations == first.operations
    assert second.repeats != first.repeats
    monkeypatch.setattr(cost_steps, "machine", lambda device: "another machine (cpu)")
    assert measured(cache, "1c")[0].machine == "another machine (cpu)"


def test_costs_of_other_descriptors_are_not_shown_and_measured_anew(cache):
    measured(cache, "1c")
    workspace = Workspace(cache)
    path = cache / "town" / "quick" / "1c" / "descriptors.safetensors"
    record, (arrays, about) = workspace.record(path), read_arrays(path)
    arrays = {name: np.array(array)[:, ::-1].copy() for name, array in arrays.items()}
    with workspace.writing(path, record.inputs, notes=dict(record.notes)) as temporary:
        write_arrays(temporary, arrays, about)
    assert read_cost(results(cache, "1c")) is None
    assert measured(cache, "1c")[0] is not None


def test_a_size_and_scales_cost_more_of_the_same_network(cache):
    keys = ("1d", "1d-96px", "1d-96px-ms")
    assert main(["--cache", str(cache), "extract", "--start", "shapes", "--device", "cpu", "--models", ",".join(keys)]) == 0
    plain, larger, several = measured(cache, *keys)
    assert plain.parameters == larger.parameters == several.parameters
    assert plain.bytes == larger.bytes == several.bytes
    assert plain.operations < larger.operations < several.operations
    assert [cost.size for cost in (plain, larger, several)] == [64, 96, 96]


def test_the_command_measures_prints_and_finds_again(cache, capsys):
    words = ["--cache", str(cache), "costs", "--models", "1c,1d", "--device", "cpu"]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "What describing a photograph costs, and mean AP (Oxford) in percent, dataset town, run quick" in printed
    before = without_jobs(cache)
    assert main([*words, "--format", "csv", "--protocol", "finite_sum"]) == 0
    table = pd.read_csv(StringIO(capsys.readouterr().out), index_col="model")
    assert without_jobs(cache) == before
    assert list(table.index) == ["1c", "1d"]
    for key in table.index:
        stored = results(cache, key)
        assert table.loc[key, MEAN] == pytest.approx(stored.score_file["map_finite_sum"])
        assert table.loc[key, MEASURES["milliseconds"]] == pytest.approx(read_cost(stored).milliseconds)
    assert json.loads((cache / "jobs" / "run.json").read_text())["state"] == "done"


def test_photographs_without_queries_have_costs_and_no_map(cache, tmp_path, capsys):
    random = np.random.default_rng(3)
    for number, shape in enumerate([(60, 80, 3), (80, 60, 3), (70, 80, 3)]):
        (tmp_path / "mine").mkdir(exist_ok=True)
        PILImage.fromarray(random.integers(0, 255, shape, np.uint8)).save(tmp_path / "mine" / f"{number}.png")
    add_dataset(Workspace(cache), "mine", tmp_path / "mine")
    common = ["--cache", str(cache)]
    assert main([*common, "extract", "--dataset", "mine", "--start", "shapes", "--device", "cpu", "--models", "1d"]) == 0
    assert main([*common, "costs", "--dataset", "mine", "--device", "cpu"]) == 0
    assert "'mine' has no queries, so there is no average precision" in capsys.readouterr().out
    cost = read_cost(results(cache, "1d", "mine"))
    assert cost.photographs == 3
    assert measured(cache, "1d")[0].operations != cost.operations  # of pictures of other shapes


def test_what_can_not_be_measured_says_why(cache, tmp_path, capsys):
    assert main(["--cache", str(cache), "costs", "--models", "1d-224px"]) == 2
    assert "Model 1d-224px of run quick on town is missing. Run: " in capsys.readouterr().err
    assert main(["--cache", str(cache), "costs", "--format", "xml"]) == 2
    assert "text, csv, latex, markdown" in capsys.readouterr().err
    np.save(tmp_path / "net.npy", np.eye(4, 8, dtype=np.float32))
    (tmp_path / "ids.txt").write_text("a\nb\nc\nd\n")
    workspace = Workspace(cache)
    add_dataset(workspace, "theirs", tmp_path / "net.npy", model="1h")
    with pytest.raises(RetrievalError, match="descriptors of theirs were imported: there is no network whose costs"):
        list(measure_costs(workspace, "theirs", "imported", ("1h",)))
