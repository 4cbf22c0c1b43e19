"""Reading a cache loads no network and no compiled code: `status` answers within a second."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "torchvision", "timm", "numba", "sklearn", "umap", "openTSNE", "streamlit")
CODE = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
import tiny
tiny.shrink()
from retrieval_core.cli.main import main
from retrieval_core.stored import results
status = main(sys.argv[1:])
print("loaded:", *[name for name in {heavy!r} if name in sys.modules])
sys.exit(status)
"""


def command(*arguments):
    """Run a command on the tiny town in a process of its own; what it prints, and the seconds of the processor that it took."""
    code = CODE.format(root=str(ROOT), tests=str(ROOT / "tests"), heavy=HEAVY)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    return done.stdout, after.ru_utime - before.ru_utime


@pytest.mark.parametrize("arguments", [
    ("status",), ("ledger",), ("data", "list"), ("models",), ("evaluate", "--models", "1c,1d"), ("cache", "prune"),
], ids=" ".join)  # fmt: skip
def test_what_only_reads_loads_nothing_heavy(town_cache, arguments):
    printed, _ = command("--cache", town_cache, *arguments)
    assert printed.splitlines()[-1] == "loaded:"
    assert len(printed.splitlines()) > 3


def test_status_answers_within_a_second(town_cache):
    printed, seconds = command("--cache", town_cache, "status")
    assert printed.count(" ready ") == 10
    assert seconds < 1.5  # 0.5 s were measured


def test_importing_what_reads_the_cache_loads_nothing_heavy():
    modules = ("stored.results", "stored.prune", "stored.model_states", "runs.settings", "runs.jobs", "cli.main")
    wanted = ", ".join(f"retrieval_core.{name}" for name in modules)
    code = f"import sys, {wanted}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
