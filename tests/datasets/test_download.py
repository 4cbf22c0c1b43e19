"""Downloads from a server on loopback: size and consent, resume, checksum, mirrors, a full disk, no network."""

import errno
import hashlib
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from caches import result_and_reports

from retrieval_core.datasets import download
from retrieval_core.datasets.download import Remote, fetch, in_words
from retrieval_core.errors import RetrievalError

CONTENT = bytes(range(256)) * 20_000  # 5 MB: several chunks
MD5 = f"md5:{hashlib.md5(CONTENT).hexdigest()}"


class Server(ThreadingHTTPServer):
    """Serves CONTENT; can break off, and can be one that knows no ranges."""

    break_after: int | None = None
    ranges = True
    tag = '"one"'


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.asked.append(dict(self.headers))
        if self.path.endswith("missing.tgz"):
            self.send_error(404)
            return
        begin = 0
        wanted = self.headers.get("Range")
        if wanted and server.ranges and self.headers.get("If-Range") == server.tag:
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        if self.path.endswith("strange.tgz"):
            self.wfile.write(b"this is no answer\r\n\r\n")
            return
        if begin >= len(CONTENT) and wanted:
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        body = CONTENT[begin:]
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", server.tag)
        self.end_headers()
        cut, server.break_after = server.break_after, None
        self.wfile.write(body[:cut])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def remote(server, name="set.tgz", checksum=MD5, urls=None):
    return Remote(name, urls or (f"http://127.0.0.1:{server.server_port}/{name}",), None, checksum)


def yes(what):
    return True


def test_size_and_host_are_said_before_anything_is_fetched(server, tmp_path):
    asked = []
    with pytest.raises(RetrievalError, match="takes your consent"):
        result_and_reports(fetch(remote(server), tmp_path, lambda what: asked.append(what)))
    assert asked == ["set.tgz, 5 MB, from 127.0.0.1:" + str(server.server_port)
                     + ", over plain http: whoever is on the way can read and change it"]  # fmt: skip
    assert not (tmp_path / "set.tgz").exists()
    assert not (tmp_path / "set.tgz.part").exists()


def test_a_whole_file_is_checked_and_not_fetched_twice(server, tmp_path):
    file, seen = result_and_reports(fetch(remote(server), tmp_path, yes))
    assert file.read_bytes() == CONTENT
    assert (seen[-1].done, seen[-1].total) == (len(CONTENT), len(CONTENT))
    requests = len(server.asked)
    result_and_reports(fetch(remote(server), tmp_path, lambda what: pytest.fail("asked again")))
    assert len(server.asked) == requests
    assert [path.name for path in tmp_path.iterdir()] == ["set.tgz"]


def test_a_break_is_said_and_the_next_attempt_goes_on_from_there(server, tmp_path):
    server.break_after = 2_500_000
    with pytest.raises(RetrievalError, match=r"broke after .* of 5 MB.*goes on from there"):
        result_and_reports(fetch(remote(server), tmp_path, yes))
    kept = (tmp_path / "set.tgz.part").stat().st_size
    assert 0 < kept <= 2_500_000
    asked = []
    file, _ = result_and_reports(fetch(remote(server), tmp_path, lambda what: asked.append(what) or True))
    assert server.asked[-1]["Range"] == f"bytes={kept}-"
    assert "of it here" in asked[0]
    assert file.read_bytes() == CONTENT


@pytest.mark.parametrize("change", ["other file", "no ranges"])
def test_a_server_that_cannot_go_on_sends_all_again(server, tmp_path, change):
    server.break_after = 2_500_000
    with pytest.raises(RetrievalError):
        result_and_reports(fetch(remote(server), tmp_path, yes))
    if change == "other file":
        server.tag = '"two"'
    else:
        server.ranges = False
    file, _ = result_and_reports(fetch(remote(server), tmp_path, yes))
    assert file.read_bytes() == CONTENT


def test_a_wrong_checksum_keeps_nothing(server, tmp_path):
    with pytest.raises(RetrievalError, match=r"not the published file: its md5 is .*, not 0000"):
        result_and_reports(fetch(remote(server, checksum="md5:0000"), tmp_path, yes))
    assert not list(tmp_path.glob("set.tgz*[!n]"))


def test_the_next_mirror_is_taken_where_one_lacks_the_file(server, tmp_path):
    base = f"http://127.0.0.1:{server.server_port}"
    file, _ = result_and_reports(fetch(remote(server, urls=(f"{base}/missing.tgz", f"{base}/set.tgz")), tmp_path, yes))
    assert file.read_bytes() == CONTENT
    with pytest.raises(RetrievalError, match=r"missing.tgz: Not Found"):
        result_and_reports(fetch(remote(server, "other.tgz", urls=(f"{base}/missing.tgz",)), tmp_path, yes))


def test_without_a_network_one_sentence_says_what_to_do(server, tmp_path):
    server.shutdown()
    server.server_close()
    with pytest.raises(RetrievalError, match=r"could not be fetched. .*refused.*--archives FOLDER"):
        result_and_reports(fetch(remote(server), tmp_path, yes))


def test_a_disk_without_room_is_said_before(server, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    with pytest.raises(RetrievalError, match=r"needs 5 MB in .*, where 1 MB are free"):
        result_and_reports(fetch(remote(server), tmp_path, yes))


def test_a_disk_that_runs_full_is_said_and_what_came_is_kept(server, tmp_path, monkeypatch):
    real = Path.open

    def opened(self, mode="r", *rest, **more):
        handle = real(self, mode, *rest, **more)
        if self.name.endswith(".part") and mode == "wb":

            class Full:
                written = 0

                def write(self, chunk):
                    if self.written >= 2 << 20:
                        raise OSError(errno.ENOSPC, "No space left on device")
                    self.written += handle.write(chunk)

                def __enter__(self):
                    return self

                def __exit__(self, *arguments):
                    handle.close()

            return Full()
        return handle

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(RetrievalError, match=r"No space left on device.*Make room on the disk"):
        result_and_reports(fetch(remote(server), tmp_path, yes))
    monkeypatch.undo()
    assert (tmp_path / "set.tgz.part").stat().st_size == 2 << 20
    file, _ = result_and_reports(fetch(remote(server), tmp_path, yes))
    assert file.read_bytes() == CONTENT


def test_a_proxy_is_respected(server, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    file, _ = result_and_reports(fetch(Remote("set.tgz", ("http://far.example/set.tgz",), None, MD5), tmp_path, yes))
    assert file.read_bytes() == CONTENT
    assert server.asked[-1]["Host"] == "far.example"


def test_an_answer_that_is_none_is_said(server, tmp_path):
    with pytest.raises(RetrievalError, match=r"strange.tgz: BadStatusLine"):
        result_and_reports(fetch(remote(server, "strange.tgz"), tmp_path, yes))


def test_a_beginning_that_is_longer_than_the_file_is_not_taken_for_it(server, tmp_path):
    server.break_after = 2_500_000
    with pytest.raises(RetrievalError):
        result_and_reports(fetch(remote(server, checksum=None), tmp_path, yes))
    (tmp_path / "set.tgz.part").write_bytes(bytes(len(CONTENT) + 5))
    with pytest.raises(RetrievalError, match="Requested Range Not Satisfiable"):
        result_and_reports(fetch(remote(server, checksum=None), tmp_path, yes))
    file, _ = result_and_reports(fetch(remote(server, checksum=None), tmp_path, yes))
    assert file.read_bytes() == CONTENT


def test_a_break_does_not_hand_over_to_a_mirror_that_would_begin_again(server, tmp_path):
    base = f"http://127.0.0.1:{server.server_port}"
    both = remote(server, urls=(f"{base}/set.tgz", f"{base}/missing.tgz"))
    server.break_after = 2_500_000
    with pytest.raises(RetrievalError, match="broke after"):
        result_and_reports(fetch(both, tmp_path, yes))
    assert (tmp_path / "set.tgz.part").stat().st_size > 0
    assert len(server.asked) == 1


def test_other_schemes_are_refused(tmp_path):
    with pytest.raises(RetrievalError, match="neither http, https nor ftp"):
        result_and_reports(fetch(Remote("x", ("file:///etc/passwd",)), tmp_path, yes))


def test_sizes_in_words():
    assert [in_words(size) for size in (None, 999, 1_400_000, 2_340_000_000)] == ["unknown size", "999 bytes", "1 MB", "2.3 GB"]
