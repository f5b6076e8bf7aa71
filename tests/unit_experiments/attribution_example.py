"""An answer of `omnifunnel attribute SCENARIO` made by hand: ten rules, long and Chinese labels, losses."""

from truth_example import LABELS, around

RULES = (
    "first", "last", "last_non_direct", "linear", "time_decay", "position",
    "markov_1", "markov_2", "markov_3", "shapley",
)  # fmt: skip
TRUE = dict(zip(LABELS, [22.0, -2.0, 14.0, 6.0, 17.0, 10.0, 12.0, 1.0, 20.0], strict=True))


def _table(amounts):
    return {name: {"conversions": 1e3 * amount, "value": 2e5 * amount} for name, amount in amounts.items()}


def _credit(number, loss):
    """Rules differ by how much they give to the shop, and the brand's view gives it more."""
    shift = 0.8 * number + loss
    amounts = {name: max(amount, 0.0) for name, amount in TRUE.items()}
    return {**amounts, "market": amounts["market"] + 9 * shift, "xhs": max(amounts["xhs"] - 2 * shift, 0.5)}


def _scores(number, loss):
    one = {"share_error": around(0.03 + 0.006 * number + 0.01 * loss, 0.004), "rank_correlation": 0.4}
    return dict.fromkeys(("conversions", "value"), one)


def _earned(regret):
    return {
        "profit": around(1.4e7 - regret, 9e5),
        "regret": around(regret, 6e5),
        "difference": around(3.9e6 - regret, 7e5),
    }


def _view(loss, rules):
    return {
        "rules": {rule: _table(_credit(number, loss)) for number, rule in enumerate(rules)},
        "scoreboard": {rule: _scores(number, loss) for number, rule in enumerate(rules)},
        "regret": {rule: _earned(3.2e6 + 7e5 * number + 2e6 * loss) for number, rule in enumerate(rules)},
    }


def example(*, rules=RULES):
    views = {"complete": _view(0, rules), "brand": _view(1, rules)}
    return {
        "currency": "CNY",
        "channels": LABELS,
        "rules": views["complete"]["rules"],
        "truth": _table(TRUE),
        "views": views,
        "regret": {"status_quo": _earned(3.9e6), "truth": _earned(0.0), **views["complete"]["regret"]},
    }


STAGES = ("unaware", "aware", "interested", "deciding", "customer", "loyal", "advocate", "lapsed")


def journeys_example():
    """The heat map of an answer of `omnifunnel journeys`: full rows, empty cells, a channel never met."""
    heat = []
    for number, name in enumerate(LABELS):
        touches = (
            [max(0, (s + 1) * (number + 1) * 37 - 300 * number) for s in range(8)] if number != 1 else [0] * 8
        )
        whole = sum(touches)
        heat.append(
            {
                "channel": name,
                "touches": touches,
                "shares": [one / whole if whole else None for one in touches],
                "rates": [one / 4000 if s != 6 else None for s, one in enumerate(touches)],
            }
        )
    return {"channels": LABELS, "stages": list(STAGES), "period": "week", "heat_map": heat}
