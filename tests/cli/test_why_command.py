"""`why` on the command line: the terms that it prints sum to the similarity that `search` prints, and the picture has the heat."""

import re

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

QUERY = "alder_court_2"


@pytest.fixture
def why(town_cache, capsys):
    def run(*arguments):
        status = main(["--cache", str(town_cache), "why", *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


def terms(line):
    """The numbers of a line of terms, those of single scales left out."""
    return [float(number) for number in re.findall(r"(?<![\d.])-?\d+\.\d{4}", re.sub(r"\(.*?\)", "", line.partition(": ")[2]))]


@pytest.mark.parametrize("model", ["1c", "1d", "1e", "1f", "2a"])
def test_the_terms_of_both_pictures_sum_to_the_stored_similarity(why, town_cache, model):
    database, queries = open_results(Workspace(town_cache), "town", "quick", model).descriptors
    image_id = database.ids[5]
    stored = float(database.matrix[5] @ queries.matrix[queries.row(QUERY)])
    status, out, _ = why(QUERY, image_id, "--models", model)
    head, first, second = out.splitlines()
    assert status == 0
    similarity = float(head.rsplit(" ", 1)[1])
    assert similarity == pytest.approx(stored, abs=2e-3)
    for line in (first, second):
        assert sum(terms(line)) == pytest.approx(similarity, abs=3e-4)
    assert ("bias of the FC" in out) == (model == "1f")
    assert ("mean of the whitening" in out) == (model == "1e")


def test_all_models_answer_and_one_without_an_exact_split_says_so(why, tmp_path):
    file = tmp_path / "why.png"
    status, out, _ = why(QUERY, "alder_court_000001", "--out", file)
    assert status == 0
    assert len(re.findall(r"^1[ab]: This model's descriptor has no exact split", out, re.MULTILINE)) == 2
    rows = len(re.findall(r"under \w+, run quick: similarity", out))
    assert rows == 8
    picture = PILImage.open(file)
    assert picture.height == rows * 444
    pixels = np.asarray(picture).astype(int)
    assert (pixels.max(2) - pixels.min(2) > 60).any()  # the photographs are grey, the heat is not


def test_a_file_and_a_box_are_compared_too(why, town_cache, tmp_path):
    dataset = open_dataset(Workspace(town_cache), "town")
    query = dataset.query(QUERY)
    file = tmp_path / "mine.png"
    PILImage.open(dataset.image(query.image_id).path).save(file)
    _, wanted, _ = why(QUERY, "alder_court_000001", "--models", "1d")
    status, out, _ = why(file, "alder_court_000001", "--models", "1d", "--box", ",".join(map(str, query.box)))
    assert status == 0
    assert out.splitlines()[0].rsplit(" ", 1)[1] == wanted.splitlines()[0].rsplit(" ", 1)[1]


@pytest.mark.parametrize(("arguments", "words"), [
    (("nowhere", QUERY), "neither a query nor a photograph"),
    ((QUERY, "nowhere"), "neither a query nor a photograph"),
    ((QUERY, QUERY, "--models", "1a"), "None of these models has an exact split"),
    ((QUERY, QUERY, "--models", "1d", "--out", "why.jpg"), "ends in .png"),
    ((QUERY, QUERY, "--models", "1d", "--out", "/nowhere/why.png"), "can't be written"),
    ((QUERY, QUERY, "--models", "1d", "--box", "0,0,9999,5"), "does not lie on a picture"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_remedy(why, arguments, words):
    status, _, err = why(*arguments)
    assert status == 2
    assert words in err
