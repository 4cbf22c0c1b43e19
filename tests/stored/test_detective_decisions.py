"""Decisions of the detective are two bins that say which landmark was meant; what they give is a ground truth of any layout."""

import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.csv_table import read_csv
from retrieval_core.datasets.export import export_dataset
from retrieval_core.datasets.more_labels import with_labels
from retrieval_core.datasets.oxford import read_oxford, write_oxford
from retrieval_core.datasets.photograph_folders import read_classes
from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.bins import read_bins
from retrieval_core.stored.detective import ACCEPTED, REJECTED, accepted, decide, decisions
from retrieval_core.workspace import Workspace


@pytest.fixture
def dataset(tmp_path):
    (tmp_path / "own" / "jpg").mkdir(parents=True)
    for number in range(6):
        PILImage.new("RGB", (32, 24), (40 * number, 90, 10)).save(tmp_path / "own" / "jpg" / f"p{number}.jpg")
    queries = [Query("mill_1", "p0", "mill", None, ("p0",), (), ("p4",)), Query("mill_2", "p1", "mill", None, ("p0", "p1"), (), ()),
               Query("tower_1", "p2", "tower", None, ("p2",), ("p3",), ())]  # fmt: skip
    write_oxford(tmp_path / "own", queries)
    return read_oxford(tmp_path / "own", "own")


def test_a_decision_is_kept_changed_and_taken_back(tmp_path):
    workspace = Workspace(tmp_path / "cache")
    assert decisions(workspace, "own") == {}
    decide(workspace, "own", "p4", "mill", ACCEPTED)
    decide(workspace, "own", "p5", "tower", REJECTED)
    assert decisions(workspace, "own") == {"p4": (ACCEPTED, "mill"), "p5": (REJECTED, "tower")}
    decide(workspace, "own", "p4", "tower", REJECTED)
    assert decisions(workspace, "own") == {"p5": (REJECTED, "tower"), "p4": (REJECTED, "tower")}
    assert [(bin.name, bin.ids) for bin in read_bins(workspace, "own")] == [(REJECTED, ("p5", "p4"))]
    for image_id in ("p4", "p5", "p5"):
        decide(workspace, "own", image_id, "", None)
    assert read_bins(workspace, "own") == []


def test_accepted_photographs_are_ok_for_every_query_of_their_landmark(dataset, tmp_path):
    workspace = Workspace(tmp_path / "cache")
    decide(workspace, "own", "p4", "mill", ACCEPTED)
    decide(workspace, "own", "p5", "tower", REJECTED)
    decide(workspace, "own", "gone", "mill", ACCEPTED)
    decide(workspace, "own", "p3", "mill", ACCEPTED)  # it got a label since
    assert accepted(workspace, dataset) == {"p4": "mill"}
    more = with_labels(dataset, accepted(workspace, dataset))
    assert [(query.good, query.ok, query.junk) for query in more.queries] == [
        (("p0",), ("p4",), ()), (("p0", "p1"), ("p4",), ()), (("p2",), ("p3",), ()),
    ]  # fmt: skip
    assert [image.label for image in more.images] == ["mill", None, "tower", "tower", "mill", None]
    with pytest.raises(RetrievalError, match="does not have any more"):
        with_labels(dataset, {"p4": "castle"})


@pytest.mark.parametrize("layout", ["oxford", "classes", "csv"])
def test_the_ground_truth_with_them_is_read_back_in_every_layout(dataset, tmp_path, layout):
    more = with_labels(dataset, {"p4": "mill"})
    export_dataset(more, tmp_path / "out", layout)
    read = {"oxford": read_oxford, "classes": read_classes, "csv": lambda folder, name: read_csv(folder / "images.csv", name)}[layout]
    found = read(tmp_path / "out", "own")
    assert {image.id.split("/")[-1]: image.label for image in found.images} == {image.id: image.label for image in more.images}
    assert [query.ok[-1].split("/")[-1] for query in found.queries[:2]] == ["p4", "p4"]
