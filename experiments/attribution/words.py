"""Sentences of `omnifunnel attribute SCENARIO`: what attribution is, what truth is, and why they part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.attribution.budgets import STATUS_QUO
from experiments.attribution.runs import BRAND, COMPLETE

if TYPE_CHECKING:
    from experiments.runner import Case

ONE_CHANNEL = "One channel: every rule gives it everything; there is nothing to compare."
ONE_PLAN = "Every rule, the truth and today's plan spend the same on each channel, so no budget is judged."
TITLES = {"conversions": "Orders", "value": "Revenue"}
#: Who sees such a channel comes to it, or is picked, because of where they stand on the way to buying.
CHOSEN = ("intent", "identified")


def measure_title(found: dict[str, Any], measure: str) -> str:
    """`Orders`, or `Revenue, CNY`."""
    return f"Revenue, {found['currency']}" if measure == "value" else TITLES[measure]


def compares_nothing(found: dict[str, Any]) -> bool:
    """Whether a single channel can be met, so that all rules agree."""
    return len(found["truth_method"]["channels"]) == 1


def plans_agree(found: dict[str, Any]) -> bool:
    """Whether all budgets are one and the same plan."""
    plans = [plan for part in (found, *found["views"].values()) for plan in (part["budgets"] or {}).values()]
    return all(plan == plans[0] for plan in plans)


def reading(case: Case, found: dict[str, Any], measure: str, replicates: int) -> str:
    """What every figure is and is not."""
    lines = [
        "Attribution describes paths: it shares out the orders that met a channel on the way. The truth is "
        "counterfactual: the market run again without channels under the same draws. "
        + _totals(found, measure),
        "Truth is the Shapley value, the mean gain over all orders in which channels could join; its parts "
        "add up to what all channels do together. Lift is the plan less the plan without the channel; lifts "
        "need not add up. Both count every order to the end of the tail, with or without a touch.",
        "" if compares_nothing(found) else _treatment(found, measure),
        _selection(case, found, measure),
        _views(found),
    ]
    if compares_nothing(found):
        lines.insert(0, ONE_CHANNEL)
    if found["regret"] is not None:
        lines += [ONE_PLAN] if plans_agree(found) else _money(found, replicates)
    else:
        lines.append("Nothing is spent under this plan, so no budget follows from any rule.")
    return "How to read\n" + "\n".join(f"- {line}" for line in lines if line)


def _totals(found: dict[str, Any], measure: str) -> str:
    paths, total = found["views"][COMPLETE]["paths"], found["truth_method"]["total"][measure]["mean"]
    word = "orders" if measure == "conversions" else f"{found['currency']} of revenue"
    credited, apart, true = (
        formatting.compact(amount).replace(" ", "")
        for amount in (paths[measure], paths[f"untouched_{measure}"], total)
    )
    days = f"{found['options']['lookback_days']:g}"
    within = "1 day" if days == "1" else f"{days} days"
    return (
        f"Rules credit {credited} {word}; {apart} met no channel within {within} and are in no credit; "
        f"the channels together bring {true}."
    )


def _treatment(found: dict[str, Any], measure: str) -> str:
    """How negative truth counts, and what error even a perfect rule would show."""
    floor, negative = found["truth_method"]["noise_floor"][measure], _negative(found, measure)
    text = (
        "The error is the mean over channels of the difference between credited and true share, in "
        "percentage points; rank is Spearman's correlation of credit and truth. A true share below zero "
        "stays below zero, and no rule can credit less than nothing"
        f"{f' (here: {negative})' if negative else ''}; in a budget it counts as zero."
    )
    if floor is not None:
        text += (
            f" A rule equal to the truth would show {100 * floor:.1f} points by the chance left in the truth."
        )
    return text


def _negative(found: dict[str, Any], measure: str) -> str:
    below = [found["channels"][name] for name, one in found["truth"].items() if one[measure] < 0]
    return ", ".join(below)


def _selection(case: Case, found: dict[str, Any], measure: str) -> str:
    """What the rules make of channels that follow people's intent (FACTS B.36)."""
    channels = case.file.scenario.channels
    chosen = [name for name in found["channels"] if channels[name].targeting.value in CHOSEN]
    credited = {rule: _part(table, chosen, measure) for rule, table in found["rules"].items()}
    known = {rule: share for rule, share in credited.items() if share is not None}
    true = _part(found["truth"], chosen, measure)
    text = (
        "Selection: people on their way to buying look for some channels and are picked by others, so their "
        "touches go before orders whatever these channels do."
    )
    if chosen and known and true is not None:
        least, most = min(known, key=lambda rule: known[rule]), max(known, key=lambda rule: known[rule])
        low, high = formatting.percent(known[least]), formatting.percent(known[most])
        span = low if low == high else f"{low} ({least}) to {high} ({most})"
        names = ", ".join(found["channels"][name] for name in chosen)
        verb, whose = ("gets", "its") if len(chosen) == 1 else ("get", "their")
        text += f" {names} {verb} {span} of the credit; {whose} true part is {formatting.percent(true)}."
    return (
        f"{text} No rule on paths mends this: in 663 experiments at Facebook observational methods missed "
        "the measured lift by a median of 62 to 115 percentage points (Gordon, Moakler, Zettelmeyer 2022)."
    )


def _part(table: dict[str, Any], names: list[str], measure: str) -> float | None:
    total = sum(one[measure] for one in table.values())
    return sum(table[name][measure] for name in names) / total if total > 0 else None


def _views(found: dict[str, Any]) -> str:
    views = found["views"]
    text = f"Complete view: {views[COMPLETE]['sees']}. Brand's view: {views[BRAND]['sees']}."
    if views[COMPLETE]["rules"] == views[BRAND]["rules"]:
        return f"{text} Here both give the same credits."
    if "tracking" not in views:
        text += " No channel loses touches here, so all that is added comes of split identities."
    else:
        text += " Lost touches and split identities also stand alone; what they add need not sum."
    return f"{text} An order is booked on the identity of the last touch the brand recorded."


def _money(found: dict[str, Any], replicates: int) -> list[str]:
    lines = [
        "Budgets split today's total over the channels that money can buy, in proportion to the value "
        "credited, with today's timing. A credit is an average over what was spent, not the return of more.",
        f"Regret: profit of the best plan judged here ({_best(found['best_plan'])}) less that of "
        f"the plan, on the same draws: {_further(replicates)} that no credit was read from. A better plan "
        "than these may exist: omnifunnel optimize looks for one.",
    ]
    if not found["limits_hold"]:
        lines.append("No plan of today's total meets the scenario's limits, so the budgets ignore them.")
    elif any(
        amount for part in found["views"].values() for amount in (part.get("moved_by_limits") or {}).values()
    ):
        lines.append(
            "'Moved by limits' is money that the scenario's limits took elsewhere, to the nearest plan that "
            "they allow."
        )
    return lines


def _best(plan: str) -> str:
    """`brand:markov_1` and the like in words."""
    view, _, rule = plan.rpartition(":")
    if view:
        return f"by {rule} in the {'complete view' if view == COMPLETE else 'view of the brand'}"
    return "today's" if rule == STATUS_QUO else "in proportion to the truth"


def _further(replicates: int) -> str:
    return "1 further replicate" if replicates == 1 else f"{replicates} further replicates"
