"""Customer value models against published figures, independent integrals, and data that identify nothing."""

from __future__ import annotations

import datetime as dt
import functools
import itertools

import numpy as np
import pytest
from scipy import integrate, special, stats

from sim import (
    MODELS,
    CohortSurvival,
    Fit,
    FitError,
    Histories,
    OmnifunnelError,
    Period,
    PurchaseSummary,
    SpendSummary,
    cdnow_transactions,
    discounted_purchases,
    fit_model,
    fitted_order_value,
    orders_in_steps,
    plain_order_value,
    segment_block,
    summarise_purchases,
)
from sim.measure.value_models.btyd import beta_nodes

CALIBRATION_END = dt.date(1997, 9, 30)
#: Fader, Hardie 2007: percent under contract at ages 0 .. 12, two kinds of customers; fitted to ages 0 .. 7.
REGULAR = (100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3)
HIGH_END = (100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4)
#: Fader, Hardie, Lee 2005 (the same histories, 39 weeks): parameters and log likelihood.
PUBLISHED = {
    "bg_nbd": ((0.243, 4.414, 0.793, 2.426), -9582.4),
    "pareto_nbd": ((0.553, 10.578, 0.606, 11.669), -9595.0),
}


@functools.cache
def cdnow() -> Histories:
    return summarise_purchases(cdnow_transactions(), calibration_end=CALIBRATION_END)


@functools.cache
def cdnow_fit(name: str) -> Fit:
    return fit_model(name, cdnow().purchases)


@pytest.mark.parametrize("name", PUBLISHED)
def test_cdnow_gives_the_published_parameters(name: str) -> None:
    values, log_likelihood = PUBLISHED[name]
    fit = cdnow_fit(name)
    assert np.round(fit.values, 3).tolist() == list(values)
    assert round(fit.log_likelihood, 1) == log_likelihood
    assert fit.customers == 2357


def test_cdnow_over_all_78_weeks_gives_the_parameters_in_the_manual_of_btyd() -> None:
    fit = fit_model("pareto_nbd", summarise_purchases(cdnow_transactions()).purchases)
    assert fit.values == pytest.approx((0.5629966, 12.5590370, 0.4081095, 10.5148048), rel=2e-4)


def test_standard_errors_on_cdnow_are_those_of_an_independent_implementation() -> None:
    """Summary of the package `lifetimes` for BG/NBD."""
    assert np.round(list(cdnow_fit("bg_nbd").errors.values()), 2).tolist() == [0.01, 0.38, 0.19, 0.71]


def test_predictions_for_single_customers_are_the_published_ones() -> None:
    """Fader, Hardie, Lee's spreadsheet note for BG/NBD; the vignette of BTYD for Pareto/NBD."""
    bg, pareto = cdnow_fit("bg_nbd").values, cdnow_fit("pareto_nbd").values
    one = MODELS["bg_nbd"].expected_given(bg, PurchaseSummary.of(2, 30.43, 38.86), 39.0)
    assert one[0] == pytest.approx(1.226, abs=5e-4)
    active = PurchaseSummary.of(26, 30.86, 31.0)
    model = MODELS["pareto_nbd"]
    assert model.expected_given(pareto, active, 52.0)[0] == pytest.approx(25.46, abs=0.01)
    assert model.p_alive(pareto, active)[0] == pytest.approx(0.9979, abs=1e-4)
    assert model.p_alive(pareto, PurchaseSummary.of(0, 0, 39.0))[0] == pytest.approx(0.2942, abs=1e-4)
    assert float(model.expected(pareto, 52.0)) == pytest.approx(1.4734, abs=1e-4)


def test_gamma_gamma_on_cdnow_gives_the_published_parameters() -> None:
    spend = cdnow().spend
    fit = fit_model("gamma_gamma", spend)
    assert spend.size == 946
    assert round(spend.correlation or 0.0, 2) == 0.11
    assert np.round(fit.values, 2).tolist() == [6.25, 3.74, 15.44]
    model = MODELS["gamma_gamma"]
    mean = model.population_mean(fit.values)
    assert mean == pytest.approx(35.17, abs=0.01)
    given = model.expected_given(fit.values, SpendSummary(np.array([1.0, 1e6]), np.array([80.0, 80.0])))
    assert mean < given[0] < given[1] == pytest.approx(80.0, rel=1e-4)


@pytest.mark.parametrize(
    ("percent", "values", "log_likelihood"),
    [(REGULAR, (0.704, 1.182), -1680.3), (HIGH_END, (0.668, 3.806), -1611.2)],
)
def test_sbg_gives_the_published_parameters_and_forecast(
    percent: tuple[float, ...], values: tuple[float, float], log_likelihood: float
) -> None:
    fit = fit_model("sbg", CohortSurvival(10 * np.array([percent[:8]])))
    assert np.round(fit.values, 3).tolist() == list(values)
    assert round(fit.log_likelihood, 1) == log_likelihood
    ahead = 100 * MODELS["sbg"].survival(fit.values, np.arange(13))
    assert ahead[8:] == pytest.approx(percent[8:], abs=2.0)
    alike = fit_model("geometric", CohortSurvival(10 * np.array([percent[:8]])))
    wrong = 100 * MODELS["geometric"].survival(alike.values, np.arange(13))
    assert abs(wrong[12] - percent[12]) > 5, "all customers alike must fail where sBG does not"


def by_integration(name: str, values: tuple[float, ...], x: int, t_x: float, T: float) -> float:
    """Likelihood of a history by brute force over both traits of a customer."""
    r, alpha, third, fourth = values
    rate, weight = special.roots_genlaguerre(60, r + x - 1)
    rate, weight = rate / alpha, weight * alpha**-x / special.gamma(r)

    def mean_rate(age: float) -> float:
        return float(weight @ np.exp(-rate * age))

    if name == "pareto_nbd":

        def density(mu: float) -> float:
            death = integrate.quad(lambda y: mu * np.exp(-mu * y) * mean_rate(y), t_x, T, epsabs=1e-13)[0]
            return float(stats.gamma.pdf(mu, third, scale=1 / fourth)) * (
                np.exp(-mu * T) * mean_rate(T) + death
            )

        return float(integrate.quad(density, 0, np.inf, epsabs=1e-12)[0])
    coins = x + (name == "mbg_nbd")

    def mixed(p: float) -> float:
        gone = p * (1 - p) ** (coins - 1) * mean_rate(t_x) if coins else 0.0
        return float(stats.beta.pdf(p, third, fourth)) * ((1 - p) ** coins * mean_rate(T) + gone)

    return float(integrate.quad(mixed, 0, 1, epsabs=1e-13, limit=200)[0])


@pytest.mark.parametrize("history", [(0, 0.0, 5.0), (1, 2.0, 5.0), (4, 4.5, 5.0), (3, 0.5, 9.0)])
@pytest.mark.parametrize("values", [(1.5, 3.0, 1.6, 4.0), (1.2, 5.0, 2.5, 2.0)])
@pytest.mark.parametrize("name", ["pareto_nbd", "bg_nbd", "mbg_nbd"])
def test_likelihoods_are_the_integrals_they_stand_for(
    name: str, values: tuple[float, ...], history: tuple[int, float, float]
) -> None:
    """For Pareto/NBD the two sets of values are the two cases alpha < beta and alpha > beta."""
    mine = MODELS[name].log_likelihood(np.array(values), PurchaseSummary.of(*history))
    assert np.exp(mine) == pytest.approx(by_integration(name, values, *history), rel=1e-5)


@pytest.mark.parametrize("alpha_beta", [(3.0, 900.0), (900.0, 3.0), (10.0, 10.0), (1e-3, 50.0)])
@pytest.mark.parametrize("x", [0, 1, 40, 3000])
def test_pareto_nbd_is_stable_where_the_plain_formula_overflows(
    alpha_beta: tuple[float, float], x: int
) -> None:
    """Against the integral over the time of lapse, scaled by its largest value."""
    r, s, (alpha, beta) = 0.6, 0.7, alpha_beta
    t_x, T = (30.0, 39.0) if x else (0.0, 39.0)

    def exponent(y: float) -> float:
        return -(r + x) * np.log(alpha + y) - (s + 1) * np.log(beta + y)

    steep = (r + x) / (alpha + t_x) + (s + 1) / (beta + t_x)
    near = [y for y in t_x + np.array([0.1, 1, 10, 50]) / steep if y < T]
    inside = integrate.quad(lambda y: np.exp(exponent(y) - exponent(t_x)), t_x, T, points=near, limit=400)[0]
    alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    gone = np.log(s * inside) + exponent(t_x)
    scale = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    mine = MODELS["pareto_nbd"].log_likelihood(np.array([r, alpha, s, beta]), PurchaseSummary.of(x, t_x, T))
    assert mine == pytest.approx(scale + np.logaddexp(alive, gone), rel=1e-9)


@pytest.mark.parametrize("values", [(0.553, 10.578, 0.606, 11.669), (0.9, 14.0, 1.3, 5.0)])
def test_pareto_nbd_is_the_published_formula_in_both_cases(values: tuple[float, ...]) -> None:
    """Schmittlein and others 1987: two 2F1 of |alpha - beta| / (larger + age), for alpha <, > beta."""
    r, alpha, s, beta = values
    x, t_x, T = 4, 20.0, 39.0
    far, second = max(alpha, beta), s + 1 if alpha >= beta else r + x

    def part(age: float) -> float:
        z = abs(alpha - beta) / (far + age)
        return float(special.hyp2f1(r + s + x, second, r + s + x + 1, z) * (far + age) ** -(r + s + x))

    alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
    both = alive + s / (r + s + x) * (part(t_x) - part(T))
    likelihood = special.gamma(r + x) / special.gamma(r) * alpha**r * beta**s * both
    model, data = MODELS["pareto_nbd"], PurchaseSummary.of(x, t_x, T)
    assert model.log_likelihood(np.array(values), data) == pytest.approx(np.log(likelihood), rel=1e-10)
    assert model.p_alive(np.array(values), data)[0] == pytest.approx(alive / both, rel=1e-9)


def test_bg_nbd_expectation_is_its_published_formula_and_has_no_gap_at_a_of_1() -> None:
    """FACTS C: (a + b - 1) / (a - 1) (1 - (alpha / (alpha + t))^r 2F1(r, b; a + b - 1; t / (alpha + t)))."""
    r, alpha, a, b = values = np.array([0.243, 4.414, 0.793, 2.426])
    t = np.array([1.0, 39.0, 78.0, 500.0])
    grown = (alpha / (alpha + t)) ** r * special.hyp2f1(r, b, a + b - 1, t / (alpha + t))
    assert MODELS["bg_nbd"].expected(values, t) == pytest.approx(
        (a + b - 1) / (a - 1) * (1 - grown), rel=1e-9
    )
    near = [float(MODELS["bg_nbd"].expected(np.array([r, alpha, one, b]), 39.0)) for one in (1 - 1e-6, 1.0)]
    assert near[0] == pytest.approx(near[1], rel=1e-5)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (0.3, 0.7), (1.0, 1.0), (0.01, 5.0), (3.0, 4000.0)])
def test_beta_nodes_give_the_moments_of_beta(a: float, b: float) -> None:
    nodes, weights = beta_nodes(a, b)
    for power in range(6):
        assert weights @ nodes**power == pytest.approx(
            stats.beta.moment(power, a, b) if power else 1.0, rel=1e-7
        )


def test_discounted_purchases_are_the_sum_of_what_is_expected() -> None:
    values, data, rate = (
        np.array([0.553, 10.578, 0.606, 11.669]),
        PurchaseSummary.of([0, 7], [0, 35], 39),
        0.05,
    )
    edges = np.linspace(0, 400, 40_001)
    grown = np.array([MODELS["pareto_nbd"].expected_given(values, data, edge) for edge in edges[::100]])
    middle = (edges[::100][1:] + edges[::100][:-1]) / 2
    total = np.exp(-rate * middle) @ np.diff(grown, axis=0)
    assert discounted_purchases(values, data, rate=rate) == pytest.approx(total, rel=2e-3)


@pytest.mark.parametrize("d", [0.0, 0.1])
def test_discounted_lifetimes_are_sums_of_survival(d: float) -> None:
    """FACTS C: sBG 2F1(1, b; a + b; 1 / (1 + d)), geometric (1 + d) / (1 + d - r)."""
    ages = np.arange(200_000.0)
    for name, values in (("sbg", np.array([2.5, 3.0])), ("geometric", np.array([0.3]))):
        total = (MODELS[name].survival(values, ages) * np.exp(-np.log1p(d) * ages)).sum()
        assert MODELS[name].lifetime(values, d) == pytest.approx(total, rel=1e-6)
    assert MODELS["sbg"].lifetime(np.array([0.7, 1.2]), 0.0) is None, "infinite without discount"


def test_a_step_of_the_simulator_is_a_little_behind_continuous_time() -> None:
    values = np.array([0.553, 10.578, 0.606, 11.669])
    continuous = np.diff(MODELS["pareto_nbd"].expected(values, np.arange(79.0)))
    weekly = orders_in_steps(values, 78)
    days = orders_in_steps(values * [1, 7, 1, 7], 546).reshape(78, 7).sum(axis=1)
    assert (weekly < days).all()
    assert (days < continuous).all()
    assert weekly[39:].sum() == pytest.approx(continuous[39:].sum(), rel=0.005)
    assert days[39:].sum() == pytest.approx(continuous[39:].sum(), rel=0.001)


PURCHASE_MODELS = ("pareto_nbd", "bg_nbd", "mbg_nbd")
NOBODY_LAPSES = PurchaseSummary.of(np.arange(1, 21), 10, 10)
ALL_ALIKE = PurchaseSummary.of(np.full(50, 3), 7, 10)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        *itertools.product(PURCHASE_MODELS, [NOBODY_LAPSES], ["runs to its lower bound"]),
        *itertools.product(PURCHASE_MODELS, [ALL_ALIKE], ["r runs to its upper bound"]),
        *itertools.product(PURCHASE_MODELS, [PurchaseSummary.of([0, 0], 0, 9)], ["no customer has a repeat"]),
        ("gamma_gamma", SpendSummary(np.arange(1.0, 40), np.full(39, 5.0)), "p runs to its upper bound"),
        ("sbg", CohortSurvival([[100, 50, 25, 12.5]]), "do not identify the shifted beta-geometric model"),
        ("geometric", CohortSurvival([[10, 10, 10]]), "lapse_rate runs to its lower bound"),
    ],
)
def test_data_that_identify_nothing_are_told_so(name: str, data: object, words: str) -> None:
    with pytest.raises(FitError, match=words):
        fit_model(name, data)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [(-1, 0, 5), (1, 6, 5), (0, 2, 5), (1, -1, 5), (1, 1, np.inf)])
def test_histories_that_cannot_be_are_refused(bad: tuple[float, float, float]) -> None:
    with pytest.raises(OmnifunnelError, match=r"must have x >= 0 and 0 <= t_x <= T"):
        PurchaseSummary.of(*bad)


def made_fit(model: str, **parameters: float) -> Fit:
    size = len(parameters)
    return Fit(model, parameters, dict.fromkeys(parameters, 0.1), np.eye(size), 0.0, 100)


def test_a_segment_holds_the_fitted_rates() -> None:
    fit = made_fit("pareto_nbd", r=0.5, alpha=10.0, s=0.6, beta=12.0)
    value = fitted_order_value(made_fit("gamma_gamma", p=4.0, q=6.0, gamma=20.0))
    assert value == {"mean": 16.0, "cv_between": 0.5, "cv_within": 0.5}
    block = segment_block(fit, value)
    assert block["purchase_rate_per_period"] == {"mean": 0.05, "shape": 0.5}
    assert block["lapse_rate_per_period"] == {"mean": 0.05, "shape": 0.6}


def test_a_segment_is_refused_where_there_is_no_lapse_rate_or_no_such_scenario() -> None:
    value = plain_order_value([1.0, 3.0])
    assert value == {"mean": 2.0, "cv_between": 0.0, "cv_within": 0.5}
    with pytest.raises(FitError, match="bg_nbd: has no lapse rate"):
        segment_block(made_fit("bg_nbd", r=1.0, alpha=1.0, a=1.0, b=1.0), value)
    with pytest.raises(FitError, match=r"outside what a scenario allows: purchase_rate_per_period\.shape"):
        segment_block(made_fit("pareto_nbd", r=0.01, alpha=1.0, s=1.0, beta=1.0), value)
    with pytest.raises(FitError, match="every amount is 0"):
        plain_order_value([0.0, 0.0])
    with pytest.raises(FitError, match="mean amount is infinite"):
        fitted_order_value(made_fit("gamma_gamma", p=4.0, q=0.9, gamma=20.0))


def test_a_spread_without_variance_is_matched_in_logs() -> None:
    value = fitted_order_value(made_fit("gamma_gamma", p=4.0, q=1.5, gamma=20.0))
    logs = np.log(1 / np.random.default_rng(0).gamma(1.5, 1 / 20.0, 200_000))
    assert np.sqrt(np.log1p(value["cv_between"] ** 2)) == pytest.approx(logs.std(), rel=0.01)


def test_errors_of_measures_follow_the_covariance() -> None:
    fit = cdnow_fit("pareto_nbd")
    r, alpha, _, _ = fit.values
    gradient = np.array([1 / alpha, -r / alpha**2, 0, 0])
    assert fit.error_of(lambda values: values[0] / values[1]) == pytest.approx(
        np.sqrt(gradient @ fit.covariance @ gradient), rel=1e-6
    )
    assert fit.loosest[0] == "beta"


def test_a_period_of_days_scales_time_only() -> None:
    days = summarise_purchases(cdnow_transactions(), period=Period.DAY, calibration_end=CALIBRATION_END)
    assert np.allclose(days.purchases.T, 7 * cdnow().purchases.T)
    assert days.holdout == 273.0
    assert (days.later_i == cdnow().later_i).all()
