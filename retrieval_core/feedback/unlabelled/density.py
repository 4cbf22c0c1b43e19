"""How densely labelled and unlabelled photographs lie: the distance of each to its k-th neighbour."""

import numpy as np
import pandas as pd

NEIGHBOUR = 10
BINS = 30


def neighbour_distances(similarities: np.ndarray, neighbour: int = NEIGHBOUR) -> np.ndarray:
    """Distances (N,) to the k-th nearest, of the similarities (N, K) of unit vectors, most similar first; the last where K is less."""
    place = min(neighbour, similarities.shape[1]) - 1
    return np.sqrt(np.maximum(2 - 2 * np.asarray(similarities[:, place], np.float64), 0.0))


def density(distances: np.ndarray, labelled: np.ndarray, bins: int = BINS) -> pd.DataFrame:
    """Share in percent of each group (N,) whose distance (N,) lies in one of some bins of equal width.

    Columns "distance", the middle of a bin, "labelled" and "unlabelled".
    """
    edges = np.linspace(distances.min(), max(distances.max(), distances.min() + 1e-6), bins + 1)
    shares = {name: 100 * np.histogram(distances[chosen], edges)[0] / max(1, chosen.sum())
              for name, chosen in (("labelled", labelled), ("unlabelled", ~labelled))}  # fmt: skip
    return pd.DataFrame({"distance": (edges[:-1] + edges[1:]) / 2, **shares})


def density_in_words(distances: np.ndarray, labelled: np.ndarray) -> str:
    """The medians of both groups, and how often a labelled photograph has its neighbours nearer than an unlabelled one."""
    own, others = np.sort(distances[labelled]), distances[~labelled]
    nearer = (np.searchsorted(own, others) + np.searchsorted(own, others, "right")).mean() / 2 / len(own)
    return (f"Median distance to the {NEIGHBOUR}th neighbour: labelled {np.median(own):.2f}, unlabelled {np.median(others):.2f}. In "
            f"{100 * nearer:.0f} % of all pairs the labelled one lies denser.")  # fmt: skip
