"""`omnifunnel replan`: everyone beside the status quo and the one-shot plan, and a verdict that follows."""

import json

import pytest
from click.testing import CliRunner
from replan_example import CHANNELS, LABELS, example

from experiments.cli import main
from experiments.plots.budget_flow import flow_data
from experiments.replan.words import counts, short_names, verdict
from optimize import POLICIES
from sim import read_spend

SMALL = ["--set", "population.agents=1500", "--set", "calendar.tail=4", "--replicates", "3", "--quiet"]


def invoke(*args):
    return CliRunner().invoke(main, ["replan", "beauty-launch", *SMALL, *(str(arg) for arg in args)])


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    out = tmp_path_factory.mktemp("replan") / "out"
    result = invoke("--policy", "markov,cull", "--runs", "12", "--reserve", "0.1", "--json", "--out", out)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), out


def test_policies_stand_beside_the_status_quo_and_the_one_shot_plan(stored):
    found, _ = stored
    assert list(found["plans"]) == ["status_quo", "one_shot", "markov", "cull"]
    assert [one["replanned"] for one in found["plans"].values()] == [False, False, True, True]
    assert set(found["plans"]["markov"]["against"]) == {"status_quo", "one_shot"}
    assert set(found["plans"]["status_quo"]["against"]) == {"one_shot"}
    for name, one in found["plans"].items():
        if name != "status_quo":
            change = one["against"]["status_quo"]["profit"]
            difference = (
                one["kpis"]["profit"]["mean"] - found["plans"]["status_quo"]["kpis"]["profit"]["mean"]
            )
            assert change["mean"] == pytest.approx(difference)
            assert change["low"] < change["mean"] < change["high"]


def test_every_plan_offers_the_total_block_by_block(stored):
    found, _ = stored
    for one in found["plans"].values():
        money = [sum(channel["mean"] for channel in block.values()) for block in one["blocks"]]
        assert len(money) == len(found["blocks"]) == 4
        assert sum(money) == pytest.approx(found["total"], abs=1.0)
    assert money[-1] > 1.3 * money[0], "the reserve waits for the last block"


def test_tables_figures_and_the_one_shot_plan_are_written(stored):
    found, out = stored
    for name in ("flow", "policies"):
        assert (out / "figures" / f"{name}.png").stat().st_size > 10_000
    blocks = (out / "blocks.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(blocks) == 1 + 4 * 4 * 8
    text = (out / "summary.txt").read_text(encoding="utf-8")
    assert "Re-planning every 13 periods" in text
    assert "markov = as Markov chain credits" in text
    channels = ["douyin_feed", "douyin_live", "marketplace", "private_domain", "search", "store", "weibo"]
    names = (*channels, "word_of_mouth", "xiaohongshu_kol")
    plan = read_spend(out / "one_shot.csv", channels=names, periods=52)
    assert plan.total == pytest.approx(found["total"])


def test_another_market_than_expected_keeps_the_one_shot_plan(stored):
    found, _ = stored
    result = invoke(
        "--policy", "markov", "--runs", "12", "--reserve", "0.1", "--turns-out", "dear_search", "--json"
    )
    other = json.loads(result.stdout)
    assert other["turns_out"] == "dear_search"
    for one, two in zip(
        other["plans"]["one_shot"]["blocks"], found["plans"]["one_shot"]["blocks"], strict=True
    ):
        assert one == two
    kpis = [each["plans"]["one_shot"]["kpis"]["profit"]["mean"] for each in (other, found)]
    assert kpis[0] != kpis[1]


def test_without_runs_there_is_no_one_shot_plan_and_the_same_seed_gives_the_same_answer():
    first, second = (invoke("--policy", "cull", "--runs", "0", "--every", "26", "--json") for _ in range(2))
    assert first.exit_code == 0, first.stderr
    assert first.stdout == second.stdout
    assert list(json.loads(first.stdout)["plans"]) == ["status_quo", "cull"]


def test_a_stop_keeps_the_replicates_that_are_done(monkeypatch):
    import optimize

    real, left = optimize.replan, [2]

    def stops(*args, **options):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(*args, **options)

    monkeypatch.setattr("optimize.replan", stops)
    result = invoke("--policy", "cull", "--runs", "0", "--every", "26", "--json")
    assert result.exit_code == 130
    found = json.loads(result.stdout)
    assert (found["interrupted"], found["replicates"]) == (True, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--policy", "magic"], "no policy 'magic'"),
        (["--turns-out", "magic"], "magic"),
        (["--every", "52"], "1 to 51 periods, got 52"),
        (["--reserve", "2"], "reserve"),
    ],
)
def test_what_cannot_be_is_refused(arguments, said):
    result = invoke("--runs", "0", *arguments)
    assert result.exit_code == 2
    assert said in str(result.exception or "") + result.stderr


def test_the_help_names_every_policy():
    assert all(name in invoke("--help").stdout for name in POLICIES)


@pytest.mark.parametrize(
    ("profits", "one_shot", "said"),
    [
        (
            {"one_shot": 1.2e7, "markov": 1.1e7},
            True,
            "pays against the status quo, but no policy is clearly better",
        ),
        (
            {"one_shot": 1.2e7, "markov": 1.3e7},
            True,
            "pays here, even against a plan searched before the start",
        ),
        ({"one_shot": 1.2e7, "markov": 1.02e7}, True, "does not pay here"),
        ({"markov": 1.1e7}, False, "pays here against the status quo"),
    ],
)
def test_the_verdict_follows_the_intervals(profits, one_shot, said):
    summary = example(profits={"status_quo": 1e7} | profits, one_shot=one_shot)
    text = verdict(summary)
    assert said in text
    assert "In front is 'as Markov chain credits'" in text


def test_policies_count_as_better_or_worse_by_their_own_interval():
    assert counts(example(), "status_quo") == (["markov"], ["cull"])
    assert counts(example(half=3e6), "status_quo") == ([], [])


def test_the_flow_folds_small_channels_and_keeps_the_money():
    summary = example()
    data = flow_data(summary, CHANNELS, short_names(summary))
    assert len(data.layers) == 8
    assert data.layers[-1] == "other channels"
    assert data.plans[:3] == ("status quo", "one-shot plan", "hold")
    assert len(data.plans) == len(LABELS)
    for plan, layers in zip(summary["plans"].values(), data.money, strict=True):
        drawn = [sum(layer[f] for layer in layers) for f in range(4)]
        assert drawn == pytest.approx([sum(c["mean"] for c in block.values()) for block in plan["blocks"]])
    assert "as Markov chain credits" in data.title
