"""Label errors and evaluation beside cleanlab and scikit-learn."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from cleanlab.count import compute_confident_joint
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import cross_val_predict


def flipped(labels, classes, share, seed):
    rng = np.random.default_rng(seed)
    given = labels.copy()
    where = rng.random(len(labels)) < share
    given[where] = (given[where] + rng.integers(1, classes, where.sum())) % classes
    return given


@pytest.fixture(scope="module")
def out_of_sample(digits):
    rows, labels = digits
    given = flipped(labels, 10, 0.08, 0)
    model = LogisticRegression(C=0.1, max_iter=2000)
    probabilities = cross_val_predict(model, rows / 16, given, cv=5, method="predict_proba")
    return probabilities.astype(np.float32), given


def simulated(classes, count, noise, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count).astype(np.uint16)
    logits = rng.normal(size=(count, classes)) + 3 * np.eye(classes)[labels]
    probabilities = np.exp(logits)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities.astype(np.float32), flipped(labels, classes, noise, seed + 1)


@pytest.fixture(autouse=True)
def stable_order(monkeypatch):
    """NumPy leaves the order of equal entries to the CPU it runs on; cleanlab's rounding and cut inherit that.
    Ours is the stable order, so cleanlab is given it too."""
    monkeypatch.setattr(np, "argsort", functools.partial(np.argsort, kind="stable"))


def check_against_cleanlab(driver, probabilities, given):
    _, (positions, scores, joint) = driver("label-errors", probabilities, given, out=("positions", "scores", "joint"))
    exact = probabilities.astype(np.float64)  # so that both average in f64
    labels = given.astype(np.int64)
    np.testing.assert_array_equal(joint, compute_confident_joint(labels, exact))
    expected = find_label_issues(labels, exact, filter_by="prune_by_noise_rate", n_jobs=1)
    positions = positions.ravel()
    np.testing.assert_array_equal(np.sort(positions), np.flatnonzero(expected))
    own = get_label_quality_scores(labels, exact, method="self_confidence")
    margin = get_label_quality_scores(labels, exact, method="normalized_margin")
    np.testing.assert_allclose(scores[:, 0], own[positions], atol=1e-6)
    np.testing.assert_allclose(scores[:, 1], margin[positions], atol=1e-6)
    assert (np.diff(scores[:, 1]) >= 0).all()
    return positions


def test_label_errors_are_cleanlabs_on_real_data(driver, digits, out_of_sample):
    probabilities, given = out_of_sample
    positions = check_against_cleanlab(driver, probabilities, given)
    planted = np.flatnonzero(given != digits[1])
    assert len(positions) > 50
    assert np.isin(positions, planted).mean() > 0.5


@pytest.mark.parametrize(("classes", "count", "noise"), [(2, 500, 0.1), (3, 200, 0.3), (7, 5000, 0.05), (40, 4000, 0.2)])
def test_label_errors_are_cleanlabs_on_simulated_data(driver, classes, count, noise):
    for seed in range(3):
        check_against_cleanlab(driver, *simulated(classes, count, noise, seed))


def test_evaluation_is_scikit_learns(driver, out_of_sample):
    probabilities, given = out_of_sample
    answers = probabilities.argmax(axis=1).astype(np.uint16)
    found, _ = driver("evaluate", given, answers, probabilities.max(axis=1), 10)
    assert found["accuracy"] == pytest.approx(accuracy_score(given, answers), abs=1e-12)
    assert found["macro_f1"] == pytest.approx(f1_score(given, answers, average="macro"), abs=1e-12)
    rng = np.random.default_rng(0)
    resampled = [rng.integers(0, len(given), len(given)) for _ in range(1000)]
    scores = [f1_score(given[draw], answers[draw], average="macro") for draw in resampled]
    low, high = np.percentile(scores, [2.5, 97.5])
    assert found["macro_f1_low"] == pytest.approx(low, abs=0.004)
    assert found["macro_f1_high"] == pytest.approx(high, abs=0.004)
