"""An answer of `omnifunnel customers` made by hand, as far as figures read it."""

import math

LABELS = {
    "feed": "抖音信息流",
    "live": "抖音直播",
    "market": "天猫旗舰店",
    "private": "企业微信社群",
    "search": "Search advertising",
    "store": "线下门店",
    "weibo": "微博话题",
    "xhs": "小红书KOL种草",
    "no channel": "no channel",
}
COSTS = dict(zip(LABELS, (287, 445, 30, 8.4, 105, 109, 167, 648), strict=False))
VALUES = dict(zip(LABELS, (141, 155, 157, 192, 161, 166, 145, 148), strict=False))
COHORTS = {f"2026-0{n}": f"weeks {4 * n - 3}-{4 * n}" for n in range(1, 6)}


def around(mean, half):
    return {"mean": mean, "low": mean - half, "high": mean + half}


def curve(rate, half, ages=80):
    means = [math.exp(-rate * age**0.7) for age in range(ages)]
    return {
        "mean": means,
        "low": [mean - half if age else 1.0 for age, mean in enumerate(means)],
        "high": [mean + half if age else 1.0 for age, mean in enumerate(means)],
    }


def group(label, rate, half, ages=80):
    seen = [max(0.0, 1 - max(0, age - 49.5) / 30) for age in range(ages)]
    return {"label": label, "survival": curve(rate, half, ages), "observed": seen}


def example(*, spread=0.01, half=0.02):
    """Groups whose lapse rates differ by `spread`, with survival known to `half`."""
    channels = {
        key: {"label": label, "last_touch": {"customers": around(9_000.0 - 900 * n, 100.0)}}
        for n, (key, label) in enumerate(LABELS.items())
    }
    return {
        "currency": "CNY",
        "definitions": {"period": "week"},
        "customers": {"customers": around(50_000.0, 500.0)},
        "channels": channels,
        "cohorts": {
            key: {"label": label, "customers": around(9_000.0, 90.0)} for key, label in COHORTS.items()
        },
        "retention": {
            "window_periods": 13,
            "all": {"all": group("All", 0.06, half)},
            "channels": {
                key: group(label, 0.06 + spread * (n - 3), half)
                for n, (key, label) in enumerate(LABELS.items())
            },
            "cohorts": {key: group(label, 0.06, half) for key, label in COHORTS.items()},
        },
        "quadrants": {
            "median_cpa": 138.0,
            "median_ltv": 156.0,
            "channels": {
                key: {
                    "label": LABELS[key],
                    "cpa": around(cost, cost / 8),
                    "ltv": around(VALUES[key], 12.0),
                    "quadrant": _quadrant(cost <= 138.0, VALUES[key] >= 156.0),
                }
                for key, cost in COSTS.items()
            },
        },
    }


def _quadrant(cheap, good):
    names = {(1, 1): "expand", (0, 1): "make cheaper", (1, 0): "raise value", (0, 0): "cut or mend"}
    return names[cheap, good]
