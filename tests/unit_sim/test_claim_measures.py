"""Measures of claims: intervals with their coverage, and each metric on a real market."""

import math

import numpy as np
import pytest

from sim import compile_world, load, measure_claims, simulate
from sim.measure import kpis
from sim.measure.claims.comparing import Sample, compared
from sim.measure.claims.metrics import ARGUMENTS, CLAIM_METRICS, metric_unit, split_metric
from sim.measure.claims.run_metrics import INCREMENTAL

ARGUMENT = {**ARGUMENTS, "dates": "2026-11-02..2026-11-15"}


@pytest.fixture(scope="module")
def markets():
    found = {}
    for name in (None, "silo"):
        asked = ["population.agents=1500", "experience={}", "loyalty={earn: 0.1, redeem_at: 5}"]
        file = load("beauty-launch", overrides=asked, variant=name)
        found[name or "base"] = compile_world(file.scenario), file.status_quo()
    return found


def written(name):
    kind = CLAIM_METRICS[name].argument
    return f"{name}:{ARGUMENT[kind]}" if kind else name


@pytest.fixture(scope="module")
def measured(markets):
    wanted = {"base": [written(name) for name in CLAIM_METRICS], "silo": ["cost_per_order", "orders"]}
    return measure_claims(markets, wanted, seed=3, replicates=3)


def lognormal(rng, mean, cv, size):
    spread = math.sqrt(math.log(1 + cv * cv))
    return mean * np.exp(rng.normal(-spread * spread / 2, spread, size))


def coverage(how, truth, *, correlated=True, trials=2_000, replicates=20):
    """Share of 95 % intervals that hold the true value, numerators sharing most of their spread."""
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(trials):
        common = lognormal(rng, 1.0, 0.15, replicates)
        other = common if correlated else lognormal(rng, 1.0, 0.15, replicates)
        one = Sample(
            150 * common * lognormal(rng, 1, 0.05, replicates), 50 * lognormal(rng, 1, 0.1, replicates)
        )
        two = Sample(
            90 * other * lognormal(rng, 1, 0.05, replicates), 45 * lognormal(rng, 1, 0.1, replicates)
        )
        found = compared(one, two, how=how)
        hits += found.low <= truth <= found.high
    return hits / trials


@pytest.mark.parametrize(("how", "truth"), [("level", 3.0), ("ratio", 1.5), ("difference", 1.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(how, truth):
    # 2,000 trials: a true 95 % lies within 3 standard errors, 0.935 to 0.965
    assert 0.935 <= coverage(how, truth) <= 0.965


def test_a_wrong_truth_is_not_covered():
    assert coverage("ratio", 1.6, trials=300) < 0.7


def test_what_is_common_to_both_sides_cancels():
    rng = np.random.default_rng(1)
    noise, ones = lognormal(rng, 1, 0.3, 20), np.ones(20)
    ratio = compared(Sample(200 * noise, ones), Sample(100 * noise, ones), how="ratio")
    assert ratio.mean == pytest.approx(2)
    assert ratio.high - ratio.low < 1e-9
    apart = compared(Sample(200 * noise, ones), Sample(100 * noise[::-1], ones), how="ratio")
    assert apart.high - apart.low > 0.1


def test_a_level_is_a_ratio_of_means_and_of_an_amount_the_plain_interval():
    sample = Sample(np.array([1.0, 3.0]), np.array([1.0, 9.0]))
    assert compared(sample).mean == pytest.approx(0.4)
    from sim import interval

    values = [4.0, 6.0, 5.5]
    assert compared(Sample(np.array(values), np.ones(3))).to_dict() == pytest.approx(
        interval(values).to_dict()
    )


def test_what_has_no_denominator_is_missing():
    nothing, one = Sample(np.ones(3), np.zeros(3)), Sample(np.ones(3), np.ones(3))
    assert compared(nothing) is None
    assert compared(one, Sample(np.zeros(3), np.ones(3)), how="ratio") is None
    assert compared(one, Sample(np.zeros(3), np.ones(3)), how="difference").mean == 1
    assert compared(Sample(np.array([1.0, math.nan]), np.ones(2))) is None
    single = compared(Sample(np.ones(1), np.ones(1)))
    assert (single.mean, single.low, single.high) == (1.0, None, None)


@pytest.mark.parametrize("name", CLAIM_METRICS)
def test_every_metric_has_a_value_in_a_real_market(name, measured):
    sample = measured["base", written(name)]
    assert math.isfinite(sample.level)
    if CLAIM_METRICS[name].unit == "share":
        assert 0 <= sample.level <= 1


def test_metrics_agree_with_the_run(markets, measured):
    world, plan = markets["base"]
    runs = [simulate(world, plan, seed=3, replicate=r) for r in range(3)]
    orders = [run.orders_tjkr.sum() * world.weight for run in runs]
    assert measured["base", "orders"].above_r.tolist() == orders
    spend = sum(run.billed_tc.sum() for run in runs) / world.minor
    assert measured["base", "cost_per_order"].level == pytest.approx(spend / sum(orders))
    best = [float(run.orders_tjkr.sum(axis=(1, 2, 3)).max()) * world.weight for run in runs]
    assert measured["base", "orders_peak"].above_r.tolist() == pytest.approx(best)


def test_shares_add_up(markets):
    world, _ = markets["base"]
    shops = [f"channel_orders_share:{name}" for name in world.sell_channels]
    touches = [f"channel_touch_share:{name}" for name in world.channels]
    paths = ["path_channels_share:0-2", "path_channels_share:3-5", "path_channels_share:6-99"]
    found = measure_claims(markets, {"base": shops + touches + paths}, seed=3, replicates=2)
    for group in (shops, touches, paths):
        assert sum(found["base", metric].level for metric in group) == pytest.approx(1)


def test_dates_take_the_periods_that_begin_in_them(markets):
    whole = "orders_between:2026-09-07..2028-12-31"
    weeks = ["orders_between:2026-09-07..2026-09-20", "orders_between:2026-09-21..2028-12-31"]
    found = measure_claims(markets, {"base": [whole, *weeks, "orders"]}, seed=3, replicates=1)
    assert found["base", whole].level == pytest.approx(found["base", "orders"].level)
    assert sum(found["base", one].level for one in weeks) == pytest.approx(found["base", "orders"].level)


def test_quotients_between_dates_are_of_those_dates(markets):
    whole, weeks = "2026-09-07..2028-12-31", "2026-09-21..2026-10-18"
    names = ("roas_between", "repeat_share_between", "revenue_between", "spend_between")
    wanted = [f"{name}:{dates}" for name in names for dates in (whole, weeks)]
    wanted += ["roas", "repeat_orders_share"]
    found = measure_claims(markets, {"base": wanted}, seed=3, replicates=1)
    level = {metric: found["base", metric].level for metric in wanted}
    assert level[f"roas_between:{whole}"] == pytest.approx(level["roas"])
    assert level[f"repeat_share_between:{whole}"] == pytest.approx(level["repeat_orders_share"])
    few = level[f"revenue_between:{weeks}"] / level[f"spend_between:{weeks}"]
    assert level[f"roas_between:{weeks}"] == pytest.approx(few)
    assert few != pytest.approx(level["roas"], rel=0.1)


def test_clicks_of_all_channels_and_customers_for_each(markets):
    world, _ = markets["base"]
    each = [f"channel_clicks:{name}" for name in world.channels]
    last, whole = "channel_acquired_last:search", "clicks_between:2026-09-07..2028-12-31"
    found = measure_claims(
        markets, {"base": [*each, last, whole, "channel_conversion:search"]}, seed=3, replicates=1
    )
    level = {metric: found["base", metric].level for metric in [*each, last, whole]}
    assert level[whole] == pytest.approx(sum(level[one] for one in each))
    rate = found["base", "channel_conversion:search"].level
    assert rate == pytest.approx(level[last] / level["channel_clicks:search"])


def test_the_worst_outage_is_that_of_one_channel(markets, measured):
    world, _ = markets["base"]
    each = [f"outage_kept:{name}" for name in world.channels]
    found = measure_claims(markets, {"base": each}, seed=3, replicates=3)
    worst = measured["base", "worst_outage_kept"]
    assert worst.level == min(sample.level for sample in found.values())
    assert found["base", f"outage_kept:{worst.detail}"].level == worst.level


def test_variants_meet_the_same_draws_whatever_the_threads(markets, measured):
    wanted = {"base": ["cost_per_order"], "silo": ["cost_per_order"]}
    found = measure_claims(markets, wanted, seed=3, replicates=3, threads=1)
    for variant in wanted:
        one, other = found[variant, "cost_per_order"], measured[variant, "cost_per_order"]
        assert one.above_r.tolist() == other.above_r.tolist()
    assert found["silo", "cost_per_order"].level > found["base", "cost_per_order"].level


def test_what_a_variant_took_away_is_missing():
    gone = ["channels.expos=null", "plan.per_period={vertical_media: 400000}", "population.agents=400"]
    file = load("conflicting-rules", overrides=gone)
    market = {"base": (compile_world(file.scenario), file.status_quo())}
    wanted = {"base": ["channel_reach:expos", "channel_orders_share:expos", "orders"]}
    found = measure_claims(market, wanted, seed=3, replicates=2)
    assert compared(found["base", "channel_reach:expos"]) is None
    assert compared(found["base", "channel_orders_share:expos"]) is None
    assert found["base", "orders"].level > 0


def test_only_incremental_kpis_need_the_run_without_spend(markets):
    from sim.market.plan import Plan

    world, plan = markets["base"]
    run = simulate(world, plan, seed=3)
    base = simulate(world, Plan.zero(world.channels, world.periods), seed=3)
    moved = {name for name, kpi in kpis.KPIS.items() if kpi.value(run, base) != kpi.value(run, run)}
    assert moved == INCREMENTAL


def test_names_and_units():
    assert split_metric("channel_orders:store") == ("channel_orders", "store")
    assert metric_unit("repeat_rate", "difference") == "share"
    assert metric_unit("channel_revenue:store", "ratio") == "ratio"
    for name, metric in CLAIM_METRICS.items():
        assert metric.unit in ("money", "people", "orders", "ratio", "share", "count"), name
        assert metric.says
        assert metric.argument in ("", *ARGUMENTS)
