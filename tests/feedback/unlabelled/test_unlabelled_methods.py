"""Each method against another implementation, or a brute force one, on few rows; and all on what they should find."""

import numpy as np
import pytest
from pulearn import ElkanotoPuClassifier, NNPUClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.semi_supervised import LabelSpreading
from sklearn.svm import SVC

from retrieval_core.feedback.unlabelled.co_training import NEGATIVES, POOL, POSITIVES, co_train
from retrieval_core.feedback.unlabelled.elkan_noto import positive_shares
from retrieval_core.feedback.unlabelled.first_negatives import first_negatives
from retrieval_core.feedback.unlabelled.label_spreading import GIVEN_BACK, NEIGHBOURS
from retrieval_core.feedback.unlabelled.method import STRENGTH, Groups
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.feedback.unlabelled.nnpu import fit_nnpu
from retrieval_core.feedback.unlabelled.spies import reliable_negatives


def groups(labelled=40, hidden=10, others=80, seed=0, apart=2.0) -> Groups:
    """Two landmarks, more of them hidden at the head of the unlabelled, and what lies elsewhere."""
    random = np.random.default_rng(seed)
    centres = apart * np.array([[1.0, 0, 0, 0, 0, 0], [0, 1.0, 0, 0, 0, 0]])
    own = centres[np.arange(labelled + hidden) % 2] + 0.5 * random.normal(size=(labelled + hidden, 6))
    unlabelled = np.concatenate([own[labelled:], 0.5 * random.normal(size=(others, 6)) - 0.5])
    turn = random.normal(size=(6, 5))
    return Groups(own[:labelled], unlabelled, np.arange(labelled) % 2, 0.2, (own[:labelled] @ turn, unlabelled @ turn), seed)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_ranks_what_was_hidden_above_the_others_and_repeats_itself(name):
    given = groups()
    values = METHODS[name].decide(given)
    assert values.shape == (130,)
    assert np.isfinite(values).all()
    assert roc_auc_score(np.arange(90) < 10, values[40:]) > 0.95
    assert values[:40].mean() > values[50:].mean()
    assert np.array_equal(values, METHODS[name].decide(given))


@pytest.mark.parametrize("name", METHODS)
def test_every_method_bears_few_photographs(name):
    few = groups(labelled=4, hidden=1, others=4)
    assert np.isfinite(METHODS[name].decide(few)).all()


def test_class_other_is_the_margin_of_the_best_landmark():
    given = groups()
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    scores = model.fit(given.rows, np.concatenate([given.landmarks, np.full(90, 2)])).decision_function(given.rows)
    assert METHODS["other"].decide(given) == pytest.approx(scores[:, :2].max(axis=1) - scores[:, 2], abs=1e-6)


def test_two_classes_are_those_of_scikit_learn():
    given = groups()
    oracle = SVC(kernel="rbf", gamma="scale", class_weight="balanced").fit(given.rows, given.marks)
    assert METHODS["svm"].decide(given) == pytest.approx(oracle.decision_function(given.rows))


def test_elkan_noto_is_that_of_pulearn():
    given = groups()
    oracle = ElkanotoPuClassifier(LogisticRegression(C=STRENGTH, max_iter=1000), hold_out_ratio=0.2, random_state=5)
    oracle.fit(given.rows, given.marks)
    order = np.arange(130)
    np.random.RandomState(5).shuffle(order)  # as pulearn draws what it holds out, of both groups
    out, kept = order[:26], np.sort(order[26:])
    found = positive_shares(given.rows[kept[kept < 40]], given.rows[kept[kept >= 40]], given.rows[out[out < 40]], given.rows)
    assert found == pytest.approx(oracle.predict_proba(given.rows)[:, 1], abs=1e-6)


@pytest.mark.parametrize("prior", [0.05, 0.2, 0.6])
def test_nnpu_is_that_of_pulearn(prior):
    given = groups()
    oracle = NNPUClassifier(prior, max_iter=200, learning_rate=0.3, random_state=3).fit(given.rows, given.marks)
    start = np.random.RandomState(3).randn(6) * 0.01
    weights, bias = fit_nnpu(given.labelled, given.unlabelled, prior, start, 200, 0.3)
    assert weights == pytest.approx(oracle.coef_)
    assert bias == pytest.approx(oracle.intercept_.item())


def test_a_larger_prior_calls_more_positive():
    given = groups()
    called = [(METHODS["nnpu"].decide(Groups(given.labelled, given.unlabelled, given.landmarks, prior, None, 0))[40:] > 0).sum()
              for prior in (0.01, 0.2, 0.8)]  # fmt: skip
    assert called == sorted(called)
    assert called[0] < called[2]


def test_reliable_negatives_lie_below_every_spy():
    given = groups()
    kept, spies = given.labelled[6:], given.labelled[:6]
    found = reliable_negatives(kept, given.unlabelled, spies)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(np.concatenate([kept, given.unlabelled, spies]), [1] * 34 + [0] * 96)
    assert np.array_equal(found, model.decision_function(given.unlabelled) < model.decision_function(spies).min())
    assert not found[:10].any()
    lost = reliable_negatives(kept, given.unlabelled, np.vstack([spies, [[-9.0] * 6]]))  # a spy that is like nothing
    assert 9 <= lost.sum() <= 10


def test_the_first_negatives_are_those_that_brute_force_finds():
    given = groups()
    distances = np.linalg.norm(given.unlabelled[:, None] - given.labelled, axis=2) ** 2
    closeness = np.sort(distances, axis=1)[:, :5].mean(axis=1)
    assert set(first_negatives(given.labelled, given.unlabelled)) == set(np.argsort(-closeness)[:45])


def test_label_spreading_ends_where_its_equation_does():
    given = groups()
    negatives = 40 + first_negatives(given.labelled, given.unlabelled)
    marks = np.full(130, -1)
    marks[:40], marks[negatives] = 1, 0
    kernel = LabelSpreading(kernel="knn", n_neighbors=NEIGHBOURS).fit(given.rows, marks)
    graph = -kernel._build_graph().toarray()  # what labels flow along; scikit-learn's minus is that of the Laplacian
    graph = -graph if graph.sum() < 0 else graph
    start = np.column_stack([marks == 0, marks == 1]).astype(float)
    ends = np.linalg.solve(np.eye(130) - GIVEN_BACK * graph, (1 - GIVEN_BACK) * start)
    shares = ends / np.maximum(ends.sum(axis=1, keepdims=True), 1e-30)
    assert METHODS["label-spreading"].decide(given) == pytest.approx(shares[:, 1] - shares[:, 0], abs=0.01)


def naive_co_training(views, count, negatives, seed, rounds):
    """Blum and Mitchell, step by step, with lists."""
    total = len(views[0])
    first = {**dict.fromkeys(range(count), 1), **{count + int(row): 0 for row in negatives}}
    known = [dict(first), dict(first)]
    left = list(np.random.default_rng(seed).permutation([row for row in range(count, total) if row not in first]))
    pool = [int(left.pop()) for _ in range(min(POOL, len(left)))]

    def learn(view, marks):
        rows = list(marks)
        return LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000).fit(view[rows], [marks[row] for row in rows])

    for _ in range(rounds):
        learners = [learn(views[0], known[0]), learn(views[1], known[1])]
        for me, other in ((0, 1), (1, 0)):
            if len(pool) < POSITIVES + NEGATIVES:
                break
            score = {row: learners[me].decision_function(views[me][[row]])[0] for row in pool}
            ranked = sorted(pool, key=lambda row: score[row])
            for row in ranked[:NEGATIVES]:
                known[other][row] = 0
            for row in ranked[-POSITIVES:]:
                known[other][row] = 1
            pool = [row for row in pool if row not in ranked[:NEGATIVES] + ranked[-POSITIVES:]]
        else:
            pool += [int(left.pop()) for _ in range(min(POOL - len(pool), len(left)))]
            continue
        break
    return sum(learn(view, marks).decision_function(view) for view, marks in zip(views, known, strict=True)) / 2


@pytest.mark.parametrize("rounds", [1, 4, 30])
def test_co_training_is_the_naive_one(rounds):
    given = groups(others=100)
    views = [given.rows, np.concatenate(given.second)]
    negatives = first_negatives(given.labelled, given.unlabelled)
    expected = naive_co_training(views, 40, negatives, 7, rounds)
    assert co_train(views, 40, negatives, 7, rounds) == pytest.approx(expected, abs=1e-4)
