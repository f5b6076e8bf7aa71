"""An answer of `omnifunnel truth` made by hand: nine channels, long and Chinese labels, gains and losses."""

from itertools import combinations

LABELS = {
    "feed": "抖音信息流",
    "live": "抖音直播",
    "market": "天猫旗舰店",
    "private": "企业微信社群",
    "search": "Search advertising",
    "store": "线下门店",
    "weibo": "微博话题",
    "word": "口碑",
    "xhs": "小红书KOL种草",
}
UNITS = {"orders": ("Orders", "orders"), "profit": ("Margin less spend", "money")}


def around(mean, half):
    return {"mean": mean, "low": mean - half, "high": mean + half}


def parts(step):
    """Values of the nine channels; the second one loses."""
    return [-2.0 * step if number == 1 else step * (number + 1) for number in range(len(LABELS))]


def example(*, shapley=True, channels=LABELS):
    steps = {"orders": 1_800.0, "profit": 240_000.0}
    values = {measure: dict(zip(channels, parts(step), strict=False)) for measure, step in steps.items()}
    total = {measure: sum(values[measure].values()) for measure in steps}
    return {
        "currency": "CNY",
        "measures": {name: {"label": label, "unit": unit} for name, (label, unit) in UNITS.items()},
        "nobody": {name: around(2 * step, step / 9) for name, step in steps.items()},
        "plan_value": {name: around(2 * steps[name] + total[name], steps[name]) for name in steps},
        "shapley": {"method": "sampled", "orders": 12} if shapley else None,
        "channels": {
            name: {
                "label": label,
                "lift": {m: around(1.6 * values[m][name], steps[m]) for m in steps},
                "shapley": {m: around(values[m][name], steps[m] / 2) for m in steps} if shapley else None,
            }
            for name, label in channels.items()
        },
        "synergy": [
            {
                "first": first,
                "second": second,
                "full": {m: around(steps[m] * (number % 7 - 2), steps[m]) for m in steps},
                "nothing": {m: around(0.0, steps[m]) for m in steps},
            }
            for number, (first, second) in enumerate(combinations(channels, 2))
        ],
    }
