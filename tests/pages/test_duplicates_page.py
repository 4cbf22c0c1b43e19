"""The page Duplicates: a button looks, groups are shown with why, and what they mean for the queries of the dataset is said."""

import shutil

from looking import button, end_of_work, texts, views

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.workspace import Workspace


def test_a_button_looks_and_groups_are_shown(open_page, cache):
    app = open_page("Duplicates", cache, against="town-train")
    assert not views(app)
    button(app, "Look for near-equal photographs").click().run()
    assert end_of_work(cache).state == "done"
    app = open_page("Duplicates", cache, against="town-train")
    assert "near-equal" in texts(app.markdown) + texts(app.success)
    assert "duplicates --dataset town --against town-train" in texts(app.caption)
    assert not app.exception


def test_a_copy_of_a_query_image_is_shown_said_and_not_counted(open_page, cache, tmp_path):
    town = next((cache / "town" / "photographs").glob("jpg")).parent
    shutil.copytree(town, tmp_path / "copied")
    query = next(iter(sorted((tmp_path / "copied" / "lab").glob("*_1_query.txt"))))
    own = query.read_text().split()[0].removeprefix("oxc1_")
    shutil.copy(tmp_path / "copied" / "jpg" / f"{own}.jpg", tmp_path / "copied" / "jpg" / "a_copy.jpg")
    for file in query.parent.glob(query.name.replace("_1_query", "_*_ok")):
        file.write_text(file.read_text() + "a_copy\n")
    add_dataset(Workspace(cache), "copied", tmp_path / "copied")
    app = open_page("Duplicates", cache, dataset="copied")
    button(app, "Look for near-equal photographs").click().run()
    assert end_of_work(cache).state == "done"
    app = open_page("Duplicates", cache, dataset="copied")
    strips = views(app)["strips"]["strips"]
    assert {"a_copy", own} in [{card["id"] for card in strip["cards"]} for strip in strips]
    assert "same file" in " ".join(strip["note"] for strip in strips)
    assert "queries have an answer that is a near-equal" in texts(app.markdown)
    assert not app.exception
