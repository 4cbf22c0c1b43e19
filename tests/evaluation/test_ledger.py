"""The ablation ledger on a few scores."""

import json
from dataclasses import asdict

import pytest

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.ledger import BEYOND, STEPS, VARIED, Step, compared, ledger, model_before
from retrieval_core.presets import PRESETS, VARIANTS

IDS = ("gate_1", "gate_2", "keep_1", "keep_2")


@pytest.fixture
def dataset():
    return Dataset("small", (), tuple(Query(name, "a", name[:4], None, ("a",), (), ()) for name in IDS), "")


def scores(*values):
    return [Score(name, ap, ap, 0 if ap is None else 4) for name, ap in zip(IDS, values, strict=True)]


@pytest.fixture
def by_model():
    return {"1b": scores(0.5, 0.4, 0.3, None), "1a": scores(0.4, 0.4, 0.6, None), "1f": scores(0, 0, 0, None)}


def test_only_steps_between_present_models(by_model, dataset):
    (entry,) = ledger(by_model, dataset, "oxford")
    assert entry.step == STEPS[0]
    assert (entry.map_before, entry.map_after) == pytest.approx((140 / 3, 40))
    assert entry.queries == pytest.approx({"gate_1": 10, "gate_2": 0, "keep_1": -30})
    assert entry.landmarks == pytest.approx({"gate": 5, "keep": -30})
    assert entry.moved == ("keep_1", "gate_1")
    assert entry.difference.points == pytest.approx(entry.map_after - entry.map_before)
    assert (entry.difference.queries, entry.difference.units) == (3, 2)
    assert ledger({"1a": by_model["1a"]}, dataset, "oxford") == []
    json.dumps(asdict(entry), allow_nan=False)


def test_the_steps_are_a_chain_of_presets():
    assert [step.before for step in STEPS[1:]] == [step.after for step in STEPS[:-1]]
    assert {step.after for step in (*STEPS, *BEYOND)} < set(PRESETS)
    assert {step.after for step in VARIED} == set(VARIANTS)
    assert all(step.before == step.after.split("-")[0] for step in VARIED)


def test_a_missing_score_is_named(by_model, dataset):
    by_model["1a"] = by_model["1a"][1:]
    with pytest.raises(RetrievalError, match="model 1a lack the query 'gate_1'"):
        ledger(by_model, dataset, "oxford")


def test_any_two_models_can_be_compared(by_model, dataset):
    by_model["timm:net"] = by_model.pop("1b")
    steps = (*STEPS, compared("1a", "timm:net"))
    (entry,) = ledger(by_model, dataset, "oxford", steps=steps)
    assert entry.step == Step("compared", "1a", "timm:net")
    assert entry.queries == pytest.approx({"gate_1": 10, "gate_2": 0, "keep_1": -30})
    assert compared("1g", "1h") in STEPS
    assert compared("2a", "2t") in BEYOND
    with pytest.raises(RetrievalError, match="both are 1a"):
        compared("1a", "1a")


def test_a_model_is_compared_with_the_one_that_it_comes_from():
    assert [model_before(key) for key in ("1a", "1b", "1e", "1d-ms", "2a", "2t", "2a-ms", "timm:net", "timm:net-gem", "1d-aqe",
                                             "2a-ms-aqe", "1b-mixed", "1b-mixed-rmac")] == [
        None, "1a", "1d", "1d", None, "2a", "2a", None, "timm:net", "1d", "2a-ms", "1b", "1b-mixed",
    ]  # fmt: skip
