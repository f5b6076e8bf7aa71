"""Scoreboard, regret and heat map as data: order of rows, and titles that say what the numbers say."""

import pytest
from attribution_example import RULES, STAGES, example, journeys_example

from experiments.plots.heatmap import heatmap_data
from experiments.plots.regret import regret_data
from experiments.plots.scoreboard import scoreboard_data, scoreboard_grid


@pytest.mark.parametrize("measure", ["conversions", "value"])
def test_channels_fall_by_truth_and_rules_rise_by_error(measure):
    data = scoreboard_data(example(), measure)
    assert data.labels[0] == "抖音信息流"
    assert list(data.truth) == sorted(data.truth, reverse=True)
    assert data.truth[-1] == pytest.approx(-0.02)
    assert [panel.rule for panel in data.panels] == list(RULES)
    for panel in data.panels:
        assert sum(panel.complete) == pytest.approx(1)
        assert panel.brand_error == pytest.approx(panel.error + 0.01)
    word = "orders" if measure == "conversions" else "revenue"
    assert data.title == (
        f"Closest to the truth is first, 3.0 pp off a channel's share of {word} on average; "
        "farthest is shapley, 8.4 pp"
    )


def test_a_rule_alone_and_a_rule_without_error():
    one = example(rules=("last",))
    assert scoreboard_data(one, "value").title.startswith(
        "last misses a channel's true share of revenue by 3.0 pp"
    )
    for view in one["views"].values():
        view["scoreboard"]["last"] = {
            "value": {"share_error": {"mean": None, "low": None, "high": None}, "rank_correlation": None}
        }
    assert scoreboard_data(one, "value").title.startswith("No rule can be compared with the truth")


def _level(found, errors):
    for rule, error in errors.items():
        one = {"share_error": {"mean": error, "low": None, "high": None}, "rank_correlation": None}
        for view in found["views"].values():
            view["scoreboard"][rule] = {"value": one}
    return found


def test_rules_that_end_level_are_all_named_or_counted():
    errors = dict.fromkeys(RULES, 0.09) | {"first": 0.03, "last": 0.0301}
    title = scoreboard_data(_level(example(), errors), "value").title
    assert title.startswith("Closest to the truth are first and last, 3.0 pp off")
    assert title.endswith("farthest are several rules (8), 9.0 pp")
    title = scoreboard_data(_level(example(), dict.fromkeys(RULES, 0.02)), "value").title
    assert title == "All 10 rules miss a channel's true share of revenue by 2.0 pp on average"


def test_plans_that_lose_the_same_are_all_named():
    found = example(rules=("first", "last", "linear"))
    loss = {"mean": -1e6, "low": -2e6, "high": 1e6}
    for rule in ("first", "last"):
        found["views"]["brand"]["regret"][rule]["difference"] = loss
    found["views"]["brand"]["regret"]["linear"]["difference"] = {"mean": 1.0, "low": -1.0, "high": 3.0}
    assert regret_data(found).title.endswith("; spending by first and last earns CNY 1.00 M less")


@pytest.mark.parametrize(
    ("count", "grid"), [(10, (2, 5)), (8, (2, 4)), (3, (1, 3)), (7, (2, 5)), (1, (1, 1))]
)
def test_panels_leave_few_holes(count, grid):
    assert scoreboard_grid(scoreboard_data(example(rules=RULES[:count]), "value")) == grid


def test_plans_rise_by_regret():
    data = regret_data(example())
    assert [row.label for row in data.rows][:3] == ["the truth", "first", "today's plan"]
    assert data.today == pytest.approx(3.9e6)
    assert [row.brand is None for row in data.rows][:3] == [True, False, True]
    assert data.title == (
        "Spending by any of 10 rules on the brand's view clearly earns less than today's plan; "
        "spending by shapley earns CNY 7.60 M less"
    )


def test_a_title_counts_only_what_is_told_from_chance():
    found = example(rules=("first", "last"))
    for rule, mean in (("first", 2e6), ("last", -3e5)):
        found["views"]["brand"]["regret"][rule]["difference"] = {
            "mean": mean, "low": mean - 1e6, "high": mean + 1e6,
        }  # fmt: skip
    title = regret_data(found).title
    assert "1 would clearly earn more than today's plan and 0 clearly less" in title
    for rule in ("first", "last"):
        found["views"]["brand"]["regret"][rule]["difference"] = {"mean": 5.0, "low": None, "high": None}
    assert regret_data(found).title.endswith("0 would clearly earn more than today's plan and 0 clearly less")


def test_the_heat_map_tells_the_far_and_the_near_end():
    data = heatmap_data(journeys_example())
    assert data.stages == STAGES
    rates, shares = data.panels
    assert shares.darkest == 1
    assert rates.darkest == max(value for row in rates.cells for value in row if value is not None)
    for row in shares.cells:
        assert all(value is None for value in row) or sum(row) == pytest.approx(1)
    assert shares.texts[1] == ("",) * 8
    assert rates.texts[0][6] == ""
    assert data.title.startswith("People who are unaware meet 抖音信息流 most, in 1 % of their weeks; those ")


def test_a_heat_map_without_touches():
    found = journeys_example()
    for row in found["heat_map"]:
        row.update(touches=[0] * 8, shares=[None] * 8, rates=[0.0] * 8)
    assert heatmap_data(found).title == "No channel reaches anybody on the way to the first order"
