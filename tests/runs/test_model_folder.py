"""Models handed out as a folder: the one who imports them trains nothing and gets the same descriptors."""

import json
import shutil

import numpy as np
import pytest

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.weights import load_weights, save_weights
from retrieval_core.presets import MODELS, SEARCH_CHOICES
from retrieval_core.runs.model_folder import export_models, import_models
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import begin_run, find_runs, get_run
from retrieval_core.workspace import Workspace, file_hash


@pytest.fixture(scope="module")
def handed_out(town_cache, tmp_path_factory):
    """The small models of the tiny town as a folder."""
    folder = tmp_path_factory.mktemp("handed") / "models"
    workspace = Workspace(town_cache)
    assert export_models(workspace, get_run(workspace, "quick"), folder, ("1e", "1c")) == ["1c", "1e"]
    return folder


@pytest.fixture
def damaged(handed_out, tmp_path):
    """A copy that may be spoilt."""
    return shutil.copytree(handed_out, tmp_path / "models")


def respell(folder, change):
    """Change what the manifest says."""
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_folder_holds_weights_presets_and_a_manifest(handed_out):
    assert sorted(file.name for file in handed_out.iterdir()) == ["1c.safetensors", "1d.safetensors", "1e.npz", "manifest.json"]
    manifest = json.loads((handed_out / "manifest.json").read_text())
    assert manifest["models"]["1e"]["preset"]["whitening"] is True
    assert manifest["run"] == {
        "name": "quick", "schedule": "quick", "seed": 0, "start": "shapes", "training": "town-train", "weights": None,
    }  # fmt: skip
    assert manifest["files"]["1e.npz"]["sha256"] == file_hash(handed_out / "1e.npz")


def test_after_an_import_nothing_is_built_or_trained_and_the_scores_are_the_same(handed_out, town_cache, tmp_path, capsys):
    cache = tmp_path / "cache"
    assert main(["--cache", str(cache), "models", "import", str(handed_out)]) == 0
    assert "1c, 1e" in capsys.readouterr().out
    workspace = Workspace(cache)
    add_dataset(workspace, "again", town_cache / "town" / "photographs")
    chosen = Settings(device="cpu", models=("1c", "1e"), run="quick")
    steps = [step.stage for step in run(workspace, "again", chosen, ("describe", "score"))]
    assert not [step for step in steps if step.startswith("build")]
    assert not (cache / "town-train" / "dataset.json").exists()
    assert not (cache / "shapes").exists()
    for model in ("1c", "1e"):
        ours, theirs = open_results(workspace, "again", "quick", model), open_results(Workspace(town_cache), "town", "quick", model)
        assert np.array_equal(ours.descriptors[0].matrix, theirs.descriptors[0].matrix)
        assert ours.scores == theirs.scores
        assert (ours.recipe["schedule"], ours.recipe["seed"], ours.recipe["start"]) == ("quick", 0, "shapes")
    assert {state.key: state.state for state in model_states(workspace, "again", "quick")}["1e"] == "ready"
    again = tmp_path / "again"
    assert export_models(workspace, get_run(workspace, "quick"), again) == ["1c", "1d", "1e"]  # 1d's weights are those of 1e
    assert (again / "1d.safetensors").read_bytes() == (handed_out / "1d.safetensors").read_bytes()
    import_models(workspace, again)


def test_the_run_of_a_folder_is_taken_under_another_name_beside_one_of_the_same_name(handed_out, tmp_path, capsys):
    cache = tmp_path / "cache"
    workspace = Workspace(cache)
    path = workspace.folder("town-train", "quick", "1c") / "weights.safetensors"
    with workspace.writing(path, {"start": "shapes"}) as temporary:
        temporary.write_bytes(b"our own")
    with pytest.raises(RetrievalError, match=r"1c/weights\.safetensors is here already, with other weights\. .*--run NAME"):
        import_models(workspace, handed_out)
    assert [file.name for file in cache.rglob("weights.safetensors")] == ["weights.safetensors"]
    assert main(["--cache", str(cache), "models", "import", str(handed_out), "--run", "theirs"]) == 0
    assert "run --dataset NAME --run theirs --models 1c,1e" in capsys.readouterr().out
    assert [one.name for one in find_runs(workspace)] == ["theirs"]
    assert get_run(workspace, "theirs").settings == Run("quick").settings
    assert path.read_bytes() == b"our own"
    theirs = workspace.folder("town-train", "theirs", "1c") / "weights.safetensors"
    assert theirs.read_bytes() == (handed_out / "1c.safetensors").read_bytes()
    assert workspace.state(theirs) == "fresh"


def test_a_run_of_this_name_with_other_settings_is_refused(handed_out, tmp_path):
    workspace = Workspace(tmp_path / "cache")
    begin_run(workspace, Run("quick", seed=4), "town-train")
    with pytest.raises(RetrievalError, match="The run 'quick' has seed 4 and not 0"):
        import_models(workspace, handed_out)
    assert not list(workspace.root.rglob("weights.safetensors"))


def test_the_run_that_is_named_is_exported_and_no_other(cache, tmp_path, capsys):
    list(run(Workspace(cache), None, Settings(device="cpu", start="shapes", seed=1, models=("1d",))))
    for name in ("quick", "quick-seed1"):
        assert main(["--cache", str(cache), "models", "export", str(tmp_path / name), "--models", "1d", "--run", name]) == 0
        assert f"Models 1d of run {name} are in" in capsys.readouterr().out
        exported = (tmp_path / name / "1d.safetensors").read_bytes()
        assert exported == (cache / "town-train" / name / "1d" / "weights.safetensors").read_bytes()
        assert json.loads((tmp_path / name / "manifest.json").read_text())["run"]["name"] == name
    assert (tmp_path / "quick" / "1d.safetensors").read_bytes() != exported
    assert main(["--cache", str(cache), "models", "export", str(tmp_path / "x"), "--run", "nobody"]) == 2
    assert "There is no run 'nobody'" in capsys.readouterr().err


def test_the_stages_above_an_imported_one_are_trained_on_it(handed_out, town_cache, tmp_path):
    from retrieval_core.runs.plan import _plan

    workspace = Workspace(tmp_path / "cache")
    import_models(workspace, handed_out)
    names = [step.name for step in _plan(workspace, None, Settings(models=("1f",), run="quick"), ())]
    assert names == ["train 1d", "build town-train", "train 1f"]


def test_damage_is_found_before_anything_is_taken(damaged, tmp_path):
    workspace = Workspace(tmp_path / "cache")

    def refused(words):
        with pytest.raises(RetrievalError, match=words):
            import_models(workspace, damaged)
        assert not list(tmp_path.glob("cache/town-train/*/*/*.*"))

    sound = (damaged / "1e.npz").read_bytes()
    (damaged / "1e.npz").write_bytes(sound[:-9])
    refused(r"1e\.npz is damaged: its hash")
    (damaged / "1e.npz").unlink()
    refused(r"1e\.npz is missing")
    (damaged / "1e.npz").write_bytes(sound)
    respell(damaged, lambda manifest: manifest["files"].pop("1e.npz"))
    refused(r"manifest\.json is damaged")
    respell(damaged, lambda manifest: manifest.update(format="landmark retrieval models, 1"))
    refused("was not written by this version of the program")
    (damaged / "manifest.json").write_text("{")
    refused("not readable as JSON")
    (damaged / "manifest.json").unlink()
    refused("was not written by this version of the program")


def test_foreign_models_are_refused(damaged, tmp_path):
    workspace = Workspace(tmp_path / "cache")
    sound = (damaged / "manifest.json").read_text()
    for change in (
        lambda manifest: manifest["models"]["1c"]["preset"].update(dim=128),
        lambda manifest: manifest["models"]["1c"]["schedule"].update(extract_size=9),
        lambda manifest: manifest["models"].update({"9z": manifest["models"].pop("1c")}),
    ):
        respell(damaged, change)
        with pytest.raises(RetrievalError, match=r"Model (1c|9z) in .* other presets"):
            import_models(workspace, damaged)
        (damaged / "manifest.json").write_text(sound)
    weights = load_weights(damaged / "1c.safetensors")
    weights["trunk.features.0.weight"] = weights["trunk.features.0.weight"][:8]
    save_weights(weights, damaged / "1c.safetensors", {})
    respell(damaged, lambda manifest: manifest["files"]["1c.safetensors"].update(sha256=file_hash(damaged / "1c.safetensors")))
    with pytest.raises(RetrievalError, match=r"1c\.safetensors does not fit model 1c.*trunk\.features\.0\.weight"):
        import_models(workspace, damaged)


def test_imported_weights_that_broke_are_not_trained_anew_in_silence(handed_out, tmp_path):
    workspace = Workspace(tmp_path / "cache")
    import_models(workspace, handed_out)
    path = workspace.folder("town-train", "quick", "1c") / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RetrievalError, match=r"damaged.*import it again"):
        list(run(workspace, None, Settings(models=("1c",), run="quick")))
    import_models(workspace, handed_out)
    assert workspace.state(path) == "fresh"


def test_what_can_not_be_exported_is_said(handed_out, town_cache, tmp_path):
    empty, quick = Workspace(tmp_path / "empty"), Run("quick")
    with pytest.raises(RetrievalError, match=r"No model of run quick is trained yet\. Run: .* train --run quick"):
        export_models(empty, quick, tmp_path / "out")
    with pytest.raises(RetrievalError, match=r"1c of run quick is not trained\. Run: .* train --models 1c --run quick"):
        export_models(empty, quick, tmp_path / "out", ("1c",))
    with pytest.raises(RetrievalError, match="1a, 1b"):
        export_models(Workspace(town_cache), quick, tmp_path / "out", ("9z",))
    with pytest.raises(RetrievalError, match="not empty"):
        export_models(Workspace(town_cache), quick, handed_out, ("1c",))


@pytest.mark.parametrize(("key", "base", "learns"), [("1e-aqe", "1e", False), ("1d-ms", "1d", False), ("1d-pca", "1d", True),
                                                     ("1b-mixed-vlad", "1b-mixed", True)])  # fmt: skip
def test_what_is_chosen_at_search_time_is_not_handed_out(town_cache, tmp_path, key, base, learns):
    with pytest.raises(RetrievalError, match=f"Export {base}: who imports it takes {key} there") as error:
        export_models(Workspace(town_cache), Run("quick"), tmp_path / "out", (key,))
    assert ("learns what it needs from town-train" in str(error.value)) == learns
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("key", "said"), [("1d-aqe", "Take --model 1d."), ("1d-asmk", "sets of visual words")])
def test_descriptors_of_what_has_none_of_its_own_are_not_written(cache, tmp_path, capsys, key, said):
    words = ["data", "export", "town", str(tmp_path / "out"), "--layout", "npy", "--model", key]
    assert main(["--cache", str(cache), *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_models_alone_prints_the_table(capsys, tmp_path):
    assert main(["--cache", str(tmp_path), "models"]) == 0
    *table, named, choices = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in table] == list(MODELS)
    assert "timm:NAME" in named
    assert "torchvision:vgg16" in named
    assert all(name in choices for name in SEARCH_CHOICES)
