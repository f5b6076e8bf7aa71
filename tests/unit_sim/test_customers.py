"""Customers by hand: small logs whose every figure can be worked out on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from logs import Told, four_channels, log_of

from sim import Stage, World
from sim.measure.customers.acquisition_costs import AcquisitionCosts, cpa_ltv_quadrants
from sim.measure.customers.cohorts import GROUPINGS, NO_CHANNEL
from sim.measure.customers.concentration import gini, hhi, top_share
from sim.measure.customers.customers import CustomerLog, customers_of
from sim.measure.customers.group_values import group_values
from sim.measure.customers.health import channel_health
from sim.measure.customers.lifetime import cumulative_margin, lifetime_values, payback
from sim.measure.customers.retention import NEVER_LAPSED, first_lapse, retention
from sim.measure.customers.rfm import RFM_SEGMENTS, rfm, rfm_values, score, segment_of

DECIDING, CUSTOMER, LOYAL, LAPSED = Stage.DECIDING, Stage.CUSTOMER, Stage.LOYAL, Stage.LAPSED
#: Discount factor of one week at 10 % a year.
WEEK = 1.1 ** (-7 / 365.25)


def weeks(periods: int = 6, tail: int = 2, **value: float) -> World:
    return four_channels(
        calendar={"start": "2026-01-05", "periods": periods, "tail": tail},
        value={"gross_margin": 0.5, "discount_rate_per_year": 0.1, **value},
    )


def buyer(period: int, value: float, *later: tuple, touches: tuple = ()) -> Told:
    """A prospect who is touched, converts in a period with a first order, and then lives on."""
    events = [(when, "touch", channel) for when, channel in touches if when <= period]
    events += [(period, "move", DECIDING, CUSTOMER), (period, "order", "s", value), *later]
    return Told(sorted(events, key=lambda event: event[0]), stage=DECIDING)


def won(world: World, *lives: Told) -> CustomerLog:
    return customers_of(log_of(world, *lives)).won()


# --- who is a customer, and by which touch


def test_customers_are_those_who_convert_and_those_from_before() -> None:
    lives = (
        Told([(0, "touch", "a")]),
        buyer(3, 10.0, touches=((1, "a"), (2, "b"), (3, "c"))),
        Told([(1, "order", "s", 4.0, True)], stage=LOYAL),
        buyer(6, 20.0),
        Told([(2, "move", LAPSED, CUSTOMER), (2, "order", "s", 6.0)], stage=LAPSED),
    )
    found = customers_of(log_of(weeks(), *lives))
    assert found.person_n.tolist() == [1, 2, 3, 4]
    assert found.acquired_n.tolist() == [3, -1, 6, -1]
    assert found.won_n.tolist() == [True, False, True, False], "whoever is won in the tail is won"
    assert found.stage_n.tolist() == [CUSTOMER, LOYAL, CUSTOMER, CUSTOMER]
    assert found.owner_o.tolist() == [0, 1, 2, 3]
    assert found.only(found.won_n).value_o.tolist() == [1000, 2000]


def test_touches_after_the_conversion_do_not_win_a_customer() -> None:
    late = buyer(2, 10.0, (3, "touch", "b"), touches=((1, "a"), (1, "c"), (2, "a")))
    never = buyer(2, 10.0, (3, "touch", "b"))
    found = won(weeks(), late, never)
    assert (found.first_n.tolist(), found.last_n.tolist()) == ([0, 4], [0, 4])
    by_touch = GROUPINGS["last_touch"](found)
    assert dict(zip(by_touch.keys, by_touch.count().tolist(), strict=True)) == {
        "a": 1, "b": 0, "c": 0, "s": 0, NO_CHANNEL: 1,
    }  # fmt: skip


def test_the_stage_at_a_period_is_that_of_the_last_move_up_to_it() -> None:
    life = buyer(1, 1.0, (2, "move", CUSTOMER, LOYAL), (4, "move", LOYAL, LAPSED))
    found = customers_of(log_of(weeks(), life))
    assert [int(found.stage_at(t)[0]) for t in range(6)] == [3, 4, 5, 5, 7, 7]


def test_cohorts_are_four_weeks_or_a_month() -> None:
    found = won(weeks(periods=6, tail=4), *(buyer(t, 1.0) for t in (3, 4, 5, 9)))
    cohorts = GROUPINGS["cohort"](found)
    assert cohorts.keys == ("2026-01-05", "2026-02-02", "2026-03-02")
    assert cohorts.labels == ("weeks 1-4", "weeks 5-8", "weeks 9-10")
    assert cohorts.count().tolist() == [1, 2, 1]
    daily = four_channels(calendar={"start": "2026-01-30", "period": "day", "periods": 35, "tail": 5})
    months = GROUPINGS["cohort"](won(daily, buyer(1, 1.0), buyer(2, 1.0), buyer(39, 1.0)))
    assert months.keys == ("2026-01", "2026-02", "2026-03")
    assert months.count().tolist() == [1, 1, 1]


# --- lifetime value


def test_lifetime_value_ends_at_the_horizon_and_is_discounted_to_the_first_order() -> None:
    world = weeks(ltv_horizon=2)
    one = buyer(2, 100.0, (4, "order", "s", 60.0, True), (5, "order", "s", 40.0, True))
    found = won(world, one, buyer(0, 50.0))
    values = lifetime_values(found)
    second, third = round(3000 * WEEK**2), round(2000 * WEEK**3)
    assert values.horizon_n.tolist() == [5000 + second, 2500]
    assert values.realised_n.tolist() == [5000 + second + third, 2500]
    assert values.first_n.tolist() == [5000, 2500]
    paid = cumulative_margin(found, GROUPINGS["all"](found))[0]
    assert paid[:2] == pytest.approx([37.5, 37.5])
    assert paid[3] == pytest.approx((5000 + second + third + 2500) / 200)


def test_late_customers_do_not_pull_the_curve_down() -> None:
    early = buyer(0, 10.0, *((t, "order", "s", 10.0, True) for t in range(1, 8)))
    late = buyer(5, 10.0, (6, "order", "s", 10.0, True), (7, "order", "s", 10.0, True))
    found = won(weeks(discount_rate_per_year=0.0), early, late)
    paid = cumulative_margin(found, GROUPINGS["all"](found))[0]
    assert paid.tolist() == [5.0 * (age + 1) for age in range(8)]
    per_head = np.cumsum([2, 2, 2, 1, 1, 1, 1, 1]) * 5.0 / 2
    assert per_head[-1] < paid[-1], "dividing by all customers at every age must show in this test"


def test_payback_is_the_first_age_that_reaches_the_cost() -> None:
    paid = np.array([5.0, 5.0, 12.0, 15.0, np.nan])
    assert [payback(paid, cac) for cac in (0.0, 5.0, 5.01, 12.0, 15.1, None, math.nan)] == [
        0, 0, 2, 2, None, None, None,
    ]  # fmt: skip


def test_group_values_by_hand() -> None:
    world = weeks(discount_rate_per_year=0.0, ltv_horizon=3)
    lives = (
        buyer(0, 10.0, (1, "order", "s", 30.0, True), touches=((0, "a"),)),
        buyer(1, 20.0, (6, "order", "s", 20.0, True), touches=((0, "a"),)),
        buyer(2, 8.0, touches=((0, "b"),)),
    )
    found = won(world, *lives)
    money = np.array([300.0, 0.0, 50.0, 0.0, 0.0])
    table = group_values(found, GROUPINGS["last_touch"](found), money)
    column = {name: values.tolist() for name, values in table.values.items()}
    people = world.weight
    assert column["customers"] == [2 * people, people, 0.0, 0.0, 0.0]
    assert column["ltv"][:2] == [(20.0 + 10.0) / 2, 4.0]
    assert column["realised"][:2] == [(20.0 + 20.0) / 2, 4.0]
    assert column["orders"][:2] == [2.0, 1.0]
    assert column["aov"][:2] == [20.0, 8.0]
    assert column["repeat_rate"][:2] == [0.5, 0.0]
    assert column["cac"][:2] == [300.0 / (2 * people), 0.0]
    assert column["ltv_cac"][0] == pytest.approx(15.0 / column["cac"][0])
    assert math.isnan(column["ltv_cac"][1]), "money that was not spent is no denominator"
    assert all(math.isnan(column["cac"][g]) for g in (2, 3, 4)), "nor are customers who were not won"
    assert math.isnan(column["residual"][0]), "without a discount rate there is no bound"


# --- retention


def test_survival_by_hand_with_win_backs_apart() -> None:
    lapse = (2, "move", CUSTOMER, LAPSED)
    lives = (
        buyer(0, 1.0, lapse, (3, "move", LAPSED, CUSTOMER), (3, "order", "s", 1.0)),
        buyer(0, 1.0, lapse),
        buyer(0, 1.0, (5, "move", CUSTOMER, LAPSED)),
        buyer(0, 1.0),
    )
    found = won(weeks(), *lives)
    assert first_lapse(found).tolist() == [2, 2, 5, NEVER_LAPSED]
    stay = retention(found, GROUPINGS["all"](found))
    assert stay.survival_ga[0].tolist() == pytest.approx([1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
    assert stay.retention_ga[0][:3].tolist() == [1.0, 1.0, 0.5]
    assert stay.lapsed_g.tolist() == [0.75]
    assert stay.won_back_g.tolist() == pytest.approx([1 / 3])
    assert stay.churn_g.tolist() == pytest.approx([3 / (4 + 4 + 2 + 2 + 2 + 1 + 1)])
    back = (found.stage_n != LAPSED).mean()
    assert back != stay.survival_ga[0, -1], "who is won back must not count as never lapsed"


def test_survival_takes_each_age_over_those_observed_at_it() -> None:
    gone = buyer(0, 1.0, (3, "move", CUSTOMER, LAPSED))
    late = buyer(5, 1.0)
    found = won(weeks(), gone, buyer(0, 1.0), late, late)
    stay = retention(found, GROUPINGS["all"](found))
    assert stay.at_risk_ga[0].tolist() == [4, 4, 4, 2, 1, 1, 1, 1]
    assert stay.survival_ga[0].tolist() == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert math.isnan(retention(found, GROUPINGS["last_touch"](found)).survival_ga[0, 0])


def test_orders_after_the_first_by_quarter() -> None:
    again = (4, "order", "s", 1.0, True)
    lives = (
        buyer(0, 1.0, (13, "order", "s", 1.0, True), (14, "order", "s", 1.0, True)),
        buyer(0, 1.0, (14, "order", "s", 1.0, True)),
        buyer(0, 1.0),
        buyer(15, 1.0, (16, "order", "s", 1.0, True)),
        buyer(3, 1.0, again),
    )
    found = won(weeks(periods=20, tail=8), *lives)
    ordering = retention(found, GROUPINGS["all"](found)).ordering_gw
    assert ordering.shape == (1, 2)
    assert ordering[0, 0] == 2 / 4, "the fourth is not observed for a whole quarter"
    assert ordering[0, 1] == 2 / 3, "nor is the fifth for two"


# --- costs


def test_costs_by_hand() -> None:
    costs = AcquisitionCosts(
        spend_c=np.array([600.0, 300.0, 0.0]),
        first_c=np.array([50.0, 30.0, 15.0, 5.0]),
        last_c=np.array([20.0, 40.0, 30.0, 10.0]),
        none=40.0,
        without_c=np.array([70.0, 105.0, np.nan]),
    )
    assert costs.of("blended") == (100.0, 9.0)
    assert costs.of("paid") == (60.0, 15.0)
    assert costs.of("incremental") == (60.0, 15.0)
    assert costs.cac_c.tolist() == [30.0, 7.5, 0.0]
    assert costs.incremental_c[:2].tolist() == [30.0, -5.0]
    assert costs.incremental_cac_c[0] == 20.0
    assert math.isnan(costs.incremental_cac_c[1]), (
        "money that drives customers away has no cost of winning one"
    )
    assert math.isnan(costs.incremental_cac_c[2])


def test_costs_without_customers_are_missing() -> None:
    none = AcquisitionCosts(np.array([5.0]), np.zeros(2), np.zeros(2), 3.0, np.array([0.0]))
    assert [none.of(kind)[1] for kind in ("blended", "paid", "incremental")] == [None, None, None]


def test_quadrants_lie_around_the_medians() -> None:
    cost = {"a": 10.0, "b": 20.0, "c": 30.0, "d": 40.0, "e": None}
    value = {"a": 4.0, "b": 1.0, "c": 3.0, "d": 2.0, "e": 9.0}
    names, middle = cpa_ltv_quadrants(cost, value)
    assert middle == (25.0, 2.5)
    assert names == {"a": "expand", "b": "raise value", "c": "make cheaper", "d": "cut or mend"}
    odd, _ = cpa_ltv_quadrants({"a": 1.0, "b": 2.0, "c": 3.0}, {"a": 1.0, "b": 2.0, "c": 3.0})
    assert odd["b"] == "expand", "a channel on the median counts as good"
    assert cpa_ltv_quadrants({"a": None}, {"a": 1.0}) == ({}, None)


# --- concentration and RFM


def test_concentration_by_hand() -> None:
    assert gini(np.array([1, 1, 1, 1])) == pytest.approx(0.0)
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)
    assert gini(np.array([1, 3])) == pytest.approx(0.25)
    assert top_share(np.array([5, 1, 1, 1, 2])) == pytest.approx(0.5)
    assert top_share(np.array([6.0, 3.0, 3.0])) == pytest.approx(0.6 * 6 / 12)
    assert hhi(np.array([35, 25, 30, 10])) == pytest.approx(0.285)
    assert gini(np.zeros(3)) is top_share(np.zeros(0)) is hhi(np.zeros(2)) is None


def test_scores_are_quantiles_and_ties_share_theirs() -> None:
    assert score(np.arange(10)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert score(np.array([1, 1, 1, 1, 1, 1, 1, 2, 3, 4])).tolist() == [2] * 7 + [4, 5, 5]
    assert score(np.array([7, 7])).tolist() == [3, 3]
    assert len(score(np.zeros(0))) == 0
    first_come = np.argsort(np.argsort([1, 1, 1, 1, 1], kind="stable"), kind="stable") + 1
    assert len(set(first_come.tolist())) == 5, "breaking ties by place would tell equals apart"


def test_every_pair_of_scores_has_a_segment() -> None:
    r, fm = (grid.ravel() for grid in np.meshgrid(range(1, 6), range(1, 6), indexing="ij"))
    place = dict(zip(zip(r.tolist(), fm.tolist(), strict=True), segment_of(r, fm).tolist(), strict=True))
    assert min(place.values()) >= 0
    names = list(RFM_SEGMENTS)
    told = {(5, 5): "champions", (3, 5): "loyal", (5, 3): "loyal", (1, 5): "cannot_lose", (1, 3): "at_risk"}
    told |= {(2, 5): "at_risk", (5, 1): "new", (4, 2): "promising", (2, 1): "hibernating", (1, 1): "lost"}
    assert {pair: names[place[pair]] for pair in told} == told
    assert set(place.values()) == set(range(len(names)))


def test_rfm_reads_the_window_only() -> None:
    world = weeks(periods=6, tail=2)
    lives = (
        buyer(0, 10.0, (5, "order", "s", 10.0, True), (7, "order", "s", 90.0, True)),
        buyer(2, 30.0, (4, "move", CUSTOMER, LAPSED)),
        Told([(1, "order", "s", 4.0, True)], stage=LOYAL),
        Told([], stage=LOYAL),
        buyer(7, 50.0),
    )
    customers = customers_of(log_of(world, *lives))
    found = rfm(customers, 0, 5)
    assert found.buyer_n.tolist() == [0, 1, 2]
    assert found.recency_n.tolist() == [0, 3, 4]
    assert found.frequency_n.tolist() == [2, 1, 1]
    assert found.money_n.tolist() == [1000, 1500, 200]
    assert found.r_n.tolist() == [5, 3, 1]
    assert found.f_n.tolist() == [5, 2, 2]
    assert found.m_n.tolist() == [3, 5, 1]
    values = rfm_values(customers)
    assert values["share"].sum() == pytest.approx(1.0)
    champions = list(RFM_SEGMENTS).index("champions")
    assert values["later"][champions] == 45.0
    assert values["active"][found.segment_n[1]] == 0.0
    assert values["margin_share"][champions] == pytest.approx(1000 / 2700)


# --- channel health


def test_health_by_hand() -> None:
    """Two users of a, one of b; in the second quarter a's first user orders twice, b's lapses."""
    world = weeks(periods=30, tail=0)
    lives = (
        buyer(1, 10.0, (14, "order", "s", 10.0, True), (20, "order", "s", 10.0, True), touches=((0, "a"),)),
        buyer(2, 10.0, touches=((0, "a"),)),
        buyer(3, 10.0, (15, "move", CUSTOMER, LAPSED), touches=((0, "b"),)),
        buyer(14, 10.0, (15, "order", "s", 10.0, True), touches=((0, "b"),)),
    )
    found = channel_health(won(world, *lives))
    assert found.windows == ((0, 12), (13, 25))
    assert found.users_cq[:2].tolist() == [[0, 2], [0, 1]], "who is won within a quarter counts from the next"
    assert found.ordered_cq[:2].tolist() == [[0, 2], [0, 0]]
    assert found.index_cq[:2, 1].tolist() == pytest.approx([1.0 / (2 / 3), 0.0])
    assert found.above_cq[:2, 1].tolist() == [0.5, 0.0]
    assert found.kept_cq[:2, 1].tolist() == [1.0, 0.0]
    assert np.isnan(found.index_cq[:, 0]).all()
    assert np.isnan(found.change_cq).all()


def test_health_of_a_run_without_a_whole_quarter_is_empty() -> None:
    found = channel_health(won(weeks(), buyer(0, 1.0)))
    assert found.windows == ()
    assert found.index_cq.shape == (5, 0)
