"""The part Detective of the page Unlabelled, and its command: the same suspects, decisions that are kept and undone, their export."""

from io import StringIO

import pandas as pd
import pytest
from looking import button, texts, views

from pages.state import door
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.oxford import read_oxford
from retrieval_core.stored.detective import ACCEPTED, REJECTED, decisions, find_suspects
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

PART = {"guess": "detective", "jury": "1a,1d,2a", "votes": "1", "among": "3"}
WORDS = ["detective", "--models", "1a,1d,2a", "--votes", "1", "--k", "3"]


def expected(cache):
    return find_suspects([open_results(Workspace(cache), "town", "quick", key) for key in ("1a", "1d", "2a")], 3, 1)


def of_command(cache, capsys, *words) -> pd.DataFrame:
    assert main(["--cache", str(cache), *WORDS, *words, "--format", "csv"]) == 0
    return pd.read_csv(StringIO(capsys.readouterr().out), index_col=0)


def test_suspects_are_accepted_rejected_and_undone(open_page, cache):
    found = expected(cache)
    assert len(found) > 1
    app = open_page("Unlabelled", cache, **PART)
    assert f"**{len(found)} suspects**" in texts(app.markdown)
    assert found[0].landmark in app.subheader[0].value
    left, right = views(app)["strips"]["strips"]
    assert [card["id"] for card in left["cards"]] == [found[0].image_id]
    assert right["cards"][0]["id"] == found[0].nearest[found[0].votes[0]][0]
    button(app, f"Accept: it shows {found[0].landmark}").click().run()
    assert decisions(Workspace(cache), "town") == {found[0].image_id: (ACCEPTED, found[0].landmark)}
    assert views(app)["strips"]["strips"][0]["cards"][0]["id"] == found[1].image_id
    button(app, "Reject").click().run()
    assert decisions(Workspace(cache), "town")[found[1].image_id] == (REJECTED, found[1].landmark)
    assert "1 accepted, 1 rejected" in texts(app.markdown)
    assert "The ground truth with what you accepted" in texts(app.subheader)
    button(app, "Undo").click().run()
    assert list(decisions(Workspace(cache), "town")) == [found[0].image_id]
    assert views(app)["strips"]["strips"][0]["cards"][0]["id"] == found[1].image_id
    button(app, "Undo").click().run()
    assert decisions(Workspace(cache), "town") == {}
    assert views(app)["strips"]["strips"][0]["cards"][0]["id"] == found[0].image_id
    button(app, "Later").click().run()
    assert views(app)["strips"]["strips"][0]["cards"][0]["id"] == found[1].image_id
    assert "How often is it right?" in texts(app.subheader)
    assert not app.exception


def test_a_link_to_what_is_not_here_is_said_and_mended(open_page, town_cache):
    app = open_page("Unlabelled", town_cache, **{**PART, "suspect": "nobody", "votes": "9", "jury": "1a,1d,2a,9z"})
    said = texts(app.warning)
    assert "nobody" in said
    assert "9z" in said
    assert "votes '9'" in said
    assert not app.exception


@pytest.mark.parametrize(("votes", "remedy"), [("2", "Ask for fewer votes."), ("1", "None looks like a gap: ask other models")])
def test_without_a_suspect_it_says_what_else_to_ask(open_page, town_cache, monkeypatch, votes, remedy):
    monkeypatch.setattr("pages.state.detective.find", lambda *asked: [])
    app = open_page("Unlabelled", town_cache, **{**PART, "votes": votes})
    assert "No unlabelled photograph has so many votes for one landmark." in texts(app.info)
    assert remedy in texts(app.info)
    assert button(app, "Accept").disabled
    assert not app.exception


def test_a_visitor_looks_and_decides_nothing(open_page, town_cache, monkeypatch):
    app = open_page("Unlabelled", town_cache, **PART)
    monkeypatch.setattr(door, "caller", lambda: door.Caller("203.0.113.7", ()))
    app.run()
    assert all(one.disabled for one in app.button if one.label.startswith(("Accept", "Reject", "Undo")))


def test_the_command_prints_decides_and_exports(cache, tmp_path, capsys):
    found = expected(cache)
    table = of_command(cache, capsys)
    assert list(table.index) == [one.image_id for one in found]
    assert list(table["landmark"]) == [one.landmark for one in found]
    first, second = found[0].image_id, found[1].image_id
    table = of_command(cache, capsys, "--accept", first, "--reject", second)
    assert table.loc[[first, second], "decision"].tolist() == ["accepted", "rejected"]
    assert main(["--cache", str(cache), *WORDS, "--export", str(tmp_path / "out")]) == 0
    assert "with 1 accepted photographs" in capsys.readouterr().out
    assert first in {image.id for image in read_oxford(tmp_path / "out", "out").images if image.label == found[0].landmark}
    assert open_dataset(Workspace(cache), "town").image(first).label is None
    assert of_command(cache, capsys, "--undo", first, second)["decision"].isna().all()
    assert main(["--cache", str(cache), *WORDS, "--export", str(tmp_path / "again")]) == 2
    assert "No photograph of 'town' is accepted" in capsys.readouterr().err


def test_the_command_says_how_often_it_is_right(town_cache, capsys):
    assert main(["--cache", str(town_cache), *WORDS, "--hide", "0.3", "--draws", "2"]) == 0
    printed = capsys.readouterr().out
    assert "30% of the labelled hidden, 2 draws; dataset town" in printed
    assert "With nothing hidden" in printed


@pytest.mark.parametrize(("words", "said"), [
    (["--votes", "4"], "4 votes can't be had from 3 models"), (["--k", "0"], "0 nearest labelled"),
    (["--accept", "nobody"], "'nobody' of 'town' is not a suspect"), (["--hide", "0.9"], "A share of 0.9 can't be hidden"),
    (["--hide", "0.2", "--draws", "0"], "--draws is 0"),
])  # fmt: skip
def test_what_it_can_not_do_it_says(town_cache, capsys, words, said):
    assert main(["--cache", str(town_cache), *WORDS, *words]) == 2
    assert said in capsys.readouterr().err
