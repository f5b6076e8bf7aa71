"""The first screen of a budget search: the money to move, the gain, what it rests on, and what to do."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.report.blocks import Facts, Table, Text
from experiments.report.first import LISTED, ROWS, action, basis, equals_of, money_blocks
from experiments.report.folder import RunFolder
from experiments.report.speech import Speech
from experiments.report.verdicts import optimize_verdict

EN, ZH = Speech("en"), Speech("zh")
LABELS = {"tv": "Television", "search": "搜索", "print": "Print", "feed": "Feed"}
NOW = {"tv": 400_000.0, "search": 100_000.0, "print": 300_000.0, "feed": 200_000.0}
GAIN = {"mean": 5_000.0, "low": 1_000.0, "high": 9_000.0, "unit": "money"}


def folder(new, *, now=NOW, word="better", keep=None, equals=(), targets=(), **more):
    """A run directory of a search as far as its first screen reads it."""
    plan = {"kpis": {"unspent": {"mean": 0.0}}}
    summary = {
        "objective": "profit",
        "currency": "EUR",
        "total": sum(new.values()),
        "verdict": {"word": word, "equals": list(equals)} | ({} if keep is None else {"keep": keep}),
        "status_quo": plan | {"spend": now},
        "recommended": plan | {"spend": new},
        "difference": {"profit": GAIN},
        "targets": [{"word": one} for one in targets],
        "flights": [],
        "interrupted": False,
    }
    channels = {name: {"label": LABELS.get(name, name)} for name in now}
    record = {"replicates": 20, "seed": 0}
    return RunFolder(Path(), "optimize", record, summary | more, {"channels": channels}, "", {}, (), {})


def texts(blocks, look):
    return [block.text for block in blocks if isinstance(block, Text) and block.look == look]


MOVED = NOW | {"tv": 350_000.0, "search": 160_000.0, "print": 290_000.0}
ACTIONS = {
    "move": (
        folder(MOVED),
        "Move EUR 60.0 k from Television and Print to 搜索.",
        "将 EUR 60.0 k 从 Television和Print 移至 搜索。",
    ),
    "less": (
        folder(NOW | {"tv": 300_000.0}),
        "Spend EUR 100 k less: take EUR 100 k from Television.",
        "少花 EUR 100 k：从 Television 减去 EUR 100 k。",
    ),
    "less and move": (
        folder(NOW | {"tv": 300_000.0, "search": 120_000.0}),
        "Spend EUR 80.0 k less: take EUR 100 k from Television and put EUR 20.0 k into 搜索.",
        "少花 EUR 80.0 k：从 Television 减去 EUR 100 k，向 搜索 增加 EUR 20.0 k。",
    ),
    "more": (
        folder({name: amount + 10_000.0 for name, amount in NOW.items()}),
        "Spend EUR 40.0 k more: put EUR 40.0 k into Television, 搜索 and 2 more.",
        "多花 EUR 40.0 k：向 Television、搜索等另外 2 个渠道 增加 EUR 40.0 k。",
    ),
    "more and move": (
        folder(NOW | {"tv": 390_000.0, "search": 200_000.0}),
        "Spend EUR 90.0 k more: put EUR 100 k into 搜索 and take EUR 10.0 k from Television.",
        "多花 EUR 90.0 k：向 搜索 增加 EUR 100 k，从 Television 减去 EUR 10.0 k。",
    ),
    "no better": (folder(MOVED, word="no better"), "Keep today's plan.", "建议保留当前方案。"),
    "the same plan": (folder(NOW), "Keep today's plan.", "建议保留当前方案。"),
    "equals": (
        folder(MOVED, equals=[{"name": "leader_1", "spend": NOW}]),
        "Take any of these plans, which cannot be told apart.",
        "采用其中任何一个方案均可：它们无法区分。",
    ),
    "equals that agree": (
        folder(MOVED, equals=[{"name": "leader_1", "spend": NOW | {"tv": 300_000.0, "search": 2e5}}]),
        "Take any of these plans: all of them give more to 搜索 and take from Television.",
        "采用其中任何一个方案均可：它们都会增加 搜索，减少 Television。",
    ),
    "not allowed": (
        folder(MOVED, word="no better", keep=False),
        "Move EUR 60.0 k from Television and Print to 搜索.",
        "将 EUR 60.0 k 从 Television和Print 移至 搜索。",
    ),
    "kept": (folder(MOVED, word="no better", keep=True), "Keep today's plan.", "建议保留当前方案。"),
    "no better, with equals": (
        folder(MOVED, word="no better", equals=[{"name": "leader_1", "spend": NOW}]),
        "Keep today's plan.",
        "建议保留当前方案。",
    ),
    "timing": (
        folder(NOW, flights=[{"now": {"tv": 1.0}, "recommended": {"tv": 2.0}}]),
        "Keep each channel's amount and move it between flights, as under Timing.",
        "保持各渠道金额，在投放期之间移动，见“投放节奏”。",
    ),
    "missed": (
        folder(MOVED, targets=["reached", "missed"]),
        "Keep today's plan: the best plan found misses a target.",
        "建议保留当前方案：找到的最佳方案未达到目标。",
    ),
    "one replicate": (
        folder(MOVED, word="undecided"),
        "Decide nothing yet: one replicate shows no interval; use --replicates 20 or more.",
        "暂不决策：单次重复没有区间；请使用 --replicates 20 或更多。",
    ),
    "cheapest, unclear": (
        folder(MOVED, targets=["unclear"], objective="spend"),
        "Decide nothing yet: whether a target is met is not certain; use more replicates.",
        "暂不决策：目标是否达到尚不确定；请增加重复次数。",
    ),
}


@pytest.mark.parametrize("case", ACTIONS)
def test_the_action_is_one_sentence_in_both_languages(case):
    made, english, chinese = ACTIONS[case]
    assert action(made, EN) == english
    assert action(made, ZH) == chinese


@pytest.mark.parametrize("say", [EN, ZH], ids=["en", "zh"])
def test_the_first_screen_has_money_gain_basis_and_action_in_this_order(say):
    blocks = optimize_verdict(folder(MOVED), say)
    assert [block.look for block in blocks[:5]] == ["heading", "moves", "lead", "basis", "action"]
    assert "+5,000" in blocks[2].text
    assert "+1,000" in blocks[2].text
    assert "+9,000" in blocks[2].text
    assert {"en": "Simulated; effects are assumed", "zh": "模拟结果；效果为假设"}[say.lang] in blocks[3].text


def test_money_to_move_is_told_from_and_to():
    heading, moves = money_blocks(folder(MOVED), EN)
    assert heading.text == "Money to move, EUR placed"
    assert isinstance(moves, Facts)
    assert [(one.name, one.value, one.details) for one in moves.facts] == [
        ("搜索", "100,000 to 160,000", ("+60,000",)),
        ("Television", "400,000 to 350,000", ("-50,000",)),
        ("Print", "300,000 to 290,000", ("-10,000",)),
    ]
    kept = money_blocks(folder(MOVED, word="no better"), EN)
    assert texts(kept, "heading") == ["What the best plan found would move, EUR placed"]
    assert texts(money_blocks(folder(NOW), EN), "heading") == [
        "No money to move: the best plan found keeps every channel's amount."
    ]


def test_more_channels_than_fit_stand_together():
    now = {f"c{n}": 1_000.0 for n in range(20)}
    new = {name: 1_000.0 + (n - 8) * 100 for n, name in enumerate(now)}
    _, moves = money_blocks(folder(new, now=now), EN)
    assert len(moves.facts) == LISTED
    assert moves.facts[-1].name == "14 more channels"
    changes = [float(one.details[0].replace(",", "")) for one in moves.facts]
    assert sum(changes) == sum(new.values()) - sum(now.values())
    equals = [{"name": f"leader_{n}", "spend": new} for n in range(1, 6)]
    [table] = money_blocks(folder(new, now=now, equals=equals), EN)
    assert len(table.rows) == ROWS + 1
    assert table.rows[-1].kind == "total"
    assert table.note == "Further plans that are as good: 2, in summary.json."


def test_a_plan_that_the_limits_forbid_is_not_kept():
    for say, told in ((EN, "Today's plan itself is not allowed"), (ZH, "当前方案本身不符合约束")):
        lead = texts(optimize_verdict(folder(MOVED, word="worse", keep=False), say), "lead")[0]
        assert told in lead
        for keep in (True, None):
            kept = optimize_verdict(folder(MOVED, word="worse", keep=keep), say)
            assert told not in texts(kept, "lead")[0]


def test_equal_plans_stand_side_by_side():
    equals = [{"name": "recommended", "spend": MOVED}, {"name": "leader_1", "spend": NOW | {"tv": 7.0}}]
    made = folder(MOVED, equals=equals)
    assert [plan["name"] for plan in equals_of(made.summary)] == ["leader_1"]
    [table] = money_blocks(made, EN)
    assert isinstance(table, Table)
    assert table.header == ("Channel", "Now", "Recommended", "finalist 1")
    cells = {line.cells[0].text: [cell.text for cell in line.cells[1:]] for line in table.rows}
    assert cells["Television"] == ["400,000", "350,000", "7"]
    assert cells["Total"] == ["1,000,000", "1,000,000", "600,007"]


def test_what_found_the_plan_is_said_in_words():
    alone = {"agree": [], "runner_up": None, "ahead": None}
    for found_by, method, english, chinese in (
        (
            {"origin": "linear programme"},
            "default",
            "Found by: linear programme.",
            "找到方案的方法：线性规划。",
        ),
        (
            {"origin": "search", "agree": ["Optuna", "equal"]},
            "default",
            "Found by: response surface; Optuna, equal split came to the same plan.",
            "找到方案的方法：响应面；Optuna 搜索、平均分配得到同一方案。",
        ),
        ({"origin": "search", "agree": ["Optuna"]}, "search", "Found by: Optuna.", "方法：Optuna 搜索。"),
        ({"origin": "new_method"}, "default", "Found by: new method.", "找到方案的方法：new method。"),
        (
            {"origin": "Optuna", "runner_up": "search", "ahead": GAIN},
            "greedy",
            "Found by: Optuna. Against the next best plan, by greedy steps: profit EUR +5,000 "
            "(+1,000 to +9,000).",
            "找到方案的方法：Optuna 搜索。与次优方案（贪心步进）相比：利润（增量）EUR +5,000"
            " (+1,000 至 +9,000)。",
        ),
    ):
        made = folder(MOVED, found_by=alone | found_by, method=method)
        assert english in texts(optimize_verdict(made, EN), "")[0]
        assert chinese in texts(optimize_verdict(made, ZH), "")[0]
    assert not any(re.search("Found by", text) for text in texts(optimize_verdict(folder(MOVED), EN), ""))


def test_what_was_not_simulated_rests_on_nothing():
    assert basis(replace(folder(MOVED), record={"replicates": None, "seed": None}), EN) == []


def test_money_that_is_not_placed_and_what_another_start_might_advise_is_said():
    free = {"total": 100_000.0, "fixed": True, "left_out": {}, "could_use": ["search"]}
    spread = {"total": [800_000.0, 1_200_000.0], "other_total": True, "unsure": ["tv"]}
    for say, words in (
        (EN, ("EUR 100,000", "finds no audience", "搜索 could use", "EUR 800,000 to EUR 1,200,000")),
        (ZH, ("EUR 100,000", "找不到受众", "搜索可以使用", "Television比当前多，或比当前少")),
    ):
        told = texts(optimize_verdict(folder(MOVED, free_money=free, spread=spread), say), "")[0]
        assert all(word in told for word in words)
