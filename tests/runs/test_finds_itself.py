"""A photograph of a dataset that is handed over as a file finds itself, whatever kind of picture it is, under every model."""

import os

import odd_pictures
import pytest

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.uploads import read_upload
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import RUN_ORDER
from retrieval_core.runs.describer import open_describer
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


@pytest.fixture
def described(cache, tmp_path):
    """A dataset of one picture of every kind, described by all models."""
    for name, data in odd_pictures.one_of_each():
        (tmp_path / "odd").mkdir(exist_ok=True)
        (tmp_path / "odd" / name).write_bytes(data)
    workspace = Workspace(cache)
    add_dataset(workspace, "odd", tmp_path / "odd")
    for _ in run(workspace, "odd", Settings(device="cpu", start="shapes"), ("describe",)):
        pass
    return workspace


def test_every_kind_of_picture_finds_itself_under_every_model(described, tmp_path, capsys):
    dataset = open_dataset(described, "odd")
    for model in RUN_ORDER:
        results = open_results(described, "odd", "quick", model)
        describer, (database, _) = open_describer(results, "cpu"), results.descriptors
        for image in dataset.images:
            with open(image.path, "rb") as file:
                upload = read_upload(file.read(), image.id)
            similarities = database.matrix @ describer.describe(upload)[0]
            own = similarities[database.ids.index(image.id)]
            assert own > 0.9995, (model, image.id, own)
            assert own >= similarities.max() - 1e-4, (model, image.id)
    path = next(image.path for image in dataset.images if image.id == "deep")
    assert main(["--cache", str(described.root), "search", path, "--dataset", "odd", "--models", "1a,1d", "--k", "1"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("1.0000  deep") == 2, printed
    nfd = os.fsencode(tmp_path / "cafe\u0301") + b"\xe9.jpg"  # in another form than ids have, and no UTF-8
    with open(nfd, "wb") as file:
        file.write(odd_pictures.photograph(30))
    assert main(["--cache", str(described.root), "search", os.fsdecode(nfd), "--dataset", "odd", "--models", "1a", "--k", "1"]) == 0
    capsys.readouterr().out.encode("utf-8")


def test_a_run_names_every_photograph_that_cannot_be_decoded(cache, tmp_path):
    root, workspace = tmp_path / "cut", Workspace(cache)
    root.mkdir()
    for number in range(5):
        data = odd_pictures.photograph(number)
        (root / f"p{number}.jpg").write_bytes(data[: len(data) // 2] if number in (1, 2, 4) else data)
    add_dataset(workspace, "cut", root)
    with pytest.raises(RetrievalError, match=r"(?s)3 photographs can't be read\..*p1\.jpg.*p2\.jpg.*p4\.jpg"):
        for _ in run(workspace, "cut", Settings(device="cpu", start="shapes", models=("1a",)), ("describe",)):
            pass
