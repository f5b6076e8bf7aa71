"""The linear programme: against brute force, against finite differences, on both solvers."""

import itertools
from dataclasses import replace

import numpy as np
import pulp
import pytest
from analytic import AnalyticMarket

from optimize.limits import Minimum
from optimize.linear import Floor, Pieces, best_mix
from optimize.projection import project
from optimize.solver import dual_sign, make_solver, run_solver
from sim import LimitError, SolverError

SOLVERS = [name for name in ("highs", "cbc") if make_solver(name).available()]
GRID = np.linspace(0.0, 1e6, 11)


def concave(seed, count=3):
    rng = np.random.default_rng(seed)
    return {
        c: Pieces(GRID, rng.uniform(1, 4) * 1e5 * np.sqrt(GRID / 1e6 + rng.uniform(0.001, 0.1)))
        for c in range(count)
    }


def s_shaped():
    step = 1.0 / (1.0 + np.exp(-(GRID / 1e6 - 0.45) * 18))
    return {c: Pieces(GRID, scale * 1e5 * (step - step[0])) for c, scale in enumerate((3.0, 2.9, 2.8))}


def brute_force(curves, allowed=lambda shares: True):
    """Best sum over all splits on the joints of the curves (each a tenth of the total)."""
    best = -np.inf
    for tenths in itertools.product(range(11), repeat=len(curves)):
        if sum(tenths) == 10 and allowed(tenths):
            best = max(best, sum(curves[c].gain_p[n] for c, n in enumerate(tenths)))
    return best


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("seed", range(4))
def test_lp_equals_brute_force_on_concave_curves(solver, seed):
    # Kinks lie on tenths, so an optimum of the programme lies on tenths too.
    problem = AnalyticMarket(3).problem()
    found = best_mix(problem, concave(seed), solver=solver)
    assert not found.integer
    assert found.gain == pytest.approx(brute_force(concave(seed)), rel=1e-6)
    assert problem.violations(found.amounts_c) == []


@pytest.mark.parametrize("solver", SOLVERS)
def test_group_and_channel_limits_equal_brute_force(solver):
    problem = AnalyticMarket(3).problem(lower={0: 0.4}, upper={2: 0.6}, groups=[((0, 1), 0.0, 0.5)])
    found = best_mix(problem, concave(1), solver=solver)
    allowed = brute_force(concave(1), lambda n: n[0] >= 4 and n[2] <= 6 and n[0] + n[1] <= 5)
    assert found.gain == pytest.approx(allowed, rel=1e-6)
    assert allowed < brute_force(concave(1))


@pytest.mark.parametrize("solver", SOLVERS)
def test_milp_on_s_shapes_is_exact_where_the_relaxation_is_not(solver):
    problem = AnalyticMarket(3).problem()
    curves = s_shaped()
    found = best_mix(problem, curves, solver=solver)
    assert found.integer
    assert found.gain == pytest.approx(brute_force(curves), rel=1e-4)
    # The relaxation fills steep pieces first wherever they lie: its promise cannot be kept.
    promised = _relaxed(curves)
    assert promised > 1.05 * found.gain


def _relaxed(curves):
    widths_slopes = sorted(
        (
            (slope, width)
            for curve in curves.values()
            for slope, width in zip(curve.slopes, np.diff(curve.at_p), strict=True)
        ),
        reverse=True,
    )
    left, total = 1e6, 0.0
    for slope, width in widths_slopes:
        take = min(width, left)
        total, left = total + slope * take, left - take
    return total


@pytest.mark.parametrize("solver", SOLVERS)
def test_prices_have_the_sign_and_size_of_finite_differences(solver):
    """Raising a right-hand side by a little changes the optimum by its price."""
    groups = [((1, 2), 0.0, 0.45)]
    curves = concave(2, 4)
    base = AnalyticMarket(4).problem(lower={0: 0.33}, groups=groups)
    found = best_mix(base, curves, solver=solver)
    assert found.prices["lower_00"] < 0 < found.prices["group_upper_00"]
    nudge = 0.01
    for row, changed in {
        "lower_00": AnalyticMarket(4).problem(lower={0: 0.33 + nudge}, groups=groups),
        "group_upper_00": AnalyticMarket(4).problem(lower={0: 0.33}, groups=[((1, 2), 0.0, 0.45 + nudge)]),
    }.items():
        gained = best_mix(changed, curves, solver=solver).gain - found.gain
        assert found.prices[row] == pytest.approx(gained / (nudge * 1e6), rel=1e-4)


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_price_of_the_total_is_the_slope_of_the_last_unit(solver):
    market, larger = AnalyticMarket(3), AnalyticMarket(3, total=1.01e6)
    curves = concave(3)
    found = best_mix(market.problem(upper={0: 0.35}), curves, solver=solver)
    more = best_mix(larger.problem(upper={0: 0.35 / 1.01}), curves, solver=solver)
    assert found.prices["total"] > 0
    assert found.prices["total"] == pytest.approx((more.gain - found.gain) / 1e4, rel=1e-4)


@pytest.mark.parametrize("solver", SOLVERS)
def test_prices_of_an_s_shape_come_from_the_programme_with_binaries_held(solver):
    problem = AnalyticMarket(3).problem(upper={0: 0.55})
    found = best_mix(problem, s_shaped(), solver=solver)
    assert found.integer
    assert any(abs(price) > 0 for price in found.prices.values())


def test_dual_sign_is_probed_and_unknown_solvers_are_refused():
    assert {abs(dual_sign(name)) for name in SOLVERS} == {1.0}
    with pytest.raises(SolverError, match="highs or cbc"):
        make_solver("gurobi")


@pytest.mark.parametrize("solver", SOLVERS)
def test_any_status_but_optimal_is_an_error_with_its_name(solver):
    model = pulp.LpProblem("endless", pulp.LpMaximize)
    x = model.add_variable("x", 0, None)
    model += 1 * x, "gain"
    model += x >= 1, "row"
    with pytest.raises(SolverError, match="unbounded"):
        run_solver(model, solver=solver)


def test_both_solvers_agree_on_prices():
    if len(SOLVERS) < 2:
        pytest.skip("only one solver installed")
    problem = AnalyticMarket(4).problem(lower={0: 0.33}, groups=[((1, 2), 0.0, 0.45)])
    first, second = (best_mix(problem, concave(2, 4), solver=name).prices for name in SOLVERS)
    assert first == pytest.approx(second, rel=1e-6, abs=1e-9)


def test_move_limit_holds_and_binds():
    problem = AnalyticMarket(3).problem()
    centre = np.array([3e5, 3e5, 4e5])
    free = best_mix(problem, concave(0)).amounts_c
    held = best_mix(problem, concave(0), centre_c=centre, move=2e4).amounts_c
    assert np.abs(held - centre).max() == pytest.approx(2e4, rel=1e-6)
    assert np.abs(free - centre).max() > 2.1e4


def test_floor_on_a_second_objective_is_held_at_a_cost():
    problem = AnalyticMarket(3).problem()
    first, second = concave(0), concave(9)
    alone = best_mix(problem, first)
    worth = sum(np.interp(alone.amounts_c[c], second[c].at_p, second[c].gain_p) for c in second)
    level = 0.5 * (worth + best_mix(problem, second).gain)
    both = best_mix(problem, first, floor=Floor(second, level))
    assert sum(np.interp(both.amounts_c[c], second[c].at_p, second[c].gain_p) for c in second) >= level * (
        1 - 1e-6
    )
    assert both.gain < alone.gain


def test_impossible_rows_are_a_limit_error_not_a_number():
    problem = AnalyticMarket(2).problem()
    short = {c: Pieces(np.array([0.0, 1e5]), np.array([0.0, 1.0])) for c in range(2)}
    with pytest.raises(LimitError):
        best_mix(problem, short)


def test_projection_moves_as_little_as_the_limits_demand():
    problem = AnalyticMarket(4).problem(lower={3: 0.1}, groups=[((0, 1), 0.0, 0.3)])
    wish = np.array([3e5, 3e5, 4e5, 0.0])
    found = project(problem, wish)
    assert problem.violations(found) == []
    # 300,000 must leave channels 0 and 1 and arrive elsewhere: no plan moves less than 600,000.
    assert np.abs(found - wish).sum() == pytest.approx(6e5, rel=1e-6)
    inside = np.array([1e5, 2e5, 5e5, 2e5])
    np.testing.assert_array_equal(project(problem, inside), inside)


@pytest.mark.parametrize("solver", SOLVERS)
def test_minimum_if_on_and_channels_on_equal_brute_force(solver):
    minimums = Minimum((0,), "c00", 0.5e6), Minimum((1,), "c01", 0.4e6)
    problem = replace(AnalyticMarket(3).problem(), minimums=minimums, most_on=2)

    def allowed(tenths):
        least = tenths[0] in (0, *range(5, 11)) and tenths[1] in (0, *range(4, 11))
        return least and sum(n > 0 for n in tenths) <= 2

    for seed in range(3):
        found = best_mix(problem, concave(seed), solver=solver)
        assert found.integer
        assert found.gain == pytest.approx(brute_force(concave(seed), allowed), rel=1e-4)
        assert problem.violations(found.amounts_c) == []


def test_prices_of_a_minimum_if_on_and_of_the_shift_are_finite_differences():
    """The binaries are held: the price is that of the bound while what is on stays on."""
    curves, nudge = concave(2, 4), 0.01
    today = AnalyticMarket(4).problem()
    lower_c, minimum = np.array([1e4, 0, 0, 0]), Minimum((0,), "c00", 0.33e6)
    base = replace(today, minimums=(minimum,), max_shift=0.32, lower_c=lower_c)
    found = best_mix(base, curves)
    assert found.prices["on_least_000"] < 0 < found.prices["shift"]
    for row, changed in {
        "on_least_000": replace(base, minimums=(Minimum((0,), "c00", 0.33e6 + nudge * 1e6),)),
        "shift": replace(base, max_shift=0.32 + nudge),
    }.items():
        gained = best_mix(changed, curves).gain - found.gain
        assert found.prices[row] == pytest.approx(gained / (nudge * 1e6), rel=1e-3), row


def test_less_is_spent_where_money_does_not_pay_its_cost():
    problem = replace(AnalyticMarket(3).problem(), total_min=0.2e6)
    curves = concave(0)
    steepest = max(float(curve.slopes[0]) for curve in curves.values())
    parts = np.linspace(0, 1.1, 12)
    totals = [best_mix(problem, curves, cost=part * steepest).amounts_c.sum() for part in parts]
    assert totals[0] == pytest.approx(1e6)
    assert totals[-1] == pytest.approx(0.2e6)
    assert totals == sorted(totals, reverse=True)
    assert any(0.21e6 < total < 0.99e6 for total in totals)


def test_amounts_are_whole_minor_units_where_limits_allow():
    """Caps that end in fractions of a cent, in groups that overlap: still exact, still on the minor unit."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        cap = 0.3e6 + rng.random()
        groups = [((0, 1), 0.0, cap / 1e6), ((1, 2), 0.2 + rng.random() / 1e6, 0.45)]
        problem = AnalyticMarket(4).problem(groups=groups, upper={3: 0.4 + rng.random() / 1e6})
        found = project(problem, rng.dirichlet(np.ones(4)) * 1e6)
        assert problem.violations(found) == []
        np.testing.assert_allclose(found * 100, np.round(found * 100), atol=1e-5)
        assert found.sum() == pytest.approx(1e6, abs=1e-9)
