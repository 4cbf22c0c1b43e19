import pytest
import tiny
from own_photographs import write_photographs


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory):
    """A folder with path/to/photos and path/to/lab, and a cache in which `photos` is added."""
    from retrieval_core.verbs.opened import add

    folder = tmp_path_factory.mktemp("own")
    photos, lab = write_photographs(folder / "path" / "to")
    add("photos", photos, folder / "cache", ground_truth=lab)
    return folder


@pytest.fixture
def here(own_folder, monkeypatch):
    """Work in that folder, as somebody does who follows the README."""
    monkeypatch.chdir(own_folder)
    monkeypatch.delenv("RETRIEVAL_CACHE", raising=False)
    with tiny.as_shipped():
        yield own_folder
