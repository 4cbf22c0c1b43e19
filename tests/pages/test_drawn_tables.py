"""Tables: the best is marked by a sign that a table in the browser shows, names stand there in full, and nothing says None."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.widgets import tables

PAGES = Path(__file__).parents[2] / "pages"
TABLE = pd.DataFrame({"1a": [10.0, 50.0, np.nan], "1b": [20.0, 50.0, np.nan], "1c": [5.0, 40.0, np.nan]}, index=["q_1", "q_2", "q_3"])


def displayed(style) -> list[list[str]]:
    """What the cells of a table say."""
    rows = style._translate(False, False)["body"]
    return [[cell["display_value"] for cell in row if cell["type"] == "td"] for row in rows]


def test_the_best_of_a_row_has_the_sign_that_the_caption_names():
    assert displayed(tables.heat(TABLE)) == [["10.0", "★ 20.0", "5.0"], ["★ 50.0", "★ 50.0", "40.0"], ["–", "–", "–"]]
    assert tables.BEST == "★"
    assert "tables.BEST} is the best of its row" in (PAGES / "compare.py").read_text(encoding="utf-8")


def test_a_change_has_no_best():
    assert displayed(tables.heat(TABLE, change=True))[0] == ["+10.0", "+20.0", "+5.0"]


def test_the_best_of_a_column_among_those_that_are_asked_for():
    marked = tables.mark_best(TABLE.style.format("{:.1f}"), 0, ["1a", "1c"])
    assert [row[0] for row in displayed(marked)][:2] == ["10.0", "★ 50.0"]
    assert [row[1] for row in displayed(marked)][:2] == ["20.0", "50.0"]


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.py")), ids=lambda path: str(path.relative_to(PAGES)))
def test_every_table_is_drawn_in_one_way(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    drawn = [call for call in calls if isinstance(call, ast.Attribute) and call.attr in ("dataframe", "table", "data_editor")]
    assert len(drawn) == (path.name == "tables.py")


def test_a_dash_stands_where_nothing_is_known_and_names_have_room():
    def page():
        import pandas as pd

        from pages.widgets import tables

        tables.draw(pd.DataFrame({"rank": [1, None], "picture": [None, "n" * 40]}, index=["q_1", "q_2"]))

    app = AppTest.from_function(page).run()
    assert not app.exception
    drawn = app.dataframe[0].proto
    assert drawn.placeholder == "–"
    assert '"width": 366' in drawn.columns
