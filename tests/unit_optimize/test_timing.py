"""Where to spend in time: bursts give way where even spending earns more, stay where they are right."""

from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import Evaluator, optimize
from optimize.flights import divide
from optimize.timing import improve_timing, moved, weight_moves
from optimize.timing_starts import better_start, timed_evenly, turning
from sim import Plan

PERIODS, FLIGHTS, TOTAL = 8, 4, 1e6
CONCAVE, STEEP = 0.8, 6.0


class Bursts(AnalyticMarket):
    """Channels that saturate within each period; today all money is spent in the first quarter.

    margin = sum_tc gain u_tc with u = x^h / (k^h + x^h) and x the period's money in even shares of the plan:
    a low h pays for even spending, a high one, with k at the size of the burst, only for bursts.
    """

    def __init__(self, steep_c, *, chance=0.0, half=4.0):
        super().__init__(len(steep_c), total=TOTAL)
        self.shape_c, self.chance, self.half = np.array(steep_c), chance, half

    def measure(self, plans, *, replicate):
        common = 1 + 0.05 * np.random.default_rng([9, replicate]).normal()
        found = []
        for plan in plans:
            key = crc32(plan.spend_tc.tobytes())
            luck = 1 + self.chance * np.random.default_rng([key, replicate]).normal()
            spend, margin = float(plan.total_c.sum()), self.earned(plan) * common * luck
            (kpis,) = super().measure([plan], replicate=replicate)
            found.append(kpis | {"profit": margin - spend, "spend": spend, "roi": margin / spend - 1})
        return found

    def earned(self, plan):
        """Margin without luck."""
        x_tc = (plan.spend_tc / (TOTAL / PERIODS / len(self.shape_c))) ** self.shape_c
        return float((x_tc / (self.half**self.shape_c + x_tc)).sum() * TOTAL / PERIODS)

    def problem(self, **limits):
        """Equal money a channel, all of it in the first two of eight periods; the mix is held."""
        count = len(self.shape_c)
        spend_tc = np.zeros((PERIODS, count))
        spend_tc[:2] = TOTAL / count / 2
        self.today = Plan(self.world.channels, spend_tc)
        mix = replace(super().problem(), status_quo=self.today, flights=(), total=TOTAL)
        cells = count * FLIGHTS
        return replace(
            mix,
            lower_c=np.zeros(cells),
            upper_c=np.full(cells, np.inf),
            flights=divide(FLIGHTS, PERIODS),
            mix=mix,
            **limits,
        )


def timed(market, problem, *, runs=90, seed=1):
    """What the timing search makes of today's plan."""
    evaluator = Evaluator(problem, market, runs=runs)
    found = improve_timing(problem, evaluator, problem.by_flight(market.today), seed=seed)
    assert evaluator.runs_used <= runs
    assert problem.violations(found.amounts_c) == []
    return found.amounts_c


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_burst_gives_way_to_even_spending_where_that_earns_more(seed):
    market = Bursts([CONCAVE] * 3, chance=0.02)
    problem = market.problem()
    by_hand = market.earned(Plan(market.world.channels, np.full((PERIODS, 3), TOTAL / 24)))
    assert by_hand > 1.3 * market.earned(market.today)
    found = problem.plan(timed(market, problem, seed=seed))
    assert market.earned(found) >= 0.98 * by_hand


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_burst_that_is_right_stays(seed):
    market = Bursts([STEEP] * 3, chance=0.02)
    problem = market.problem()
    found = problem.plan(timed(market, problem, seed=seed))
    assert market.earned(found) >= 0.98 * market.earned(market.today)
    assert found.spend_tc[:2].sum() > 0.9 * TOTAL


def test_each_channel_begins_where_it_does_best():
    market = Bursts([CONCAVE, STEEP, CONCAVE, STEEP])
    problem = market.problem()
    evaluator, today = Evaluator(problem, market, runs=200), problem.by_flight(market.today)
    rng = np.random.default_rng(0)
    found, following = better_start(problem, evaluator, today, 90, 2_000_000, rng)
    first_fc = found.reshape(FLIGHTS, 4) / (TOTAL / 4)
    np.testing.assert_allclose(first_fc[0], [0.25, 1.0, 0.25, 1.0], atol=1e-3)
    assert following > 2_000_000
    assert evaluator.runs_used <= 90


def test_the_whole_search_finds_the_even_plan():
    market = Bursts([CONCAVE] * 3, chance=0.02)
    problem = market.problem()
    result = optimize(problem, runs=160, seed=2, replicates=4, meter=market)
    by_hand = market.earned(Plan(market.world.channels, np.full((PERIODS, 3), TOTAL / 24)))
    assert market.earned(result.recommended) >= 0.98 * by_hand


def test_chance_alone_turns_no_timing_far():
    """A market that takes any timing alike, and luck of 2 %: what turns, turns at no cost."""
    market = Bursts([CONCAVE] * 3, chance=0.02)
    market.earned = lambda plan: 2.0 * TOTAL
    problem = market.problem()
    draws = [
        better_start(
            problem,
            Evaluator(problem, market, runs=90),
            problem.by_flight(market.today),
            45,
            2_000_000 + 50 * n,
            np.random.default_rng(n),
        )[0]
        for n in range(20)
    ]
    assert sum(found is not None for found in draws) < 12, (
        "no more than the best of a few by a standard error"
    )


def test_what_is_even_already_is_not_tried_again():
    market = Bursts([CONCAVE] * 3)
    problem = market.problem()
    level = timed_evenly(problem, problem.by_flight(market.today))
    assert len(turning(problem, level, timed_evenly(problem, level))) == 0
    evaluator = Evaluator(problem, market, runs=90)
    assert better_start(problem, evaluator, level, 45, 7, np.random.default_rng(0)) == (None, 7)
    assert evaluator.runs_used == 0


def test_a_locked_channel_keeps_its_timing():
    market = Bursts([CONCAVE] * 3)
    free = market.problem()
    today = free.by_flight(market.today)
    held = np.arange(len(today)) % 3 == 0
    problem = replace(
        free, lower_c=np.where(held, today, 0.0), upper_c=np.where(held, today, np.inf), locked=("c00",)
    )
    assert turning(problem, today, timed_evenly(problem, today)).tolist() == [1, 2]
    found = timed(market, problem)
    np.testing.assert_allclose(found[held], today[held])
    assert found[~held].reshape(FLIGHTS, 2)[1:].min() > 0


def test_a_weight_moves_money_into_a_dark_flight():
    market = Bursts([CONCAVE] * 2)
    problem = market.problem()
    today = problem.by_flight(market.today)
    moves, channels = weight_moves(problem, today)
    later = moved(problem, today, -0.5 * moves[0])
    assert channels == 2
    assert later.reshape(FLIGHTS, 2)[3, 0] > 0, "a factor on nothing stays nothing"
    assert later.reshape(FLIGHTS, 2)[1:, 1].sum() == 0
    np.testing.assert_allclose(problem.by_channel(later), problem.by_channel(today), atol=0.02)


def test_levels_move_money_between_channels_and_keep_the_total():
    market = Bursts([CONCAVE] * 2)
    problem = market.problem()
    today = problem.by_flight(market.today)
    moves, channels = weight_moves(problem, today, levels=True)
    assert moves.shape == (8, 10)
    assert channels == 2
    found = problem.by_channel(moved(problem, today, 0.5 * moves[3]))
    assert found[0] / found[1] == pytest.approx(np.exp(0.5), rel=1e-4)
    assert found.sum() == pytest.approx(TOTAL)


def test_in_a_flight_that_is_dark_today_money_is_spread_evenly():
    problem = Bursts([CONCAVE] * 2).problem()
    amounts = np.zeros(8)
    amounts[[0, 6]] = 3e5, 7e5
    spend_t = problem.plan(amounts).spend_tc[:, 0]
    np.testing.assert_allclose(spend_t, [1.5e5, 1.5e5, 0, 0, 0, 0, 3.5e5, 3.5e5])


def test_few_runs_leave_the_plan_as_it_is():
    market = Bursts([CONCAVE] * 2)
    problem = market.problem()
    evaluator = Evaluator(problem, market, runs=4)
    today = problem.by_flight(market.today)
    np.testing.assert_allclose(improve_timing(problem, evaluator, today, seed=0).amounts_c, today)
