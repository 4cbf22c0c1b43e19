"""Networks by name go through the whole pipeline with weights from files, and stand beside the models of the table everywhere."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import timm
import torch
import torchvision
from caches import result_of
from safetensors.torch import save_file

from retrieval_core import named_networks
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.errors import RetrievalError
from retrieval_core.named_networks import find_network
from retrieval_core.runs.cost_steps import measure_costs
from retrieval_core.runs.describer import open_describer
from retrieval_core.runs.model_folder import export_models, import_models
from retrieval_core.runs.plan import run
from retrieval_core.runs.recompute import recompute
from retrieval_core.runs.settings import Settings, settle
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.costs import read_cost
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace, file_hash

VIT, VGG, RESNET = "timm:test_vit.r160_in1k", "torchvision:vgg16", "torchvision:resnet101"
KEYS = (VIT, VGG, RESNET, f"{VIT}-96px", f"{VIT}-ms-gem")


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    """torchvision's networks look at pictures of 64 pixels here, to be quick."""
    known = dict(named_networks._known)
    for key in (VGG, RESNET):
        named_networks._known[key] = replace(find_network(key), size=64)
    yield
    named_networks._known.clear()
    named_networks._known.update(known)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Random weights: with and without classifier, in both formats, named with and without the tag."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    save_file(timm.create_model("test_vit").state_dict(), folder / "test_vit.r160_in1k.safetensors")
    vgg = torchvision.models.vgg16(weights=None, init_weights=False).state_dict()
    torch.save({name: tensor for name, tensor in vgg.items() if name.startswith("features.")}, folder / "vgg16-397923af.pth")
    torch.save(torchvision.models.resnet101(weights=None).state_dict(), folder / "resnet101.pth")
    return folder


@pytest.fixture(scope="module")
def named_cache(town_cache, files, tmp_path_factory):
    """A cache whose town is described, scored and mapped by networks by name, and its run."""
    root = tmp_path_factory.mktemp("named") / "cache"
    (root / "town").mkdir(parents=True)
    for name in ("photographs", "dataset.json"):
        (root / "town" / name).symlink_to(town_cache / "town" / name)
    chosen = Settings(device="cpu", weights=str(files), models=KEYS, run="mine")
    for _ in run(Workspace(root), "town", chosen):
        pass
    return Workspace(root), settle(Workspace(root), chosen)


@pytest.mark.parametrize("key", KEYS)
def test_they_are_described_scored_and_mapped(named_cache, key):
    workspace, its_run = named_cache
    state = next(state for state in model_states(workspace, "town", its_run.name) if state.key == key)
    assert (state.state, state.start) == ("ready", "published")
    assert 0 < state.map_oxford <= 100
    results = open_results(workspace, "town", its_run.name, key)
    database, queries = results.descriptors
    assert database.matrix.shape == (29, results.preset.dim)
    assert np.allclose(np.linalg.norm(database.matrix, axis=1), 1, atol=1e-5)
    assert len(results.scores) == len(queries.ids) > 0
    assert np.isfinite(results.map(map_choice("tsne", "all", None, 0)).xy).all()
    assert results.neighbours("all") is not None
    assert not [path for path in workspace.root.rglob("*") if ":" in path.name]


def test_the_fixed_models_come_first_and_the_titles_are_those_of_the_networks(named_cache):
    workspace, its_run = named_cache
    listed = {state.key: state.title for state in model_states(workspace, "town", its_run.name)}
    assert list(listed)[-6:] == ["2t", VIT, f"{VIT}-96px", f"{VIT}-ms-gem", RESNET, VGG]
    assert listed[RESNET] == "resnet101, 44.5 M parameters"


def test_what_stands_behind_them_is_noted(named_cache, files):
    workspace, its_run = named_cache
    record = workspace.record(workspace.root / "published" / "mine" / "timm.test_vit.r160_in1k" / "weights.safetensors")
    file = files / "test_vit.r160_in1k.safetensors"
    assert (record.notes["file"], record.notes["sha256"]) == (file.name, file_hash(file))
    assert record.inputs["file"] == file_hash(file)
    assert "seed" not in record.inputs
    recipe = open_results(workspace, "town", its_run.name, f"{VIT}-ms-gem").recipe
    assert (recipe["size"], recipe["start"], len(recipe["scales"])) == (160, "published", 3)
    assert recipe["start_file"]["sha256"] == file_hash(file)
    assert f"--models {VIT}" in open_results(workspace, "town", its_run.name, VIT).command


def test_a_size_of_its_own_changes_how_it_is_described_and_not_by_what(named_cache):
    workspace, its_run = named_cache
    usual, smaller = (open_results(workspace, "town", its_run.name, key) for key in (VIT, f"{VIT}-96px"))
    assert (usual.recipe["size"], smaller.recipe["size"]) == (160, 96)
    assert usual.recipe["weights"] == smaller.recipe["weights"]
    assert not np.allclose(usual.descriptors[0].matrix, smaller.descriptors[0].matrix, atol=0.01)


def test_their_costs_are_measured(named_cache):
    workspace, its_run = named_cache
    list(measure_costs(workspace, "town", its_run.name, KEYS, "cpu"))
    costs = {key: read_cost(open_results(workspace, "town", its_run.name, key)) for key in KEYS}
    for key, cost in costs.items():
        assert cost.bytes == 4 * open_results(workspace, "town", its_run.name, key).preset.dim
        assert min(cost.repeats) > 0
    vit, smaller, shifted = (costs[key] for key in (VIT, f"{VIT}-96px", f"{VIT}-ms-gem"))
    assert vit.parameters == smaller.parameters
    assert smaller.operations < vit.operations < shifted.operations
    assert costs[RESNET].operations > 10 * vit.operations


def test_a_new_picture_is_described_as_the_queries_were(named_cache):
    workspace, its_run = named_cache
    dataset = open_dataset(workspace, "town")
    query = dataset.queries[0]
    for key in KEYS:
        results = open_results(workspace, "town", its_run.name, key)
        again = open_describer(results, "cpu").describe(read_image(dataset.image(query.image_id).path), query.box)
        assert again @ results.descriptors[1].matrix[0] > 0.9999


def test_computed_anew_they_agree(named_cache):
    workspace, its_run = named_cache
    assert result_of(recompute(workspace, "town", its_run.name, f"{VIT}-ms-gem", "cpu")).agrees


def test_a_second_run_finds_them_all_and_shares_the_weights(named_cache, files):
    workspace, _ = named_cache
    again = Settings(device="cpu", weights=str(files), models=(VIT,), run="again", seed=5)
    for _ in run(workspace, "town", again, ("describe",)):
        pass
    one, other = (workspace.root / "published" / name / "timm.test_vit.r160_in1k" / "weights.safetensors" for name in ("mine", "again"))
    assert one.samefile(other)


def test_they_are_handed_out_and_taken(named_cache, town_cache, tmp_path):
    workspace, its_run = named_cache
    assert export_models(workspace, its_run, tmp_path / "models", (VIT,)) == [VIT]
    assert sorted(export_models(workspace, its_run, tmp_path / "all")) == sorted(KEYS[:3])
    other = Workspace(tmp_path / "cache")
    import_models(other, tmp_path / "models")
    (other.root / "town").mkdir()
    for name in ("photographs", "dataset.json"):
        (other.root / "town" / name).symlink_to(town_cache / "town" / name)
    chosen = Settings(device="cpu", models=(VIT,), run=get_run(other, "mine").name)
    for _ in run(other, "town", chosen, ("describe", "score")):
        pass
    ours, theirs = (open_results(one, "town", "mine", VIT) for one in (workspace, other))
    assert np.array_equal(ours.descriptors[0].matrix, theirs.descriptors[0].matrix)


def test_commands_take_their_names_and_looking_loads_no_library(named_cache, capsys):
    workspace, _ = named_cache
    where = ["--cache", str(workspace.root)]
    assert main([*where, "evaluate", "--run", "mine", "--models", f"{VIT},{VGG}"]) == 0
    assert VGG in capsys.readouterr().out
    assert main([*where, "ledger", "--run", "mine", "--compare", f"{VGG},{VIT}"]) == 0
    assert f"{VGG} → {VIT}" in capsys.readouterr().out
    code = ("import sys; from retrieval_core.cli.main import main; main(sys.argv[1:]); "
            "print([name for name in ('timm', 'torch') if name in sys.modules])")  # fmt: skip
    words = [*where, "status", "--run", "mine"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
    assert f"{VIT} " in done.stdout


@pytest.mark.parametrize(("change", "words"), [
    (lambda state: state.pop("cls_token"), "cls_token is missing"),
    (lambda state: state.update({"stranger.weight": torch.zeros(1)}), r"stranger\.weight is not known"),
    (lambda state: state.update({"pos_embed": torch.zeros(1, 5, 64)}), r"pos_embed has the shape \(1, 5, 64\), not \(1, 101, 64\)"),
    (lambda state: [state.pop(name) for name in list(state)[:9]], "and [0-9]+ more"),
])  # fmt: skip
def test_a_file_that_does_not_fit_is_named_with_its_faults(tmp_path, change, words):
    state = timm.create_model("test_vit").state_dict()
    change(state)
    torch.save(state, tmp_path / "test_vit.pth")
    chosen = Settings(device="cpu", weights=str(tmp_path / "test_vit.pth"), models=(VIT,))
    with pytest.raises(RetrievalError, match=rf"test_vit\.pth does not fit {VIT}: .*{words}"):
        list(run(Workspace(tmp_path / "cache"), None, chosen))


def test_a_download_that_is_consented_to_does_not_change_the_start_of_the_run(tmp_path):
    workspace = Workspace(tmp_path / "cache")
    assert settle(workspace, Settings(models=(VIT, "2a"), download=True)).start != "imagenet"
    assert settle(workspace, Settings(models=(VIT, "1d"), download=True)).start == "imagenet"
