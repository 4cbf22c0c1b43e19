"""A dataset with the revisited protocol from its file to the page Compare and the command line."""

import json
import shutil

import pytest
from caches import copy_cache
from looking import stored, texts

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.evaluation.easy_medium_hard import revisited_table
from retrieval_core.workspace import Workspace


@pytest.fixture
def cache(town_cache, tmp_path):
    """The tiny town once more, its first query of each landmark asked as ROxford5k asks: half of the answers easy, half hard."""
    cache = copy_cache(town_cache, tmp_path / "cache")
    town = open_dataset(Workspace(cache), "town")
    folder = tmp_path / "again"
    (folder / "jpg").mkdir(parents=True)
    for image in town.images:
        shutil.copy(image.path, folder / "jpg")
    asked = [query for query in town.queries if query.id.endswith("_1") and len(query.positives) > 2]
    asked_ids = [query.image_id for query in asked]
    listed = [image.id for image in town.images if image.id not in asked_ids]
    places = {image_id: place for place, image_id in enumerate(listed)}
    entries = []
    for query in asked:
        right = [places[image_id] for image_id in query.positives if image_id in places]
        entries.append({"bbx": query.box, "easy": right[::2], "hard": right[1::2],
                        "junk": [places[image_id] for image_id in query.junk if image_id in places]})  # fmt: skip
    (folder / "gnd_again.json").write_text(json.dumps({"imlist": listed, "qimlist": asked_ids, "gnd": entries}))
    assert main(["--cache", str(cache), "data", "add", "again", str(folder)]) == 0
    return cache


def test_easy_medium_and_hard_are_on_the_page_and_printed(open_page, cache, capsys):
    options = ["--dataset", "again", "--run", "quick", "--models", "1c,1d"]
    assert main(["--cache", str(cache), "run", *options, "--device", "cpu"]) == 0
    capsys.readouterr()
    assert main(["--cache", str(cache), "evaluate", *options]) == 0
    printed = capsys.readouterr().out
    assert "Easy, Medium and Hard, in percent" in printed
    workspace = Workspace(cache)
    dataset = open_dataset(workspace, "again")
    expected = revisited_table({key: stored(cache, key, "again").rankings() for key in ("1c", "1d")}, dataset)
    assert f"{expected.loc['1d', 'mAP H']:.2f}" in printed
    app = open_page("Compare", cache, dataset="again")
    assert "Easy, Medium and Hard, in percent" in texts(app.subheader)
    shown = next(table.value for table in app.dataframe if "mAP E" in table.value.index)
    assert shown.loc["mAP M", "1c"] == pytest.approx(expected.loc["1c", "mAP M"])
    # Medium is what the table of AP says, since easy and hard answers both count there.
    table = open_page("Compare", cache, dataset="again", rows="all").dataframe[0].value
    assert table.loc["mAP", "1d"] == pytest.approx(expected.loc["1d", "mAP M"])
