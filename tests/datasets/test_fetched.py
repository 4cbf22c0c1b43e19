"""Published datasets end to end, from small archives in the published layouts, on the command line."""

import io
import tarfile
from dataclasses import replace

import pytest
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets import registry
from retrieval_core.datasets.catalog import add_dataset, layout_of, open_dataset
from retrieval_core.datasets.registry import REGISTRY
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace


def jpeg(colour):
    data = io.BytesIO()
    PILImage.new("RGB", (40, 30), colour).save(data, "JPEG")
    return data.getvalue()


def archive(path, files):
    with tarfile.open(path, "w:gz") as packed:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))


def truth(prefix, query, good, junk):
    return {f"{query}_query.txt": f"{prefix}{good[0]} 1 2 30 20\n".encode(), f"{query}_good.txt": "\n".join(good).encode(),
            f"{query}_ok.txt": b"", f"{query}_junk.txt": "\n".join(junk).encode()}  # fmt: skip


@pytest.fixture
def archives(tmp_path):
    """Oxford5k with all photographs at the top of its archive, Paris6k with folders, two archives and a file that is no picture."""
    folder = tmp_path / "archives"
    folder.mkdir()
    archive(folder / "oxbuild_images.tgz", {f"all_souls_{k:06}.jpg": jpeg((20 * k, 90, 90)) for k in range(4)})
    souls = [f"all_souls_{k:06}" for k in range(3)]
    archive(folder / "gt_files_170407.tgz", truth("oxc1_", "all_souls_1", souls[:2], souls[2:]))
    archive(folder / "paris_1-v1.tgz", {f"paris/louvre/paris_louvre_{k:06}.jpg": jpeg((20 * k, 10, 90)) for k in range(3)}
            | {"paris/louvre/paris_louvre_000136.jpg": b"<html>302 Found</html>"})  # fmt: skip
    archive(folder / "paris_2-v1.tgz", {"paris/triomphe/paris_triomphe_000001.jpg": jpeg((1, 2, 3))})
    archive(folder / "paris_120310.tgz", {
        f"paris_120310/{name}": content
        for name, content in truth("", "louvre_1", ["paris_louvre_000000", "paris_louvre_000136"], ["paris_louvre_000001"]).items()
    })  # fmt: skip
    archive(folder / "jpg1.tar.gz", {f"jpg/10000{k}.jpg": jpeg((k, k, k)) for k in range(3)})
    archive(folder / "jpg2.tar.gz", {f"jpg/10010{k}.jpg": jpeg((k, 9, k)) for k in range(2)})
    return folder


def run(tmp_path, *arguments):
    return main(["--cache", str(tmp_path / "cache"), "data", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _small_archives(monkeypatch):
    """The checksums are those of the real archives."""
    for name, entry in REGISTRY.items():
        files = tuple((place, replace(remote, checksum=None)) for place, remote in entry.files)
        monkeypatch.setitem(registry.REGISTRY, name, replace(entry, files=files))


def test_oxfords_flat_archive(tmp_path, archives, capsys):
    assert run(tmp_path, "get", "oxford5k", "--archives", archives) == 0
    assert "4 photographs, 1 queries" in capsys.readouterr().out
    dataset = open_dataset(Workspace(tmp_path / "cache"), "oxford5k")
    assert dataset.queries[0].good == ("all_souls_000000", "all_souls_000001")
    assert dataset.queries[0].box == (1.0, 2.0, 30.0, 20.0)


def test_pariss_folders_and_its_file_that_is_no_picture(tmp_path, archives):
    assert run(tmp_path, "get", "paris6k", "--archives", archives) == 0
    dataset = open_dataset(Workspace(tmp_path / "cache"), "paris6k")
    assert [image.id for image in dataset.images] == [*(f"paris_louvre_{k:06}" for k in range(3)), "paris_triomphe_000001"]
    assert dataset.queries[0].good == ("paris_louvre_000000",)
    assert run(tmp_path, "get", "paris6k") == 0  # it is there: nothing is asked or fetched


def test_holidays(tmp_path, archives):
    assert run(tmp_path, "get", "holidays", "--archives", archives) == 0
    workspace = Workspace(tmp_path / "cache")
    queries = open_dataset(workspace, "holidays").queries
    assert layout_of(workspace, "holidays") == "holidays"
    assert [(query.image_id, query.good, query.junk) for query in queries] == [
        ("100000", ("100001", "100002"), ("100000",)), ("100100", ("100101",), ("100100",)),
    ]  # fmt: skip


def test_a_check_names_what_is_missing_and_counts_each_label(tmp_path, archives, capsys):
    run(tmp_path, "get", "oxford5k", "--archives", archives)
    assert run(tmp_path, "check", "oxford5k") == 1
    printed = capsys.readouterr()
    assert "oxford5k has 4 photographs here, and 5,063 as published" in printed.err
    assert "all_souls" in printed.out
    broken = next((tmp_path / "cache").rglob("all_souls_000003.jpg"))
    broken.write_bytes(b"no picture")
    assert run(tmp_path, "check", "oxford5k") == 1
    assert "all_souls_000003.jpg can't be read" in capsys.readouterr().err


def test_distractors_are_added_without_labels(tmp_path, archives):
    run(tmp_path, "get", "oxford5k", "--archives", archives)
    folder = tmp_path / "oxc1_100k"
    for topic in ("dog", "sky"):
        (folder / topic).mkdir(parents=True)
        (folder / topic / "one.jpg").write_bytes(jpeg("white"))
    workspace = Workspace(tmp_path / "cache")
    original = tmp_path / "cache" / "oxford5k" / "original"
    assert run(tmp_path, "add", "oxford105k", original, "--distractors", folder) == 0
    dataset = open_dataset(workspace, "oxford105k")
    added = [image.id for image in dataset.images if image.id.startswith("distractors")]
    assert added == ["distractors/dog/one", "distractors/sky/one"]
    assert dataset.image("distractors/dog/one").label is None
    plain = open_dataset(workspace, "oxford5k")
    assert dataset.queries == plain.queries
    assert dataset.photographs != plain.photographs
    with pytest.raises(RetrievalError, match=r"--distractors .*nothing does not exist"):
        add_dataset(workspace, "none", original, distractors=tmp_path / "nothing")


def test_the_list_says_size_terms_source_and_state(tmp_path, archives, capsys):
    run(tmp_path, "get", "oxford5k", "--archives", archives)
    capsys.readouterr()
    assert run(tmp_path, "list") == 0
    printed = capsys.readouterr().out
    for name in REGISTRY:
        assert f"\n{name} " in printed
    assert "paris6k          not here, 2.7 GB" in printed
    assert "oxford5k         ready" in printed
    assert "no checksum is published" in printed
    assert "each under its owner's terms" in printed


def test_what_cannot_be_got_says_what_to_do(tmp_path, archives, capsys):
    assert run(tmp_path, "get", "landmarks-clean") == 2
    assert "annotation_clean_train.txt" in capsys.readouterr().err
    assert run(tmp_path, "get", "oxford6k") == 2
    assert "oxford5k, paris6k" in capsys.readouterr().err
    (archives / "gt_files_170407.tgz").unlink()
    assert run(tmp_path, "get", "oxford5k", "--archives", archives) == 2
    assert "has no gt_files_170407.tgz" in capsys.readouterr().err
    assert run(tmp_path, "get", "oxford5k", "--archives", archives) == 2  # half of it is unpacked: the same answer
    with pytest.raises(RetrievalError, match="data get paris6k"):
        open_dataset(Workspace(tmp_path / "cache"), "paris6k")


def test_an_archive_that_is_not_the_published_one_is_refused(tmp_path, archives, monkeypatch, capsys):
    place, remote = REGISTRY["oxford5k"].files[1]
    files = (REGISTRY["oxford5k"].files[0], (place, replace(remote, checksum="md5:0")))
    monkeypatch.setitem(registry.REGISTRY, "oxford5k", replace(REGISTRY["oxford5k"], files=files))
    assert run(tmp_path, "get", "oxford5k", "--archives", archives) == 1
    assert "gt_files_170407.tgz is not the published file" in capsys.readouterr().err
