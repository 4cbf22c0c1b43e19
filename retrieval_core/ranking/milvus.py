"""Milvus as a search engine: embedded in this process by a file name, or a server or cluster by its address; the same code.

A collection is called by the descriptors' hash, and its key is a descriptor's row, which stands for one image id as long as the hash
is the same. Filters are rows, too: labels and bins change without the descriptors, so they are no fields of the collection.
"""

import json
import logging
import os
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_core.errors import Failed, RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.ranking.search_index import Chosen, Engine, SearchIndex, batches, has_package
from retrieval_core.workspace import read_json

BATCH_BYTES = 8 << 20  # of descriptors, inserted with one message; servers take 64 MB
TOKEN = "MILVUS_TOKEN"  # variable with what a server asks for, as user:password; an address is shown and stored, and holds none
LISTS = 128  # of a segment; Milvus Lite 3.2 reads no other number from pymilvus 3.0
INDEX = {"index_type": "IVF_SQ8", "metric_type": "IP", "params": {"nlist": LISTS}}
FLAT = {"index_type": "FLAT", "metric_type": "IP"}  # where lists would have next to nothing to learn from
FEW = 39 * LISTS
SEARCH = {"metric_type": "IP", "params": {"nprobe": 32}}
WIDER = 4  # times as many candidates are compared by their descriptors: eight bits a dimension order them roughly
_SERVER = re.compile(r"(https?|tcp)://[A-Za-z0-9._\[\]:-]+(/[A-Za-z0-9_-]*)?")
_PATIENCE = 5.0  # seconds that a server has to answer at first
_SEARCHED = 20.0  # and to answer a search: without a limit the client tries for minutes
_ROW, _VECTOR = "row", "vector"


def read_address(text: str) -> str:
    """An address as it is stored: of a server as it is, of a file absolute; RetrievalError for what is neither. Empty: in the cache."""
    if not text or _SERVER.fullmatch(text):
        return text
    if "://" in text:
        raise RetrievalError(f"{text[:80]!r} is not the address of a Milvus server. Write it as in http://localhost:19530, and what it "
                             f"asks for as user:password into the variable {TOKEN}.")  # fmt: skip
    if not text.endswith(".db"):
        raise RetrievalError(f"{text[:80]!r} is neither the address of a Milvus server, as http://localhost:19530, nor a file name "
                             "that ends in .db.")  # fmt: skip
    return str(Path(text).absolute())


def collection_name(version: str) -> str:
    """The collection of descriptors with this hash."""
    return f"retrieval_{version[:24]}"


def _connect(address: str) -> tuple[Any, Callable[[], None]]:
    """A client, and what ends the connection, and the embedded server where there is one."""
    from pymilvus import MilvusClient
    from pymilvus.exceptions import MilvusException

    for name in ("milvus_lite", "pymilvus", "grpc._server"):  # what goes wrong is raised, and said once
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    embedded = "://" not in address
    if embedded:
        _need_embedded(Path(address))
    try:
        client = MilvusClient(uri=address, token=os.environ.get(TOKEN, "") if not embedded else "", timeout=_PATIENCE)
    except (MilvusException, ValueError) as error:
        why = ("Another process has it open, as the app while it searches there, or it is not Milvus's: end that, or use a server"
               if embedded else "Start it, or write another address")  # fmt: skip
        raise Failed(f"Milvus does not answer at {address} ({_said(error)}). {why}.") from error

    def close() -> None:
        client.close()
        if embedded:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(address)

    return client, close


def _need_embedded(path: Path) -> None:
    if not has_package("milvus_lite"):
        raise RetrievalError(f"Milvus in a file needs the package milvus-lite, which is not installed. Install it with: {INSTALL}, or "
                             "give the address of a server.")  # fmt: skip
    if not path.parent.is_dir():
        raise RetrievalError(f"There is no folder {path.parent} for {path.name}. Make it, or choose another file.")
    if path.is_file():
        raise RetrievalError(f"{path} is a file that Milvus did not write: what it writes is a folder of this name. Choose another "
                             "name.")  # fmt: skip
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise RetrievalError(f"{path} can't be written, and Milvus writes there also when it searches. Make it writable, or choose "
                             "another place.")  # fmt: skip


def _said(error: Exception) -> str:
    details = getattr(error, "details", None)  # of gRPC's own errors
    return str(details() if callable(details) else getattr(error, "message", "") or error).splitlines()[0][:200]


def _remedy(chosen: Chosen) -> str:
    """What to do where Milvus answers with an error that is not known here."""
    if "://" in chosen.address:
        return "Look at its own log, and try again"
    return f"If that stays so, its files are damaged: delete {chosen.address} and run engines build"


def _build(matrix: np.ndarray, folder: Path, chosen: Chosen, version: str) -> Generator[Progress, None, Path]:
    """Insert all descriptors, then let Milvus index them. What an earlier build inserted stays, and nothing is inserted twice.

    An earlier build inserted batch after batch, so that it goes on behind the rows that are there; these are written over from then on,
    in case some were lost on the way.
    """
    from pymilvus.exceptions import MilvusException

    yield Progress("connect", 0, 1)
    client, close = _connect(chosen.address)
    name, count = collection_name(version), len(matrix)
    try:
        begun = client.has_collection(name)
        if not begun:
            _create(client, name, matrix.shape[1])
        there = rows_of(client, name) if begun else 0
        if there != count:
            yield from _insert(client, name, matrix, there if begun and there < count else 0, begun)
        yield Progress("index", 0, 1, "Milvus indexes what was inserted")
        client.flush(name)
        if not client.list_indexes(name, field_name=_VECTOR):
            wanted = client.prepare_index_params()
            wanted.add_index(field_name=_VECTOR, **(FLAT if count < FEW else INDEX))
            client.create_index(name, wanted)
        if (there := rows_of(client, name)) != count:
            client.drop_collection(name)
            raise Failed(f"Milvus at {chosen.address} held {there:,} of {count:,} descriptors at the end. They are taken out again: "
                         "run the same command once more.")  # fmt: skip
    except MilvusException as error:
        raise Failed(f"Milvus at {chosen.address} stopped ({_said(error)}). Run the same command: it goes on from there. "
                     f"{_remedy(chosen)}.") from error  # fmt: skip
    finally:
        close()
    file = folder / "collection.json"
    file.write_text(json.dumps({"collection": name, "rows": count}) + "\n", encoding="utf-8")
    return file


def _create(client: Any, name: str, width: int) -> None:
    from pymilvus import DataType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field(_ROW, DataType.INT64, is_primary=True)
    schema.add_field(_VECTOR, DataType.FLOAT_VECTOR, dim=width)
    client.create_collection(name, schema=schema, consistency_level="Strong")


def _insert(client: Any, name: str, matrix: np.ndarray, there: int, begun: bool) -> Generator[Progress, None, None]:
    size = max(1, BATCH_BYTES // (4 * matrix.shape[1]))
    put = client.upsert if begun else client.insert
    for block in batches(there - there % size, len(matrix), size):
        yield Progress("insert", block.start, len(matrix))
        rows = np.asarray(matrix[block], np.float32)
        put(name, [{_ROW: row, _VECTOR: vector} for row, vector in enumerate(rows, block.start)])
    yield Progress("insert", len(matrix), len(matrix))


def rows_of(client: Any, name: str) -> int:
    """How many descriptors a collection holds; what is not indexed yet can't be asked, and says how often it was inserted to."""
    if not client.list_indexes(name, field_name=_VECTOR):
        return int(client.get_collection_stats(name)["row_count"])
    client.load_collection(name)
    return int(client.query(name, filter="", output_fields=["count(*)"])[0]["count(*)"])


def _open(matrix: np.ndarray, path: Path | None, chosen: Chosen) -> SearchIndex:
    from grpc import RpcError
    from pymilvus.exceptions import MilvusException

    name = read_json(path)["collection"]
    client, close = _connect(chosen.address)
    try:
        if not client.has_collection(name):
            raise Failed(f"Milvus at {chosen.address} has no collection {name} any more. Delete {path} and run engines build, or "
                         "search with exact.")  # fmt: skip
        client.load_collection(name)
    except (MilvusException, Failed) as error:
        close()
        if isinstance(error, Failed):
            raise
        raise Failed(f"Milvus at {chosen.address} stopped ({_said(error)}). {_remedy(chosen)}, or search with exact.") from error

    def find(queries: np.ndarray, k: int, among: np.ndarray | None) -> np.ndarray:
        found = np.full((len(queries), k), -1, np.int64)
        try:
            answers = client.search(name, list(queries), filter=_filter(among, len(matrix)), limit=k, search_params=SEARCH,
                                    anns_field=_VECTOR, output_fields=[_ROW], timeout=_SEARCHED)  # fmt: skip
        except (MilvusException, RpcError) as error:  # the second where it does not answer in time
            raise Failed(f"Milvus at {chosen.address} does not answer ({_said(error)}). Try again, or search with exact.") from error
        for row, answer in enumerate(answers):
            found[row, : len(answer)] = [hit[_ROW] for hit in answer]
        return found

    return SearchIndex(matrix, find, exact=False, wider=WIDER, close=close)


def _filter(among: np.ndarray | None, count: int) -> str:
    """A filter in Milvus' words: the rows that may be found, or, where these are most, those that may not."""
    if among is None:
        return ""
    if 2 * len(among) <= count:
        return f"{_ROW} in {among.tolist()}"
    others = np.setdiff1d(np.arange(count), among)
    return f"{_ROW} not in {others.tolist()}" if len(others) else ""


INSTALL = "pip install '.[milvus]'"
MILVUS = Engine(
    "Milvus",
    {},
    {},
    exact=False,
    open=_open,
    build=_build,
    package="pymilvus",
    embedded="milvus_lite",
    install=INSTALL,
    address=read_address,
)
