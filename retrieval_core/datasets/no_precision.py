"""Why there is no average precision where there is none."""

from retrieval_core.datasets.catalog import DESCRIPTOR_LAYOUT, described
from retrieval_core.datasets.types import Dataset
from retrieval_core.workspace import Workspace


def why_no_precision(workspace: Workspace, dataset: Dataset) -> str:
    """Why there is no average precision of a dataset, and what to do about it: no queries, nothing to find, or no model yet."""
    if any(query.positives for query in dataset.queries):
        return f"No model of {dataset.name!r} is scored yet. Run: {workspace.command('run', '--dataset', dataset.name)}"
    if dataset.queries:
        asked = f"None of the {len(dataset.queries)} queries of" if len(dataset.queries) > 1 else "Not even the only query of"
        return (
            f"{asked} {dataset.name!r} has a good or ok photograph to find, so there is no average precision; maps and "
            "neighbours need none. Name some in the ground truth that it was read from."
        )
    path, layout = described(workspace, dataset.name)
    more = ("--model", "KEY", "--queries", "FILE") if layout == DESCRIPTOR_LAYOUT else ()
    return (
        f"{dataset.name!r} has no queries, so there is no average precision; maps and neighbours need none. To have it, write "
        "LANDMARK_N_query.txt, _good.txt, _ok.txt and _junk.txt for each query into a folder GT (the README says how), and run: "
        + workspace.command("data", "add", dataset.name, path, "--ground-truth", "GT", *more)
    )
