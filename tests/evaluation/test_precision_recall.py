"""The steps of an average precision, against the average precision itself."""

import numpy as np
import pytest
from rankings import random_query

from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import PROTOCOLS, average_precision, positive_ranks
from retrieval_core.evaluation.judged_rankings import without_query_image
from retrieval_core.evaluation.precision_recall import ap_steps

QUERY = Query("keep_1", "a", "keep", None, good=("a", "never found"), ok=("b",), junk=("j", "k"))


def test_every_step_by_hand():
    curve = ap_steps("jaxkb", QUERY)
    assert curve.verdicts == ("junk", "good", "wrong", "junk", "ok")
    assert curve.ranks.tolist() == [0, 1, 2, 0, 3]
    np.testing.assert_allclose(curve.precision, [1, 1, 1 / 2, 1 / 2, 2 / 3])
    np.testing.assert_allclose(curve.recall, [0, 1 / 3, 1 / 3, 1 / 3, 2 / 3])
    np.testing.assert_allclose(curve.area_finite_sum, np.array([0, 1, 1, 1, 5 / 3]) / 3)
    np.testing.assert_allclose(curve.area_oxford, np.array([0, 1, 1, 1, 1 + 7 / 12]) / 3)


def test_the_query_image_can_be_left_out():
    curve = ap_steps("axb", QUERY, count_query_image=False)
    assert curve.verdicts == ("junk", "wrong", "ok")
    assert curve.positives == 2
    assert curve.ap("finite_sum") == 1 / 4


@pytest.mark.parametrize("count_query_image", [True, False])
@pytest.mark.parametrize("seed", range(200))
def test_the_last_area_is_the_average_precision(seed, count_query_image):
    ranked, query = random_query(seed)
    curve = ap_steps(ranked, query, count_query_image)
    asked = query if count_query_image else without_query_image(query)
    ranks = positive_ranks(ranked, asked.positives, asked.junk)
    for protocol in PROTOCOLS:
        assert curve.ap(protocol) == pytest.approx(average_precision(ranks, len(asked.positives), protocol), abs=1e-12)
    assert (np.diff(curve.recall) >= 0).all()
    assert curve.ranks.max() == len([image_id for image_id in ranked if image_id not in asked.junk])
    assert len(curve.table()) == len(ranked)


def test_an_empty_ranking_has_no_area():
    curve = ap_steps((), QUERY)
    assert curve.ap("oxford") == 0
    assert curve.table().empty


def test_a_query_without_positives_and_an_unknown_protocol_are_refused():
    alone = Query("keep_1", "a", "keep", None, good=("a",), ok=(), junk=())
    with pytest.raises(RetrievalError, match="'keep_1' has no positives"):
        ap_steps("ab", alone, count_query_image=False)
    with pytest.raises(RetrievalError, match="oxford, finite_sum"):
        ap_steps("ab", alone).ap("official")
