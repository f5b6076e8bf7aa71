"""One plan: what every table, curve and page of a search calls recommended is the same money.

Two amounts belong to a plan and each has one name everywhere: money offered (`spend`), which limits hold,
curves show and slopes move; and money placed (`placed`), which finds an audience and is billed.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.report.blocks import Table
from experiments.report.budget import budget_blocks
from experiments.report.folder import open_folder
from experiments.report.speech import Speech
from experiments.texts import window_of

SMALL = ("--set", "population.agents=400", "--runs", "40", "--replicates", "4", "--quiet")
#: What is asked -> the words of the command.
ASKED = {
    "fixed total": ("--objective", "profit", "--limit", "douyin_feed=2000000", "--limit", "weibo<=300000"),
    "free total": ("--objective", "profit", "--at-most", "--budget", "9000000", "--limit", "search>=1000000"),
    "flights": ("--flights", "2", "--limit", "weibo=0 in 2026-10..2026-11"),
    "targets": ("--target", "volume=60000"),
}
LANGS = ("en", "zh")


@pytest.fixture(scope="module", params=list(ASKED))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory of each search."""
    out = tmp_path_factory.mktemp("one-plan") / "run"
    words = ("optimize", "beauty-launch", *ASKED[request.param], *SMALL, "--out", str(out))
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.stderr
    return out


def summary_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def lines_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_channel(folder: Path, column: str) -> dict[str, float]:
    return {line["channel"]: float(line[column]) for line in lines_of(folder, "budget.csv")}


def same(found: dict[str, float], plan: dict[str, float]) -> bool:
    """Whether amounts are the plan's, to the cent that the JSON keeps."""
    return bool(found) and all(math.isclose(found[c], plan[c], rel_tol=1e-6, abs_tol=0.01) for c in found)


def whole(amount: float) -> str:
    """Whole money as tables show it."""
    return f"{round(amount):,}"


def test_money_offered_is_one_plan_everywhere(folder: Path) -> None:
    summary = summary_of(folder)
    spend = summary["recommended"]["spend"]
    weeks = lines_of(folder, "recommended.csv")
    offered = by_channel(folder, "recommended_offered")
    assert same({c: sum(float(week[f"{c}_spend"]) for week in weeks) for c in offered}, spend)
    assert same(offered, spend)
    assert same({one["channel"]: one["spend"] for one in summary["marginal"]}, spend)
    for curve in summary["curves"]:
        assert same({curve["channel"]: curve["recommended"][0]}, spend), curve["objective"]
    for flat in summary["flat"]:
        assert same({flat["channel"]: flat["recommended"]}, spend)
    [mine] = [one for one in summary["finalists"] if one["plan"] == "recommended"]
    assert same(mine["spend"], spend)
    if summary["flights"]:
        assert same({c: sum(one["recommended"][c] for one in summary["flights"]) for c in spend}, spend)
    assert sum(spend.values()) <= summary["total"] * (1 + 1e-9)


def test_money_placed_is_one_plan_everywhere(folder: Path) -> None:
    summary = summary_of(folder)
    for name, column in (("status_quo", "now"), ("recommended", "recommended")):
        plan = summary[name]
        assert same(by_channel(folder, column), plan["placed"])
        assert same(by_channel(folder, f"{column}_offered"), plan["spend"])
        # Bills are whole minor units period by period, so that a cent more than all may be left.
        left = {c: max(0.0, plan["spend"][c] - (plan["unplaced"][c] or 0.0)) for c in plan["placed"]}
        assert same(left, plan["placed"])
        billed = plan["kpis"]["spend"]["mean"]
        assert math.isclose(sum(plan["placed"].values()), billed, rel_tol=1e-4)
    free = summary["total"] - sum(summary["recommended"]["placed"].values())
    assert math.isclose(summary["free_money"]["total"], max(free, 0.0), abs_tol=1.0)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_that_plan(folder: Path, lang: str) -> None:
    opened, say = open_folder(folder), Speech(lang)
    plan, now = opened.summary["recommended"], opened.summary["status_quo"]
    [table] = [block for block in budget_blocks(opened, say) if isinstance(block, Table)]
    shown = {line.cells[0].text: [cell.text for cell in line.cells[1:]] for line in table.rows}
    labels = {line["channel"]: line["label"] for line in lines_of(folder, "budget.csv")}
    for channel, label in labels.items():
        if now["placed"][channel] > 0 or plan["placed"][channel] > 0:
            cells = shown.pop(label)
            assert cells[0] == whole(now["placed"][channel])
            assert cells[1] == whole(plan["placed"][channel])
            assert cells[4] == whole(plan["spend"][channel])
    totals = shown.pop(say("total"))
    assert totals[1] == whole(sum(plan["placed"].values()))
    assert totals[4] == whole(sum(plan["spend"].values()))
    assert set(shown) <= {say("free_row")}


def test_limits_said_to_bind_are_met_by_that_plan(folder: Path) -> None:
    summary = summary_of(folder)
    weeks, names = lines_of(folder, "recommended.csv"), list(summary["recommended"]["spend"])
    for limit in summary["binding"]:
        if limit["kind"] not in ("min", "max", "fixed", "group_min", "group_max", "total"):
            continue
        window = window_of(limit["limit"])
        inside = [week for week in weeks if not window or in_window(week["date"], window)]
        held = sum(float(week[f"{c}_spend"]) for week in inside for c in limit["channels"] or names)
        assert math.isclose(held, limit["amount"], rel_tol=1e-3, abs_tol=1e-5 * summary["total"]), limit


def in_window(day: str, window: str) -> bool:
    first, _, last = window.partition("..")
    return first <= day[: len(first)] and day[: len(last or first)] <= (last or first)


def test_the_plan_is_the_likeliest_best_or_its_equals_are_named(folder: Path) -> None:
    summary = summary_of(folder)
    chances = {one["plan"]: one["chance"] or 0.0 for one in summary["finalists"]}
    mine = chances.pop("recommended")
    equals = {one["plan"]: one for one in summary["verdict"]["equals"]}
    better = {name for name, chance in chances.items() if chance > mine and name != "status_quo"}
    assert better <= set(equals)
    for name, one in equals.items():
        assert same(one["spend"], next(row["spend"] for row in summary["finalists"] if row["plan"] == name))
        assert sum(one["placed"].values()) <= sum(one["spend"].values()) * (1 + 1e-9)
