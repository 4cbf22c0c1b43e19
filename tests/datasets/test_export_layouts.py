"""What is exported and read back has the same photographs and, under the same weights, the same scores."""

from dataclasses import replace

import pytest

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.csv_table import read_csv
from retrieval_core.datasets.export import export_dataset
from retrieval_core.datasets.photograph_folders import find_layout
from retrieval_core.errors import RetrievalError
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


@pytest.fixture
def cache(town_cache, tmp_path):
    """A cache of its own that shares the town and the trained models."""
    root = tmp_path / "cache"
    root.mkdir()
    for folder in ("town", "town-train", "shapes"):
        (root / folder).symlink_to(town_cache / folder)
    return root


def scores(workspace, name, run_name, model):
    return open_results(workspace, name, run_name, model).scores


def explore(workspace, name, models):
    for _ in run(workspace, name, Settings(device="cpu", start="shapes", models=models), ("describe", "score")):
        pass


@pytest.mark.parametrize(("layout", "what"), [("oxford", ""), ("classes", ""), ("csv", "images.csv")])
def test_photographs_come_back_with_the_same_scores(cache, tmp_path, layout, what):
    folder = tmp_path / "out"
    assert main(["--cache", str(cache), "data", "export", "town", str(folder), "--layout", layout]) == 0
    assert find_layout(folder / what) == layout
    assert main(["--cache", str(cache), "data", "add", "again", str(folder / what)]) == 0
    workspace, models = Workspace(cache), ("1a", "1c", "1e", "1g")
    town, again = open_dataset(workspace, "town"), open_dataset(workspace, "again")
    strip = lambda image_id: image_id.rpartition("/")[2]  # noqa: E731
    assert {strip(image.id): image.label for image in again.images} == {image.id: image.label for image in town.images}
    assert [query.id for query in again.queries] == [query.id for query in town.queries]
    explore(workspace, "again", models)
    for model in models:
        assert scores(workspace, "again", "quick", model) == scores(workspace, "town", "quick", model)


def test_descriptors_come_back_with_the_same_scores_and_nothing_is_trained(cache, tmp_path):
    workspace, folder = Workspace(cache), tmp_path / "out"
    for model in ("1a", "1h"):
        out = folder / model
        assert main(["--cache", str(cache), "data", "export", "town", str(out), "--layout", "npy", "--model", model]) == 0
        assert main(["--cache", str(cache), "data", "add", "again", str(out / "descriptors.npy"), "--queries",
                     str(out / "queries.npy"), "--model", model, "--ground-truth", str(folder / "1a" / "lab")]) == 0  # fmt: skip
    assert main(["--cache", str(cache), "run", "--dataset", "again"]) == 0
    town = {state.key: state for state in model_states(workspace, "town", "quick")}
    states = model_states(workspace, "again", "imported")
    assert [state.key for state in states] == ["1a", "1h"]
    for state in states:
        assert scores(workspace, "again", "imported", state.key) == scores(workspace, "town", "quick", state.key)
        assert (state.map_oxford, state.map_finite_sum) == (town[state.key].map_oxford, town[state.key].map_finite_sum)
        assert {(item.method, item.subset) for item in state.maps} == {("tsne", "all"), ("tsne", "labelled")}
    with pytest.raises(RetrievalError, match=r"only of 1a, 1h"):
        explore(workspace, "again", ("1b",))


def test_what_a_layout_has_no_place_for_is_refused(cache, tmp_path):
    town = open_dataset(Workspace(cache), "town")
    with pytest.raises(RetrievalError, match="landmarks without queries"):
        export_dataset(replace(town, queries=()), tmp_path / "a", "oxford")
    deep = replace(town, images=tuple(replace(image, id=f"x/{image.id}") for image in town.images), queries=())
    with pytest.raises(RetrievalError, match=r"more folders.*csv"):
        export_dataset(deep, tmp_path / "b", "classes")
    export_dataset(deep, tmp_path / "c", "csv")
    assert [image.id for image in read_csv(tmp_path / "c" / "images.csv", "again").images] == [image.id for image in deep.images]
    with pytest.raises(RetrievalError, match="not empty"):
        export_dataset(town, tmp_path / "c", "csv")
    without = replace(town, images=tuple(replace(image, path="") for image in town.images))
    with pytest.raises(RetrievalError, match="layout npy"):
        export_dataset(without, tmp_path / "d", "csv")
    assert main(["--cache", str(cache), "data", "export", "town", str(tmp_path / "e"), "--layout", "npy"]) == 2
