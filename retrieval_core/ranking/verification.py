"""Geometric verification of the first photographs by their local features, and query expansion with those that pass.

Sources: Philbin et al., "Object retrieval with large vocabularies and fast spatial matching", CVPR 2007; Chum et al., "Total recall:
automatic query expansion with a generative feature model for object retrieval", ICCV 2007.
"""

from collections.abc import Generator, Mapping, Sequence

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.ranking.after_search import AfterSearch, Count, Help, Ordered, reordered, unit_rows
from retrieval_core.ranking.picture import Picture
from retrieval_core.ranking.search import search

FIRST = 50  # photographs that are looked at


def counting(queries: Sequence[Picture], photographs: Sequence[Picture]) -> Count:
    """A function that counts the confirmed matches of query pictures with photographs of the database, row for row with these.

    It reads pictures as it goes; see `local_features` for what it keeps in memory.
    """

    def count(query: int, positions: np.ndarray) -> Generator[Progress, None, np.ndarray]:
        from retrieval_core.ranking.local_features import confirmed_matches, local_features  # OpenCV loads when it is needed

        found = np.zeros(len(positions), np.int32)
        for place, position in enumerate(positions):
            yield Progress("verify", place, len(positions))
            found[place] = len(confirmed_matches(local_features(queries[query]), local_features(photographs[position])))
        return found

    return count


def _verify(
    queries: np.ndarray, database: np.ndarray, parameters: Mapping[str, float], help: Help
) -> Generator[Progress, None, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The ranking, and beside its first photographs (Q, K) the number of matches, 0 where there are too few to believe in."""
    positions, scores = search(queries, database)
    matches = np.zeros((len(queries), min(int(parameters["k"]), len(database))), np.int32)
    for row in range(len(queries)):
        matches[row] = yield from help.count(row, positions[row, : matches.shape[1]])
    matches[matches < parameters["matches"]] = 0
    return positions, scores, matches


def _order_verified(
    queries: np.ndarray, database: np.ndarray, parameters: Mapping[str, float], help: Help
) -> Generator[Progress, None, Ordered]:
    """Of the first k those that are verified come first, by their matches; a score is matches + similarity."""
    positions, scores, matches = yield from _verify(queries, database, parameters, help)
    k = matches.shape[1]
    positions[:, :k], scores[:, :k] = reordered(positions[:, :k], scores[:, :k] + matches)
    return positions, scores


def _order_expanded(
    queries: np.ndarray, database: np.ndarray, parameters: Mapping[str, float], help: Help
) -> Generator[Progress, None, Ordered]:
    """The mean of the query and of all that are verified searches again."""
    positions, _, matches = yield from _verify(queries, database, parameters, help)
    grown = np.array(queries, np.float32)
    for row, passed in enumerate(matches > 0):
        grown[row] += np.asarray(database[positions[row, : len(passed)][passed]]).sum(axis=0)
    return search(unit_rows(grown, queries), database)


_DEFAULTS, _BOUNDS = {"k": FIRST, "matches": 8}, {"k": (1, 200), "matches": (1, 500)}
VERIFIED = AfterSearch("geometric verification", _DEFAULTS, _BOUNDS, "confirmed matches + similarity", _order_verified, looks=True,
                       vectors=False)  # fmt: skip
VERIFIED_EXPANSION = AfterSearch("verified query expansion", _DEFAULTS, _BOUNDS, "similarity to the mean", _order_expanded, looks=True)
