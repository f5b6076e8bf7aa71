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


def test_groups_are_compared_at_an_age_that_most_of_them_reach():
    found = example()
    for key, ages in (("2026-05", 2), ("2026-04", 30)):
        for part in ("mean", "low", "high"):
            del found["retention"]["cohorts"][key]["survival"][part][ages:]
    assert "; 52 weeks on, no cohort" not in retention_data(found, "cohorts").title
    assert retention_data(found, "cohorts").title.endswith(
        "; 26 weeks on, no cohort can be told from another"
    )
    for group in found["retention"]["cohorts"].values():
        for part in ("mean", "low", "high"):
            del group["survival"][part][2:]
    assert retention_data(found, "cohorts").title.endswith("; 1 week on, no cohort can be told from another")


def test_bands_that_cover_the_plot_are_left_out_and_that_is_said():
    data = retention_data({**example(half=0.6), "replicates": 2}, "channels")
    assert (data.banded, data.bands) == (False, "95 % interval left out: too wide with 2 replicates")
    assert retention_data(example(), "channels").bands == "band: 95 % interval"


def test_cohorts_that_are_not_drawn_are_counted():
    found = example()
    for kind in (found["cohorts"], found["retention"]["cohorts"]):
        kind.update({f"late {n}": kind["2026-01"] for n in range(47)})
    data = retention_data(found, "cohorts")
    assert data.drawn == f"{len(data.lines)} of 52 cohorts: evenly spread, to be told apart"
    assert len(data.lines) == 11
    assert retention_data(example(), "cohorts").drawn == ""
    assert retention_data(example(), "channels").drawn == "6 of 9 channels: those with most customers"


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


def test_without_medians_there_are_no_corners_and_no_cost_below_zero():
    import matplotlib

    from experiments.plots import gallery, style

    found = example()
    feed = {**found["quadrants"]["channels"]["feed"], "quadrant": None}
    feed["cpa"] = {"mean": 391.0, "low": -115.0, "high": 897.0}
    found["quadrants"] = {"median_cpa": None, "median_ltv": None, "channels": {"feed": feed}}
    with matplotlib.rc_context(style.settings()):
        [axes] = gallery.draw(quadrants_data(found)).axes
    assert [text.get_text() for text in axes.texts] == ["抖音信息流"]
    assert axes.get_xlim()[0] == 0.0


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
