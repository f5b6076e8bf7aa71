"""One example of each figure's data, with long and Chinese labels: what the figure tests draw."""

import numpy as np
from attribution_example import example as attribution_example, journeys_example
from claims_example import example as claims_example
from customers_example import example as customers_example
from replan_example import CHANNELS, example as replan_example
from truth_example import example as truth_example

from experiments.comparing.ranking import rank
from experiments.plots.budget import budget_data
from experiments.plots.budget_flow import flow_data
from experiments.plots.claims import claims_data
from experiments.plots.comparison import comparison_data
from experiments.plots.difference import difference_data
from experiments.plots.flights import flights_data
from experiments.plots.funnel import funnel_data
from experiments.plots.heatmap import heatmap_data
from experiments.plots.pareto import ParetoPoint, pareto_data
from experiments.plots.quadrants import quadrants_data
from experiments.plots.race import race_data
from experiments.plots.ranking import ranking_data
from experiments.plots.reach_frequency import reach_data
from experiments.plots.regret import regret_data
from experiments.plots.response import ResponseCurve, response_data
from experiments.plots.retention import retention_data
from experiments.plots.scoreboard import scoreboard_data
from experiments.plots.synergy import synergy_data
from experiments.plots.tornado import tornado_data
from experiments.plots.waterfall import waterfall_data
from experiments.replan.words import short_names

LABELS = {
    "xhs": "小红书KOL种草",
    "weibo": "微博话题",
    "feed": "抖音信息流",
    "live": "抖音直播",
    "search": "搜索",
    "market": "天猫旗舰店",
    "private": "企业微信社群",
    "store": "线下门店",
}
NOW = dict(zip(LABELS, [2.08e6, 0.78e6, 2.34e6, 1.82e6, 2.08e6, 2.08e6, 0.78e6, 2.08e6], strict=True))
NEW = dict(zip(LABELS, [2.98e6, 0.28e6, 1.34e6, 1.82e6, 2.88e6, 1.98e6, 1.78e6, 0.98e6], strict=True))
STAGES = ["unaware", "aware", "interested", "deciding", "customer", "loyal", "advocate", "lapsed"]
KPIS = {
    "roi": ("ROI (incremental)", "ratio", "higher"),
    "ltv": ("Lifetime value per new customer", "money", "higher"),
    "cac": ("Cost per new customer", "money", "lower"),
    "new_customers": ("New customers", "people", "higher"),
    "revenue": ("Revenue", "money", "higher"),
    "repeat_rate": ("Repeat rate", "share", "higher"),
    "unspent": ("Unspent", "money", None),
}


def around(mean, half):
    return {"mean": mean, "low": mean - half, "high": mean + half}


BASE = {
    "roi": around(1.02, 0.05),
    "ltv": around(210, 3),
    "cac": around(102, 3),
    "new_customers": around(140_000, 2_000),
    "revenue": around(42e6, 5e5),
    "repeat_rate": around(0.31, 0.01),
    "unspent": around(100, 50),
}
CHANGE = {
    "roi": around(0.16, 0.04),
    "ltv": around(-4, 2),
    "cac": around(-9, 3),
    "new_customers": around(12_000, 3_000),
    "revenue": around(1.2e6, 3e5),
    "repeat_rate": around(0.001, 0.004),
    "unspent": around(30_000, 5_000),
}


def _occupancy(lead):
    t, s = np.arange(105)[:, None], np.arange(8)[None]
    shares = np.exp(-((t / 104 * 9 - s - lead) ** 2) / 6) + 0.01
    return 4e6 * shares / shares.sum(axis=1, keepdims=True)


def _curves():
    grid = np.linspace(0, 4e6, 30)
    for number, channel in enumerate(LABELS, start=1):
        heights = 6e5 + 2e5 * number * grid / (grid + 1.2e6)
        sampled = tuple((NOW[channel] * f, 6e5 + 1e5 * number * f) for f in (0.0, 0.5, 1.0, 1.5))
        fitted = tuple(zip(grid.tolist(), heights.tolist(), strict=True))
        limits = (702_000, 1.8e6, "at a limit: +0.012") if channel == "store" else ()
        yield ResponseCurve(LABELS[channel], sampled, fitted, NOW[channel], NEW[channel], *limits)


def _exposures():
    """Consumers by exposures, and exposures, of channels from rare to heavy."""
    counts_cf = np.array([[5 * c + 40, *range(16, 16 + c), *[1 + c] * (15 - c)] for c in range(len(LABELS))])
    return counts_cf, (counts_cf * np.arange(16)).sum(axis=1) * 12.0


def _comparison():
    factors = {"beauty-launch": 1.0, "identity-silo": 0.9, "unified-customer-view": 1.1, "same": 1.004}
    cases = {
        n: {k: around(v["mean"] * f, v["mean"] * 0.03) for k, v in BASE.items()} for n, f in factors.items()
    }
    first = cases["beauty-launch"]
    change = {
        name: {k: around(case[k]["mean"] - first[k]["mean"], first[k]["mean"] * 0.02) for k in BASE}
        for name, case in cases.items()
        if name != "beauty-launch"
    }
    return comparison_data({k: KPIS[k] for k in list(KPIS)[:6]}, cases, change, currency="CNY")


def _ranking():
    noise = np.random.default_rng(0).normal(scale=2e5, size=20)
    gains = {"beauty-launch": 0.0, "identity-silo": -2e6, "unified-customer-view": 3e4, "同样的钱": 1e4}
    values = {
        name: list(1.1e7 + gain + noise + n * 1e4 * noise[::-1] / 2e5)
        for n, (name, gain) in enumerate(gains.items())
    }
    return ranking_data(rank("profit", values, {"retail-media": "another market"}, currency="CNY"))


def _limited(which):
    """Budgets whose limits lie behind short bars, close together and at one point; with long labels."""
    labels = {
        "tv": "Television, national and regional spots, prime time",
        "xhs": "小红书KOL与品牌自播种草联合投放",
        "ooh": "Out-of-home",
        "print": "Print",
        "feed": "Facebook",
    }
    now = dict(zip(labels, [123_149, 163_046, 125_437, 77_194, 45_630], strict=True))
    new = dict(zip(labels, [123_149, 170_078, 87_806, 54_036, 31_941], strict=True))
    wide = {name: (0.7 * amount, 1.5 * amount) for name, amount in now.items()}
    limits = {"wide": wide, "close": {name: (0.995 * amount, 1.005 * amount) for name, amount in new.items()}}
    fixed = {"tv": (123_149, 123_149)}
    return budget_data(list(labels), labels, now, new, currency="EUR", limits=limits[which] | fixed)


ORIGINS = ("response surface", "linear programme", "response surface", "today's mix")
FRONT = [
    ParetoPoint(around(1.2 - 0.02 * i * i / 3, 0.03), around(200 + 5 * i, 2), ORIGINS[i % 4], i == 4)
    for i in range(8)
]
BEATEN = [ParetoPoint(around(0.7 + 0.1 * i, 0.03), around(204 - i, 2), ORIGINS[i]) for i in range(4)]


def worlds():
    """The table behind a tornado: the judge's world, other draws, variants and five assumptions."""
    rows = [
        {"name": name, "kind": kind, "word": "better", "difference": around(mean, 0.05)}
        for name, kind, mean in (
            ("as judged", "judged", 0.35),
            ("other draws", "draws", 0.33),
            ("no_synergy", "variant", 0.2),
            ("a_variant_with_a_rather_long_name", "variant", 0.3),
        )
    ]
    for n, name in enumerate(("gross margin", "effect of 小红书KOL种草", "media prices", "lapse rate")):
        for sign, side in (("-", -1), ("+", 1)):
            change = around(0.35 + side * 0.04 * (1 + n), 0.06)
            rows.append(
                {"name": f"{name} {sign}20%", "kind": "assumption", "word": "better", "difference": change}
            )
    rows[-2] |= {"word": "no better", "difference": around(0.02, 0.06)}
    return rows


def _flights(count):
    """Money by flight of all channels and two more, flat now and moved recommended."""
    labels = LABELS | {"radio": "Radio", "tv": "Television"}
    now = [{c: NOW.get(c, 2e5) / count for c in labels} for _ in range(count)]
    new = [{c: NEW.get(c, 1e5) / count * (1.4 - 0.8 * f / (count - 1)) for c in labels} for f in range(count)]
    first = np.datetime64("2026-09-07")
    names = [f"{first + 7 * f} to {first + 7 * f + 6}" for f in range(count)]
    return flights_data(names, labels, now, new, currency="CNY")


def _race():
    """Five searches, rules that lie close together and far apart."""
    league = [{"name": "status_quo", "runs": 0, "median": 30.0, "worst": 30.0}]
    for n, name in enumerate(
        ("equal", "historical", "five_three_two", "proportional_to_roi", "cull_below_roas")
    ):
        league.append({"name": name, "runs": 0, "median": 30.0 - 0.2 * n**3, "worst": 30.0})
    league += [{"name": name, "runs": 0, "median": 52.0, "worst": 52.0} for name in ("last_click", "markov")]
    for n, name in enumerate(("default", "lp", "successive", "greedy", "search")):
        for runs in (50, 100, 200, 400):
            row = {"name": name, "runs": runs, "median": (1 + n) * 50 / runs, "worst": (2 + n) * 90 / runs}
            league.append(row | {"repeats": 10})
    thresholds = {"least_roas": 2.0, "least_activity": 0.8}
    return {
        "thresholds": thresholds,
        "league": league,
        "unit": "per cent of the best plan's profit",
        "replicates": 20,
    }


def _flow(**changes):
    summary = replan_example(**changes)
    return flow_data(summary, CHANNELS, short_names(summary))


EXAMPLES = {
    "flow": _flow(),
    "flow_of_weeks": _flow(blocks=52, one_shot=False),
    "budget": budget_data(list(LABELS), LABELS, NOW, NEW, currency="CNY", limits={"store": (702_000, 3e6)}),
    "budget_limited": _limited("wide"),
    "budget_held": _limited("close"),
    "funnel": funnel_data({"now": _occupancy(0.0)}, STAGES, paid_periods=52, period_name="week"),
    "funnels": funnel_data(
        {"now": _occupancy(0.0), "recommended": _occupancy(0.2)}, STAGES, paid_periods=52, period_name="week"
    ),
    "difference": difference_data(KPIS, BASE, CHANGE, currency="CNY"),
    "response": response_data(
        list(_curves()),
        score_label="Incremental margin, CNY",
        score_unit="money",
        currency="CNY",
        note="1 % more budget: ROI -0.012 (-0.015 to -0.009), clearly negative",
    ),
    "pareto": pareto_data(
        FRONT,
        ParetoPoint(around(1.0, 0.02), around(205, 1)),
        FRONT[2],
        labels=("ROI", "Lifetime value"),
        units=("ratio", "money"),
        currency="CNY",
        beaten=BEATEN,
    ),
    "flights": _flights(13),
    "flights_by_week": _flights(52),
    "tornado": tornado_data(worlds(), label="ROI (incremental)", unit="ratio", currency="CNY"),
    "comparison": _comparison(),
    "ranking": _ranking(),
    "claims": claims_data(claims_example()),
    "reach": reach_data(list(LABELS.values()), *_exposures()),
    "waterfall": waterfall_data(truth_example(), "orders"),
    "waterfall_of_lifts": waterfall_data(truth_example(shapley=False), "profit"),
    "synergy": synergy_data(truth_example(), "profit", "full"),
    "scoreboard": scoreboard_data(attribution_example(), "value"),
    "scoreboard_of_two": scoreboard_data(attribution_example(rules=("last", "markov_1")), "conversions"),
    "race": race_data(_race()),
    "regret": regret_data(attribution_example()),
    "heat_map": heatmap_data(journeys_example()),
    "retention": retention_data(customers_example(), "channels"),
    "retention_of_cohorts": retention_data(customers_example(), "cohorts"),
    "quadrants": quadrants_data(customers_example()),
}
