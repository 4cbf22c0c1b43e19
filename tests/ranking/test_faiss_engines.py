"""How many lists an inverted file has, and how many of them a search looks into."""

import faiss
import numpy as np
import pytest
from unit_rows import unit_rows

from retrieval_core.progress import finished
from retrieval_core.ranking import faiss_engines
from retrieval_core.ranking.engines import ENGINES, read_engine
from retrieval_core.ranking.faiss_engines import A_CENTRE, MOST_LISTS, usual_lists


@pytest.mark.parametrize(("count", "lists"), [(1, 4), (10_000, 400), (1_000_000, 4000), (10**12, MOST_LISTS)])
def test_usual_lists_grow_with_the_root_of_the_photographs(count, lists):
    assert usual_lists(count) == lists


@pytest.mark.parametrize(("text", "lists", "visited"), [
    ("faiss-ivfpq", 80, 5), ("faiss-ivfpq:lists=40", 40, 3), ("faiss-ivfpq:visited=7", 80, 7),
    ("faiss-ivfpq:lists=4000", 2000 // A_CENTRE, 4),
])  # fmt: skip
def test_an_index_has_the_lists_that_are_asked_for_or_the_usual_ones_and_looks_into_a_sixteenth(
    text, lists, visited, tmp_path, monkeypatch
):
    monkeypatch.setattr(faiss_engines, "usual_lists", lambda count: 80)
    if lists == 80:
        monkeypatch.setattr(faiss_engines, "A_CENTRE", 20)  # else so few photographs have fewer
    rows, chosen, asked = unit_rows(0, 2000, 16), read_engine(text), []
    path = finished(ENGINES["faiss-ivfpq"].build(rows, tmp_path, chosen, "ab" * 32))
    assert faiss.read_index(str(path)).nlist == lists
    real = faiss.SearchParametersIVF
    monkeypatch.setattr(faiss, "SearchParametersIVF", lambda **words: asked.append(words["nprobe"]) or real(**words))
    found, _ = ENGINES["faiss-ivfpq"].open(rows, path, chosen).search(rows[:3], 2)
    assert (found[:, 0] == np.arange(3)).all()
    assert asked == [visited]
