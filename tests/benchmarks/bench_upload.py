"""From a handed-over picture to its rankings under all models, beside loading each network anew, in one run.

    python tests/benchmarks/bench_upload.py [DATASET]

Needs a dataset that has been run (default: town). A photograph of it is read back as an upload of 1600 pixels, with and without a
box; prints the seconds from its bytes to the rankings of all seven models (variants left out) with warm models, medians of 10. The
goal is 1.5 s or less.
"""

import io
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.uploads import read_upload
from retrieval_core.presets import PRESETS
from retrieval_core.ranking.search import search
from retrieval_core.runs.describer import open_describer
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import default_run
from retrieval_core.workspace import Workspace

ROUNDS = 10


def main() -> None:
    """Time both ways and print the table."""
    name = sys.argv[1] if len(sys.argv) > 1 else "town"
    workspace = Workspace()
    run = default_run(workspace, name)
    models = [state.key for state in model_states(workspace, name, run) if state.explorable and state.key in PRESETS]
    results = {model: open_results(workspace, name, run, model) for model in models}
    picture = read_image(open_dataset(workspace, name).images[0].path)
    content = io.BytesIO()
    picture.resize((1600, round(1600 * picture.height / picture.width))).save(content, "JPEG", quality=90)
    databases = {model: results[model].descriptors[0].matrix for model in models}

    def rankings(describers, box):
        upload = read_upload(content.getvalue(), "upload.jpg")
        return [search(describers[model].describe(upload, box), databases[model]) for model in models]

    start = time.perf_counter()
    describers = {model: open_describer(results[model]) for model in models}
    rankings(describers, None)
    cold = time.perf_counter() - start
    print(f"{len(models)} models, an upload 1600 pixels wide, {len(databases[models[0]]):,} photographs")
    for words, box in (("whole picture", None), ("with a box", (200.0, 150.0, 900.0, 800.0))):
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            rankings(describers, box)
            times.append(time.perf_counter() - start)
        warm = statistics.median(times)
        print(f"{words:24}{warm:8.3f} s warm{cold:9.3f} s with loading{warm / cold:8.3f} ratio")


if __name__ == "__main__":
    main()
