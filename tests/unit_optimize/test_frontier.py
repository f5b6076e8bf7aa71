"""The front: hypervolume by its definition, candidates by origin, linear programmes that hold a level."""

import numpy as np
import pytest
from analytic import AnalyticMarket, PairedValues

from optimize import Evaluator, optimize
from optimize.finalists import FINAL_REPLICATE, final_of_front
from optimize.frontier import epsilon_points, judged_frontier, search_front
from optimize.pareto import hypervolume
from optimize.surrogate import search_surrogate


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
def test_hypervolume_is_the_share_of_space_that_some_point_dominates(objectives):
    rng = np.random.default_rng(objectives)
    points = rng.random((7, objectives))
    space = rng.random((40_000, objectives))
    dominated = np.any(np.all(space[:, None, :] <= points[None], axis=2), axis=1).mean()
    assert hypervolume(points) == pytest.approx(dominated, abs=0.01)


def test_hypervolume_of_known_boxes():
    assert hypervolume(np.array([[0.5, 1.0], [1.0, 0.5]])) == pytest.approx(0.75)
    assert hypervolume(np.array([[0.5, 1.0], [1.0, 0.5], [0.4, 0.4], [2.0, -1.0]])) == pytest.approx(0.75)
    assert hypervolume(np.array([[2.0, 3.0, 4.0]])) == pytest.approx(24.0)
    assert hypervolume(np.array([[-1.0, -1.0]])) == 0.0


def judged(**plans):
    """Plan -> (roi, ltv) levels; three replicates with a common swing."""
    swing = (0.0, 1.0, -1.0)
    return PairedValues(
        {
            name: {"roi": tuple(roi + s for s in swing), "ltv": tuple(ltv + 3 * s for s in swing)}
            for name, (roi, ltv) in plans.items()
        }
    )


def test_candidates_are_marked_beaten_knee_and_recommended():
    problem = AnalyticMarket(3).problem(objectives=("roi", "ltv"))
    values = judged(
        status_quo=(0, 0), equal=(1, 1), recommended=(4, 4), pareto_0=(9, 1), linear_0=(7, 7), linear_1=(1, 9)
    )
    origins = {"recommended": "search", "pareto_0": "search", "linear_0": "linear programme"}
    found = judged_frontier(problem, values, origins | {"linear_1": "linear programme"})
    assert [point.name for point in found.front] == ["pareto_0", "linear_0", "linear_1"]
    assert [point.name for point in found.points if point.knee] == ["linear_0"]
    assert [point.name for point in found.points if not point.front] == ["recommended"]
    assert next(point for point in found.points if point.recommended).name == "recommended"
    assert (found.reference, found.ideal) == ({"roi": 0.0, "ltv": 0.0}, {"roi": 9.0, "ltv": 9.0})
    # Boxes 9 x 1, 7 x 6 above it, 1 x 2 above that, of 81.
    assert found.hypervolume.mean == pytest.approx((9 + 42 + 2) / 81)
    # A swing that all plans share says nothing of the volume, so its interval is a point.
    assert found.hypervolume.low == pytest.approx(found.hypervolume.high)


@pytest.fixture(scope="module")
def searched():
    market = AnalyticMarket(6, seed=3)
    problem = market.problem(objectives=("roi", "ltv"), upper={1: 0.3})
    evaluator = Evaluator(problem, market, runs=80)
    search_surrogate(problem, evaluator, seed=0)
    return market, problem, evaluator


def test_linear_programmes_find_feasible_points_that_few_searched_plans_beat(searched):
    market, problem, evaluator = searched
    centre = search_front(problem, evaluator)[0]
    rows = epsilon_points(problem, evaluator, centre, [], seed=0)
    assert len(rows) >= 4
    assert all(problem.violations(row) == [] for row in rows)
    kpis = market.measure([problem.plan(row) for row in rows], replicate=1)
    points = np.array([[each["roi"], each["ltv"]] for each in kpis])
    scored = np.array([[each.kpis["roi"], each.kpis["ltv"]] for each in evaluator.evaluations])
    # The market has no noise, so a candidate that is clearly beaten would be a wrong one.
    slack = 0.01 * np.ptp(scored, axis=0)
    beaten = [np.any(np.all(scored > point + slack, axis=1)) for point in points]
    assert sum(beaten) <= 1
    # Holding a higher level of the second objective costs the first: the points run along the front.
    order = np.argsort(points[:, 0])
    assert np.corrcoef(points[order, 0], points[order, 1])[0, 1] < -0.8


def test_the_final_of_a_front_uses_draws_of_its_own_and_takes_the_better_candidate(searched):
    _market, problem, evaluator = searched
    asked = []

    class Recorder(AnalyticMarket):
        def measure(self, plans, *, replicate):
            asked.append(replicate)
            return super().measure(plans, replicate=replicate)

    meter = Recorder(6, seed=3)
    front = search_front(problem, evaluator)
    rows = epsilon_points(problem, evaluator, front[0], [], seed=0)
    worst = min(evaluator.evaluations, key=lambda done: done.kpis["roi"] or 0.0)
    found = final_of_front(evaluator, meter, [worst], rows, 60)
    assert found.winner.origin == "linear programme"
    assert asked == [FINAL_REPLICATE + n for n in range(found.winner.replicates)]
    assert found.runs == len(asked) * (len(rows) + 3) <= 60
    assert final_of_front(evaluator, meter, [worst], rows, 5).winner.plan is worst


@pytest.mark.parametrize("objectives", [("roi", "ltv"), ("roi", "ltv", "profit")])
def test_two_and_three_objectives_give_origins_and_a_volume(objectives):
    market = AnalyticMarket(6, seed=3, noise=0.02)
    found = optimize(market.problem(objectives=objectives), runs=70, seed=0, replicates=4, meter=market)
    answer = found.to_dict()["frontier"]
    assert {point["origin"] for point in answer["points"]} >= {"search", "linear programme"}
    assert sum(point["recommended"] for point in answer["points"]) == 1
    assert 0 < answer["hypervolume"]["low"] <= answer["hypervolume"]["mean"] <= 1
    assert set(answer["reference"]) == set(answer["ideal"]) == set(objectives)
    kpis = [point["kpis"] for point in answer["points"] if point["front"]]
    means = np.array([[each[name]["mean"] for name in objectives] for each in kpis])
    assert not any(np.all(a >= b) and np.any(a > b) for a in means for b in means)
