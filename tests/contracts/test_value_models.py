"""What every customer value model owes, whatever it is: each line of MODELS runs this suite."""

import functools

import numpy as np
import pytest
from customer_draws import PURCHASES, TRUE, draw

from sim import MODELS, CohortSurvival, FitError, OmnifunnelError, PurchaseSummary, SpendSummary, fit_model

SIZE = 3_000


@functools.cache
def sample(name):
    return draw(name, SIZE, np.random.default_rng(5))


@functools.cache
def fitted(name):
    return fit_model(name, sample(name))


def rows(data):
    """The columns of any kind of data, customers along the first axis."""
    if isinstance(data, PurchaseSummary):
        return [data.x, data.t_x, data.T]
    return [data.x, data.mean] if isinstance(data, SpendSummary) else None


def again(data, columns):
    return PurchaseSummary.of(*columns) if isinstance(data, PurchaseSummary) else SpendSummary(*columns)


def twice(data):
    """Every customer two times."""
    if isinstance(data, CohortSurvival):
        return CohortSurvival(2 * data.alive_ct)
    return again(data, [np.concatenate([column, column]) for column in rows(data)])


@pytest.mark.parametrize("name", MODELS)
def test_the_true_parameters_are_within_errors_of_the_fit(name):
    fit = fitted(name)
    errors = np.array(list(fit.errors.values()))
    assert list(fit.parameters) == list(fit.errors) == list(MODELS[name].parameters)
    assert (np.abs(fit.values - TRUE[name]) < 4 * errors).all()
    assert (errors > 0).all()
    assert fit.customers == SIZE


@pytest.mark.parametrize("name", MODELS)
def test_no_nudge_improves_the_fit(name):
    fit, data = fitted(name), sample(name)
    model = MODELS[name]
    best = model.log_likelihood(fit.values, data)
    assert best == pytest.approx(fit.log_likelihood, rel=1e-9)
    for direction in np.random.default_rng(1).normal(size=(40, len(fit.values))):
        for step in (1e-2, 1e-3):
            assert model.log_likelihood(fit.values * np.exp(step * direction), data) < best


@pytest.mark.parametrize("name", MODELS)
def test_errors_are_the_curvature_of_the_likelihood(name):
    """Two errors along a parameter, the others free, must cost two units of log likelihood, about."""
    fit, data = fitted(name), sample(name)
    for position, error in enumerate(fit.errors.values()):
        step = fit.covariance[position] / error * 0.2
        lost = fit.log_likelihood - MODELS[name].log_likelihood(fit.values + step, data)
        assert lost == pytest.approx(0.2**2 / 2, rel=0.15)


@pytest.mark.parametrize("name", MODELS)
def test_customers_counted_twice_leave_estimates_and_shrink_errors(name):
    once, both = fitted(name), fit_model(name, twice(sample(name)))
    assert both.values == pytest.approx(once.values, rel=2e-3)
    assert list(both.errors.values()) == pytest.approx(
        [error / np.sqrt(2) for error in once.errors.values()], rel=2e-3
    )
    assert both.log_likelihood == pytest.approx(2 * once.log_likelihood, rel=1e-6)


@pytest.mark.parametrize("name", [name for name in MODELS if rows(sample(name))])
def test_the_order_of_customers_does_not_matter(name):
    data = sample(name)
    shuffled = np.random.default_rng(2).permutation(len(data.x))
    other = fit_model(name, again(data, [column[shuffled] for column in rows(data)]))
    assert other.values == pytest.approx(fitted(name).values, rel=1e-3)


@pytest.mark.parametrize("name", PURCHASES)
def test_days_and_weeks_are_the_same_customers(name):
    data, weekly = sample(name), fitted(name)
    daily = fit_model(name, PurchaseSummary.of(data.x, data.t_x * 7, data.T * 7))
    times = [7.0 if parameter in ("alpha", "beta") else 1.0 for parameter in MODELS[name].parameters]
    assert daily.values == pytest.approx(weekly.values * times, rel=2e-3)
    assert MODELS[name].expected(daily.values, 364.0) == pytest.approx(
        MODELS[name].expected(weekly.values, 52.0), rel=1e-3
    )


@pytest.mark.parametrize("name", MODELS)
def test_other_data_and_single_customers_are_refused(name):
    wrong = SpendSummary(np.ones(5), np.ones(5))
    if name == "gamma_gamma":
        wrong = CohortSurvival([5, 4])
    with pytest.raises(OmnifunnelError, match=f"{name}: is fitted to a {MODELS[name].data}"):
        fit_model(name, wrong)
    single = {
        "PurchaseSummary": PurchaseSummary.of(2, 3, 5),
        "SpendSummary": SpendSummary(np.ones(1), np.ones(1)),
        "CohortSurvival": CohortSurvival([1, 0]),
    }[MODELS[name].data]
    with pytest.raises(FitError, match="at least 2 customers, got 1"):
        fit_model(name, single)


@pytest.mark.parametrize("name", PURCHASES)
def test_expected_purchases_start_at_zero_and_grow_ever_more_slowly(name):
    expected = MODELS[name].expected(np.array(TRUE[name]), np.linspace(0, 200, 201))
    assert expected[0] == 0
    assert (np.diff(expected) > 0).all()
    assert (np.diff(expected, 2) < 1e-12).all()


@pytest.mark.parametrize("name", PURCHASES)
def test_recent_customers_are_more_likely_alive(name):
    values = np.array(TRUE[name])
    alive = MODELS[name].p_alive(values, PurchaseSummary.of(4, np.linspace(1, 100, 50), 100))
    assert ((alive > 0) & (alive <= 1)).all()
    assert (np.diff(alive) > 0).all()


@pytest.mark.parametrize("name", PURCHASES)
def test_without_history_the_conditional_expectation_is_the_plain_one(name):
    model, values = MODELS[name], np.array(TRUE[name])
    given = model.expected_given(values, PurchaseSummary.of(0, 0, 0), 52.0)
    assert given == pytest.approx(float(model.expected(values, 52.0)), rel=1e-10)


@pytest.mark.parametrize("name", PURCHASES)
def test_predictions_hold_group_by_group(name):
    """By purchases so far, in truth as predicted: who is alive, and what they buy. Ages alone would fail."""
    drawn = PURCHASES[name](TRUE[name], np.tile([30.0, 104.0], 30_000), 52.0, np.random.default_rng(8))
    model, values, data = MODELS[name], np.array(TRUE[name]), drawn.data
    alive, given = model.p_alive(values, data), model.expected_given(values, data, 52.0)
    by_age = model.expected(values, data.T + 52.0) - model.expected(values, data.T)
    wrong = []
    for x in range(6):
        for group in (data.x == x) & (data.T == 30.0), (data.x == x) & (data.T == 104.0):
            assert abs(_z(drawn.alive[group], alive[group])) < 4
            assert abs(_z(drawn.later[group], given[group])) < 4
            wrong.append(abs(_z(drawn.later[group], by_age[group])))
    assert max(wrong) > 10
    assert abs(_z(drawn.later, by_age)) < 4


def _z(seen, predicted):
    """The mean difference in standard errors."""
    difference = seen - predicted
    return difference.mean() / (difference.std() / np.sqrt(len(difference)) or 1e-9)


def test_no_such_model_is_told_with_the_known_ones():
    with pytest.raises(OmnifunnelError, match="must be one of pareto_nbd, bg_nbd"):
        fit_model("pareto", sample("bg_nbd"))
