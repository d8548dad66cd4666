"""Neighbours, map, logistic regression and statistics beside scikit-learn, umap-learn, scipy and statsmodels."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_are_those_of_scikit_learn(driver, digits, metric):
    rows, _ = digits
    k = 15
    _, (indices, distances) = driver("knn", rows, k, metric, out=("indices", "distances"))
    exact = rows.astype(np.float64)
    expected = NearestNeighbors(n_neighbors=k + 1, metric=metric, algorithm="brute").fit(exact)
    # Distances decide: where several rows are equally far, any of them is right.
    expected_distances, _ = expected.kneighbors(exact)
    np.testing.assert_allclose(distances, expected_distances[:, 1:], atol=2e-5)
    assert all(i not in row for i, row in enumerate(indices))
    pairs = exact[:, None, :], exact[indices]
    if metric == "euclidean":
        again = np.linalg.norm(pairs[0] - pairs[1], axis=2)
    else:
        norms = np.linalg.norm(exact, axis=1)
        again = 1 - (pairs[0] * pairs[1]).sum(2) / (norms[:, None] * norms[indices])
    np.testing.assert_allclose(distances, again, atol=2e-6, rtol=1e-6)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_through_bounds_are_those_of_scikit_learn_on_uneven_rows(driver, spectra, metric):
    k = 15
    _, (indices, distances) = driver("knn", spectra, k, metric, out=("indices", "distances"))
    exact = spectra.astype(np.float64)
    expected, _ = NearestNeighbors(n_neighbors=k + 1, metric=metric, algorithm="brute").fit(exact).kneighbors(exact)
    assert indices.max() < len(spectra)
    np.testing.assert_allclose(distances, expected[:, 1:], atol=2e-5)


def sklearn_objective(model, rows, labels, c):
    logits = rows.astype(np.float64) @ model.coef_.T.astype(np.float64) + model.intercept_
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    log_sum = np.logaddexp.reduce(logits, axis=1)
    losses = log_sum - logits[np.arange(len(labels)), np.searchsorted(model.classes_, labels)]
    return c * losses.sum() + 0.5 * (model.coef_.astype(np.float64) ** 2).sum()


@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("c", [0.01, 1.0])
def test_logistic_regression_reaches_scikit_learns_objective(driver, digits, classes, c):
    rows, labels = digits
    rows, labels = rows[labels < classes] / 16, labels[labels < classes]
    found, (weights, intercepts) = driver("logistic", rows, labels, classes, c, 1e-8, out=("weights", "intercepts"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-8).fit(rows.astype(np.float64), labels)
    expected = sklearn_objective(model, rows, labels, c)
    assert found["converged"] == 1
    assert found["exact_objective"] == pytest.approx(expected, rel=1e-6)
    assert found["objective"] == pytest.approx(expected, rel=1e-6)
    answers = (rows @ weights.T + intercepts.ravel()).argmax(axis=1)
    assert (answers == model.predict(rows.astype(np.float64))).mean() >= 0.999


def test_out_of_fold_probabilities_are_those_of_scikit_learn(driver, digits):
    rows, labels = digits
    rows = rows / 16
    exact = rows.astype(np.float64)  # scikit-learn fits f32 rows in f32
    folds = (np.arange(len(rows)) % 5).astype(np.uint8)
    _, (probabilities,) = driver("crossfit", rows, labels, 10, 1.0, folds, 5, out=("probabilities",))
    expected = np.zeros_like(probabilities, dtype=np.float64)
    for fold in range(5):
        model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-8).fit(exact[folds != fold], labels[folds != fold])
        expected[folds == fold] = model.predict_proba(exact[folds == fold])
    np.testing.assert_allclose(probabilities, expected, atol=1e-3)  # at the default gradient tolerance, 1e-5
    assert np.abs(probabilities - expected).mean() < 1e-4


def test_map_is_as_trustworthy_as_umap_learns(driver, digits):
    umap = pytest.importorskip("umap")
    rows, labels = digits
    ours = []
    for seed in range(3):
        found, (places,) = driver("map", rows, 14, "euclidean", seed, out=("map",))
        trust = trustworthiness(rows, places, n_neighbors=5)
        assert found["trustworthiness"] == pytest.approx(trust, abs=1e-4)
        ours.append(trust)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = trustworthiness(rows, umap.UMAP(random_state=0).fit_transform(rows), n_neighbors=5)
    assert np.mean(ours) >= theirs - 0.01
    near = NearestNeighbors(n_neighbors=11).fit(places).kneighbors(places, return_distance=False)[:, 1:]
    votes = np.array([np.bincount(labels[row], minlength=10).argmax() for row in near])
    assert (votes == labels).mean() > 0.97


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 9), (4, 4), (30, 31), (250, 180), (3000, 3200)])
def test_mcnemar_is_that_of_statsmodels(driver, first, second):
    found, _ = driver("mcnemar", first, second)
    expected = mcnemar([[100, first], [second, 100]], exact=True).pvalue if first + second else 1.0
    assert found["exact"] == pytest.approx(expected, abs=1e-10)
    if first != second:
        tail = stats.binom.cdf(min(first, second), first + second, 0.5)
        point = stats.binom.pmf(min(first, second), first + second, 0.5)
        assert found["mid"] == pytest.approx(2 * tail - point, abs=1e-10)


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (10, 10), (1, 3), (81, 263), (9_999, 10_000), (500_000, 1_000_000)])
def test_intervals_are_those_of_statsmodels(driver, hits, trials):
    found, _ = driver("intervals", hits, trials)
    wilson = proportion_confint(hits, trials, method="wilson")
    exact = proportion_confint(hits, trials, method="beta")
    assert (found["wilson_low"], found["wilson_high"]) == pytest.approx(wilson, abs=1e-9)
    assert (found["exact_low"], found["exact_high"]) == pytest.approx(np.nan_to_num(exact), abs=1e-9)


@pytest.mark.parametrize("counts", [(5, 485, 30), (20, 60, 22), (40, 900, 40)])
def test_paired_bootstrap_is_that_of_scipy(driver, counts):
    found, _ = driver("bootstrap", *counts)
    values = np.repeat([-1, 0, 1], counts)
    expected = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", rng=0).confidence_interval
    step = 3 / len(values)  # the mean moves by 1 / n; both draw at random
    assert found["low"] == pytest.approx(expected.low, abs=step)
    assert found["high"] == pytest.approx(expected.high, abs=step)
