"""Response surfaces: a known curve is recovered, and errors are told honestly."""

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize.ascent import Blend, climb, price, tabulate
from optimize.curves import fit_surface
from optimize.formula import Sample, evaluate, jacobian, size_of
from optimize.linear import Pieces

FREE = np.arange(3)


def hill(x, gain, half, steep):
    return gain * x**steep / (half**steep + x**steep)


def known(amounts_nc):
    x = amounts_nc / 1e5
    curves = [hill(x[:, 0], 5e6, 0.8, 1.0), hill(x[:, 1], 3e6, 1.5, 2.2), hill(x[:, 2], 1e6, 0.4, 0.8)]
    return np.sum(curves, axis=0)


def sample(count, seed=0):
    return np.random.default_rng(seed).uniform(0, 3e5, (count, 3))


def fit(amounts_nc, gains_n, **options):
    centre = amounts_nc.mean(axis=0)
    return fit_surface(amounts_nc, gains_n, free_c=FREE, unit=1e5, centre_c=centre, **options)


def test_known_hill_curves_are_recovered():
    amounts = sample(60)
    surface = fit(amounts, known(amounts))
    fresh = sample(200, seed=1)
    miss = surface.predict(fresh) - known(fresh)
    assert np.sqrt(np.mean(miss**2)) < 0.01 * np.std(known(fresh))
    # The S-shape of channel 1 shows in its slice: the slope rises before it falls.
    curve = surface.slice(np.array([1e5, 1e5, 1e5]), 1, np.linspace(0, 3e5, 31))
    assert Pieces(np.linspace(0, 3e5, 31), curve).ordered >= 3


def test_an_s_shape_cannot_hide_and_a_concave_curve_is_not_called_one():
    grid = np.linspace(0.0, 3e5, 31)
    assert Pieces(grid, hill(grid / 1e5, 1.0, 1.5, 2.2)).ordered > 0
    assert Pieces(grid, hill(grid / 1e5, 1.0, 1.5, 0.9)).ordered == 0


def test_leave_one_out_error_foretells_the_error_on_new_plans():
    """With noise of sd s, errors on new plans are at least s; residuals of a rich model are less."""
    rng = np.random.default_rng(3)
    amounts, noise = sample(45), 1e5
    gains = known(amounts) + rng.normal(0, noise, 45)
    error = fit(amounts, gains).error
    assert error.rmse < error.leave_one_out
    assert 0.7 * noise < error.leave_one_out < 2.0 * noise
    assert 0.9 < error.r2 < 1.0


@pytest.mark.parametrize("signed", [False, True])
def test_the_jacobian_is_the_derivative(signed):
    rng = np.random.default_rng(2)
    blocks, count = np.array([0, 1, 2, 0, 1, 2, 0]), size_of(3, 3)
    theta = rng.uniform(0.3, 1.5, count)
    x = rng.uniform(0.0, 3.0, (7, 3))
    x[0, 0] = 0.0
    sample = Sample.of(x, blocks, signed=signed)
    jac = jacobian(theta, sample)
    assert jac.shape == (7, count)
    for n in range(count):
        step = np.zeros(count)
        step[n] = 1e-6
        slope = (evaluate(theta + step, sample)[0] - evaluate(theta - step, sample)[0]) / 2e-6
        np.testing.assert_allclose(jac[:, n], slope, atol=1e-6)


def test_the_luck_of_a_block_is_told_from_what_money_does():
    """One block's gains are 8 % higher, and its plans the dearest; without blocks the surface bends to it."""
    amounts = sample(90)
    blocks = np.argsort(np.argsort(amounts.sum(axis=1))) // 30
    luck = np.where(blocks == 2, 1.08, 1.0)
    told = fit(amounts, known(amounts) * luck, block_n=blocks)
    untold = fit(amounts, known(amounts) * luck)
    fresh = sample(200, seed=1)

    def slope_miss(surface):
        found, true = surface.predict(fresh), known(fresh)
        return np.std(found / true)

    assert slope_miss(told) < 0.4 * slope_miss(untold)
    level = told.levelled(known(amounts) * luck, blocks)
    assert np.std(level / known(amounts)) < 0.02


def test_noise_is_estimated_with_the_fit():
    rng = np.random.default_rng(4)
    amounts = sample(150)
    for noise in (1e5, 4e5):
        surface = fit(amounts, known(amounts) + rng.normal(0, noise, 150))
        assert surface.noise == pytest.approx(noise, rel=0.25)


def test_own_gains_are_never_negative_unless_they_may_be():
    amounts = sample(50)
    falling = -known(amounts)
    signed = fit(amounts, falling, signed=True)
    assert signed.error.r2 > 0.98
    plain = fit(amounts, falling)
    assert plain.theta[1:4].min() >= 0


def test_the_same_plans_give_the_same_surface():
    amounts = sample(40)
    first, second = fit(amounts, known(amounts)), fit(amounts, known(amounts))
    np.testing.assert_array_equal(first.theta, second.theta)


def test_slices_are_exact_at_the_plan_and_climbing_never_leaves_the_limits():
    market = AnalyticMarket(3)
    problem = market.problem(lower={2: 0.1}, groups=[((0, 1), 0.0, 0.8)])
    rng = np.random.default_rng(5)
    amounts = rng.dirichlet(np.ones(3), 60) * 1e6 * rng.uniform(0.6, 1.4, (60, 1))
    gains = np.array([market.margin(row) for row in amounts])
    surface = fit_surface(amounts, gains, free_c=FREE, unit=1e6 / 3, centre_c=amounts.mean(axis=0))
    blend = Blend([surface], [1.0])
    start = np.array([2e5, 2e5, 6e5])
    for c, curve in tabulate(problem, blend, start).items():
        assert np.interp(start[c], curve.at_p, curve.gain_p) == pytest.approx(
            0.0, abs=1e-6 * abs(gains).max()
        )
    top = climb(problem, blend, start)
    assert problem.violations(top) == []
    assert blend.predict(top)[0] > blend.predict(start)[0]
    # No plan of a fine grid within the limits beats the climb by more than 0.2 %.
    a, b = np.meshgrid(np.linspace(0, 0.8, 81), np.linspace(0, 0.8, 81))
    ok = (a + b <= 0.8) & (1 - a - b >= 0.1)
    grid = np.stack([a[ok], b[ok], 1 - a[ok] - b[ok]], axis=1) * 1e6
    assert blend.predict(top)[0] >= 0.998 * blend.predict(grid).max()


def test_the_price_of_the_total_matches_the_slope_of_the_best_value():
    market = AnalyticMarket(3)
    rng = np.random.default_rng(6)
    amounts = rng.dirichlet(np.ones(3), 60) * 1e6 * rng.uniform(0.6, 1.4, (60, 1))
    gains = np.array([market.margin(row) for row in amounts])
    blend = Blend(
        [fit_surface(amounts, gains, free_c=FREE, unit=1e6 / 3, centre_c=amounts.mean(axis=0))], [1.0]
    )
    top = climb(market.problem(), blend, np.full(3, 1e6 / 3))
    larger = AnalyticMarket(3, total=1.02e6).problem()
    more = climb(larger, blend, top * 1.02)
    slope = (blend.predict(more)[0] - blend.predict(top)[0]) / 2e4
    assert price(market.problem(), blend, top).prices["total"] == pytest.approx(slope, rel=0.08)
