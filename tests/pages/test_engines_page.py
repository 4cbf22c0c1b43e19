"""Search engines on pages: Query is found by the one that is chosen and says so, and the Laboratory measures them by a button."""

import numpy as np
import pytest
from looking import button, end_of_work, stored, texts, views

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.ranking.search import search
from retrieval_core.stored.bins import Bin, save_bin
from retrieval_core.stored.engines import built_engines, chosen_engine, index_path, read_measured
from retrieval_core.workspace import Workspace

QUERY = "castle_gate_2"


@pytest.fixture
def filled(cache):
    assert main(["--cache", str(cache), "engines", "compare", "--models", "1d", "--engine", "faiss-hnsw"]) == 0
    return cache


def shown_ids(app):
    return [card["id"] for card in views(app)["strips"]["strips"][0]["cards"]]


def exact(cache, k, kept=None):
    database, queries = stored(cache, "1d").descriptors
    ids = [database.ids[place] for place in search(queries.rows([QUERY]), database.matrix)[0][0]]
    return [one for one in ids if kept is None or one in kept][:k]


def test_the_chosen_engine_finds_the_ranking_and_its_recall_stands_beside(open_page, filled):
    app = open_page("Query", filled, model="1d", query=QUERY, k="12", engine="faiss-hnsw")
    assert np.isin(shown_ids(app), exact(filled, 12)).mean() > 0.8
    recall = read_measured(stored(filled, "1d"), chosen_engine(stored(filled, "1d"), "faiss-hnsw")).recall
    assert f"faiss-hnsw, recall@10 {100 * recall:.1f} %" in texts(app.caption)
    assert views(app)["strips"]["strips"][0]["note"] == ""  # no AP of what is not exact
    assert "AP (Oxford)" in texts(app.markdown)  # that of exact search
    usual = open_page("Query", filled, model="1d", query=QUERY, k="12")
    assert shown_ids(usual) == exact(filled, 12)
    assert "recall@10" not in texts(usual.caption)
    assert "AP (Oxford)" in views(usual)["strips"]["strips"][0]["note"]


def test_one_index_is_searched_with_other_parameters(open_page, filled):
    app = open_page("Query", filled, model="1d", query=QUERY, k="12", engine="faiss-hnsw:ef=300")
    assert "faiss-hnsw:ef=300, recall not measured" in texts(app.caption).replace("\\", "")  # as Markdown shows it
    assert not app.warning


def test_an_engine_that_holds_nothing_is_not_opened(open_page, filled, monkeypatch):
    """A link may name any address: nothing is connected to that was not filled from here."""
    from retrieval_core.ranking import milvus

    monkeypatch.setattr(milvus, "_connect", lambda address: pytest.fail(f"{address} was called"))
    for engine, model in (("faiss-hnsw", "1c"), ("milvus:http://elsewhere:19530", "1d"), ("faiss-ivfpq", "1d")):
        app = open_page("Query", filled, model=model, query=QUERY, engine=engine)
        assert "does not hold its descriptors: the index is not built yet, so it is searched exactly" in texts(app.caption)
        assert not app.error


def test_an_index_of_other_descriptors_is_not_offered(open_page, filled):
    from dataclasses import replace

    results = stored(filled, "1d")
    assert built_engines(results) == ["exact", "faiss-hnsw"]
    path = index_path(results, chosen_engine(results, "faiss-hnsw"))
    record = results.workspace.record(path)
    with results.workspace.writing(path, dict(record.inputs) | {"descriptors": "0" * 64}, notes=record.notes) as temporary:
        temporary.write_bytes(path.read_bytes())
    assert built_engines(replace(results, workspace=Workspace(filled))) == ["exact"]
    assert "the index is of other descriptors than these" in texts(
        open_page("Query", filled, model="1d", query=QUERY, engine="faiss-hnsw").caption
    )


@pytest.mark.parametrize("engine", ["exact", "faiss-flat", "faiss-hnsw"])
@pytest.mark.parametrize("within", ["unlabelled", "landmark:castle_gate", "bin:mine"])
def test_only_what_a_filter_names_is_found(open_page, filled, engine, within):
    dataset = open_dataset(Workspace(filled), "town")
    save_bin(Workspace(filled), "town", Bin("mine", tuple(image.id for image in dataset.images[:7]), "the first"))
    kept = {
        "unlabelled": {image.id for image in dataset.images if image.label is None},
        "landmark:castle_gate": {image.id for image in dataset.images if image.label == "castle_gate"},
        "bin:mine": {image.id for image in dataset.images[:7]},
    }[within]
    app = open_page("Query", filled, model="1d", query=QUERY, k="12", engine=engine, within=within)
    assert shown_ids(app) == exact(filled, 12, kept)
    assert "only" in texts(app.caption)
    assert views(app)["strips"]["strips"][0]["note"] == ""


def test_an_engine_is_chosen_by_a_field_and_stays_in_the_link(open_page, filled):
    app = open_page("Query", filled, model="1d", query=QUERY)
    field = next(one for one in app.selectbox if one.label == "Search engine")
    assert field.options == ["exact", "faiss-flat", "faiss-hnsw"]
    field.select("faiss-hnsw").run()
    assert app.query_params["engine"] == "faiss-hnsw"
    assert "recall@10" in texts(app.caption)


def test_a_button_of_the_laboratory_fills_and_measures(open_page, cache):
    app = open_page("Laboratory", cache, part="engines", model="1c")
    assert not app.dataframe
    assert "engines compare --dataset town --run quick --models 1c" in texts(app.caption)
    next(one for one in app.button if one.label.startswith("Fill and measure exact, faiss-flat")).click().run()
    assert end_of_work(cache, "run").state == "done"
    app = open_page("Laboratory", cache, part="engines", model="1c")
    table = app.dataframe[0].value
    assert table.loc["exact", "recall@10"] == 1
    assert {"faiss-flat", "faiss-ivfpq", "faiss-hnsw"} <= set(table.index)
    assert button(app, "Measure again")
