"""Weights of networks by name: nothing is fetched without consent, and what is fetched comes by the libraries' own loaders."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import timm
import torch
import torchvision
from caches import result_of
from safetensors.torch import save_file

from retrieval_core.errors import RetrievalError
from retrieval_core.networks import published_weights as module
from retrieval_core.networks.published_weights import published_weights
from retrieval_core.networks.weight_files import local_file

ROOT = Path(__file__).parents[2]
VIT = "timm:test_vit.r160_in1k"
FETCH = """
import json, sys
sys.path.insert(0, {root!r})
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.start_weights import start_weights
steps, said = start_weights("published", sys.argv[1], None, sys.argv[2] == "download"), []
try:
    while True:
        said.append(next(steps).message)
except StopIteration as end:
    state, notes = end.value
    print(json.dumps([said, notes, float(state["trunk.cls_token"].sum()), sorted(state)[:1]]))
except RetrievalError as error:
    print(json.dumps([said, str(error)]))
"""


class Hub(http.server.BaseHTTPRequestHandler):
    """Answers as the hub of Hugging Face does for one file."""

    def do_HEAD(self):
        self._answer(False)

    def do_GET(self):
        self._answer(True)

    def _answer(self, whole):
        self.server.asked.append((self.command, self.path))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound" if "/resolve/" in self.path else "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.end_headers()
        if whole:
            self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hub(tmp_path):
    torch.manual_seed(3)
    save_file(timm.create_model("test_vit").state_dict(), tmp_path / "model.safetensors")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.asked, server.folder = [], tmp_path
    server.files = {"/timm/test_vit.r160_in1k/resolve/main/model.safetensors": (tmp_path / "model.safetensors").read_bytes()}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def fetch(hub, *words):
    """`start_weights` in a process whose hub is ours: what was said, and what came of it."""
    plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment = plain | {
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}",
        "HF_HOME": str(hub.folder / "hub"),
        "TORCH_HOME": str(hub.folder / "torch"),
    }
    done = subprocess.run([sys.executable, "-c", FETCH.format(root=str(ROOT)), *words], capture_output=True, text=True, timeout=300,
                          env=environment)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_size_licence_and_source_are_said_and_nothing_is_fetched_without_consent(hub):
    _, message = fetch(hub, VIT, "no")
    assert "about 1 MB, licence apache-2.0, from timm/test_vit.r160_in1k" in message
    assert "--download" in message
    assert "--weights FILE" in message
    assert hub.asked == []


def test_with_consent_the_librarys_loader_fetches_once(hub):
    said, notes, total, _ = fetch(hub, VIT, "download")
    assert said == [f"fetching {VIT}: about 1 MB, licence apache-2.0, from timm/test_vit.r160_in1k"]
    file = hub.folder / "model.safetensors"
    assert notes["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (notes["licence"], notes["source"], notes["file"]) == ("apache-2.0", "timm/test_vit.r160_in1k", "model.safetensors")
    assert notes["network"]["name"] == VIT
    torch.manual_seed(3)
    assert total == pytest.approx(float(timm.create_model("test_vit").cls_token.detach().sum()))
    assert ("GET", "/timm/test_vit.r160_in1k/resolve/main/model.safetensors") in hub.asked
    hub.asked.clear()
    said, again, same, _ = fetch(hub, VIT, "no")  # it is in the cache now: no consent is needed, and no server asked
    assert (said, again, same) == ([""], notes, total)
    assert hub.asked == []


def test_a_fetch_that_fails_says_what_to_do(hub):
    hub.files.clear()
    said, message = fetch(hub, VIT, "download")
    assert len(said) == 1
    assert f"The weights of {VIT} could not be fetched" in message
    assert "--weights FILE" in message


def test_torchvisions_are_had_from_its_own_cache_or_with_consent(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", lambda *a, **k: pytest.fail("fetched without consent"))
    with pytest.raises(RetrievalError, match=r"about 178 MB, licence not stated, from https.*resnet101.*--download"):
        next(published_weights("torchvision:resnet101", False))
    monkeypatch.undo()
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    file = tmp_path / "checkpoints" / "resnet101-63fe2227.pth"
    file.parent.mkdir()
    whole = torchvision.models.resnet101().state_dict()
    torch.save(whole, file)
    state, notes = result_of(published_weights("torchvision:resnet101", False))
    assert torch.equal(state["conv1.weight"], whole["conv1.weight"])
    assert notes["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(RetrievalError, match=r"could not be read from .*resnet101-63fe2227\.pth.*Remove this file"):
        list(published_weights("torchvision:resnet101", False))


def test_a_network_whose_weights_nobody_published_wants_a_file(monkeypatch):
    with pytest.raises(RetrievalError, match=r"No weights of timm:cs3darknet_s are published.*--weights FILE"):
        next(published_weights("timm:cs3darknet_s", True))


@pytest.mark.parametrize(("files", "found"), [
    (("vit_tiny.pth", "vit_tiny.in1k.safetensors"), "vit_tiny.in1k.safetensors"),
    (("vit_tiny-mine.pth", "vit_tiny2.in1k.pth", "vit_tiny.in22k.pth"), "vit_tiny-mine.pth"),
    (("vit_tiny.other.pth",), None),
    (("vit_tiny-a.pth", "vit_tiny-b.pth"), None),
])  # fmt: skip
def test_a_folders_file_is_named_with_the_tag_or_without(tmp_path, files, found):
    for name in files:
        (tmp_path / name).touch()
    if found:
        assert local_file(tmp_path, "timm:vit_tiny.in1k").name == found
    else:
        with pytest.raises(RetrievalError, match=r"files of weights of timm:vit_tiny\.in1k.*named vit_tiny\.in1k\.pth"):
            local_file(tmp_path, "timm:vit_tiny.in1k")


def test_every_release_of_torchvision_has_the_source_that_is_said():
    from retrieval_core.named_networks import find_network

    for name, release in module._RELEASES.items():
        assert find_network(name).source == release.url
        assert find_network(name).parameters == release.meta["num_params"]
