"""A large dataset of imported descriptors, from the file to the map: as many as Oxford105k and its distractors.

    python tests/benchmarks/bench_large.py [--count 105000] [--width 2048] [--landmarks 14] [--folder FOLDER] [--map pca,tsne]
    python tests/benchmarks/bench_large.py --count 50000 --width 512 --landmarks 800 --map pca      # clusters, too
    python tests/benchmarks/bench_large.py --count 1000000 --width 512 --map pca                    # docs/scaling.md

Writes synthetic descriptors with a ground truth of at least 70 queries to FOLDER (by default where temporary
files go; 1.8 GB, deleted at the end) and prints, for each step that a person meets, its seconds, those of the processor, which do not
depend on what else the machine does, the memory that it took at most beyond what was held before (its own: pages of mapped files do not
count), and the most that the process has held so far, these pages included, which the system may take back at any time. What is made of
all descriptors and is as large lies in files in the folder for temporary files, which should be on a disk. Linux only.
"""

import argparse
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from bench_search import own_memory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pages.web.scene_rankings import neighbours_of, query_rankings
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.descriptors.matrix import chosen_rows
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.evaluation.average_precision import score_rankings
from retrieval_core.evaluation.clusters import NEAREST, outliers
from retrieval_core.evaluation.failures import stuck_positives
from retrieval_core.evaluation.judged_rankings import without_query_images
from retrieval_core.evaluation.retrieval_metrics import metrics_table
from retrieval_core.ranking.neighbour_lists import MOST_LISTED
from retrieval_core.ranking.search import nearest
from retrieval_core.ranking.selection import mean_within, similarity_to
from retrieval_core.runs import cluster_steps, map_steps, steps
from retrieval_core.runs.recompute import recompute
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.clusters import measured
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

QUERIES, PHOTOGRAPHS = 70, 60  # photographs of one landmark
NAME, MODEL = "large", "1h"
WRITTEN = 5000  # rows made at a time


def write_files(folder: Path, count: int, width: int, landmarks: int) -> None:
    """Descriptors near a subspace, as those of a network are; the first rows are of landmarks, the others of anything."""
    random = np.random.default_rng(0)
    basis = random.standard_normal((128, width), dtype=np.float32)
    centres = random.standard_normal((landmarks, 128), dtype=np.float32)
    rows = np.lib.format.open_memmap(folder / "descriptors.npy", "w+", np.float32, (count, width))
    for start in range(0, count, WRITTEN):
        hidden = random.standard_normal((min(WRITTEN, count - start), 128), dtype=np.float32)
        for row in range(start, min(start + len(hidden), landmarks * PHOTOGRAPHS)):
            hidden[row - start] = 2 * hidden[row - start] + centres[row // PHOTOGRAPHS]
        block = hidden @ basis
        rows[start : start + WRITTEN] = block / np.linalg.norm(block, axis=1, keepdims=True)
    rows.flush()
    ids = [f"image_{row:06}" for row in range(count)]
    (folder / "ids.txt").write_text("\n".join(ids) + "\n")
    queries, each = [], max(1, QUERIES // landmarks)
    for number in range(each * landmarks):
        first = number // each * PHOTOGRAPHS
        own = first + number % each
        positives = tuple(ids[first : first + PHOTOGRAPHS])
        queries.append(Query(f"landmark{number // each:03}_{number % each + 1}", ids[own], f"landmark{number // each:03}", None,
                             positives, (), ()))  # fmt: skip
    write_oxford(folder, queries)
    np.save(folder / "queries.npy", rows[[ids.index(query.image_id) for query in queries]])


@contextmanager
def step(name: str):
    """Time a step, watch its memory, print both."""
    peaks: dict[str, float] = {}
    begin, spent = time.perf_counter(), time.process_time()
    with own_memory(peaks, name):
        yield
    seconds, spent = time.perf_counter() - begin, time.process_time() - spent
    status = Path("/proc/self/status").read_text()
    most = int(status.split("VmHWM:")[1].split()[0]) / 1e6
    print(f"{name:48}{seconds:>9.1f} s{spent:>9.1f} s{peaks[name]:>9.0f} MB{most:>8.1f} GB", flush=True)


def drain(progress):
    """Run a step of the pipeline to its end."""
    for _ in progress:
        pass


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=105_000)
    parser.add_argument("--width", type=int, default=2048)
    parser.add_argument("--landmarks", type=int, default=14)
    parser.add_argument("--folder")
    parser.add_argument("--map", default="pca,tsne")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        folder, workspace = Path(place), Workspace(Path(place) / "cache")
        print(f"{options.count:,} photographs, {options.landmarks * PHOTOGRAPHS:,} of landmarks, {options.width} dimensions\n"
              f"{'':48}{'time':>11}{'processor':>11}{'memory':>12}{'held':>11}")  # fmt: skip
        write_files(folder, options.count, options.width, options.landmarks)
        with step("add: check, copy, hash"):
            add_dataset(workspace, NAME, folder / "descriptors.npy", model=MODEL, queries=folder / "queries.npy")
        with step("open the dataset"):
            dataset = open_dataset(workspace, NAME)
        with step("look at the models' state"):
            (state,) = model_states(workspace, NAME, IMPORTED_RUN)
            assert state.explorable
            assert len(dataset.images) == options.count
        with step("rank all queries and score them"):
            drain(steps.score(workspace, IMPORTED_RUN, NAME, MODEL))
        database, _ = open_results(workspace, NAME, IMPORTED_RUN, MODEL).descriptors
        with step("neighbours of one photograph, as on a click"):
            nearest(database.matrix, options.count // 2, 48)
        results = open_results(workspace, NAME, IMPORTED_RUN, MODEL)
        with step("the same, as the map asks for them"):
            neighbours_of(results, "all", options.count // 2)
        with step("first photographs of all queries, for the map"):
            query_rankings(results, "all")
        with step("similarity to a selection of half of all"):
            chosen = np.arange(0, options.count, 2)
            mean_within(chosen_rows(database.matrix, chosen))
            similarity_to(database.matrix, chosen_rows(database.matrix, chosen))
        with step("rankings of all queries, and their table"):
            ranked = results.rankings()
            metrics_table({MODEL: ranked}, dataset)
            score_rankings(without_query_images(dataset), ranked)
            stuck_positives({MODEL: ranked}, dataset, 100)
        del ranked
        with step("recompute the scores"):
            drain(recompute(workspace, NAME, IMPORTED_RUN, MODEL))
        with step("whitening: learn from all, and apply"):
            learnt = Whitening.fit(database.matrix)
            whitened = learnt.transform(database.matrix)
        del whitened
        with step("list the neighbours of all, where not too many"):
            drain(map_steps.list_neighbours(workspace, IMPORTED_RUN, NAME, MODEL))
        if options.count <= MOST_LISTED:
            with step("clusters: without labels, and pairs"):
                drain(cluster_steps.find_clusters(workspace, NAME, IMPORTED_RUN, [MODEL]))
            with step("clusters: measured, with and without labels"):
                found = measured(open_results(workspace, NAME, IMPORTED_RUN, MODEL), NEAREST)
            print(f"  {len(outliers(found)):,} outliers of {len(found.ids):,} labelled photographs")
        for method in options.map.split(","):
            with step(f"map: {method}"):
                drain(map_steps.project(workspace, IMPORTED_RUN, NAME, MODEL, method))
            with step(f"open the map: {method}"):
                made = open_results(workspace, NAME, IMPORTED_RUN, MODEL).map(map_choice(method, "all", None, 0))
            print(f"  trustworthiness {made.quality['trustworthiness']:.3f}, kNN overlap {made.quality['knn_overlap']:.3f}")
        (state,) = model_states(workspace, NAME, IMPORTED_RUN)
        print(f"mAP {state.map_oxford:.2f} (Oxford), {state.map_finite_sum:.2f} (finite sum)")


if __name__ == "__main__":
    main()
