"""The verdict, the front and the JSON."""

import json

import numpy as np
import pytest
from analytic import AnalyticMarket, PairedValues

from optimize import BASELINES, OBJECTIVES, optimize
from optimize.pareto import knee, non_dominated, spread
from optimize.verdict import decide

PROFIT = (OBJECTIVES["profit"],)


def verdict(recommended, status_quo, **amounts):
    values = {"recommended": {"profit": tuple(recommended)}, "status_quo": {"profit": tuple(status_quo)}}
    values |= {"historical": {"profit": tuple(amounts.pop("historical", status_quo))}}
    options = {"currency": "CNY", "total": 100.0, "today": 100.0} | amounts
    return decide(PairedValues(values), PROFIT, **options)


def test_better_only_when_the_whole_interval_is_above_zero():
    said = verdict([1_500_000, 1_510_000, 1_490_000], [1_000_000, 1_000_000, 1_000_000])
    assert said.word == "better"
    assert "+CNY 500,000" in said.text


def test_an_interval_that_holds_zero_is_no_better():
    said = verdict([110, 95, 103], [100, 100, 100])
    assert said.word == "no better"
    assert "no better than the status quo" in said.text
    assert "Keep the status quo." in said.text


def test_worse_is_said():
    assert verdict([90, 91, 89], [100, 100, 100]).word == "worse"


def test_the_same_plan_is_no_better():
    assert verdict([100, 101, 99], [100, 101, 99]).word == "no better"


def test_one_replicate_decides_nothing():
    assert verdict([200], [100]).word == "undecided"


def test_another_total_is_also_compared_at_the_same_total():
    said = verdict([150, 151, 149], [100, 100, 100], historical=[150, 152, 148.5], total=200.0)
    assert said.word == "better"
    assert "no better than today's mix at the same total of CNY 200" in said.text


@pytest.mark.parametrize(("free", "said"), [(30.0, True), (1.0, False)])
def test_money_that_is_not_placed_is_told(free, said):
    values = {"recommended": {"profit": (150.0, 151.0)}, "status_quo": {"profit": (100.0, 100.0)}}
    found = decide(PairedValues(values), PROFIT, currency="CNY", total=100.0, today=100.0, free=free)
    text = "CNY 30 of the total (30%) finds no audience: it is not placed, and free for something else."
    assert found.text.endswith(text) == said
    assert ("audience" in found.text) == said


def test_what_cannot_be_told_apart_and_what_another_start_might_advise_is_said():
    values = {"recommended": {"profit": (150.0, 151.0)}, "status_quo": {"profit": (100.0, 100.0)}}
    found = decide(
        PairedValues(values),
        PROFIT,
        currency="CNY",
        total=100.0,
        today=100.0,
        equals=["finalist 1", "today's mix"],
        unsure=["TV", "Search"],
        totals=(80.0, 130.0),
    )
    assert "Finalist 1 and today's mix cannot be told apart from it: any of them will do." in found.text
    assert found.text.endswith(
        "Another start of the search might spend anything from CNY 80 to CNY 130 and give TV or Search more "
        "than today, or less, and be as good."
    )


def test_non_dominated_rows_against_the_definition():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 12, (60, 2)).astype(float)
    kept = non_dominated(values)
    beaten = [any(np.all(o >= v) and np.any(o > v) for o in values) for v in values]
    assert {tuple(values[n]) for n in kept} == {
        tuple(v) for v, bad in zip(values, beaten, strict=True) if not bad
    }
    assert len({tuple(values[n]) for n in kept}) == len(kept)


def test_spread_keeps_the_ends_and_knee_is_in_the_middle():
    angle = np.linspace(0, np.pi / 2, 40)
    front = np.stack([np.cos(angle), 1_000 * np.sin(angle)], axis=1)
    chosen = spread(front, 8)
    assert len(chosen) == 8
    assert {0, 39} <= set(chosen)
    assert 15 < knee(front) < 24


@pytest.mark.parametrize("objectives", [("profit",), ("roi", "ltv")])
def test_json_holds_what_it_promises_and_only_finite_numbers(objectives):
    market = AnalyticMarket(4, noise=0.05)
    problem = market.problem(objectives=objectives, upper={0: 0.1})
    result = optimize(problem, method="lp", runs=40, seed=1, replicates=4, meter=market)
    answer = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    for key in (
        "schema_version",
        "scenario",
        "seed",
        "method",
        "objective",
        "runs_used",
        "difference",
        "verdict",
    ):
        assert key in answer
    for row in ("status_quo", "recommended"):
        assert set(answer[row]["spend"]) == set(market.world.channels)
        assert set(answer[row]["kpis"]["roi"]) == {"mean", "low", "high"}
    assert sum(answer["recommended"]["spend"].values()) == pytest.approx(problem.total)
    assert answer["shadow_price"]["value"] is not None
    assert "EUR" in answer["shadow_price"]["unit"]
    assert len(answer["curves"]) == 4 * len(objectives)
    assert answer["fit"][objectives[0]]["leave_one_out"] > 0
    assert set(answer["baselines"]) == set(BASELINES) >= {"equal", "historical", "five_three_two"}
    assert len(answer["trace"]) == len(result.trace)
    assert bool(answer["pareto"]) == (len(objectives) > 1)
    curve = answer["curves"][0]
    assert len(curve["sampled_amounts"]) == len(curve["sampled_gain"]) > 5


def test_a_binding_limit_is_named_with_a_price_that_foretells_its_relaxation():
    """Raising a cap that binds by 2 % of the total gains about its price; profit in currency per currency."""
    market = AnalyticMarket(5, seed=4)
    cap = {int(np.argmax(market.gain_c)): 0.1}
    found = optimize(market.problem(upper=cap), runs=120, seed=0, replicates=2, meter=market)
    limit = found.explanation.binding[0]
    assert limit.kind == "max"
    wider = {c: share + 0.02 for c, share in cap.items()}
    more = optimize(market.problem(upper=wider), runs=120, seed=0, replicates=2, meter=market)
    gained = market.margin(more.recommended.total_c) - market.margin(found.recommended.total_c)
    assert limit.shadow_price == pytest.approx(gained / (0.02 * market.total), rel=0.25)


def test_the_price_of_the_total_by_the_curves_agrees_with_the_judge():
    market = AnalyticMarket(6, seed=2)
    found = optimize(market.problem(), runs=150, seed=0, replicates=2, meter=market, marginal=2)
    price = found.explanation.shadow_price
    assert price.curves == pytest.approx(price.judged.mean, rel=0.15)
    answer = found.to_dict()["shadow_price"]
    assert answer["value"] == answer["simulated"] == price.judged.mean
    assert (answer["low"], answer["high"]) == (price.judged.low, price.judged.high)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_status_quo_that_the_limits_forbid_is_not_to_be_kept(allowed):
    values = {"recommended": {"profit": (99.0, 101.0)}, "status_quo": {"profit": (100.0, 100.0)}}
    found = decide(PairedValues(values), PROFIT, currency="CNY", total=100.0, today=100.0, allowed=allowed)
    assert found.keep == allowed
    assert ("Keep the status quo." in found.text) == allowed
    assert ("is not allowed" in found.text) != allowed
