"""What a link asks for and can't have is said, and the usual is shown: no page ends in an error."""

import re
from itertools import zip_longest

import pytest
from looking import texts

from pages.state import link
from pages.widgets.figures import change_bars, confusion
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.projection.maps import HIGHEST_SEED
from retrieval_core.workspace import Workspace

ON_A_PAGE = {
    "Map": {
        "seed": ("²", "-1", "1e3", "5000000000", str(HIGHEST_SEED + 1), "9" * 5000, "٣", " 1", "0x10"),
        "settings": ("perplexity=1e400", "perplexity=nan", "perplexity=²", "perplexity", "perplexity=-1", "nothing=3", "=",
                     "perplexity=" + "9" * 400),
        "selection": ("~fp:1-", "~:", "~", "~{now}:1-", "~{now}:x", "~{now}:1-2-3", "~{now}:²", "~{now}:-1", "nobody"),
        "view": ("x", "1,2", "1,2,x", "nan,0,1", "1e400,0,1", "1,2,-3"), "unlabelled": ("2", "-1", "nan", "x", "²"),
        "colour": ("red",), "bin": ("nobody",), "brush": ("x", "similarity:1..", "hubness:a..b", "colour:1..2"),
        "thumbnails": ("maybe",), "names": ("maybe",), "film": ("yes",),
        "k": ("7", "²"), "subset": ("some",), "model": ("zz",), "run": ("..", "nobody"),
    },
    "Query": {"photo": ("nobody", "..", "![x](http://x)"), "show": ("x",), "rerank": ("magic",),
              "engine": ("fast", "faiss-hnsw:ef=0", "milvus:x", "<b>"), "within": ("nobody", "landmark:nobody", "bin:nobody"),
              "knobs": ("k=0", "k=nan", "alpha", "neighbours=3", "k=1.5", "k=" + "9" * 400)},
    "Compare": {"protocol": ("other",), "own": ("x",), "rows": ("x",), "cells": ("x",), "comparing": ("x",),
                "threshold": ("7", "nan", "²", "1e-1", "x")},
    "Ledger": {"before": ("zz",), "after": ("zz",)},
    "Failures": {"atlas": ("x",)},
    "Lesson": {"lesson": ("nobody", "../x", "<b>"), "card": ("x", "0", "²"), "edited": ("-1", "1e1", "9" * 5000)},
    "Unlabelled": {"measure": ("x", "f1"), "hidden": ("2", "²"), "draws": ("7", "-1"), "prior": ("1", "nan"), "second": ("zz", "<b>")},
}  # fmt: skip
ONE_BY_ONE = [("Query", {"query": "nobody"}), ("Query", {"query": "{query}", "box": "1,2"}), ("Ledger", {"step": "1a-zz"}),
              ("Query", {"query": "{query}", "box": "nan,0,1,1"}), ("Ledger", {"step": "<b>"}),
              ("Map", {"dataset": "nowhere"}), ("Map", {"dataset": "../x"}), ("Map", {"method": "art"}), ("Query", {"strips": "x"}),
              ("Query", {"strips": "two", "versus": "zz"}), ("Query", {"query": "{query}", "show": "why", "match": "nobody"}),
              ("Query", {"query": "{query}", "show": "why", "how": "x"}),
              ("Query", {"show": "feedback", "learn": "x"}), ("Query", {"show": "feedback", "learn": "rocchio", "learning": "alpha=x"}),
              ("Query", {"query": "{query}", "show": "feedback", "marks": "nobody"}),
              ("Query", {"query": "{query}", "show": "feedback", "marks": "~x:1"}),
              ("Laboratory", {"part": "x"}),
              ("Laboratory", {"part": "training", "stage": "1x"}),
              ("Laboratory", {"part": "training", "model": "1f", "mining": "-1"}),
              ("Laboratory", {"part": "knobs", "knob": "x"}), ("Laboratory", {"part": "variants", "variant": "x"}),
              ("Laboratory", {"part": "misread", "strip": "x"}),
              ("Laboratory", {"part": "break", "change": "x"}), ("Laboratory", {"part": "break", "changes": "x=1"}),
              ("Compare", {"comparing": "pairs", "rate": "x"}),
              ("Unlabelled", {"guess": "x"}), ("Unlabelled", {"guess": "detective", "jury": "zz"}),
              ("Unlabelled", {"guess": "detective", "among": "4"}), ("Unlabelled", {"guess": "detective", "votes": "0"}),
              ("Unlabelled", {"guess": "detective", "suspect": "nobody"}), ("Duplicates", {"against": "nowhere"})]  # fmt: skip
# What another parameter needs beside it:
SOUND = (
    "pairs",
    "detective",
    "two",
    "why",
    "{query}",
    "training",
    "1f",
    "knobs",
    "variants",
    "break",
    "feedback",
    "rocchio",
    "misread",
)
ELSEWHERE = {
    "landmarks",
    "cost",
    "value",
    "apart",
    "only",
    "group",
}  # read in the browser, or shown only where something was measured


def links():
    """Links with a value of each parameter that can't be read, as many as it takes to have had all of them."""
    for page, values in ON_A_PAGE.items():
        for chosen in zip_longest(*values.values()):
            yield page, {name: value for name, value in zip(values, chosen, strict=True) if value is not None}
    yield from ONE_BY_ONE


@pytest.mark.parametrize(("page", "values"), list(links()), ids=lambda part: part if isinstance(part, str) else "+".join(part))
def test_it_is_said_and_the_page_goes_on(open_page, town_cache, page, values):
    town = open_dataset(Workspace(town_cache), "town")
    known = {"{now}": town.photographs[:6], "{query}": town.queries[0].id}
    filled = {name: re.sub("{.*}", lambda found: known[found[0]], value) for name, value in values.items()}
    app = open_page(page, town_cache, **filled)
    assert not app.exception
    assert not app.error
    assert all("ink" in texts([warning]) for warning in app.warning)
    assert len(app.warning) >= sum(value not in SOUND for value in values.values()), texts(app.warning)


def test_every_parameter_of_a_link_is_tried():
    tried = {name for values in ON_A_PAGE.values() for name in values} | {name for _, values in ONE_BY_ONE for name in values}
    assert tried | ELSEWHERE == set(link.DEFAULTS)


def test_a_seed_in_the_range_is_kept(open_page, town_cache):
    app = open_page("Start", town_cache, seed=str(HIGHEST_SEED), settings="perplexity=12", view="0.1,-0.25,3.5", unlabelled="0.3")
    assert not app.warning
    assert app.query_params["seed"] == str(HIGHEST_SEED)


def test_a_list_of_names_comes_back():
    names = ["a,b", "50 %", "%2C", "mill"]
    assert [part.replace("%2C", ",").replace("%25", "%") for part in link.listed(names).split(",")] == names


def test_names_on_axes_are_texts():
    import pandas as pd

    names = ["007", "7", "07", "1e3", "2019-01-01", "old_mill", "old mill", "<b>x</b>", "a&b"]
    bars = change_bars(dict.fromkeys(names, 1.0))
    table = confusion(pd.DataFrame(1.0, names, names))
    assert bars.layout.yaxis.type == table.layout.xaxis.type == table.layout.yaxis.type == "category"
    for axis in (bars.data[0].y, table.data[0].x, table.data[0].y):
        assert list(axis) == [*names[:-2], "&lt;b>x&lt;/b>", "a&amp;b"]
