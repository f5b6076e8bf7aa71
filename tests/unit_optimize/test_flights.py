"""Flights: the windows, the plans they make, and a timing that is better only where the market says so."""

import datetime as dt
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import Evaluator, GroupLimit, Minimum, optimize
from optimize.flights import divide, divide_every, flight_rows
from optimize.staged import lifting
from optimize.timing import moved, weight_moves
from optimize.timing_pairs import likely_gains
from sim import LimitError, Plan

MONDAY = dt.date(2026, 9, 7)


@pytest.mark.parametrize(
    ("wanted", "days", "periods", "firsts"),
    [
        (1, 7, 10, [0]),
        (4, 7, 10, [0, 2, 5, 7]),
        ("weekly", 7, 3, [0, 1, 2]),
        ("weekly", 1, 15, [0, 7, 14]),
        ("4-weekly", 7, 10, [0, 4, 8]),
        ("monthly", 7, 9, [0, 4, 8]),
    ],
)
def test_a_plan_is_cut_without_gaps(wanted, days, periods, firsts):
    flights = divide(wanted, periods, start=MONDAY, days=days)
    assert [flight.first for flight in flights] == firsts
    covered = [t for flight in flights for t in range(flight.first, flight.last + 1)]
    assert covered == list(range(periods))
    if len(flights) > 1:
        assert flights[0].name.startswith("2026-09-07 to ")


def test_blocks_of_so_many_periods_leave_the_rest_for_the_last():
    found = divide_every(4, 10, start=MONDAY)
    assert [(flight.first, flight.last) for flight in found] == [(0, 3), (4, 7), (8, 9)]
    assert found[2].name == "2026-11-02 to 2026-11-15"
    with pytest.raises(LimitError, match="every 1 periods makes 60 of them; at most 52"):
        divide_every(1, 60)


def test_too_many_flights_are_refused():
    with pytest.raises(LimitError, match="1 to 10 for 10 periods, got 11"):
        divide(11, 10)
    with pytest.raises(LimitError, match="weekly makes 60 of them; at most 52"):
        divide("weekly", 60, start=MONDAY)


class Calendar(AnalyticMarket):
    """A market that pays for money early (or late), by a known factor, and for nothing else in the timing."""

    def __init__(self, *args, tilt=0.0, chance=0.0, **options):
        super().__init__(*args, **options)
        self.tilt, self.chance = tilt, chance

    def measure(self, plans, *, replicate):
        factor_t = 1.0 + self.tilt * np.array([1.0, 0.4, -0.4, -1.0])
        found = []
        for plan in plans:
            # Chance that no two plans share, as in a market of few people.
            key = crc32(plan.spend_tc.tobytes())
            luck = 1 + self.chance * np.random.default_rng([key, replicate]).normal()
            worth = Plan(plan.channels, plan.spend_tc * factor_t[:, None])
            (kpis,) = super().measure([worth], replicate=replicate)
            spend, margin = float(plan.total_c.sum()), (kpis["profit"] + kpis["spend"]) * luck
            found.append(kpis | {"profit": margin - spend, "spend": spend, "roi": margin / spend - 1})
        return found

    def timed(self, **limits):
        mix = self.problem()
        count = 4 * len(self.gain_c)
        return replace(
            mix,
            lower_c=np.zeros(count),
            upper_c=np.full(count, np.inf),
            flights=divide(4, 4),
            mix=mix,
            **limits,
        )


def test_cells_names_and_plans_agree():
    problem = Calendar(2).timed()
    assert problem.cells == tuple((c, f) for f in range(4) for c in range(2))
    assert problem.names[3] == "c01 in flight 2"
    amounts = np.arange(8.0)
    np.testing.assert_allclose(problem.plan(amounts).spend_tc, amounts.reshape(4, 2))
    np.testing.assert_allclose(problem.by_channel(amounts), [12, 16])
    np.testing.assert_allclose(problem.by_flight(problem.plan(amounts)), amounts)
    np.testing.assert_allclose(problem.by_channel(problem.lifted(np.array([3e5, 7e5]))), [3e5, 7e5])
    rows = flight_rows(problem.flights, problem.status_quo, problem.plan(amounts))
    assert [row["recommended"] for row in rows][1] == {"c00": 2.0, "c01": 3.0}
    assert flight_rows(problem.mix.flights, problem.status_quo, problem.status_quo) == []


def test_moving_the_timing_keeps_each_channels_money():
    problem = Calendar(3).timed()
    start = problem.lifted(problem.mix.status_quo_at_total())
    moves, channels = weight_moves(problem, start)
    assert channels == 3
    assert moves.shape == (9, 12)
    later = moved(problem, start, -0.5 * moves[0])
    np.testing.assert_allclose(problem.by_channel(later), problem.by_channel(start), atol=0.02)
    assert later[9] > start[9]


@pytest.mark.parametrize("tilt", [0.3, -0.3])
def test_money_goes_to_the_flights_that_pay(tilt):
    market = Calendar(4, seed=2, tilt=tilt)
    problem = market.timed(groups=(GroupLimit((0, 1, 2, 3), ("all",), 0.0, 0.4e6, "flight 1"),))
    result = optimize(problem, runs=160, seed=1, replicates=2, meter=market)
    amounts = problem.by_flight(result.recommended)
    assert problem.violations(amounts) == []
    by_flight = amounts.reshape(4, -1).sum(axis=1)
    assert (by_flight[0] > by_flight[3]) == (tilt > 0)
    mix = optimize(problem.mix, runs=160, seed=1, replicates=2, meter=market)
    assert result.kpis("recommended")["profit"].mean > mix.kpis("recommended")["profit"].mean
    assert result.runs_used <= 160
    assert len(result.to_dict()["flights"]) == 4


def test_chance_alone_moves_no_timing_far():
    """A market that does not care for timing, and luck of 2 % on every plan: the judge sees no loss."""
    market = Calendar(4, seed=2, chance=0.02)
    problem = market.timed()
    result = optimize(problem, runs=120, seed=1, replicates=2, meter=market)
    market.chance = 0.0
    plain = problem.by_channel(problem.by_flight(result.recommended))
    timed, even = market.measure([result.recommended, problem.plan(problem.lifted(plain))], replicate=0)
    assert timed["profit"] >= 0.995 * even["profit"]


def test_limits_hold_in_every_flight():
    market = Calendar(3, seed=1, tilt=0.3)
    minimums = tuple(Minimum((i,), f"cell {i}", 0.1e6) for i in range(12))
    problem = market.timed(minimums=minimums, most_on=2, max_shift=0.8)
    result = optimize(problem, runs=90, seed=0, replicates=2, meter=market)
    assert problem.violations(problem.by_flight(result.recommended)) == []


def test_gains_are_found_and_noise_is_shrunk():
    rng = np.random.default_rng(0)
    signs = np.where(rng.random((24, 12)) < 0.5, -1.0, 1.0)
    gains = np.tile([1.0, 0.2], 6)
    found = likely_gains(signs, signs @ gains + 0.5 * rng.normal(size=24), 2)
    assert np.corrcoef(found, gains)[0, 1] > 0.9
    noise = np.mean([np.abs(likely_gains(signs, rng.normal(size=24), 2)).max() for _ in range(20)])
    assert noise < 0.35, "least squares on 24 pairs and 12 weights would leave about 0.6"
    assert not likely_gains(signs, np.zeros(24), 2).any()


def test_a_part_of_a_search_is_paid_for_once():
    market = Calendar(3)
    problem = market.timed()
    whole = Evaluator(problem, market, runs=20)
    part = whole.part(problem.mix, 6)
    part.score([problem.mix.status_quo_at_total() * factor for factor in (1.0, 0.9, 0.8)])
    whole.adopt(part, lifting(problem))
    assert whole.runs_used == part.runs_used == 4
    assert [done.feasible for done in whole.evaluations] == [True, False, False]
    whole.score([lifting(problem)(problem.mix.status_quo_at_total())])
    assert whole.runs_used == 4, "the same plan by cells is known"
