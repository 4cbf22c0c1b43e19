"""Laboratory, Training: chart, layers and triplets are the core's; what is not there is said; a training that goes on is shown."""

import json
import shutil

import pytest
from looking import texts, views
from trained import imported, opened, without_triplets

from retrieval_core.presets import get_preset
from retrieval_core.runs import jobs
from retrieval_core.runs.jobs import JobState
from retrieval_core.stored import artefacts
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace


def charts(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def looked(open_page, cache, **parameters):
    return open_page("Laboratory", cache, part="training", **parameters)


def test_the_chart_holds_the_log_and_marks_the_step_that_was_kept(open_page, town_cache):
    app, trained = looked(open_page, town_cache, model="1f"), opened(town_cache, "1f")
    chart, layers = charts(app)
    names = {trace["name"]: trace for trace in chart["data"]}
    assert set(names) == {"loss", "active triplets", "d(a,p), to positives", "d(a,n), to negatives", "validation mAP", "GeM's p"}
    assert [note["text"] for note in chart["layout"]["annotations"]] == [f"<b>kept: step {trained.kept}</b>"]
    assert "changes 1f --show steps --run quick" in texts(app.caption)
    words = {trace["name"] for trace in layers["data"]}
    assert words == {"convolutions, linear layers, GeM's p", "scales of normalisations"}
    assert "Began anew, the FC as the PCA whitening of the descriptors: fc." in texts(app.caption)


@pytest.mark.parametrize(("model", "stage", "said"), [
    ("1d", "", "1d** (ResNet18 GeM, landmarks) began with the weights of start-resnet18 and learns by the classification loss"),
    ("1h", "warm-resnet50", "began with the weights of start-resnet50"),
    ("2t", "", "began with the weights of warm-lite0"),
    ("1a", "", "start-alexnet** (AlexNet to start from) began with random weights and learns by the classification loss"),
    ("1e", "", "1d** (ResNet18"),
    ("1b", "", "began with the weights of 1a, those of start-alexnet"),
])  # fmt: skip
def test_every_trained_stage_has_a_page(open_page, town_cache, model, stage, said):
    app = looked(open_page, town_cache, model=model, stage=stage)
    assert said in texts(app.markdown)
    assert charts(app)
    if model not in ("2t",):
        assert "accuracy of the batch" in str([trace["name"] for trace in charts(app)[0]["data"]]) or model == "1a"
        assert "it mines no triplets" in texts(app.info)
    if model == "1a":
        assert "nothing to compare them with" in texts(app.info)


def test_the_theatre_shows_the_triplets_of_the_mining_that_is_chosen(open_page, town_cache):
    trained = opened(town_cache, "1g")
    for place, mining in enumerate(trained.minings):
        app = looked(open_page, town_cache, model="1g", mining=str(mining.step) if place else "")
        strips = views(app)["strips"]["strips"]
        for strip, one in zip(strips, mining.triplets, strict=True):
            assert [card["id"] for card in strip["cards"]] == [one.anchor, one.positive, *one.negatives]
            assert strip["cards"][0]["src"].startswith("files/photograph/town-train/")
            assert f"{one.to_positive:.2f}" in strip["cards"][1]["caption"]
            assert all(card["elsewhere"] for card in strip["cards"])
    assert "changes 1g --show triplets --run quick" in texts(app.caption)


def test_it_says_when_the_photographs_are_gone(open_page, cache):
    shutil.rmtree(cache / "town-train" / "photographs")
    app = looked(open_page, cache, model="1f")
    assert "The photographs that it was trained on can't be shown" in texts(app.info)
    assert "strips" not in views(app)
    assert app.dataframe[-1].value["anchor"].iloc[0] == opened(cache, "1f").minings[0].triplets[0].anchor


def test_it_says_what_was_not_trained_here_imported_or_logged_before(open_page, cache):
    assert "2a is not trained here" in texts(looked(open_page, cache, model="2a").info)
    without_triplets(cache, "1f")
    app = looked(open_page, cache, model="1f")
    assert charts(app)
    assert "trained before the log kept triplets" in texts(app.info)
    imported(cache, "1f")
    app = looked(open_page, cache, model="1f")
    assert "were imported" in texts(app.info)
    assert len(charts(app)) == 1  # its parent is the one of the run: the layers are compared


def test_a_training_that_goes_on_is_shown_live(open_page, cache, monkeypatch):
    workspace = Workspace(cache)
    run, stage = get_run(workspace, "quick"), get_preset("1f")
    path = artefacts.weights_path(workspace, run, stage)
    lines = path.with_name(artefacts.TRAINING_LOG).read_text()
    path.unlink()
    folder = artefacts.half_done(path, artefacts.weights_inputs(workspace, run, stage))
    folder.mkdir()
    (folder / artefacts.TRAINING_LOG).write_text(lines)
    monkeypatch.setattr(jobs, "current", lambda *_: JobState("running", (), 1, 0.0, 0.0, stage="train 1f"))
    app = looked(open_page, cache, model="1f")
    assert "It is being trained now. The best validation mAP so far is" in texts(app.markdown)
    (chart,) = charts(app)
    assert not chart["layout"].get("annotations")
    assert "is shown when it is trained" in texts(app.caption)
    assert views(app)["strips"]["strips"]


def test_a_link_to_another_training_is_named_and_replaced(open_page, town_cache):
    app = looked(open_page, town_cache, model="1d", stage="1f")
    assert "stage '1f'" in texts(app.warning)
    app = looked(open_page, town_cache, model="1f", mining="17")
    assert "mining '17'" in texts(app.warning)
