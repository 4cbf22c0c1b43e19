"""Our t-SNE beside scikit-learn's on descriptors as large as Oxford5k's, in one run.

    python tests/benchmarks/bench_tsne.py [points] [dimensions]     default: 5063 2048

Both start on the principal components, with perplexity 30 and 750 iterations. Prints seconds (principal components and
neighbours included), trustworthiness and kNN overlap of 10 neighbours among the full descriptors, and the ratio of the
times; the goal is 0.5 or less at equal or better trustworthiness. Maps differ from start to start by more than the methods do, so
each is made from three starts, and the mean is printed with the least and the greatest. Ours takes all cores, scikit-learn's all
that OMP_NUM_THREADS allows.
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.progress import finished
from retrieval_core.projection.pca import principal_components
from retrieval_core.projection.quality import map_quality
from retrieval_core.projection.tsne import TSNE

PARAMETERS = TSNE.defaults
STARTS = 3
HIDDEN = 128  # descriptors of a network lie near a subspace of far fewer dimensions than they have
KINDS = {
    "200 clusters": (200, 1.0, 1.0),
    # Oxford5k has few photographs of its landmarks among very many of anything.
    "a tenth in 60 clusters, the others scattered": (60, 0.1, 0.35),
}
"""Kinds of data: how many clusters, the share of rows in them, and how far the other rows keep to their centres."""


def descriptors(count: int, width: int, clusters: int, share: float, pull: float) -> np.ndarray:
    """Rows of length 1 (count, width) in clusters of very different sizes and spreads, and others around them."""
    random = np.random.default_rng(0)
    sizes = random.pareto(1.5, clusters) + 0.2
    member = random.choice(clusters, count, p=sizes / sizes.sum())
    basis = random.normal(size=(HIDDEN, width)).astype(np.float32)
    centres, spread = random.normal(size=(clusters, HIDDEN)), random.uniform(0.2, 1.0, clusters)
    scattered = (random.random(count) >= share)[:, None]
    hidden = np.where(scattered, pull, 1.0) * centres[member]
    hidden += np.where(scattered, 1.0, spread[member, None]) * random.normal(size=(count, HIDDEN))
    matrix = hidden.astype(np.float32) @ basis + random.normal(size=(count, width)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def ours(matrix: np.ndarray, seed: int) -> np.ndarray:
    """Places (N, 2) by the package."""
    return finished(TSNE.place(principal_components(matrix, PARAMETERS["components"], seed), PARAMETERS, seed))


def theirs(matrix: np.ndarray, seed: int) -> np.ndarray:
    """Places (N, 2) by scikit-learn, from as many principal components."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    coordinates = PCA(PARAMETERS["components"], svd_solver="randomized", random_state=seed).fit_transform(matrix)
    iterations = PARAMETERS["early_iterations"] + PARAMETERS["iterations"]
    reducer = TSNE(perplexity=PARAMETERS["perplexity"], max_iter=iterations, init="pca", random_state=seed, n_jobs=-1)
    return reducer.fit_transform(coordinates)


def main() -> None:
    """Measure and print."""
    count, width = (int(value) for value in (*sys.argv[1:], *("5063", "2048")[len(sys.argv) - 1 :]))
    for method in (ours, theirs):
        method(descriptors(200, 64, 5, 1.0, 1.0), 0)  # loads the libraries
    for kind, (clusters, share, pull) in KINDS.items():
        matrix = descriptors(count, width, clusters, share, pull)
        print(f"{count} descriptors of {width} dimensions, {kind}")
        print(f"{'':14}{'seconds':>9}{'trustworthiness':>26}{'kNN overlap':>13}")
        times = []
        for name, method in (("ours", ours), ("scikit-learn", theirs)):
            begin = time.perf_counter()
            maps = [method(matrix, seed) for seed in range(STARTS)]
            times.append((time.perf_counter() - begin) / STARTS)
            found = [map_quality(matrix, np.asarray(xy))[0] for xy in maps]
            trust, overlap = ([one[measure] for one in found] for measure in ("trustworthiness", "knn_overlap"))
            spread = f"{np.mean(trust):.4f} ({min(trust):.4f}…{max(trust):.4f})"
            print(f"{name:14}{times[-1]:>9.1f}{spread:>26}{np.mean(overlap):>13.3f}", flush=True)
        print(f"{'ratio':14}{times[0] / times[1]:>9.2f}\n")


if __name__ == "__main__":
    main()
