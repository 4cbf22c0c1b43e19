"""The command `misread` prints what is stored, in every format; without landmarks it makes what can be made."""

from io import StringIO

import pandas as pd
import pytest
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.projection.misreading.strips import STANDING, STRIPS, strip_table
from retrieval_core.stored.misread import read_misread
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


def test_it_prints_what_is_stored(cache, capsys):
    assert main(["--cache", str(cache), "misread", "--models", "1d"]) == 0
    text = capsys.readouterr().out
    found = read_misread(open_results(Workspace(cache), "town", "quick", "1d"))
    assert f"Model 1d, dataset town, run quick, {found.of} photographs (labelled). {STANDING}" in text
    for key, strip in found.strips.items():
        assert (strip.missing or STRIPS[key].says(strip)) in text
    assert main(["--cache", str(cache), "misread", "--models", "1d", "--format", "csv"]) == 0
    table = pd.read_csv(StringIO(capsys.readouterr().out))
    expected = strip_table(found.strips["perplexity"])
    assert list(table.iloc[: len(expected)]["trustworthiness"]) == pytest.approx(list(expected["trustworthiness"]))
    for words, said in ((("--format", "xml"), "text, csv, latex, markdown"), (("--models", "1d-asmk"), "ASMK has no vector")):
        assert main(["--cache", str(cache), "misread", *words]) == 2
        assert said in capsys.readouterr().err


def test_photographs_without_landmarks_have_the_strips_that_need_none(cache, tmp_path, capsys):
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    assert main(["--cache", str(cache), "extract", "--dataset", "flat", "--models", "2a", "--device", "cpu"]) == 0
    capsys.readouterr()
    assert main(["--cache", str(cache), "misread", "--dataset", "flat"]) == 0
    text = capsys.readouterr().out
    assert "This takes two landmarks with five photographs each." in text
    assert "This takes three landmarks with five photographs each." in text
    assert "perplexity 1" in text
