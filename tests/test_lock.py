"""The lock file names one version of everything that requirements.txt needs, each allowed, and is what is installed here."""

import runpy
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCK = runpy.run_path(str(ROOT / ".ci" / "lock"))


def pins() -> dict[str, str]:
    lines = (ROOT / "requirements-lock.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_every_requirement_is_locked_to_a_version_that_it_allows():
    for one in LOCK["wanted"]((ROOT / "requirements.txt").read_text()):
        assert one.specifier.contains(pins()[canonicalize_name(one.name)]), one


def test_all_that_these_need_is_locked_and_fits_together():
    here = LOCK["locked"](LOCK["wanted"]((ROOT / "requirements.txt").read_text()))
    assert here.keys() <= pins().keys()
    for name in here:
        from importlib.metadata import requires

        for needed in map(Requirement, requires(name) or ()):
            other = canonicalize_name(needed.name)
            if needed.marker is None and other in here:
                assert needed.specifier.contains(pins()[other], prereleases=True), (name, needed)


def test_the_tests_have_run_with_it():
    others = {name: version(name) for name, number in pins().items() if Version(version(name)).public != number}
    if others:
        pytest.skip(f"installed here are others: {others}")
