"""Tables, matrices, pickles, weights and names that can't be read, or only in part; each has to be named in a sentence."""

import os
import pickle
import struct
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from bad_truths import IDS, TRUTH, add, one_file, photographs

from retrieval_core.networks import weights
from retrieval_core.networks.weight_files import local_file
from retrieval_core.networks.weights import local_weights, save_weights
from retrieval_core.parameters import read_parameters
from retrieval_core.projection.maps import METHODS, check_map_seed, read_map_seed
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace

HEAD = "image,landmark\n"
TABLES = {
    "open quote": HEAD + 'a.jpg,"mill\nb.jpg,mill\n', "open quote to the end": HEAD + 'a.jpg,"mill\n' + "b.jpg,mill\n" * 20_000,
    "quote of several lines": HEAD + 'a.jpg,"mill\nof old"\n', "text behind a quote": HEAD + 'a.jpg,"mill" x\n',
    "quote in the head": 'image,"landmark\na.jpg,mill\n', "no columns": "a.jpg,mill\n", "one column": "image\na.jpg\n",
    "other names": "path,label\na.jpg,mill\n", "no landmark": "image,split\na.jpg,query\n",
    "column twice": "image,landmark,image\na.jpg,m,a.jpg\n",
    "empty": "", "blank": "\n\n\n", "head alone": HEAD, "spaces": "image landmark\na.jpg mill\n", "zero bytes": HEAD + "a.jpg,mi\0ll\n",
    "too many cells": HEAD + "a.jpg,mill,tower\n", "too few cells": HEAD + "a.jpg\n", "no photograph": HEAD + "zz.jpg,mill\n",
    "a folder": HEAD + "lab,mill\n", "no picture": HEAD + "list.csv,mill\n", "above": HEAD + "../a.jpg,mill\n",
    "of the root": HEAD + "/a.jpg,mill\n",
    "of a disk": HEAD + "C:\\photos\\a.jpg,mill\n", "of a share": HEAD + "\\\\server\\a.jpg,mill\n", "no name": HEAD + ",mill\n",
    "very long path": HEAD + "a" * 5000 + ".jpg,mill\n", "cell of a megabyte": HEAD + "a.jpg," + "m" * 1_000_000 + ",x\n",
    "two landmarks": HEAD + "a.jpg,mill\na.jpg,keep\n", "unknown split": "image,landmark,split\na.jpg,mill,validation\n",
    "query without landmark": "image,landmark,split\na.jpg,,query\n", "train alone": "image,landmark,split\na.jpg,mill,train\n",
    "control sign": HEAD + "a.jpg,mi\x01ll\n",
}  # fmt: skip
BYTES = {"a picture": b"\xff\xd8\xff\xe0\x00\x10JFIF", "half of UTF-16": b"\xff\xfei\x00m",
"no encoding": b"image,landmark\na.jpg,\x81\x8d\n",
         "UTF-16 without a mark": HEAD.encode("utf-16-le")}  # fmt: skip

GOOD = np.eye(4, dtype=np.float32)
MATRICES = {
    "one row": np.ones(4, np.float32), "a cube": np.ones((4, 2, 2), np.float32), "no rows": np.ones((0, 4), np.float32),
    "no columns": np.ones((4, 0), np.float32), "whole numbers": np.ones((4, 4), np.int64), "bytes": np.ones((4, 4), np.uint8),
    "truth values": np.ones((4, 4), bool), "complex": np.ones((4, 4), complex), "texts": np.full((4, 4), "x"),
    "records": np.zeros(4, [("a", "f4")]), "a number": np.float32(3), "dates": np.zeros((4, 4), "M8[D]"),
    "not a number": np.where(GOOD > 0, np.nan, GOOD), "infinite": np.where(GOOD > 0, np.inf, GOOD),
    "a zero row": GOOD * [[1], [1], [0], [1]],
    "all zero": np.zeros((4, 4), np.float32), "too large": np.full((4, 4), 1e300), "a row less": GOOD[:3],
    "a row more": np.eye(5, dtype=np.float32),
    "turned": np.ones((3, 4), np.float32), "objects": np.array([[{}] * 4] * 4, object),
}  # fmt: skip


def _numpy(root: Path, write) -> None:
    root.mkdir(parents=True)
    write(root / "d.npy")
    (root / "ids.txt").write_text("\n".join(IDS))
    add(root, root / "d.npy", model="1h")


def _npz(root: Path, **arrays) -> None:
    root.mkdir(parents=True)
    np.savez(root / "d.npz", **arrays)
    add(root, root / "d.npz", model="1h")


def _cut(file: Path) -> None:
    np.save(file, GOOD)
    file.write_bytes(file.read_bytes()[:-9])


MATRIX_FILES = {
    "no array": lambda file: file.write_bytes(b"no array"), "empty": lambda file: file.write_bytes(b""), "cut short": _cut,
    "a head alone": lambda file: file.write_bytes(b"\x93NUMPY\x01\x00"), "a pickle": lambda file: file.write_bytes(pickle.dumps(GOOD)),
    "a false head": lambda file: file.write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'shape': (10**9, 10**9), \xff" + b" " * 200),
    "a zip of nothing": lambda file: file.write_bytes(b"PK\x05\x06" + b"\0" * 18), "missing": lambda file: None, "a folder": Path.mkdir,
}  # fmt: skip
ARRAYS = {
    "without descriptors": {"features": GOOD, "ids": np.array(IDS)}, "without ids": {"descriptors": GOOD},
    "numbers as ids": {"descriptors": GOOD, "ids": np.arange(4)}, "ids in a square": {"descriptors": GOOD, "ids": np.full((2, 2), "x")},
    "objects as ids": {"descriptors": GOOD, "ids": np.array(IDS, object)}, "ids of other bytes": {"descriptors": GOOD,
    "ids": np.array([b"\xff"] * 4)},
}  # fmt: skip


class _Runs:
    """Asks to run something when it is loaded."""

    def __init__(self, function, *arguments):
        self.what = function, arguments

    def __reduce__(self):
        return self.what


MARK = "was_run_by_a_pickle"
PLAIN = one_file(TRUTH)
CONTENTS = {
    "mkdir": _Runs(os.mkdir, MARK), "system": _Runs(os.system, f"mkdir {MARK}"), "eval": _Runs(eval, "1"), "open": _Runs(open, MARK,
    "w"),
    "within": PLAIN | {"gnd": [_Runs(os.mkdir, MARK)]}, "a path": PLAIN | {"more": Path("x")}, "getattr": _Runs(getattr, "x", "upper"),
    "a list": [1, 2], "a text": "x", "nothing": None, "without gnd": {"imlist": ["a"], "qimlist": ["a"]},
    "numbers as names": PLAIN | {"imlist": [1, 2]},
    "gnd shorter": PLAIN | {"gnd": []}, "no queries": {"imlist": list(IDS), "qimlist": [], "gnd": []},
    "lists of texts": PLAIN | {"gnd": [{"ok": ["a"]}]},
    "no answers": PLAIN | {"gnd": [{"ok": [], "junk": [1]}]}, "other lists": PLAIN | {"gnd": [{"yes": [1]}]},
    "truth values": PLAIN | {"gnd": [{"ok": [True]}]},
    "below zero": PLAIN | {"gnd": [{"ok": [-1]}]}, "broken numbers": PLAIN | {"gnd": [{"ok": [0.5]}]},
    "objects": PLAIN | {"gnd": np.array([object()])},
    "listed twice": PLAIN | {"imlist": ["a", "a", "b", "c"]}, "dates": PLAIN | {"gnd": np.zeros(1, "M8[D]")},
}  # fmt: skip
PICKLES = {
    "empty": b"", "cut short": pickle.dumps(PLAIN)[:-20], "a text file": b"imlist: a b c", "os.system": b"cos\nsystem\n(S'true'\ntR.",
    "an instance": b"(S'1'\nibuiltins\neval\n.", "another codec": b"c_codecs\nencode\n(S'x'\nS'zip'\ntR.", "a huge number of bytes":
    b"\x80\x05\x96" + struct.pack("<Q", 2**40) + b".", "a huge memo": b"\x80\x02]r\xff\xff\xff\xffq\xff.",
    "an extension": b"\x80\x02\x82\x01.",
    "state of a list": b"]}S'x'\nS'y'\nsb.", "state of a function": b"cnumpy\ndtype\n}S'__code__'\nS'y'\nsb.",
    "a person's id": b"Pname\n.",
    "very deep": b"]" * 50_000 + b"a" * 49_999 + b".", "a future protocol": b"\x80\x63.",
}  # fmt: skip

STATE = {"conv.weight": torch.ones(2, 2), "norm.bias": torch.ones(2)}
STATES = {
    "numbers": dict(enumerate(STATE.values())), "a list": list(STATE.values()), "empty": {}, "a number": 3,
    "a whole network": torch.nn.Linear(2, 2),
    "more than tensors": STATE | {"epoch": 3}, "not a number": STATE | {"norm.bias": torch.tensor([1, float("nan")])},
    "infinite": {f"module.{name}": tensor / 0 for name, tensor in STATE.items()}, "one missing": {"conv.weight": torch.ones(2, 2)},
    "one more": STATE | {"other.weight": torch.ones(1)}, "another shape": STATE | {"norm.bias": torch.ones(3)},
    "another prefix": {f"student.{name}": tensor for name, tensor in STATE.items()},
    "sparse": STATE | {"conv.weight": torch.eye(2).to_sparse()},
    "complex": STATE | {"norm.bias": torch.ones(2, dtype=torch.complex64)}, "an empty checkpoint": {"state_dict": {}, "epoch": 2},
    "a network in a checkpoint": {"model": torch.nn.Linear(2, 2)},
}  # fmt: skip
WEIGHTS = {"mine.npz": lambda file: np.savez(file, **{"conv.weight": np.ones((2, 2))}),
"mine.txt": lambda file: file.write_text("0.1 0.2"),
           "mine.pth": lambda file: file.write_bytes(b""), "cut.pth": lambda file: _halved(file, torch.save),
           "mine.bin": lambda file: file.write_bytes(b"\x80\x02."),
           "cut.safetensors": lambda file: _halved(file, lambda state, path: save_weights(state, path, {})),
           "text.safetensors": lambda file: file.write_text("x" * 99),
           "mine.pt": lambda file: file.write_bytes(b"\xff" * 64)}  # fmt: skip


def _halved(file: Path, save) -> None:
    save(STATE, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _weights(root: Path, name: str, write) -> None:
    root.mkdir(parents=True)
    write(root / name)
    wanted = {f"trunk.{name}": tensor for name, tensor in STATE.items()}
    with patch.object(weights, "_of_library", lambda backbone: (wanted, ())):
        local_weights(local_file(root / name, "resnet18"), "resnet18")


def _table(root: Path, content: bytes) -> None:
    photographs(root)
    (root / "list.csv").write_bytes(content)
    add(root, root / "list.csv")


def _gnd(root: Path, content: bytes) -> None:
    photographs(root / "jpg")
    (root / "gnd_mine.pkl").write_bytes(content)
    add(root, root)


DATASETS = (
    "",
    "..",
    ".",
    "a/b",
    "/tmp/x",
    ".hidden",
    "two words",
    "-x",
    "ä",
    "a\nb",
    "town",
    "published",
    "archives",
    "x" * 300,
    "a:b",
)
SEEDS = (-1, 2**32, 5_000_000_000, 10**40, 0.5, "1")
PARAMETERS = ("perplexity=1e400", "perplexity=nan", "perplexity=²", "perplexity", "=3", "perplexity=-5", "perplexity=0",
"iterations=2.5",
              "other=3", "perplexity=" + "9" * 5000, "iterations=" + "9" * 300, "perplexity=40;iterations=3")  # fmt: skip


def _named(root: Path, name: str) -> None:
    photographs(root)
    Workspace(root.parent / "cache").folder(name)
    from retrieval_core.datasets.catalog import add_dataset

    add_dataset(Workspace(root.parent / "cache"), name, root)


CASES = [
    *(("tables", name, lambda root, text=text: _table(root, text.encode())) for name, text in TABLES.items()),
    *(("tables", name, lambda root, data=data: _table(root, data)) for name, data in BYTES.items()),
    ("tables", "missing", lambda root: add(root, root / "list.csv")),
    *(("matrices", name, lambda root, array=array: _numpy(root, lambda file: np.save(file, array)))
    for name, array in MATRICES.items()),
    *(("matrices", name, lambda root, write=write: _numpy(root, write)) for name, write in MATRIX_FILES.items()),
    *(("matrices", name, lambda root, arrays=arrays: _npz(root, **arrays)) for name, arrays in ARRAYS.items()),
    *(("pickles", f"{name}, protocol {protocol}", lambda root, content=content, protocol=protocol: _gnd(root, pickle.dumps(content,
    protocol)))
      for name, content in CONTENTS.items() for protocol in (0, 2, 5)),
    *(("pickles", name, lambda root, content=content: _gnd(root, content)) for name, content in PICKLES.items()),
    *(("weights", name, lambda root, state=state: _weights(root, "mine.pth", lambda file: torch.save(state, file)))
    for name, state in STATES.items()),
    *(("weights", name, lambda root, name=name, write=write: _weights(root, name, write)) for name, write in WEIGHTS.items()),
    *(("names", f"dataset {name!r:.40}", lambda root, name=name: _named(root, name)) for name in DATASETS),
    *(("numbers", f"seed {seed}", lambda root, seed=seed: Settings(seed=seed)) for seed in SEEDS),
    *(("numbers", f"seed of a map {seed}", lambda root, seed=seed: check_map_seed(seed)) for seed in (-1, 2**31, 10**40)),
    *(("numbers", f"seed {text!r:.30} of a link", lambda root, text=text: read_map_seed(text)) for text in ("²", "-1", "1e3", "x",
    "٣", "2147483648", "9" * 5000)),
    *(("numbers", f"settings {text:.30}", lambda root, text=text: METHODS["tsne"].fill_in(read_parameters(text)))
    for text in PARAMETERS),
]  # fmt: skip
