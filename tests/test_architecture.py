"""The layers of the house: every import inside the core points down, and the core knows nothing of the pages."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [  # from the top down
    "__main__", "cli", "verbs", "runs", "lessons", "stored", "training", "projection", "feedback", "evaluation", "ranking",
    "descriptors", "networks", "datasets",
    "presets", "schedules", "search_choices", "named_networks", "workspace", "parameters", "app_script", "paths", "exchange",
    "processes", "progress", "errors",
]  # fmt: skip
DOORS = {  # what lies directly in retrieval_core/
    "__init__.py", "__main__.py", "py.typed", "errors.py", "paths.py", "app_script.py", "progress.py", "presets.py", "schedules.py",
    "search_choices.py", "named_networks.py", "workspace.py", "parameters.py", "processes.py", "exchange.py", "datasets", "networks",
    "descriptors", "ranking", "evaluation", "feedback", "projection", "training", "stored", "lessons", "runs", "verbs", "cli",
}  # fmt: skip
ARTEFACTS = {"weights.safetensors", "scores.json", "costs.json", "matches.safetensors", "run.json", "training.jsonl", "whitening.npz",
             "vocabulary.safetensors", "descriptors.safetensors", "clusters.safetensors", "misread.safetensors"}  # fmt: skip
SPELLED = {
    "stored/artefacts.py": ARTEFACTS - {"descriptors.safetensors"},
    "datasets/imported.py": {"descriptors.safetensors"},  # descriptors that were made elsewhere are written down there
    "training/loop.py": {"training.jsonl"},  # of its half-done work; the floor of artefacts lies above it
}
"""Where file names of artefacts may be spelled, each in one place."""
CORE = sorted((ROOT / "retrieval_core").rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def floor(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if parts[0] == "retrieval_core" and len(parts) > 1 else None


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_imports_point_down(path):
    own = path.relative_to(ROOT / "retrieval_core").parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for name in imported(path):
        other = floor(name)
        if other is None or other == own:
            continue
        assert other in FLOORS, f"{path} imports {name}, which has no floor"
        assert FLOORS.index(other) > FLOORS.index(own), f"{path} ({own}) imports upwards: {name}"


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_has_no_page_no_pickle_and_prints_only_on_the_command_line(path):
    forbidden = {"streamlit", "plotly", "pages", "pickle"}
    if path.name == "plain_pickle.py":  # published ground truths are pickles: they are read by a reader that runs nothing
        assert "pickle.load" not in path.read_text()
        forbidden.remove("pickle")
    assert not {name.split(".")[0] for name in imported(path)} & forbidden
    if path.parent.name != "cli":
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        assert not [call for call in calls if isinstance(call, ast.Name) and call.id == "print"]


SCRIPTS = sorted((ROOT / "pages").rglob("*.js"))


@pytest.mark.parametrize("path", CORE + PAGES + SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_the_doors_are_those_of_the_plan():
    found = {path.name for path in (ROOT / "retrieval_core").iterdir() if path.name != "__pycache__"}
    assert found == DOORS


@pytest.mark.parametrize("path", CORE + PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_names_of_artefacts_are_spelled_in_one_place(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node.value for node in ast.walk(tree)
             if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings]  # fmt: skip
    spelled = {name for name in ARTEFACTS for text in texts if name in text}
    assert spelled == SPELLED.get("/".join(path.relative_to(ROOT).parts[1:]), set())


def test_ci_runs_the_test_command_of_the_readme():
    command = (ROOT / ".ci" / "run").read_text().splitlines()[-1]
    assert "pytest" in command
    assert command in (ROOT / "README.md").read_text()
