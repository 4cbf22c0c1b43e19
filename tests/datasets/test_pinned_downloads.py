"""Files for which no checksum is published: what came first is what comes later, and the way is named where it is open."""

import hashlib
import json

import pytest
from caches import result_and_reports
from test_download import CONTENT, Server, remote, server, yes  # noqa: F401

from retrieval_core.datasets import download
from retrieval_core.datasets.download import Remote, check, fetch
from retrieval_core.datasets.pins import PINS
from retrieval_core.errors import Failed, RetrievalError

SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_the_first_fetch_is_pinned_and_the_next_compared(server, tmp_path, monkeypatch):  # noqa: F811
    unknown = remote(server, checksum=None)
    file, _ = result_and_reports(fetch(unknown, tmp_path, yes))
    assert json.loads((tmp_path / PINS).read_text()) == {"set.tgz": f"sha256:{SHA256}"}
    file.unlink()
    assert result_and_reports(fetch(unknown, tmp_path, yes))[0].read_bytes() == CONTENT
    file.unlink()
    monkeypatch.setattr("test_download.CONTENT", CONTENT[:-1] + b"!")
    with pytest.raises(Failed, match=r"not the file that was fetched before.*If you trust the new one, take the line 'set.tgz'"):
        result_and_reports(fetch(unknown, tmp_path, yes))
    assert not file.exists()
    (tmp_path / PINS).write_text("{}")
    assert result_and_reports(fetch(unknown, tmp_path, yes))[0].exists()


def test_a_file_that_changed_on_the_disk_is_refused(server, tmp_path):  # noqa: F811
    unknown = remote(server, checksum=None)
    file, _ = result_and_reports(fetch(unknown, tmp_path, yes))
    file.write_bytes(b"another")
    for look in (lambda: check(file, unknown), lambda: result_and_reports(fetch(unknown, tmp_path, yes))):
        with pytest.raises(RetrievalError, match="not the file that was fetched before"):
            look()


def test_a_file_that_was_there_before_is_pinned_as_well(tmp_path):
    (tmp_path / "set.tgz").write_bytes(CONTENT)
    result_and_reports(fetch(Remote("set.tgz", ("http://127.0.0.1:9/set.tgz",)), tmp_path, yes))
    assert json.loads((tmp_path / PINS).read_text()) == {"set.tgz": f"sha256:{SHA256}"}


def test_a_published_checksum_needs_no_pin(server, tmp_path):  # noqa: F811
    result_and_reports(fetch(remote(server), tmp_path, yes))
    assert not (tmp_path / PINS).exists()


@pytest.mark.parametrize(("urls", "words"), [
    (("http://x/a", "http://x/a"), "over plain http"), (("ftp://x/a", "ftp://x/a"), "over plain ftp"),
    (("https://x/a", "http://mirror/a"), "over plain http"),
])  # fmt: skip
def test_a_way_that_others_can_read_is_named(urls, words):
    assert words in download._in_the_open(*urls)
    assert not download._in_the_open("https://x/a", "https://mirror/a")
