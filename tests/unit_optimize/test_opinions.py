"""Other answers for the final: within the limits, and good where the surface is right."""

import numpy as np
import pytest
from analytic import AnalyticMarket
from free_totals import free_total

from optimize import METHODS, SEARCH_REPLICATE, Evaluator, optimize
from optimize.finalists import final
from optimize.opinions import LINEAR, OPTUNA, TRUST, VERTEX, best_vertex, opinions
from optimize.surfaces import foretell


def searched(market, problem, runs=80):
    evaluator = Evaluator(problem, market, runs=runs)
    best = METHODS["surrogate"](problem, evaluator, seed=1).best
    return best, foretell(problem, evaluator, seed=1)


@pytest.mark.parametrize("name", ["concave_bounds", "concave_groups"])
def test_all_of_them_meet_the_limits_and_none_is_beaten_by_today(name):
    market, problem = free_total(name, 2.0)
    best, blend = searched(market, problem)
    notes = []
    found = opinions(problem, blend, best.amounts_c, seed=0, notes=notes)
    assert set(found) == {LINEAR, TRUST, VERTEX, OPTUNA}
    assert notes == []
    assert all(problem.violations(row) == [] for row in found.values())
    today = float(blend.predict(problem.status_quo_at_total())[0])
    for origin in (TRUST, OPTUNA):
        assert float(blend.predict(found[origin])[0]) >= today
    assert float(blend.predict(found[OPTUNA])[0]) >= float(blend.predict(best.amounts_c)[0])


class Straight(AnalyticMarket):
    """Every channel brings so much per unit of money, without end: the best plan is a corner."""

    def margin(self, amounts_c, *, strength_c=1.0):
        return float(np.asarray(amounts_c) @ np.array([3.0, 0.4, 2.0, 0.6, 0.5]) * np.mean(strength_c))


def test_bound_to_bound_finds_the_corner_of_a_straight_market():
    market = Straight(5, seed=1)
    limits = {"lower": dict.fromkeys(range(5), 0.1), "upper": {0: 0.3, 1: 0.4, 2: 0.25, 3: 0.4, 4: 0.4}}
    problem = market.problem(**limits)
    best, blend = searched(market, problem)
    corner = best_vertex(problem, blend, best.amounts_c)
    # The best two at their most, the next best with what is left, the others at their floors.
    assert corner == pytest.approx(np.array([0.3, 0.1, 0.25, 0.25, 0.1]) * 1e6, abs=1.0)


def test_optuna_has_a_share_of_the_runs_and_its_best_plan_is_in_the_final():
    market = AnalyticMarket(6, seed=3, noise=0.03)
    problem = market.problem()
    evaluator = Evaluator(problem, market, runs=200)
    found = METHODS["default"](problem, evaluator, seed=0)
    asked = [done for done in evaluator.evaluations if done.origin == OPTUNA]
    assert len(asked) >= 18
    assert all(problem.violations(done.amounts_c) == [] for done in asked)
    assert found.candidates[OPTUNA] in asked
    assert all(done.replicate == SEARCH_REPLICATE for done in asked)


def test_a_poor_search_gives_way_to_another_answer_and_the_result_says_whose():
    market = AnalyticMarket(6, seed=3, noise=0.03)
    problem = market.problem()
    evaluator = Evaluator(problem, market, runs=10)
    poor = evaluator.score([problem.status_quo_at_total()])[0]
    better = METHODS["surrogate"](problem, Evaluator(problem, market, runs=120), seed=0).best
    last = final(evaluator, market, poor, {}, 60, others={LINEAR: better.amounts_c, TRUST: better.amounts_c})
    assert last.winner.origin == LINEAR
    assert last.winner.agree == (TRUST,)
    assert [rival.origin for rival in last.rivals] == ["search"]


def test_the_result_names_who_found_the_plan_and_who_agrees():
    market = AnalyticMarket(6, seed=3)
    result = optimize(market.problem(), method="default", runs=120, seed=0, replicates=4, meter=market)
    who = result.to_dict()["found_by"]
    assert who["origin"] in ("search", OPTUNA)
    assert LINEAR in who["agree"]
    assert TRUST in who["agree"]


def test_optuna_has_a_share_in_a_front_and_its_points_say_so():
    market = AnalyticMarket(6, seed=3)
    problem = market.problem(objectives=("roi", "ltv"))
    result = optimize(problem, runs=200, seed=0, replicates=2, meter=market)
    origins = {point.origin for point in result.frontier.points}
    assert {LINEAR, OPTUNA} <= origins
