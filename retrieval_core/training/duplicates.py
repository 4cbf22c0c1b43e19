"""Groups of near-equal photographs within a dataset, and between it and a training set, and what they mean for its queries.

Near-equal are the same file, and photographs whose perceptual hashes differ in few bits (see near_duplicates.py); a group is what such
pairs connect. Pairs are those of overlap.py, which remembers them until a photograph changes, without those that a person called
different.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.training.overlap import NEAR_DESCRIPTOR, Pair, find_overlap, find_within, known_pairs, known_within, unconfirmed
from retrieval_core.workspace import Workspace

Member = tuple[str, str]
"""Name of the dataset, image id."""


@dataclass(frozen=True)
class Group:
    """Photographs that near-equal pairs connect: those of the dataset first, each in the order of ids; `pairs`: the surest first."""

    members: tuple[Member, ...]
    pairs: tuple[Pair, ...]

    def of(self, name: str) -> tuple[str, ...]:
        """The ids of a dataset's photographs."""
        return tuple(image_id for dataset, image_id in self.members if dataset == name)

    @property
    def farthest(self) -> float:
        """Bits that differ in the pair that is the least alike."""
        return max(pair.distance for pair in self.pairs)


def find_duplicates(workspace: Workspace, dataset: Dataset, against: Dataset | None = None) -> Generator[Progress, None, list[Group]]:
    """The groups of a dataset, and with `against` of what it shares with the labelled photographs of another; largest first.

    RetrievalError where both are the same.
    """
    _check(dataset, against)
    pairs = yield from find_within(workspace, dataset)
    shared = (yield from find_overlap(workspace, against, dataset)) if against else []
    return grouped(unconfirmed(workspace, [*pairs, *shared]), dataset.name)


def known_duplicates(workspace: Workspace, dataset: Dataset, against: Dataset | None = None) -> list[Group] | None:
    """What `find_duplicates` found of these photographs as they are; None if it was not looked for yet. Reads no photograph."""
    _check(dataset, against)
    within = known_within(workspace, dataset)
    shared = known_pairs(workspace, against, dataset) if against else []
    if within is None or shared is None:
        return None
    surely = [pair for pair in (*within, *shared) if pair.kind != NEAR_DESCRIPTOR]
    return grouped(unconfirmed(workspace, surely), dataset.name)


def grouped(pairs: Iterable[Pair], first: str) -> list[Group]:
    """The connected components of pairs, those with most photographs first; photographs of the dataset `first` stand first."""
    pairs = sorted(pairs, key=lambda pair: pair.distance)
    ends = [((pair.training, pair.training_id), (pair.retrieval, pair.retrieval_id)) for pair in pairs]
    members = sorted({member for both in ends for member in both}, key=lambda member: (member[0] != first, member))
    if not members:
        return []
    place = {member: number for number, member in enumerate(members)}
    rows, columns = np.array([[place[one], place[other]] for one, other in ends]).T
    graph = coo_array((np.ones(len(ends), bool), (rows, columns)), shape=(len(members), len(members)))
    count, of = connected_components(graph, directed=False)
    own: list[tuple[list[Member], list[Pair]]] = [([], []) for _ in range(count)]
    for member, group in zip(members, of, strict=True):
        own[group][0].append(member)
    for pair, row in zip(pairs, rows, strict=True):
        own[of[row]][1].append(pair)
    groups = [Group(tuple(inside), tuple(between)) for inside, between in own]
    return sorted(groups, key=lambda group: (-len(group.members), group.farthest, group.members))


def groups_table(groups: Sequence[Group], dataset: Dataset) -> pd.DataFrame:
    """A line a group: how many photographs, how many of them of a training set, the bits that differ at most, landmarks and ids."""
    lines = []
    for group in groups:
        own = group.of(dataset.name)
        labels = sorted({dataset.image(image_id).label or "unlabelled" for image_id in own})
        others = [f"{name}: {image_id}" for name, image_id in group.members if name != dataset.name]
        lines.append({"photographs": len(group.members), "of a training set": len(others), "bits": int(group.farthest),
                      "landmarks": ", ".join(labels), "which": ", ".join([*own, *others])})  # fmt: skip
    names = ["photographs", "of a training set", "bits", "landmarks", "which"]
    return pd.DataFrame(lines, index=pd.RangeIndex(1, len(lines) + 1, name="group"), columns=names)


@dataclass(frozen=True)
class Leaks:
    """What groups mean for a dataset's queries, by query ids.

    easy: a positive is a near-equal of the query image, which needs no landmark to be known. trained: the query image or a positive is
    a near-equal of a training photograph.
    """

    easy: tuple[str, ...]
    trained: tuple[str, ...]

    def words(self, queries: int, against: str = "") -> str:
        """In sentences."""
        easy = f"Of {queries} queries none has an answer that is a near-equal of the query image."
        if self.easy:
            easy = (f"{len(self.easy)} of {queries} queries have an answer that is a near-equal of the query image: it is found "
                    "without knowing the landmark.")  # fmt: skip
        if not against:
            return easy
        return (f"{easy} {len(self.trained)} of {queries} are cut from, or answered by, a near-equal of a photograph of {against}: "
                "what was trained on is no test. Look at them: the more bits differ, the likelier it is chance.")  # fmt: skip


def leaks(dataset: Dataset, groups: Sequence[Group]) -> Leaks:
    """Which queries the groups make easy, and which ask for what was trained on."""
    group_of = _group_of(dataset, groups)
    leaking = {number for number, group in enumerate(groups) if len(group.of(dataset.name)) < len(group.members)}
    easy, trained = [], []
    for query in dataset.queries:
        own = group_of.get(query.image_id)
        others = [group_of[image_id] for image_id in query.positives if image_id in group_of and image_id != query.image_id]
        if own is not None and own in others:
            easy.append(query.id)
        if leaking.intersection([own, *others]):
            trained.append(query.id)
    return Leaks(tuple(easy), tuple(trained))


def without_duplicates(dataset: Dataset, groups: Sequence[Group]) -> Dataset:
    """The same dataset to score with: positives that are near-equals of the query image, or of a training photograph, are junk.

    The query image itself stays as it is. Where groups hold nothing of a query, nothing changes.
    """
    group_of = _group_of(dataset, groups)
    leaking = {number for number, group in enumerate(groups) if len(group.of(dataset.name)) < len(group.members)}
    queries = []
    for query in dataset.queries:
        bad = leaking | ({group_of[query.image_id]} if query.image_id in group_of else set())
        out = {one for one in query.positives if one != query.image_id and group_of.get(one) in bad}
        good, ok = (tuple(one for one in ids if one not in out) for ids in (query.good, query.ok))
        queries.append(replace(query, good=good, ok=ok, junk=(*query.junk, *sorted(out))))
    return replace(dataset, queries=tuple(queries))


def _group_of(dataset: Dataset, groups: Sequence[Group]) -> dict[str, int]:
    return {image_id: number for number, group in enumerate(groups) for image_id in group.of(dataset.name)}


def _check(dataset: Dataset, against: Dataset | None) -> None:
    if against is not None and against.name == dataset.name:
        raise RetrievalError(f"{dataset.name!r} is compared with itself in any case. Leave --against out, or name another dataset.")
