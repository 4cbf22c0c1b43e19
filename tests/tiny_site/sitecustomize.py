"""Put first on PYTHONPATH this makes the presets tiny in a whole process and in its children: those of an app, or of a job."""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class TinyPresets:
    """Calls tiny.shrink() once the catalogue is imported: what never asks for it starts as quickly as ever."""

    def find_spec(self, name, path, target=None):
        if name != "retrieval_core.datasets.catalog":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        execute = spec.loader.exec_module

        def execute_and_shrink(module):
            execute(module)
            sys.path.append(str(HERE.parent))
            import tiny

            tiny.shrink(int(os.environ.get("TINY_STEPS", "3")))

        spec.loader.exec_module = execute_and_shrink
        return spec


def run_the_other() -> None:
    """Run the sitecustomize that this one hides, if there is one."""
    others = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


sys.meta_path.insert(0, TinyPresets())
run_the_other()
