"""Duplicates: the groups are those that copies make, each photograph is in one, and queries lose what is too easy."""

import shutil

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import finished
from retrieval_core.training.duplicates import (
    Group,
    find_duplicates,
    grouped,
    groups_table,
    known_duplicates,
    leaks,
    without_duplicates,
)
from retrieval_core.training.overlap import NEAR_DUPLICATE, SAME_FILE, Pair, confirm_different
from retrieval_core.workspace import Workspace


def pair(one: str, other: str, bits: float = 5, training: str = "set") -> Pair:
    return Pair(training, one, "", "set", other, "", NEAR_DUPLICATE if bits else SAME_FILE, bits)


def naive_groups(pairs) -> set[frozenset]:
    """Sets of photographs that are merged as long as two share one."""
    sets = [{(one.training, one.training_id), (one.retrieval, one.retrieval_id)} for one in pairs]
    merged = True
    while merged:
        merged = False
        for first in range(len(sets)):
            for second in range(first + 1, len(sets)):
                if sets[first] & sets[second]:
                    sets[first] |= sets.pop(second)
                    merged = True
                    break
            if merged:
                break
    return {frozenset(one) for one in sets}


def test_groups_are_those_of_merging_sets():
    random = np.random.default_rng(0)
    for _ in range(20):
        pairs = [pair(f"a{one}", f"b{other}", bits, "mine" if mine else "set")
                 for one, other, bits, mine in random.integers(0, [12, 12, 60, 2], (9, 4)).tolist()]  # fmt: skip
        groups = grouped(pairs, "set")
        assert {frozenset(group.members) for group in groups} == naive_groups(pairs)
        assert sum(len(group.pairs) for group in groups) == len(pairs)
        assert [len(group.members) for group in groups] == sorted((len(group.members) for group in groups), reverse=True)
        for group in groups:
            assert group.farthest == max(one.distance for one in group.pairs)
            assert [name for name, _ in group.members] == sorted((name for name, _ in group.members), key=lambda name: name != "set")
    assert grouped([], "set") == []


@pytest.fixture
def sets(tmp_path):
    """A test set with a smaller copy and a mirrored one of one photograph, and a training set that holds another of it."""
    random = np.random.default_rng(0)
    for name in ("tests", "mine/a", "mine/b", "mine/c"):
        (tmp_path / name).mkdir(parents=True)
        for number in range(2):
            mosaic = np.kron(random.integers(0, 255, (9, 12, 3)), np.ones((16, 16, 1))).astype(np.uint8)
            PILImage.fromarray(mosaic).save(tmp_path / name / f"{number}.png")
    whole = PILImage.open(tmp_path / "tests" / "0.png")
    whole.resize((96, 72)).save(tmp_path / "tests" / "small.png")
    whole.transpose(PILImage.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "tests" / "turned.png")
    PILImage.open(tmp_path / "tests" / "1.png").resize((120, 90)).save(tmp_path / "mine" / "b" / "copy.png")
    workspace = Workspace(tmp_path / "cache")
    add_dataset(workspace, "mine", tmp_path / "mine", training=True)
    add_dataset(workspace, "tests", tmp_path / "tests")
    return workspace


def test_copies_are_found_inside_and_against_a_training_set_and_remembered(sets):
    tests, mine = open_dataset(sets, "tests"), open_dataset(sets, "mine")
    assert known_duplicates(sets, tests) is None
    groups = finished(find_duplicates(sets, tests))
    assert [group.of("tests") for group in groups] == [("0", "small", "turned")]
    assert known_duplicates(sets, tests) == groups
    assert known_duplicates(sets, tests, mine) is None
    both = finished(find_duplicates(sets, tests, mine))
    assert [group.members for group in both[1:]] == [(("tests", "1"), ("mine", "b/copy"))]
    assert known_duplicates(sets, tests, mine) == both
    confirm_different(sets, "mine", both[1].pairs)
    assert known_duplicates(sets, tests, mine) == groups
    shutil.copy(sets.root.parent / "tests" / "1.png", sets.root.parent / "tests" / "again.png")
    assert known_duplicates(sets, open_dataset(sets, "tests")) is None
    with pytest.raises(RetrievalError, match="compared with itself"):
        known_duplicates(sets, tests, tests)


def test_the_command_prints_the_groups(sets, capsys):
    words = ["--cache", str(sets.root), "duplicates", "--dataset", "tests"]
    assert main([*words, "--against", "mine"]) == 0
    printed = capsys.readouterr().out
    assert "2 groups of near-equal photographs, tests and mine" in printed
    assert "0, small, turned" in printed
    assert "mine: b/copy" in printed
    assert main(["--cache", str(sets.root), "duplicates", "--dataset", "nowhere"]) == 2
    assert main([*words, "--against", "tests"]) == 2
    assert "compared with itself" in capsys.readouterr().err


def test_queries_lose_what_is_near_equal_to_them_or_was_trained_on():
    images = tuple(Image(name, "", "mill") for name in "abcde")
    queries = (Query("mill_1", "a", "mill", None, ("a", "b"), ("c",), ("e",)), Query("mill_2", "d", "mill", None, ("d",), ("c",), ()))
    dataset = Dataset("set", images, queries)
    groups = [
        Group((("set", "a"), ("set", "b")), (pair("a", "b"),)),
        Group((("set", "c"), ("mine", "x")), (pair("x", "c", 9, "mine"),)),
    ]
    found = leaks(dataset, groups)
    assert (found.easy, found.trained) == (("mill_1",), ("mill_1", "mill_2"))
    assert "1 of 2 queries have an answer that is a near-equal" in found.words(2)
    assert "2 of 2 are cut from" in found.words(2, "mine")
    mended = without_duplicates(dataset, groups)
    assert [(query.good, query.ok, query.junk) for query in mended.queries] == [(("a",), (), ("e", "b", "c")), (("d",), (), ("c",))]
    assert without_duplicates(dataset, []) == dataset
    table = groups_table(groups, dataset)
    assert table["which"].tolist() == ["a, b", "c, mine: x"]
    assert table["bits"].tolist() == [5, 9]
