"""Channels cut by more than half: what they bring is measured, against a formula that is known."""

import json
from dataclasses import replace

import numpy as np
import pytest
from analytic import AnalyticMarket

from optimize import optimize
from optimize.guard_rail import guard_rail
from sim import Plan, Replicates, ratio_interval


class Counted(AnalyticMarket):
    """Keeps the plans that the judge is asked about."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.asked = []

    def judge(self, plans, *, replicates, progress=None):
        self.asked.append(dict(plans))
        return super().judge(plans, replicates=replicates, progress=progress)


def rails(market, amounts, *, replicates=6):
    """Rows and runs for a plan of these amounts."""
    problem = market.problem()
    plans = {"status_quo": problem.status_quo, "recommended": problem.plan(np.array(amounts))}
    judged = market.judge(plans, replicates=replicates)
    market.asked.clear()
    return guard_rail(problem, market, plans, judged, replicates)


def test_what_a_cut_channel_brings_is_the_formula_s():
    market = Counted(4, seed=2, noise=0.02)
    today = market.problem().status_quo.total_c
    kept = 0.3 * today[3]
    rows, runs = rails(market, [*(today[:3] + (today[3] - kept) / 3), kept])
    (row,) = rows
    assert (row.channel, row.now, row.recommended) == ("c03", today[3], pytest.approx(kept))
    assert row.cut == pytest.approx(0.7)

    def lost(amounts):
        off = amounts * [1, 1, 1, 0]
        return market.margin(amounts) - market.margin(off) - amounts[3]

    assert row.cost.low < row.cost.mean < row.cost.high
    assert row.cost.mean == pytest.approx(lost(today), rel=0.1)
    assert row.returns.mean == pytest.approx(row.cost.mean / today[3])
    recommended = np.array([*(today[:3] + (today[3] - kept) / 3), kept])
    assert row.cost_recommended.mean == pytest.approx(lost(recommended), rel=0.1)
    assert row.returns_recommended.mean == pytest.approx(row.cost_recommended.mean / kept)
    # Today's plan and the recommended one are known: two without the channel, and the one without spend.
    assert runs == 6 * 3
    assert [set(each) for each in market.asked] == [{"status_quo without c03", "recommended without c03"}]
    assert row.word == "pays"
    assert row.text.startswith("c03 is cut by 70% though it was measured to bring EUR ")
    assert "check with a smaller cut" in row.text


def test_no_runs_where_nothing_is_cut_by_more_than_half():
    market = Counted(4, seed=2)
    today = market.problem().status_quo.total_c
    half = [*(today[:3] + today[3] / 6), 0.5 * today[3]]
    assert rails(market, half) == ((), 0)
    assert market.asked == []


def test_a_channel_without_money_in_the_new_plan_has_nothing_to_lose_there():
    market = Counted(3, seed=1)
    rows, runs = rails(market, [0.0, 0.5e6, 0.5e6], replicates=2)
    (row,) = rows
    assert (row.cut, row.cost_recommended, row.returns_recommended) == (1.0, None, None)
    assert set(market.asked[0]) == {"status_quo without c00"}
    assert runs == 2 * 2


def test_plans_that_are_equal_are_counted_once():
    """Without the only channel left there is no spend, which is simulated anyway."""
    market = Counted(2, seed=1)
    problem = market.problem()
    status_quo = Plan(problem.world.channels, problem.status_quo.spend_tc * [1, 0])
    plans = {"status_quo": status_quo, "recommended": Plan(status_quo.channels, status_quo.spend_tc * 0.2)}
    judged = market.judge(plans, replicates=3)
    rows, runs = guard_rail(problem, market, plans, judged, 3)
    assert [row.channel for row in rows] == ["c00"]
    assert runs == 3


def test_the_return_is_over_the_money_billed_to_the_channel_itself():
    market = Counted(3, seed=1, noise=0.05)
    problem = market.problem()
    plans = {"status_quo": problem.status_quo, "recommended": problem.plan(np.array([0.0, 0.5e6, 0.5e6]))}
    judged = market.judge(plans, replicates=3)
    billed = (100.0, 150.0, 140.0)
    told = replace(judged, channel_values={"status_quo": {"c00": {"spend": billed}}})
    (row,), _ = guard_rail(problem, market, plans, told, 3)
    without = market.judge(
        {"off": Plan(problem.world.channels, problem.status_quo.spend_tc * [0, 1, 1])}, replicates=3
    )
    lost = [
        a - b
        for a, b in zip(judged.values["status_quo"]["profit"], without.values["off"]["profit"], strict=True)
    ]
    assert row.returns == ratio_interval(lost, billed)


@pytest.mark.parametrize(
    ("lost", "word", "said"),
    [
        ((10.0, 12.0, 14.0), "pays", "though it was measured to bring EUR 12 of profit"),
        ((-10.0, -12.0, -14.0), "loses", "switching it off today gains EUR 12 of profit"),
        ((-10.0, 12.0, 14.0), "not told apart", "not told apart from zero"),
        ((10.0,), "unknown", "one replicate does not tell"),
        ((10.0, None, 3.0), "unknown", "what it brings is undefined"),
    ],
)
def test_the_word_and_the_sentence_follow_the_interval(lost, word, said):
    class Fixed(Counted):
        def judge(self, plans, *, replicates, progress=None):
            nothing = (0.0,) * replicates
            return Replicates({name: {"profit": nothing, "spend": nothing} for name in plans})

    market = Fixed(2, seed=1)
    problem = market.problem()
    plans = {"status_quo": problem.status_quo, "recommended": problem.plan(np.array([0.0, 1e6]))}
    values = {name: {"profit": lost, "spend": (50.0,) * len(lost)} for name in plans}
    (row,), _ = guard_rail(problem, market, plans, Replicates(values), len(lost))
    assert (row.word, row.cut) == (word, 1.0)
    assert said in row.text


def test_a_search_measures_what_it_cuts_and_says_so_in_its_json():
    market = Counted(5, seed=4, noise=0.02)
    problem = market.problem(upper={4: 0.1})
    result = optimize(problem, runs=80, seed=0, replicates=4, meter=market)
    cut = {row.channel for row in result.guard_rail}
    now, new = result.status_quo.totals(), result.recommended.totals()
    assert cut == {name for name in now if new[name] < 0.5 * now[name]}
    assert "c04" in cut
    found = json.loads(json.dumps(result.to_dict(), allow_nan=False))["guard_rail"]
    assert [row["channel"] for row in found] == [row.channel for row in result.guard_rail]
    assert set(found[0]["cost"]) >= {"mean", "low", "high"}
    asked = {name for plans in market.asked[1:] for name in plans}
    assert {f"status_quo without {name}" for name in cut} <= asked
