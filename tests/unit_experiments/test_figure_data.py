"""Figures' data: pure, and their titles say what the numbers say."""

import numpy as np
from figure_examples import worlds

from experiments.plots.budget import budget_data
from experiments.plots.comparison import comparison_data
from experiments.plots.difference import difference_data, verdict_of
from experiments.plots.flights import flights_data
from experiments.plots.funnel import funnel_data
from experiments.plots.pareto import ParetoPoint, pareto_data
from experiments.plots.response import ResponseCurve, response_data
from experiments.plots.tornado import tornado_data

LABELS = {"a": "甲渠道", "b": "B channel", "c": "C channel"}
KPIS = {"roi": ("ROI", "ratio", "higher"), "cac": ("CAC", "money", "lower"), "n": ("Orders", "orders", None)}


def around(mean, half):
    return {"mean": mean, "low": mean - half, "high": mean + half}


def test_budget_names_the_largest_moves():
    now, new = {"a": 1e6, "b": 2e6, "c": 1e6}, {"a": 1.5e6, "b": 1.4e6, "c": 1.1e6}
    data = budget_data(list(LABELS), LABELS, now, new, currency="CNY")
    assert [row.label for row in data.rows] == ["甲渠道", "B channel", "C channel"]
    expected = (
        "moves CNY 600 k (15 % of the budget): most into 甲渠道 (+500 k) and most out of B channel (-600 k)"
    )
    assert expected in data.title


def test_budget_that_stays_says_so():
    now = {"a": 1e6, "b": 2e6, "c": 0.0}
    given = budget_data(list(LABELS), LABELS, now, now, currency="CNY", which="given")
    assert given.title.startswith("The given plan keeps")
    title = budget_data(list(LABELS), LABELS, now, now, currency="CNY").title
    assert title == "The recommended plan keeps the budget as today, CNY 3.00 M"


def test_a_budget_of_money_placed_says_so():
    now, new = {"a": 1e6, "b": 2e6, "c": 1e6}, {"a": 1.5e6, "b": 2e6, "c": 1e6}
    title = budget_data(list(LABELS), LABELS, now, new, currency="CNY", placed=True).title
    assert "raises the money placed from CNY 4.00 M to 4.50 M" in title


def test_budget_total_that_changes_is_told():
    data = budget_data(["a", "b"], LABELS, {"a": 1e6, "b": 1e6}, {"a": 2e6, "b": 2e6}, currency="CNY")
    assert "raises the budget from CNY 2.00 M to 4.00 M: most into" in data.title
    assert "out of" not in data.title


def test_funnel_counts_active_customers():
    people = np.zeros((3, 8))
    people[0, 0] = people[1, 0] = 100.0
    people[2] = [60, 0, 0, 0, 20, 10, 5, 5]
    names = list("abcdefgh")
    one = funnel_data({"now": people}, names, paid_periods=1, period_name="week")
    assert one.title == "After 2 weeks the brand has 35 active customers, 35.0 % of the market"
    more = people.copy()
    more[2, 4] = 27.0
    two = funnel_data({"now": people, "new": more}, names, paid_periods=1, period_name="week")
    assert two.title == "After 2 weeks 'new' has 42 active customers, +20.0 % against 35 ('now')"


def test_verdict_follows_the_interval_and_the_side():
    assert verdict_of(around(1.0, 0.5), "higher") == "better"
    assert verdict_of(around(1.0, 0.5), "lower") == "worse"
    assert verdict_of(around(-1.0, 0.5), None) == "lower"
    assert verdict_of(around(0.1, 0.5), "higher") == "unclear"
    assert verdict_of({"mean": 1.0, "low": None, "high": None}, "higher") == "unclear"


def test_differences_are_relative_to_the_base():
    base = {"roi": around(2.0, 0.1), "cac": around(100.0, 1.0), "n": around(0.0, 0.0)}
    change = {"roi": around(0.2, 0.1), "cac": around(5.0, 1.0), "n": around(3.0, 1.0)}
    data = difference_data(KPIS, base, change, currency="CNY")
    assert [row.verdict for row in data.rows] == ["better", "worse", "higher"]
    assert data.rows[0].mean == 0.1
    assert data.rows[2].mean is None  # nothing to be relative to
    assert data.title.endswith("the recommended plan is clearly better on ROI, clearly worse on CAC")


def test_differences_that_cannot_be_told_say_so():
    base = {name: around(2.0, 0.1) for name in KPIS}
    data = difference_data(KPIS, base, {name: around(0.0, 0.1) for name in KPIS}, currency="CNY")
    assert "no clear difference" in data.title


def test_names_in_quotes_take_no_article():
    base = {name: around(2.0, 0.1) for name in KPIS}
    change = dict.fromkeys(KPIS, around(0.2, 0.1))
    data = difference_data(KPIS, base, change, currency="CNY", names=("'b'", "'a'"))
    assert data.title.startswith("Against 'a', 'b' is clearly better on ROI")
    same = dict.fromkeys(KPIS, around(0.0, 0.1))
    data = difference_data(KPIS, base, same, currency="CNY", names=("given plan", "status quo"))
    assert data.title == "The given plan shows no clear difference from the status quo in any measure"
    assert difference_data(KPIS, base, same, currency="CNY", names=("'b'", "'a'")).title.startswith(
        "'b' shows"
    )


def test_undefined_differences_are_left_out():
    undefined = {"mean": None, "low": None, "high": None}
    base = {name: around(2.0, 0.1) for name in KPIS}
    data = difference_data(KPIS, base, dict.fromkeys(KPIS, undefined), currency="CNY")
    assert data.rows == ()


def test_response_curve_reads_heights_and_slopes():
    curve = ResponseCurve("x", (), ((0.0, 0.0), (10.0, 5.0), (20.0, 5.0)), 5.0, 15.0)
    assert curve.height(5.0) == 2.5
    assert curve.slope(5.0) == 0.5
    assert curve.slope(15.0) == 0.0
    assert ResponseCurve("y", (), (), 1.0, 2.0).height(1.0) is None


def test_response_title_names_steepest_and_flattest():
    steep = ResponseCurve("steep", (), ((0.0, 0.0), (10.0, 10.0)), 5.0, 8.0)
    flat = ResponseCurve("flat", (), ((0.0, 0.0), (10.0, 1.0)), 5.0, 2.0)
    data = response_data([flat, steep], score_label="Margin", score_unit="money", currency="CNY")
    assert [curve.label for curve in data.curves] == ["steep", "flat"]
    assert "raises margin most in steep (5 → 8) and least in flat (5 → 2)" in data.title
    kept = ResponseCurve("kept", (), ((0.0, 0.0), (10.0, 1.0)), 5.0, 5.0)
    title = response_data([kept, steep], score_label="Margin", score_unit="money", currency="CNY").title
    assert title.endswith("least in kept (5, unchanged)")


def test_pareto_is_sorted_and_drops_undefined():
    points = [ParetoPoint(around(x, 0.1), around(y, 1.0)) for x, y in ((2.0, 5.0), (1.0, 9.0))]
    points.append(ParetoPoint({"mean": None, "low": None, "high": None}, around(1.0, 0.1)))
    data = pareto_data(
        points, points[0], points[1], labels=("ROI", "LTV"), units=("ratio", "money"), currency="CNY"
    )
    assert [point.x["mean"] for point in data.front] == [1.0, 2.0]
    assert data.title == "Raising ROI from 1.00 to 2.00 takes LTV from CNY 9.00 to CNY 5.00"


def test_pareto_of_equals_claims_no_price():
    points = [ParetoPoint(around(x, 0.1), around(y, 5.0)) for x, y in ((2.0, 8.0), (1.0, 9.0))]
    data = pareto_data(
        points, points[0], points[1], labels=("ROI", "LTV"), units=("ratio", "money"), currency="CNY"
    )
    assert data.title == "Choosing ROI anywhere from 1.00 to 2.00 costs no LTV that can be told from chance"


def test_pareto_keeps_beaten_candidates_apart_with_their_origin():
    points = [
        ParetoPoint(around(x, 0.1), around(y, 1.0), "linear programme") for x, y in ((2.0, 5.0), (1.0, 9.0))
    ]
    undefined = ParetoPoint({"mean": None, "low": None, "high": None}, around(1.0, 0.1))
    beaten = [ParetoPoint(around(0.5, 0.1), around(1.0, 1.0), "search"), undefined]
    data = pareto_data(
        points,
        points[0],
        points[1],
        labels=("ROI", "LTV"),
        units=("ratio", "money"),
        currency="CNY",
        beaten=beaten,
    )
    assert [point.origin for point in data.front] == ["linear programme"] * 2
    assert data.beaten == (beaten[0],)


def test_flights_stack_the_largest_channels_and_name_the_largest_moves():
    labels = {"a": "A", "b": "B", "c": "C"}
    now = [{"a": 10.0, "b": 5.0, "c": 0.0}, {"a": 10.0, "b": 5.0, "c": 0.0}]
    new = [{"a": 14.0, "b": 9.0, "c": 0.0}, {"a": 6.0, "b": 1.0, "c": 0.0}]
    data = flights_data(["2026-01-01 to 2026-01-28", "2026-01-29 to x"], labels, now, new, currency="EUR")
    assert data.labels == ("A", "B")
    assert data.flights == ("2026-01-01", "2026-01-29")
    assert data.recommended == ((14.0, 6.0), (9.0, 1.0))
    assert data.title == (
        "Most money is added in the flight from 2026-01-01 (EUR +8) and most taken in that from 2026-01-29 "
        "(-8); the largest single rise is A from 2026-01-01 (+4)"
    )
    same = flights_data(["x", "y"], labels, now, now, currency="EUR")
    assert same.title == "The recommended plan keeps today's money in every flight"


def test_flights_that_only_lose_or_only_shift_say_so():
    labels = {"a": "A", "b": "B"}
    flights, now = ["2026-01-01 to x", "2026-02-01 to y"], [{"a": 100.0, "b": 50.0}, {"a": 100.0, "b": 50.0}]

    def title(*new):
        return flights_data(flights, labels, now, list(new), currency="CNY").title

    less = title({"a": 90.0, "b": 50.0}, {"a": 60.0, "b": 55.0})
    assert less == (
        "Most money is taken in the flight from 2026-02-01 (CNY -35); the largest single rise is B from "
        "2026-02-01 (+5)"
    )
    only = title({"a": 90.0, "b": 50.0}, {"a": 100.0, "b": 50.0})
    assert only.endswith("the largest single cut is A from 2026-01-01 (-10)")
    shift = title({"a": 110.0, "b": 40.0000001}, {"a": 99.99999, "b": 50.0})
    assert shift == (
        "Every flight keeps its money, shared otherwise; the largest single rise is A from 2026-01-01 (+10)"
    )
    more = title({"a": 110.0, "b": 50.0}, {"a": 100.0, "b": 50.0})
    assert more.startswith("Most money is added in the flight from 2026-01-01 (CNY +10); the largest")
    for text in (less, only, shift, more):
        assert "0.0" not in text


def test_flights_beyond_eight_channels_are_stacked_together():
    labels = {f"c{n}": f"C{n}" for n in range(10)}
    row = {name: 10.0 - n for n, name in enumerate(labels)}
    data = flights_data(["x", "y"], labels, [row, row], [row, row], currency="EUR")
    assert data.labels == (*(f"C{n}" for n in range(7)), "other channels")
    assert sum(stack[0] for stack in data.now) == sum(row.values())
    assert data.now[-1][0] == 3.0 + 2.0 + 1.0


def test_tornado_joins_the_two_sides_of_an_assumption_and_sorts_by_width():
    data = tornado_data(worlds(), label="ROI", unit="ratio", currency="CNY")
    assert [row.label for row in data.rows[:2]] == ["as judged", "other draws"]
    assert data.base == 0.35
    # The last assumption's weaker side was moved to 0.02, so it is the widest.
    assert next(row.label for row in data.rows[4:]) == "lapse rate"
    assert data.rows[4].weaker["mean"] == 0.02
    widths = [row.width for row in data.rows[4:]]
    assert widths == sorted(widths, reverse=True)
    assert "clearly better than the status quo in 11 of 12 worlds" in data.title
    assert "most with the lapse rate, from +0.02 to +0.51" in data.title


def test_comparison_leads_with_the_clear_winner():
    estimates = {
        "base": {"roi": around(1.0, 0.1), "cac": around(90.0, 5.0), "n": around(5.0, 1.0)},
        "good": {"roi": around(1.5, 0.1), "cac": around(80.0, 5.0), "n": around(5.0, 1.0)},
    }
    change = {"good": {"roi": around(0.5, 0.1), "cac": around(-10.0, 5.0), "n": around(0.0, 1.0)}}
    data = comparison_data(KPIS, estimates, change, currency="CNY")
    assert data.title == "'good' leads on ROI: 1.50 against 1.00 for 'base'"
    assert [panel.verdicts[1] for panel in data.panels] == ["better", "better", "unclear"]


def test_comparison_never_says_that_a_world_leads():
    means = {"base": 90.0, "cheap": 80.0, "cheaper": 70.0, "mild": 40.0}
    estimates = {name: {"cac": around(mean, 5.0)} for name, mean in means.items()}
    change = {name: {"cac": around(mean - 90.0, 5.0)} for name, mean in means.items() if name != "base"}
    kpis = {"cac": KPIS["cac"]}
    data = comparison_data(kpis, estimates, change, currency="CNY", worlds=["mild"])
    assert data.title == "'cheaper' leads on CAC: CNY 70.00 against CNY 90.00 for 'base'"
    assert data.worlds == ("mild",)
    change["cheap"]["cac"] = change["cheaper"]["cac"] = around(0.0, 5.0)
    data = comparison_data(kpis, estimates, change, currency="CNY", worlds=["mild"])
    assert data.title == "No choice is clearly better than 'base' on CAC (CNY 90.00)"
    data = comparison_data(kpis, estimates, change, currency="CNY", worlds=["mild", "cheap", "cheaper"])
    assert data.title == (
        "How the plan fares in other markets: CAC from CNY 40.00 in 'mild' to CNY 90.00 in 'base'"
    )
