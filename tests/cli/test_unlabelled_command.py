"""The command `unlabelled`: what it prints is what is stored, is made once, goes on where it stopped, and says what it can't do."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from caches import files
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.feedback.unlabelled.choice import make_choice, with_priors
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.feedback.unlabelled.table import unlabelled_table
from retrieval_core.runs import unlabelled_steps
from retrieval_core.stored.colourings import colour, colourings_of
from retrieval_core.stored.results import open_results
from retrieval_core.stored.unlabelled import found_apart, junk_ids, last_apart, read_apart, unlabelled_path
from retrieval_core.workspace import Workspace

FEW = ["--draws", "2"]


def results(cache, key="1d"):
    return open_results(Workspace(cache), "town", "quick", key)


def without_jobs(cache):
    return {name: entry for name, entry in files(cache).items() if not name.startswith("jobs/")}


def command(cache, *words):
    return ["--cache", str(cache), "unlabelled", *words]


def test_all_methods_under_two_models_and_nothing_twice(cache, capsys):
    words = command(cache, "--models", "1c,1d", "--second", "1c", *FEW)
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "Labelled against unlabelled: in percent, 20% of the labelled hidden, 2 draws, dataset town, run quick" in printed
    assert "are known to show no landmark: precision is exact" in printed
    assert '1d, class "other", called positive: ' in printed
    before = without_jobs(cache)
    assert main([*words, "--format", "csv"]) == 0
    assert without_jobs(cache) == before
    table = pd.read_csv(StringIO(capsys.readouterr().out), index_col="model")
    found = [one for key in ("1c", "1d") for one in found_apart(
        [results(cache, key)],
        with_priors([make_choice(name, draws=2, second="1c" if key == "1d" else "2t") for name in METHODS]))]  # fmt: skip
    assert len(found) == 2 * (7 + 6)
    pd.testing.assert_frame_equal(table, unlabelled_table(found), check_names=False, atol=0.01)
    dataset = open_dataset(Workspace(cache), "town")
    junk = {one for one in junk_ids(dataset) if dataset.image(one).label is None}
    for one in found:
        assert {dataset.image(image_id).label is not None for image_id in one.ids[: one.labelled]} == {True}
        assert {dataset.image(image_id).label is not None for image_id in one.ids[one.labelled :]} == {False}
        assert (len(one.ids), one.junk.others) == (len(dataset.images), len(junk))
        assert one.counted == len(one.ids) - one.labelled - len(junk)


def test_the_decision_colours_the_map_with_its_border_at_zero(cache):
    assert main(command(cache, "--models", "1d", "--methods", "svm,nnpu", *FEW)) == 0
    found = results(cache)
    assert "decision:svm" in colourings_of(found.dataset)
    shown = colour(found, "decision:svm")
    apart = last_apart(found, "svm")
    assert shown.values == dict(zip(apart.ids, apart.decisions.tolist(), strict=True))
    assert shown.border == 0
    assert "two classes, RBF SVM, under 1d" in shown.low
    assert last_apart(found, "nnpu").choice.prior == 0.1
    with pytest.raises(Exception, match="Press the button on the page Unlabelled"):
        colour(found, "decision:spies")


def test_other_descriptors_of_either_view_make_it_stale(cache):
    assert main(command(cache, "--models", "1d", "--second", "1c", "--methods", "svm,co-training", *FEW)) == 0
    alone, both = make_choice("svm", draws=2), make_choice("co-training", draws=2, second="1c")
    assert read_apart(results(cache), alone)
    assert read_apart(results(cache), both)
    path = results(cache, "1c").folder / "descriptors.safetensors"
    arrays, about = read_arrays(path)
    record = Workspace(cache).record(path)
    with Workspace(cache).writing(path, dict(record.inputs), notes=dict(record.notes)) as temporary:
        write_arrays(temporary, {name: np.array(array)[:, ::-1] for name, array in arrays.items()}, about)
    assert read_apart(results(cache), alone)
    assert unlabelled_path(results(cache), both).exists()
    assert read_apart(results(cache), both) is None


def test_what_was_stopped_goes_on_with_the_draws_that_are_done(cache, monkeypatch):
    choice, judged = make_choice("svm", draws=4), []
    whole = list(unlabelled_steps.tell_apart(Workspace(cache), "town", "quick", {"1d": [choice]}))
    assert whole[-1].overall == 1
    expected = read_apart(results(cache), choice).measures
    unlabelled_path(results(cache), choice).unlink()
    original = unlabelled_steps.judge_once

    def counting(*arguments):
        judged.append(arguments)
        return original(*arguments)

    monkeypatch.setattr(unlabelled_steps, "judge_once", counting)
    steps = unlabelled_steps.tell_apart(Workspace(cache), "town", "quick", {"1d": [choice]})
    while not any("draw 3" in (progress := next(steps)).message for _ in [0]):
        assert progress.overall < 1
    steps.close()
    assert len(judged) == 2
    list(unlabelled_steps.tell_apart(Workspace(cache), "town", "quick", {"1d": [choice]}))
    assert len(judged) == 4
    assert read_apart(results(cache), choice).measures == pytest.approx(expected, nan_ok=True)
    assert not list(cache.rglob(".svm-*"))


def test_a_large_dataset_is_sampled_and_that_is_said(cache, monkeypatch, capsys):
    monkeypatch.setattr(unlabelled_steps, "MOST", 20)
    assert main(command(cache, "--models", "1d", "--methods", "spies", *FEW)) == 0
    assert "10 unlabelled photographs, drawn at random from 29: the others have no decision value" in capsys.readouterr().out
    assert len(last_apart(results(cache), "spies").ids) == 20


@pytest.mark.parametrize(("words", "message"), [
    (["--methods", "kmeans"], "Choose one of: other, svm"), (["--methods", ","], "--methods names no method"),
    (["--share", "0.9"], "Choose one from 0.05 to 0.5"), (["--draws", "1"], "of one there is no interval"),
    (["--prior", "0"], "between 0 and 1"), (["--models", "1z"], "Unknown model"), (["--format", "pdf"], "Choose one of"),
    (["--dataset", "nowhere"], "Unknown dataset"), (["--models", "1d", "--second", "1d-ms"], "missing"),
    (["--models", "1d", "--second", "1z"], "Unknown model"),
])  # fmt: skip
def test_what_can_not_be_done_is_said_before_anything_is_made(cache, capsys, words, message):
    before = without_jobs(cache)
    assert main(command(cache, *words)) == 2
    assert message in capsys.readouterr().err
    assert without_jobs(cache) == before


def test_a_dataset_without_labels_and_one_model_alone(cache, tmp_path, capsys):
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    assert main(["--cache", str(cache), "extract", "--dataset", "flat", "--models", "1c", "--device", "cpu"]) == 0
    capsys.readouterr()
    assert main(command(cache, "--dataset", "flat")) == 2
    assert "The dataset has 0 labelled photographs" in capsys.readouterr().err
    assert main(command(cache, "--dataset", "flat", "--methods", "co-training")) == 2
    assert "Co-training takes two models" in capsys.readouterr().err
