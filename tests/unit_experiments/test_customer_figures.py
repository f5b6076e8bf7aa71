"""Retention curves and quadrants as data: what is drawn, and titles that say what the numbers say."""

from dataclasses import replace

import pytest
from customers_example import LABELS, example

from experiments.plots.quadrants import quadrants_data
from experiments.plots.retention import retention_data


def test_the_largest_channels_are_drawn_and_those_compared_are_named():
    data = retention_data(example(), "channels")
    assert [line.label for line in data.lines] == list(LABELS.values())[:6]
    assert [data.lines[place].label for place in data.named] == ["抖音信息流", "线下门店"]
    assert data.title == (
        "Half of the new customers have lapsed after 33 weeks; 52 weeks after the first order 62 % are left "
        "of those won by 抖音信息流, 28 % of those won by 线下门店"
    )


def test_lines_end_where_too_few_are_observed():
    data = retention_data(example(), "channels")
    assert {len(line.mean) for line in (*data.lines, data.everyone)} == {77}


def test_what_cannot_be_told_apart_is_said():
    data = retention_data(example(), "cohorts")
    assert (data.named, data.ordered) == ((), True)
    assert data.title.endswith("; 52 weeks on, no cohort can be told from another")
    assert "no channel can be told" in retention_data(example(half=0.3), "channels").title


def test_small_groups_and_empty_ones_are_left_out():
    found = example()
    found["channels"]["feed"]["last_touch"]["customers"]["mean"] = 900.0
    found["retention"]["channels"]["live"]["survival"] = {"mean": [], "low": [], "high": []}
    labels = [line.label for line in retention_data(found, "channels").lines]
    assert "抖音信息流" not in labels
    assert "抖音直播" not in labels
    for group in found["retention"]["channels"].values():
        group["survival"] = {"mean": [], "low": [], "high": []}
    assert retention_data(found, "channels") is None


def test_one_replicate_has_lines_without_bands():
    found = example()
    for group in (*found["retention"]["channels"].values(), found["retention"]["all"]["all"]):
        for end in ("low", "high"):
            group["survival"][end] = [None] * len(group["survival"]["mean"])
    data = retention_data(found, "channels")
    assert set(data.everyone.low) == {None}
    assert "are left of those won by" in data.title


def test_quadrants_tell_the_extremes():
    data = quadrants_data(example())
    assert {point.label: point.quadrant for point in data.points}["微博话题"] == "cut or mend"
    assert data.title == (
        "A new customer costs CNY 8.4 by 企业微信社群 and 648 by 小红书KOL种草; "
        "企业微信社群's are worth most (192), 抖音信息流's least (141)"
    )


def test_values_that_may_be_equal_are_not_ranked():
    found = example()
    for one in found["quadrants"]["channels"].values():
        one["ltv"] = {"mean": one["ltv"]["mean"], "low": 100.0, "high": 220.0}
    assert quadrants_data(found).title.endswith("whose are worth most cannot be told from chance")


@pytest.mark.parametrize("log", [True, False])
def test_costs_far_apart_stand_on_a_logarithmic_axis(log):
    import matplotlib

    from experiments.plots import gallery, style

    data = quadrants_data(example())
    if not log:
        data = replace(data, points=tuple(point for point in data.points if point.cost["mean"] > 100))
    with matplotlib.rc_context(style.settings()):
        [axes] = gallery.draw(data).axes
    assert axes.get_xscale() == ("log" if log else "linear")
