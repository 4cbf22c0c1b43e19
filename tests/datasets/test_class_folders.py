"""Class folders."""

import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.errors import RetrievalError


def test_label_id_and_order(tmp_path):
    for name in ("tower/002", "tower/001", "bridge/001"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        PILImage.new("RGB", (8, 6)).save(tmp_path / f"{name}.jpg")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "notes.txt").touch()
    dataset = read_class_folders(tmp_path, "train")
    assert [(image.id, image.label) for image in dataset.images] == [
        ("bridge/001", "bridge"),
        ("tower/001", "tower"),
        ("tower/002", "tower"),
    ]
    assert dataset.labels == ("bridge", "tower")
    assert dataset.queries == ()
    before = dataset.photographs
    PILImage.new("RGB", (8, 7)).save(tmp_path / "tower" / "002.jpg")
    assert read_class_folders(tmp_path, "train").photographs != before


def test_missing_and_empty_folders(tmp_path):
    with pytest.raises(RetrievalError, match=r"nowhere does not exist"):
        read_class_folders(tmp_path / "nowhere", "train")
    (tmp_path / "class").mkdir()
    with pytest.raises(RetrievalError, match="one folder for each class"):
        read_class_folders(tmp_path, "train")
