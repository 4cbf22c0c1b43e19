"""The AP table from the cache beside ranking and scoring everything again, in one run.

    python tests/benchmarks/bench_table.py [DATASET]

Needs a dataset that has been run (default: town). Prints the seconds from an open workspace to the finished table of all
models and all queries, reading checked files; the goal is 0.3 s or less.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.evaluation.average_precision import score_rankings
from retrieval_core.evaluation.tables import ap_table
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import default_run
from retrieval_core.workspace import Workspace


def main() -> None:
    """Time both ways and print the table."""
    name = sys.argv[1] if len(sys.argv) > 1 else "town"
    run = default_run(Workspace(), name)
    models = [state.key for state in model_states(Workspace(), name, run) if state.map_oxford is not None]
    dataset = open_dataset(Workspace(), name)

    start = time.perf_counter()
    workspace = Workspace()
    cached = ap_table({model: open_results(workspace, name, run, model).scores for model in models}, dataset, "oxford", "all")
    reading = time.perf_counter() - start

    start = time.perf_counter()
    scores = {model: score_rankings(dataset, open_results(workspace, name, run, model).rankings()) for model in models}
    fresh = ap_table(scores, dataset, "oxford", "all")
    ranking = time.perf_counter() - start

    # Two scores that are all but equal may change places with the number of threads: a millionth of a point, no more.
    assert (cached - fresh).abs().max(axis=None) < 0.001, "cache and fresh rankings disagree"
    print(f"{len(models)} models × {len(dataset.queries)} queries, {len(dataset.images)} photographs")
    print(f"{'from cache':24}{reading:8.3f} s\n{'ranked and scored again':24}{ranking:8.3f} s\n{'ratio':24}{reading / ranking:8.3f}")


if __name__ == "__main__":
    main()
