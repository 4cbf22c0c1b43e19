"""What pip installs holds the app with all that it serves, works in another folder, and puts nothing beside the package."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
SHIPPED = (".py", ".js", ".css", ".html", ".svg", ".png", ".safetensors", ".md")


def tracked() -> list[str]:
    """What belongs to the project, whether it is committed yet or not."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("needs git")
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which the wheel of these sources is unpacked, as pip does."""
    pytest.importorskip("setuptools", minversion="77")
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "sources").mkdir()
    with tarfile.open(folder / "all.tar", "w") as packed:
        for name in tracked():
            packed.add(ROOT / name, name)
    with tarfile.open(folder / "all.tar") as packed:
        packed.extractall(folder / "sources", filter="data")
    (folder / "sources" / "retrieval_core" / "networks" / "starts").mkdir(exist_ok=True)
    (folder / "sources" / "retrieval_core" / "networks" / "starts" / "lite0.safetensors").write_bytes(b"a start")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=folder / "sources", check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(installed, tmp_path, *words):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run([sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)


def test_all_of_the_package_and_the_pages_is_in_it(installed):
    for name in tracked():
        if name.endswith(SHIPPED) and name.startswith(("retrieval_core/", "pages/")):
            assert (installed / ("" if name.startswith("retrieval_core") else "retrieval_core/app") / name).is_file(), name
    for name in ("retrieval_core/app/app.py", "retrieval_core/app/.streamlit/config.toml", "retrieval_core/py.typed",
                 "retrieval_core/networks/starts/lite0.safetensors"):  # fmt: skip
        assert (installed / name).is_file(), name


def test_nothing_lies_beside_the_package(installed):
    assert {path.name.partition("-")[0] for path in installed.iterdir()} == {"retrieval_core", "retrieval"}
    assert not list(installed.rglob("setup.py"))
    assert not [path for path in installed.rglob("*") if "tests" in path.parts]


def test_it_says_what_it_needs_and_gives_the_command(installed):
    [about] = installed.glob("*.dist-info")
    metadata = (about / "METADATA").read_text(encoding="utf-8")
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    needed = [line.partition(": ")[2] for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert [line for line in needed if "extra ==" not in line] == wanted
    assert {line.partition(";")[2].strip() for line in needed if "extra ==" in line} == {'extra == "milvus"'}
    assert "retrieval = retrieval_core.cli.main:main" in (about / "entry_points.txt").read_text()


def test_it_works_in_another_folder(installed, tmp_path):
    listed = run(installed, tmp_path, "-m", "retrieval_core", "data", "list")
    assert "town " in listed.stdout, listed.stderr
    code = "import retrieval_core.app_script as script; print(script.app_file())"
    assert run(installed, tmp_path, "-c", code).stdout.strip() == str(installed / "retrieval_core" / "app" / "app.py")
    code = "import sys; sys.path.insert(0, sys.argv[1]); import app; print(len(app.ROUTES))"
    done = run(installed, tmp_path, "-c", code, str(installed / "retrieval_core" / "app"))
    assert int(done.stdout) > 8, done.stderr
    code = "from retrieval_core.app_script import app_module; print(app_module('pages.bundle').__file__)"
    done = run(installed, tmp_path, "-c", code)
    assert done.stdout.strip() == str(installed / "retrieval_core" / "app" / "pages" / "bundle" / "__init__.py"), done.stderr
    assert not list(tmp_path.iterdir())
