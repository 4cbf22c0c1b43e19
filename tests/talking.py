"""What three processes tell one another, as each of them hears it: python talking.py FILE, under the variables that torchrun sets."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from retrieval_core import exchange, processes
from retrieval_core.errors import RetrievalError


def numbers(items):
    """A row for each item, as long as it says; RetrievalError for a negative one."""
    for item in items:
        if item < 0:
            raise RetrievalError(f"{item} is broken. Mend it.")
        yield np.full(item, item, np.float32)


def heard(work) -> str:
    """What comes of some work, or the kind and the words of its error."""
    try:
        return json.dumps(work())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def in_turn(items) -> list:
    return [None if row is None else row.tolist() for row in exchange.in_turn(items, numbers)]


def fail() -> None:
    if processes.rank() == 2:
        raise ValueError("a mistake of ours")


def talk() -> dict:
    place = processes.rank()
    arrays = exchange.same_arrays({} if place else {"one": np.arange(4).reshape(2, 2), "none": np.empty((0, 3), np.float32)})
    return {
        "place": place,
        "same": exchange.same({"from": place}),
        "arrays": {name: [array.tolist(), array.dtype.str] for name, array in arrays.items()},
        "uneven": in_turn([1, 2, 3, 4, 5, 6, 7]),
        "few": in_turn([2, 3]),
        "none": in_turn([]),
        "shares": [[one.start, one.stop] for one in exchange.shares(7)],
        "broken": heard(lambda: in_turn([1, 2, 3, 4, -5, 6, 7])),
        "failed": heard(lambda: exchange.agreed(fail)),
        "after": exchange.same("still together"),
    }


if __name__ == "__main__":
    with processes.joined("cpu"):
        alone = [processes.count(), processes.is_first()]
        with processes.at_work():
            found = {"alone": alone, **talk()}
            if processes.rank() == 2:
                Path(sys.argv[1]).write_text(json.dumps(found))
                os._exit(0)
            try:
                exchange.same("is anybody gone?")
                exchange.agreed(lambda: None)
            except RetrievalError as error:
                found["gone"] = str(error)
        Path(sys.argv[1]).write_text(json.dumps(found))
