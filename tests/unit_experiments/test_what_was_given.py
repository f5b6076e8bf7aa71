"""Plans, variants and budgets as they are typed: read the same way by every command, and told where odd."""

import csv
import json

import pytest
from click.testing import CliRunner

from experiments.budget_asked import read_budget
from experiments.cli import main
from experiments.errors import RequestError
from experiments.plan_notes import far_from_today
from experiments.runner import open_case, split_case

SMALL = ["--set", "population.agents=300", "--set", "calendar.tail=4", "--replicates", "2"]


@pytest.fixture(autouse=True)
def without_figures(monkeypatch):
    """Figures take most of the time, and are tested elsewhere."""
    monkeypatch.setattr("experiments.store._write_figures", lambda *_, **__: [])


def invoke(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def answer(*args):
    result = invoke(*args, *SMALL, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def write_plan(path, factor=1.0, **columns):
    """Today's plan of beauty-launch times a factor, with columns that are no spend beside it."""
    plan = open_case("beauty-launch").plan
    names = [name for name, total in plan.totals().items() if total > 0]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([*(f"{name}_spend" for name in names), *columns])
        for t in range(plan.periods):
            money = [factor * plan.spend_tc[t, plan.channels.index(name)] for name in names]
            out.writerow([*money, *columns.values()])
    return path


UNREAD = "mine.csv: column 'revenue' is not read (columns read: douyin_feed_spend, "
FAR = "mine.csv spends 25.0 times today's plan (CNY 351,000,000 against CNY 14,040,000): is the unit right?"


@pytest.mark.parametrize(
    "command",
    [
        ("run", "beauty-launch", "--plan"),
        ("compare", "beauty-launch", "--plan"),
        ("score", "beauty-launch", "--plan"),
        ("optimize", "beauty-launch", "--runs", "12", "--set", "optimization.limits=[]", "--plan"),
    ],
    ids=lambda command: command[0],
)
def test_columns_not_read_and_totals_far_from_todays_are_told(command, tmp_path):
    path = write_plan(tmp_path / "mine.csv", 25.0, revenue=7)
    given = f"mine={path}" if command[0] == "compare" else path
    out = tmp_path / "out"
    result = invoke(*command, given, *SMALL, "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    unread, far = json.loads(result.stdout)["notes"][:2]
    assert unread.startswith(UNREAD)
    assert far == FAR
    assert result.stderr.splitlines()[:2] == [unread, far]
    text = " ".join((out / "summary.txt").read_text(encoding="utf-8").split())
    assert text.count(UNREAD) == 1
    assert FAR in text
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("is not read (columns read") == 1
    quiet = invoke(*command, given, *SMALL, "--json", "--quiet")
    assert quiet.stderr == ""


def test_a_plain_plan_has_no_notes(tmp_path):
    path = write_plan(tmp_path / "mine.csv", 1.5)
    found = answer("run", "beauty-launch", "--plan", path)
    assert found["notes"] == []
    assert answer("run", "beauty-launch")["notes"] == []


def test_an_empty_column_at_the_end_is_no_column(tmp_path):
    path = write_plan(tmp_path / "mine.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line},\n" for line in lines), encoding="utf-8")
    assert open_case("beauty-launch", plan_csv=path).notes == ()


@pytest.mark.parametrize(
    ("total", "said"),
    [
        (100.0, None),
        (1_999.0, None),
        (5.1, None),
        (2_000.0, "x.csv spends 20.0 times today's plan (EUR 2,000 against EUR 100.00): is the unit right?"),
        (5.0, "today's plan spends 20.0 times x.csv (EUR 100.00 against EUR 5.00): is the unit right?"),
        (0.0, "x.csv spends nothing, today's plan EUR 100.00: is that meant?"),
    ],
)
def test_a_factor_of_twenty_is_far(total, said):
    assert far_from_today("x.csv", total, 100.0, "EUR") == said


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("6000000", 6e6),
        ("6,000,000", 6e6),
        ("6_000_000", 6e6),
        ("6e6", 6e6),
        ("1,250.5", 1250.5),
        ("+20%", 1200.0),
        ("-10%", 900.0),
        ("+12.5%", 1125.0),
        ("1.2x", 1200.0),
        ("0.5x", 500.0),
    ],
)
def test_budgets_are_amounts_or_changes_of_todays_plan(text, amount):
    assert read_budget(text).at(1000.0) == pytest.approx(amount)


def test_a_change_of_nothing_is_no_budget():
    with pytest.raises(RequestError, match="spends nothing"):
        read_budget("+20%").at(0.0)


def test_a_variant_stands_behind_a_colon_in_every_command(tmp_path):
    plain = answer("run", "beauty-launch", "--variant", "silo")
    behind = answer("run", "beauty-launch:silo")
    assert behind == plain
    assert behind["variant"] == "silo"
    path = write_plan(tmp_path / "mine.csv")
    assert answer("score", "beauty-launch:silo", "--plan", path)["variant"] == "silo"
    both = invoke("run", "beauty-launch:silo", "--variant", "unified")
    assert both.exit_code == 2
    assert both.stderr == "beauty-launch:silo: variant 'unified' is asked for besides; name one variant\n"
    wrong = invoke("run", "beauty-launch:sillo")
    assert wrong.exit_code == 2
    assert "sillo" in wrong.stderr


def test_a_path_with_a_colon_in_it_is_a_path(tmp_path):
    assert split_case("beauty-launch:silo") == ("beauty-launch", "silo")
    assert split_case("C:/markets/mine.yaml") == ("C:/markets/mine.yaml", None)
    odd = tmp_path / "a:b"
    odd.write_text("", encoding="utf-8")
    assert split_case(str(odd)) == (str(odd), None)


def searched(tmp_path, *args):
    out = tmp_path / "out"
    found = answer("optimize", *args, "--runs", "20", "--out", out)
    return found, json.loads((out / "run.json").read_text(encoding="utf-8")), out


def test_optimize_takes_a_variant_and_says_so_everywhere(tmp_path):
    found, record, out = searched(tmp_path, "beauty-launch:dear_search", "--budget", "+20%")
    assert (found["scenario"], found["variant"], found["plan"]) == (
        "beauty-launch",
        "dear_search",
        "status quo",
    )
    assert (record["variant"], record["plan"]) == ("dear_search", None)
    assert found["total"] == pytest.approx(1.2 * 14_040_000)
    assert "cpc: 4.8" in (out / "scenario.yaml").read_text(encoding="utf-8")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "variant dear_search" in page
    assert "beauty-launch:dear_search" in page


def test_a_plan_given_is_the_one_the_recommendation_is_held_against(tmp_path):
    path = write_plan(tmp_path / "mine.csv", 0.9)
    found, record, _ = searched(tmp_path, "beauty-launch", "--plan", path)
    today = open_case("beauty-launch").plan.totals()
    mine = {name: pytest.approx(0.9 * money) for name, money in today.items()}
    assert found["status_quo"]["spend"] == mine
    assert found["total"] == pytest.approx(0.9 * 14_040_000)
    assert found["plan"] == record["plan"] == "mine.csv"
    assert list(record["inputs"]) == ["mine.csv"]
    assert found["notes"] == [
        "the budget is CNY 12,636,000, as mine.csv spends it; the scenario's own is CNY 14,040,000"
    ]


def test_a_ceiling_of_the_scenario_outlasts_a_plan_given(tmp_path):
    path = write_plan(tmp_path / "mine.csv", 0.9)
    ceiling = ("--set", "optimization.at_most=true", "--objective", "profit")
    found, _, _ = searched(tmp_path, "beauty-launch", "--plan", path, *ceiling)
    assert found["total"] <= 14_040_000
    assert not any("the budget is" in note for note in found["notes"])


def test_a_budget_far_from_todays_plan_is_told(tmp_path):
    found, _, _ = searched(tmp_path, "beauty-launch", "--budget", "30x", "--set", "optimization.limits=[]")
    assert found["notes"] == [
        "--budget 30x spends 30.0 times today's plan (CNY 421,200,000 against CNY 14,040,000): "
        "is the unit right?"
    ]


def test_a_search_goes_on_only_for_the_same_plan_and_variant(tmp_path):
    path = write_plan(tmp_path / "mine.csv", 0.9)
    _, _, out = searched(tmp_path, "beauty-launch:silo", "--plan", path)
    more = ["--runs", "24", *SMALL, "--resume", out]
    renamed = write_plan(tmp_path / "renamed.csv", 0.9)
    other = write_plan(tmp_path / "other.csv", 0.8)
    said = invoke("optimize", "beauty-launch:silo", "--plan", other, *more).stderr
    assert "holds another search (another --plan)" in said
    said = invoke("optimize", "beauty-launch:unified", "--plan", path, *more).stderr
    assert "holds another search (variant silo there, unified here)" in said
    said = invoke("optimize", "beauty-launch", *more).stderr
    assert "(variant silo there, none here; another --plan)" in said
    result = invoke("optimize", "beauty-launch:silo", "--plan", renamed, *more)
    assert result.exit_code == 0, result.stderr
