"""The table of aggregations: its rows, its intervals, and published figures only where network and dataset are the same."""

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.aggregation_keys import aggregation_keys, trunk_key
from retrieval_core.evaluation.aggregations import Found, aggregation_table
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.published_aggregations import PARIS6K_LANDMARKS, published
from retrieval_core.evaluation.report_2019 import OXFORD5K_LANDMARKS
from retrieval_core.evaluation.significance import interval_of_mean
from retrieval_core.presets import get_preset


def asked(landmarks, each=5):
    queries = tuple(Query(f"{name}_{k}", "p", name, (0, 0, 9, 9), ("p",), (), ()) for name in landmarks for k in range(1, each + 1))
    return Dataset("set", (Image("p", "p.jpg"),), queries, "x", "y")


def found(key, dataset, aps):
    scores = [Score(query.id, ap, ap, 1) for query, ap in zip(dataset.queries, aps, strict=True)] if aps is not None else ()
    return Found(get_preset(key), 128, 512, scores)


@pytest.mark.parametrize(("key", "trunk"), [
    ("1d", "1d"), ("1d-rmac-pca64", "1d"), ("1d-224px-same-ms-vlad", "1d-224px-same-ms"), ("1e", "1d"), ("1e-96px-mac", "1d-96px"),
    ("torchvision:vgg16-lw", "torchvision:vgg16"),
])  # fmt: skip
def test_rows_share_size_crop_and_scales_of_the_chosen_model(key, trunk):
    assert trunk_key(key) == trunk
    keys = aggregation_keys(key)
    assert len(keys) == len(set(keys)) == 19
    assert all(other.startswith(f"{trunk}-") and get_preset(other).key == other for other in keys)
    assert f"{trunk}-vlad" not in keys


def test_a_model_that_its_own_head_describes_has_no_table():
    with pytest.raises(RetrievalError, match="no map of activations"):
        aggregation_keys("timm:test_vit.r160_in1k")


def test_intervals_hold_the_mean_and_are_those_of_whole_landmarks():
    dataset = asked(("mill", "gate", "tower"), 4)
    aps = np.random.default_rng(0).uniform(size=12)
    table = aggregation_table(
        {"1d": found("1d", dataset, aps), "1d-mac-pca128": found("1d-mac-pca128", dataset, aps / 2)}, dataset, "oxford"
    )
    row = table.loc["1d"]
    assert row["mAP"] == pytest.approx(100 * aps.mean())
    assert row["low"] < row["mAP"] < row["high"]
    # Of three landmarks the draws are few: the mean of each of the 27, in loops.
    landmarks = aps.reshape(3, 4).mean(1)
    means = [100 * np.mean(landmarks[[a, b, c]]) for a in range(3) for b in range(3) for c in range(3)]
    assert row["low"] == pytest.approx(min(means), abs=1e-9)
    assert row["high"] == pytest.approx(max(means), abs=1e-9)
    assert table.loc["1d-mac-pca128", "high"] == pytest.approx(row["high"] / 2)
    assert list(table["aggregation"]) == ["as it is", "MAC"]
    assert [column for column in table if "published" in column] == []


def test_queries_without_positives_are_left_out_and_none_at_all_is_an_error():
    assert interval_of_mean([0.5, None, 0.5], ["a", "b", "c"]) == (50.0, 50.0)
    with pytest.raises(RetrievalError, match="no query with positives"):
        interval_of_mean([None], ["a"])


def test_without_scores_there_is_no_map():
    dataset = asked(())
    table = aggregation_table({"2a-mac": found("2a-mac", dataset, None)}, dataset, "oxford")
    assert table[["mAP", "low", "high"]].isna().all(axis=None)


def test_published_figures_stand_beside_the_same_network_on_the_same_dataset_alone():
    oxford, paris, town = asked(OXFORD5K_LANDMARKS), asked(PARIS6K_LANDMARKS), asked(("mill", "gate"))
    vgg, resnet = "torchvision:vgg16", "torchvision:resnet101"
    assert published(vgg, oxford, "mac") == (56.4, None)
    assert published(vgg, paris, "netvlad") == (77.4, 79.7)
    assert published(resnet, oxford, "rmac") == (69.4, 86.1)
    assert published(resnet, oxford, "mac") == (None, None)
    for backbone, dataset in ((vgg, town), ("resnet18", oxford), ("lite0", paris)):
        assert published(backbone, dataset, "rmac") == (None, None)
    rows = {f"{vgg}-{name}": found(f"{vgg}-{name}", oxford, np.full(55, 0.5)) for name in ("mac", "fisher")}
    table = aggregation_table(rows, oxford, "oxford")
    assert table.loc[f"{vgg}-mac", "published"] == 56.4
    assert table.loc[f"{vgg}-fisher", "published, fine-tuned"] == 81.5
