"""An answer of `omnifunnel replan` with long and Chinese labels, for the tests of its words and figures."""

from __future__ import annotations

CHANNELS = {f"c{n}": f"小红书KOL种草 {n}" for n in range(9)}
LABELS = {
    "status_quo": "status quo",
    "one_shot": "one-shot plan",
    "hold": "keep the mix where it can be placed",
    "last_click": "as last touch credits",
    "markov": "as Markov chain credits",
    "proportional_roi": "in proportion to credited ROAS",
    "cull": "cull below credited ROAS 2",
    "rfm": "channel health (RFM) below 0.8",
    "surrogate": "curves through credited revenue",
}


def around(mean, half):
    return {"mean": mean, "low": mean - half, "high": mean + half, "unit": "money"}


def example(*, profits=None, half=5e5, blocks=4, one_shot=True):
    """Plans with these mean profits; a difference is clear where it is larger than `half`."""
    profits = (
        {"status_quo": 1e7, "one_shot": 1.2e7, "markov": 1.1e7, "cull": 8e6} if profits is None else profits
    )
    profits = {name: profits.get(name, 1e7 + 1e4 * n) for n, name in enumerate(LABELS)}
    if not one_shot:
        del profits["one_shot"]
    kpis = ("profit", "roi", "revenue", "new_customers", "active_end", "unspent", "repeat_rate")
    plans = {}
    for number, (name, profit) in enumerate(profits.items()):
        others = [other for other in ("status_quo", "one_shot") if other in profits and other != name]
        plans[name] = {
            "label": LABELS[name],
            "replanned": name not in ("status_quo", "one_shot"),
            "kpis": {kpi: around(profit, 1e6) for kpi in kpis},
            "against": {
                other: {kpi: around(profit - profits[other], half) for kpi in kpis} for other in others
            },
            "blocks": [
                {c: around(1e5 * (1 + (n + number * f) % 9), 1e4) for n, c in enumerate(CHANNELS)}
                for f in range(blocks)
            ],
        }
    return {
        "objective": "profit",
        "every": 13,
        "reserve": 0.1,
        "thresholds": {"least_roas": 2.0, "least_activity": 0.8, "room": 2.0},
        "runs": 200,
        "panel": 10_000,
        "turns_out": None,
        "interrupted": False,
        "replicates": 20,
        "currency": "CNY",
        "blocks": [
            {
                "name": f"2026-{1 + f % 12:02d}-01 to 2026-{1 + f % 12:02d}-28",
                "first_period": f,
                "last_period": f,
            }
            for f in range(blocks)
        ],
        "plans": plans,
    }
