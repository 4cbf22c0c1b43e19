"""Hostile and broken archives: nothing leaves the folder, and nothing is half there."""

import io
import tarfile
import zipfile

import pytest

from retrieval_core.datasets import unpack as module
from retrieval_core.datasets.unpack import unpack
from retrieval_core.errors import RetrievalError


def tar(path, *members):
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            name, kind, content = (*member, tarfile.REGTYPE, b"x")[:3] if len(member) == 1 else (*member, b"")[:3]
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content) if info.size else None)
    return path


def zipped(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"content of " + str(name).encode())
    return path


def drain(steps):
    for _ in steps:
        pass


def test_tar_and_zip_unpack_with_their_folders(tmp_path):
    drain(unpack(tar(tmp_path / "a.tgz", ("jpg/one.jpg", tarfile.REGTYPE, b"1"), ("two.jpg", tarfile.REGTYPE, b"2")), tmp_path / "a"))
    assert (tmp_path / "a" / "jpg" / "one.jpg").read_bytes() == b"1"
    drain(unpack(zipped(tmp_path / "b.zip", "deep/er/three.jpg"), tmp_path / "b"))
    assert (tmp_path / "b" / "deep" / "er" / "three.jpg").exists()


@pytest.mark.parametrize(("member", "why"), [
    (("../out.jpg", tarfile.REGTYPE, b"x"), "outside of the folder"),
    (("/tmp/out.jpg", tarfile.REGTYPE, b"x"), "outside of the folder"),
    (("a/../../out.jpg", tarfile.REGTYPE, b"x"), "outside of the folder"),
    (("..\\out.jpg", tarfile.REGTYPE, b"x"), "outside of the folder"),
    (("C:/out.jpg", tarfile.REGTYPE, b"x"), "outside of the folder"),
    (("link", tarfile.SYMTYPE), "is a link or a device"),
    (("hard", tarfile.LNKTYPE), "is a link or a device"),
    (("device", tarfile.CHRTYPE), "is a link or a device"),
    (("pipe", tarfile.FIFOTYPE), "is a link or a device"),
])  # fmt: skip
def test_a_hostile_tar_is_refused_and_nothing_kept(tmp_path, member, why):
    archive = tar(tmp_path / "evil.tgz", ("good.jpg", tarfile.REGTYPE, b"x"), member)
    with pytest.raises(RetrievalError, match=why):
        drain(unpack(archive, tmp_path / "inner" / "set"))
    assert not (tmp_path / "out.jpg").exists()
    assert not list((tmp_path / "inner").iterdir())


def test_a_hostile_zip_is_refused(tmp_path):
    with pytest.raises(RetrievalError, match="outside of the folder"):
        drain(unpack(zipped(tmp_path / "evil.zip", "../out.jpg"), tmp_path / "set"))
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with pytest.raises(RetrievalError, match="is a link or a device"):
        drain(unpack(zipped(tmp_path / "link.zip", link), tmp_path / "set"))


def test_a_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_ROOM", 1000)
    archive = tar(tmp_path / "bomb.tgz", ("zeros", tarfile.REGTYPE, bytes(10_000_000)))
    with pytest.raises(RetrievalError, match=r"unpacks to more than .*\(at zeros\): it is no archive of photographs"):
        drain(unpack(archive, tmp_path / "set"))
    assert [path.name for path in tmp_path.iterdir()] == ["bomb.tgz"]


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    usage = module.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage._replace(free=10))
    with pytest.raises(RetrievalError, match="the disk is full"):
        drain(unpack(tar(tmp_path / "a.tgz", ("one.jpg", tarfile.REGTYPE, bytes(100))), tmp_path / "set"))


def test_a_broken_archive_and_no_archive_are_named(tmp_path):
    whole = tar(tmp_path / "a.tgz", ("one.jpg", tarfile.REGTYPE, bytes(range(256)) * 4000)).read_bytes()
    (tmp_path / "cut.tgz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RetrievalError, match=r"cut.tgz can't be unpacked"):
        drain(unpack(tmp_path / "cut.tgz", tmp_path / "set"))
    (tmp_path / "a.rar").write_bytes(b"Rar!")
    with pytest.raises(RetrievalError, match="neither a tar nor a zip"):
        drain(unpack(tmp_path / "a.rar", tmp_path / "set"))
    assert not (tmp_path / "set").exists()
