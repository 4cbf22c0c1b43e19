"""The page "From Python" of the README and the examples of every verb run as they stand; importing the package costs nothing."""

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import retrieval_core

ROOT = Path(__file__).parents[2]
MODULES = sorted({f"retrieval_core.verbs.{module}" for module in retrieval_core._VERBS.values()})


def failures(examples: doctest.DocTest) -> str:
    said = []
    doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE).run(examples, out=said.append)
    return "".join(said)


def test_the_page_from_python_runs_as_it_stands(here):
    page = re.search(r"^## From Python\n(.*?)^## ", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    code = "".join(re.findall(r"```python\n(.*?)```", page.group(1), re.DOTALL))
    assert code.count(">>>") >= 12
    examples = doctest.DocTestParser().get_doctest(code, {}, "From Python", "README.md", 0)
    assert not failures(examples)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_every_verb_run(here, name):
    found = [one for one in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)) if one.examples]
    assert found
    for examples in found:
        assert not failures(examples), examples.name


def test_every_verb_has_an_example_and_types():
    for name in retrieval_core._VERBS:
        verb = getattr(retrieval_core, name)
        assert verb.__doc__
        if name[0].islower():
            assert ">>>" in verb.__doc__
            assert "return" in verb.__annotations__
    assert retrieval_core.RetrievalError.__name__ == "RetrievalError"
    assert set(retrieval_core.__all__) <= set(dir(retrieval_core))
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = retrieval_core.nothing_of_the_kind


def test_importing_the_package_loads_no_library():
    code = "import sys, retrieval_core; print([name for name in ('numpy', 'torch', 'pandas', 'PIL', 'sklearn') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr
