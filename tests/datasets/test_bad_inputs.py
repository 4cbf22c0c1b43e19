"""Every kind of list, ground truth, table, matrix, pickle and weights that is not as it should be gives one clear sentence.

`python tests/datasets/test_bad_inputs.py` prints how many there are of each kind, and what is said of each.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import bad_files
import bad_truths
import pytest

from retrieval_core.errors import RetrievalError

CASES = [*bad_truths.CASES, *bad_files.CASES]
LONGEST = 900  # signs of a sentence with the paths in it


def said(act, root: Path) -> str:
    with pytest.raises(RetrievalError) as caught:
        act(root)
    return str(caught.value)


@pytest.mark.parametrize(("kind", "name", "act"), CASES, ids=[f"{kind}-{number}" for number, (kind, _, _) in enumerate(CASES)])
def test_it_is_named_in_a_sentence(tmp_path, monkeypatch, kind, name, act):
    monkeypatch.chdir(tmp_path)
    words = said(act, tmp_path / "set")
    assert len(words.splitlines()) == 1, name
    assert len(words) < LONGEST, name
    assert "\x1b" not in words, name
    assert words.rstrip().endswith("."), (name, words)
    assert not (tmp_path / bad_files.MARK).exists(), name
    assert not list((tmp_path / "cache").glob("*/dataset.json")), name
    if kind in ("tables", "matrices", "pickles", "weights", "boxes", "answers"):
        assert str(tmp_path / "set") in words, (name, words)


def test_there_are_as_many_as_are_promised():
    assert len(CASES) >= 180


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for number, (kind, name, act) in enumerate(CASES):
            print(f"{kind:10} {name:40} {said(act, Path(folder) / str(number) / 'set')}", file=sys.stderr)
    for kind, count in Counter(kind for kind, _, _ in CASES).items():
        print(f"{count:5} {kind}")
    print(f"{len(CASES):5} in all")
