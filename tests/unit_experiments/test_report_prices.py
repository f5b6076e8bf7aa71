"""What a little more money does: told for 1 % of the budget, as people speak, with words for every id."""

import re
from pathlib import Path

import pytest

from experiments.report.blocks import Table, Text
from experiments.report.budget import budget_blocks, front_blocks, rule_blocks
from experiments.report.folder import RunFolder
from experiments.report.prices import limit_blocks, marginal_blocks
from experiments.report.speech import Speech

EN, ZH = Speech("en"), Speech("zh")


def folder(objective="profit", unit="money", **more):
    """A run directory of a search for a budget of 1,000,000, so that the step is 10,000."""
    summary = {
        "objective": objective,
        "currency": "CNY",
        "total": 1_000_000.0,
        "difference": {objective: {"mean": 1.0, "low": 0.5, "high": 1.5, "unit": unit}},
        "shadow_price": None,
        "binding": [],
        "marginal": [],
        "flat": [],
    }
    channels = {"douyin_feed": {"label": "抖音信息流"}, "tv": {"label": "Television"}}
    return RunFolder(Path(), "optimize", {}, summary | more, {"channels": channels}, "", {}, (), {})


def priced(value, half=None, word=None, **how):
    """A price per unit, judged where it has half of an interval."""
    ends = (None, None) if half is None else (value - half, value + half)
    price = {"value": value, "low": ends[0], "high": ends[1], "word": word}
    return [limit_blocks(folder(shadow_price=price, **how), say)[0].text for say in (EN, ZH)]


@pytest.mark.parametrize(
    ("value", "half", "word", "english", "chinese"),
    [
        (
            0.5,
            None,
            None,
            "Another CNY 10,000, 1 % of the budget, would raise profit by about CNY 5,000, by the fitted "
            "curves.",
            "按拟合曲线，再增加 CNY 10,000（预算的 1 %），利润（增量）约提高 CNY 5,000。",
        ),
        (
            -0.5,
            0.1,
            "clearly negative",
            "spread as recommended, would lower profit by about CNY 5,000 (95 % interval CNY -6,000 to "
            "CNY -4,000): clearly negative.",
            "利润（增量）约降低 CNY 5,000（95 % 区间 CNY -6,000 至 CNY -4,000）：明显为负。",
        ),
        (1e-9, None, None, "would leave profit about the same", "利润（增量）基本不变"),
        (0.5, 0.6, "not told apart from zero", "CNY +11,000): not told apart from zero", "：与零无法区分。"),
    ],
)
def test_a_price_is_told_for_a_step_that_people_can_picture(value, half, word, english, chinese):
    found = priced(value, half, word)
    assert english in found[0]
    assert chinese in found[1]


def test_a_price_of_a_ratio_keeps_the_digits_that_count():
    assert "would raise ROI by about 0.0021" in priced(2.1e-7, objective="roi", unit="ratio")[0]
    assert "leave ROI about the same" in priced(-2.1e-8, objective="roi", unit="ratio")[0]


def limit(channels, kind, amount, price):
    return {
        "limit": "raw id text",
        "channels": channels,
        "kind": kind,
        "amount": amount,
        "shadow_price": price,
    }


def test_limits_say_what_more_room_would_bring():
    binding = [
        limit(["tv"], "min", 54_000.0, -0.3),
        limit(["tv", "douyin_feed"], "group_max", 90_000.0, 0.2),
        limit(["douyin_feed"], "fixed", 123.0, -0.1),
        limit([], "total", 1_000_000.0, None),
        limit(["tv"], "max", 5.0, 1e-9),
    ]
    [table] = limit_blocks(folder(binding=binding), EN)
    assert isinstance(table, Table)
    assert [[cell.text for cell in line.cells] for line in table.rows] == [
        ["Television", "minimum", "54,000", "CNY +3,000"],
        ["Television + 抖音信息流", "group maximum", "90,000", "CNY +2,000"],
        ["抖音信息流", "fixed", "123.00", "CNY +1,000 (with less money)"],
        ["all channels", "total", "1,000,000", "—"],
        ["Television", "maximum", "5.00", "about none"],
    ]


@pytest.mark.parametrize(
    ("say", "name", "hit"),
    [
        (EN, "maximum in 2026-10..2026-11", "maximum in a window"),
        (ZH, "上限（2026-10..2026-11）", "上限（时间窗）"),
    ],
    ids=["en", "zh"],
)
def test_a_limit_of_one_channel_in_a_window_is_no_group_limit(say, name, hit):
    windowed = limit(["tv"], "group_max", 0.0, None) | {"limit": "tv in 2026-10..2026-11 at most CNY 0"}
    later = windowed | {"limit": "tv in 2026-12..2026-12 at most CNY 7", "amount": 7.0}
    [table] = limit_blocks(folder(binding=[windowed, later]), say)
    assert table.rows[0].cells[1].text == name
    assert [line.cells[2].text for line in table.rows] == ["0", "7.00"]
    plans = {name: plan(1_000.0, 7.0) for name in ("status_quo", "recommended")}
    [budget] = budget_blocks(folder(binding=[windowed], **plans), say)
    assert budget.rows[0].cells[-1].text == hit


def test_free_money_stands_under_both_totals():
    now, new = plan(1_000.0, 900_000.0), plan(1_000.0, 1_000_000.0)
    now, new = now | {"placed": {"tv": 800_000.0}}, new | {"placed": {"tv": 700_000.0}}
    free = {"total": 300_000.0, "fixed": True, "left_out": {}, "could_use": []}
    [budget] = budget_blocks(folder(free_money=free, status_quo=now, recommended=new), EN)
    assert [cell.text for cell in budget.rows[-1].cells] == [
        *("Not placed: free", "100,000", "300,000", "+200,000", "", ""),
    ]


def test_a_limit_of_every_flight_is_one_line():
    binding = [limit(["tv"], "fixed", 1_000.0 * (n + 1), None) for n in range(3)]
    [table] = limit_blocks(folder(binding=binding), EN)
    assert [[cell.text for cell in line.cells] for line in table.rows] == [
        ["Television", "fixed", "1,000 / 2,000 / 3,000", "—"]
    ]
    many = [limit(["tv"], "fixed", 1_000.0 * (n + 1), None) for n in range(13)]
    [table] = limit_blocks(folder(binding=many), EN)
    assert table.rows[0].cells[2].text == "1,000 to 13,000"


def estimate(mean, half):
    return {"mean": mean, "low": mean - half, "high": mean + half, "n": 6}


MARGINAL = {
    "channel": "tv",
    "label": "Television",
    "spend": 40_000.0,
    "mroi": estimate(0.6, 0.5),
    "slope": estimate(-2.1e-8, 1e-8),
    "against": None,
    "word": "level",
    "why": "",
}


@pytest.mark.parametrize("say", [EN, ZH], ids=["en", "zh"])
def test_the_last_money_of_a_channel_is_that_of_the_step(say):
    flat = [{"channel": "tv", "low": 30_000.0, "high": 50_000.0, "recommended": 40_000.0}]
    made = folder("roi", "ratio", marginal=[MARGINAL], flat=flat)
    [table] = marginal_blocks(made, say)
    label, spend, mroi, change, against, word, span = table.rows[0].cells
    assert (label.text, spend.text, mroi.text) == ("Television", "40,000", "0.60")
    assert change.text == "-0.00021"
    assert change.detail == say("ends", low="-0.00031", high="-0.00011")
    assert (against.text, span.text) == ("—", say("ends", low="30,000", high="50,000"))
    assert word.text == say.name("word", "level")
    assert "10,000" in table.note
    assert not re.search(r"\de[-+]\d", str(table))


def plan(profit, spend):
    return {"spend": {"tv": spend}, "kpis": {"profit": estimate(profit, 1_000.0) | {"unit": "money"}}}


def standing(name, origin, chance, against, **more):
    value = estimate(9_000.0, 500.0)
    return {"plan": name, "origin": origin, "chance": chance, "value": value, "against": against} | more


def test_a_plan_of_the_final_is_told_once_with_what_found_it():
    finalists = [
        standing("recommended", "search", 0.82, None, spend={"tv": 5.0}),
        standing("leader_1", "bound to bound", 0.17, estimate(-500.0, 900.0), spend={"tv": 6.0}),
        standing("historical", "historical", 0.004, estimate(-5_000.0, 900.0)),
    ]
    plans = {name: plan(1_000.0, 7.0) for name in ("status_quo", "recommended")}
    rules = {name: plan(2_000.0, 8.0) for name in ("historical", "equal")}
    made = folder(finalists=finalists, baselines=rules, method="default", **plans)
    final, others = rule_blocks(made, EN)
    assert [[cell.text for cell in line.cells] for line in final.rows] == [
        ["recommended", "response surface", "5", "9,000", "—", "82 %"],
        ["finalist 1", "bound to bound", "6", "9,000", "-500", "17 %"],
        ["today's mix", "today's mix", "—", "9,000", "-5,000 *", "< 1 %"],
    ]
    assert [line.cells[0].text for line in others.rows] == ["today's plan", "equal split"]
    assert rule_blocks(made, ZH)[0].rows[1].cells[0].text == "入围方案 1"
    assert isinstance(limit_blocks(made, EN)[0], Text)


@pytest.mark.parametrize("say", [EN, ZH], ids=["en", "zh"])
def test_the_recommended_plan_stands_with_the_front_that_beats_it(say):
    ends = {"profit": estimate(1.0, 0.5)}
    top = {"plan": "linear_0", "kpis": ends, "recommended": False, "knee": True}
    mine = {"plan": "recommended", "kpis": ends, "recommended": True, "knee": False}
    plans = {name: plan(1_000.0, 7.0) for name in ("status_quo", "recommended")}
    beaten = folder(pareto=[top], frontier={"points": [top, mine]}, **plans)
    [table] = front_blocks(beaten, say)
    assert [line.cells[0].text for line in table.rows] == [say.plan("linear_0"), say.plan("recommended")]
    assert table.note == say("front_beaten")
    [table] = front_blocks(folder(pareto=[mine], frontier={"points": [top, mine]}, **plans), say)
    assert len(table.rows) == 1
    assert table.note == ""
