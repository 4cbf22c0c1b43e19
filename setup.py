"""What pyproject.toml can't say: the app and its pages lie beside the package here, and inside it when it is installed.

A package of the general name `pages` among those of others would be in their way, and they in ours.
"""

from pathlib import Path

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

HERE = str(Path(__file__).parent)
DATA = ["*.js", "*.css", "*.html", "*.svg", "*.png", "*.safetensors", "*.json", "*.md", "py.typed"]
PAGES = find_namespace_packages(HERE, include=["pages", "pages.*"], exclude=["*.__pycache__"])
APP = {"retrieval_core.app": ".", **{f"retrieval_core.app.{name}": name.replace(".", "/") for name in PAGES}}


class WithoutThisFile(build_py):
    """Takes app.py from this folder, and not what builds it."""

    def find_package_modules(self, package, package_dir):
        """The modules of a package, as (package, name, file)."""
        return [module for module in super().find_package_modules(package, package_dir) if module[1] != "setup"]


setup(
    packages=[*find_namespace_packages(HERE, include=["retrieval_core", "retrieval_core.*"], exclude=["*.__pycache__"]), *APP],
    package_dir=APP,
    package_data={"": DATA, "retrieval_core.app": [".streamlit/config.toml"]},
    cmdclass={"build_py": WithoutThisFile},
)
