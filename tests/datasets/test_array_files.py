"""Files of arrays: exchanged with the safetensors library bit for bit, and every kind of damage named."""

import json
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from retrieval_core.datasets import array_files
from retrieval_core.datasets.array_files import ArrayWriter, read_arrays, write_arrays
from retrieval_core.errors import RetrievalError

ABOUT = {"images": ["ä", "b c"], "recipe": {"dim": 3, "scales": [1.0, 0.5], "none": None}}


@pytest.fixture
def arrays():
    random = np.random.default_rng(0)
    return {
        "mask": random.integers(0, 2, (3, 2)).astype(bool),
        "rows": random.normal(size=(7, 3)).astype(np.float32),
        "none": np.empty((0, 3), np.float32),
        "wide": random.normal(size=(2, 2, 2)),
        "ids": np.array([-1, 2**62]),
        "few": np.arange(5, dtype=np.int32),
        "short": np.array([0, 65535], np.uint16),
        "bytes": np.arange(9, dtype=np.uint8),
        "one": np.array(3.5),
        "turned": random.normal(size=(4, 6)).astype(np.float32).T,
    }


def same(one, other):
    assert one.keys() == other.keys()
    for name, array in one.items():
        assert (other[name].dtype, other[name].shape) == (array.dtype, array.shape), name
        assert other[name].tobytes() == array.tobytes(), name


def test_what_is_written_is_read_back(tmp_path, arrays):
    write_arrays(tmp_path / "a", arrays, ABOUT)
    read, about = read_arrays(tmp_path / "a")
    same(arrays, read)
    assert about == ABOUT
    assert all(array.flags.aligned and array.flags.c_contiguous and not array.flags.writeable for array in read.values())
    with pytest.raises(ValueError, match="read-only"):
        read["rows"][0] = 1


def test_the_library_reads_what_we_write(tmp_path, arrays):
    write_arrays(tmp_path / "a", arrays, ABOUT)
    same(arrays, load_file(tmp_path / "a"))


def test_we_read_what_the_library_writes(tmp_path, arrays):
    arrays = {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in arrays.items()}
    save_file(arrays, tmp_path / "a", {"about": json.dumps(ABOUT), "format": "np"})
    read, about = read_arrays(tmp_path / "a")
    same(arrays, read)
    assert about == ABOUT
    save_file(arrays, tmp_path / "b")
    assert read_arrays(tmp_path / "b")[1] == {}


def test_no_arrays_and_memory_maps(tmp_path, arrays, monkeypatch):
    write_arrays(tmp_path / "a", {}, {})
    assert read_arrays(tmp_path / "a") == ({}, {})
    assert load_file(tmp_path / "a") == {}
    monkeypatch.setattr(array_files, "_BLOCK", 16)  # several blocks an array
    write_arrays(tmp_path / "b", arrays, ABOUT)
    write_arrays(tmp_path / "c", read_arrays(tmp_path / "b")[0], ABOUT)
    same(arrays, read_arrays(tmp_path / "c")[0])


def test_blocks_of_rows_make_an_array(tmp_path, arrays):
    with ArrayWriter(tmp_path / "a", {"rows": ((7, 3), np.float32), "mask": ((3, 2), bool)}, ABOUT) as writer:
        for start in (0, 4, 5):
            writer.append("rows", arrays["rows"][start : {0: 4, 4: 5, 5: 7}[start]])
        writer.append("mask", arrays["mask"])
    same({name: arrays[name] for name in ("rows", "mask")}, read_arrays(tmp_path / "a")[0])


def test_blocks_that_do_not_fit_are_refused(tmp_path):
    layout = {"rows": ((2, 3), np.float32), "few": ((1,), np.int32)}
    row = np.zeros((1, 3), np.float32)
    faults = [("rows", np.zeros((1, 3))), ("rows", row[:, :2]), ("rows", np.zeros((3, 3), np.float32)), ("few", np.zeros(1, np.int32))]
    for name, rows in faults:
        with ArrayWriter(tmp_path / "a", layout, {}) as writer:
            with pytest.raises(ValueError, match="not the next rows"):
                writer.append(name, rows)
            writer.append("rows", np.zeros((2, 3), np.float32))
            writer.append("few", np.zeros(1, np.int32))
    with pytest.raises(ValueError, match="not complete"), ArrayWriter(tmp_path / "a", layout, {}) as writer:
        writer.append("rows", row)
    for unfit in ({"x": ((1,), np.complex64)}, {"x": ((1,), np.uint8), "y": ((1,), np.float32)}):
        with pytest.raises(ValueError, match="can't be of the type"):
            ArrayWriter(tmp_path / "a", unfit, {})


def test_a_file_that_is_cut_short_anywhere_or_too_long_is_named(tmp_path, arrays):
    file = tmp_path / "whole"
    write_arrays(file, arrays, ABOUT)
    content = file.read_bytes()
    cut = tmp_path / "cut.safetensors"
    for length in range(len(content)):
        cut.write_bytes(content[:length])
        with pytest.raises(RetrievalError, match=r"cut\.safetensors"):
            read_arrays(cut)
    cut.write_bytes(content + b"\0")
    with pytest.raises(RetrievalError, match=r"cut\.safetensors"):
        read_arrays(cut)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(RetrievalError, match=f"{path.name} can't be read"):
            read_arrays(path)


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"a": entry("F12")}, "type 'F12' of 'a' is unknown"),
        ({"a": entry(["F32"])}, "damaged"),
        ({"a": entry(offsets=(0, 9))}, "as many bytes as its shape"),
        ({"a": entry(offsets=(8, 16))}, "does not begin where"),
        ({"a": entry(), "b": entry()}, "does not begin where"),
        ({"a": entry(), "b": entry(offsets=(4, 12))}, "does not begin where"),
        ({"a": entry(shape=(1,), offsets=(0, 4))}, "8 bytes of arrays and not 4"),
        ({"a": entry(shape=(4,), offsets=(0, 16))}, "8 bytes of arrays and not 16"),
        ({"a": entry(shape=(-2,), offsets=(8, 0))}, "whole numbers"),
        ({"a": entry(shape=(2.0,))}, "whole numbers"),
        ({"a": entry(shape=(True, 2))}, "whole numbers"),
        ({"a": entry(shape=2)}, "damaged"),
        ({"a": entry(), "b": entry(shape=(0, 2**70), offsets=(8, 8))}, "damaged"),
        ({"a": entry(), "b": entry(shape=(0,) * 100, offsets=(8, 8))}, "damaged"),
        ({"a": {"dtype": "F32"}}, "damaged"),
        ({"a": 3}, "damaged"),
        ({"a": entry(), "__metadata__": {"about": "[1]"}}, "no JSON object"),
        ({"a": entry(), "__metadata__": {"about": "{"}}, "damaged"),
        ({"a": entry(), "__metadata__": []}, "damaged"),
        ([], "damaged"),
        ("text", "damaged"),
    ],
)
def test_a_header_that_is_not_right_is_named(tmp_path, header, words):
    text = json.dumps(header).encode()
    (tmp_path / "bad").write_bytes(struct.pack("<Q", len(text)) + text + bytes(8))
    with pytest.raises(RetrievalError, match=words) as caught:
        read_arrays(tmp_path / "bad")
    assert str(tmp_path / "bad") in str(caught.value)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"", b"[" * 100_000, b"{'a': 1}"])
def test_a_header_that_is_no_json_is_named(tmp_path, text):
    (tmp_path / "bad").write_bytes(struct.pack("<Q", len(text)) + text)
    with pytest.raises(RetrievalError, match="damaged"):
        read_arrays(tmp_path / "bad")


def test_the_length_of_a_header_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(array_files, "MOST_HEADER", 64)
    text = json.dumps({"a": entry()}).encode().ljust(72)
    (tmp_path / "bad").write_bytes(struct.pack("<Q", len(text)) + text + bytes(8))
    with pytest.raises(RetrievalError, match="header"):
        read_arrays(tmp_path / "bad")


def test_more_ids_than_a_header_holds_stand_behind_the_arrays(tmp_path, arrays, monkeypatch):
    write_arrays(tmp_path / "few", arrays, ABOUT)
    about = {**ABOUT, "ids": [f"häuser/{number:07}.jpg" for number in range(2000)]}
    monkeypatch.setattr(array_files, "MOST_HEADER", 4096)
    write_arrays(tmp_path / "again", arrays, ABOUT)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "few").read_bytes()  # whose hash is in manifests
    write_arrays(tmp_path / "many", arrays, about)
    read, told = read_arrays(tmp_path / "many")
    same(arrays, read)
    assert told == about
    assert json.loads(load_file(tmp_path / "many")["__about__"].tobytes()) == about  # and the library reads it
    content = (tmp_path / "many").read_bytes()
    for damaged in (content[:-1], content[:-1] + b"x", content.replace(b'{"images"', b'["images"')):
        (tmp_path / "many").write_bytes(damaged)
        with pytest.raises(RetrievalError, match="many is damaged"):
            read_arrays(tmp_path / "many")


def test_random_damage_is_an_error_of_ours_or_does_no_harm(tmp_path, arrays):
    file = tmp_path / "whole"
    write_arrays(file, arrays, ABOUT)
    content, random = file.read_bytes(), np.random.default_rng(0)
    for _ in range(500):
        damaged = bytearray(content)
        damaged[random.integers(len(content) // 2)] = random.integers(256)
        file.write_bytes(damaged)
        try:
            for array in read_arrays(file)[0].values():
                array.tobytes()
        except RetrievalError:
            pass
