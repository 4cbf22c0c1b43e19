"""The address of a view: what it is made of, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pages.state.defaults import DEFAULTS
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.view import View, pages, parameters, read_view, unknown


def test_pages_and_parameters_are_those_of_the_app():
    assert parameters() == DEFAULTS
    assert pages()[:3] == ("start", "compare", "duplicates")
    assert not {"shell", "lesson", "__init__"} & set(pages())


@pytest.mark.parametrize(("text", "page", "values"), [
    ("map", "map", {}), ("map?model=1d&film=open", "map", {"model": "1d", "film": "open"}), ("/map?k=", "map", {"k": ""}),
    ("?k=24", "start", {"k": "24"}), (" query?query=a%20b%26c#top ", "query", {"query": "a b&c"}),
    ("map?dataset=photos", "map", {"dataset": "photos"}),
    ("http://localhost:8501/map?dataset=town&run=quick&model=1d&lesson=x&card=2", "map", {"model": "1d"}),
    ("https://host/behind/a/proxy/ledger", "ledger", {}), ("http://localhost:8501/", "start", {}),
])  # fmt: skip
def test_an_address_is_read(text, page, values):
    view = read_view(text)
    assert (view.page, view.parameters) == (page, values)


@given(some.dictionaries(some.sampled_from(list(DEFAULTS)), some.text(some.characters(exclude_categories=["Cs"]), max_size=20)))
def test_what_is_written_is_read_again(values):
    view = View("map", values)
    assert read_view(str(view)).parameters == values


@pytest.mark.parametrize("text", [
    "", " ", "map ?x=1", "map?x", "map?x=1&x=2", "map?x=%ff", "a" * 9000, "map?" + "&".join(f"a{n}=1" for n in range(300)),
    "http://[x/map", "ma\tp",
])  # fmt: skip
def test_what_is_no_address_is_said_with_an_example_or_a_remedy(text):
    with pytest.raises(RetrievalError, match=r"The view .*\. (Write|Leave)"):
        read_view(text)


def test_what_the_app_does_not_have_is_said_with_what_there_is():
    [page, parameter] = unknown(read_view("atlas?modle=1d"))
    assert page.startswith("There is no page 'atlas'. Choose one of: start, compare")
    assert parameter.startswith("No page has a parameter 'modle'. There are: dataset, run, model")
    assert unknown(read_view("map?card=2")), "a card can't lead into another lesson"
    assert not unknown(read_view("map?model=zz&dataset=photos"))
