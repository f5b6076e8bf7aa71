"""What a little more money would do: in all, at each limit, and in each channel.

Every price is told for one step that people can picture, a hundredth of the budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments import formatting, texts
from experiments.report.blocks import Block, Cell, Table, Text, row
from experiments.report.folder import RunFolder
from experiments.report.labels import channel_labels, currency_of
from experiments.report.speech import Speech

#: The step as a share of the budget.
STEP = 0.01
#: Changes of a ratio and of money that read as none.
NOTHING = {"ratio": 5e-4, "money": 0.5}
#: Where a fixed amount would go -> the text that says so.
SIDES = {"more": "upwards", "less": "downwards"}
#: Amounts of one limit that are listed; of more the smallest and the largest.
LISTED = 4


def limit_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """What a little more budget would do, and the limits met with what giving way would bring."""
    summary, currency, labels = folder.summary, currency_of(folder), channel_labels(folder, say)
    kpi, unit = _goal(summary)
    step = STEP * summary["total"]
    amount = formatting.number(step, "money", currency=currency)
    found: list[Block] = []
    price = summary["shadow_price"]
    if price is not None and price["value"] is not None:
        words = {"step": amount, "kpi": say.sentence("kpi", kpi)}
        found.append(Text(_shadow(price, step, unit, currency, say, words)))
    rows = []
    for (channels, kind, _), limits in _together(summary["binding"]).items():
        prices = [limit["shadow_price"] for limit in limits]
        told = formatting.MISSING
        if len(limits) == 1 and prices[0] is not None:
            told = _eased(prices[0] * step, kind, unit, currency, say)
        on = " + ".join(labels.get(c, c) for c in channels) or say("all_channels")
        window = texts.window_of(limits[0]["limit"])
        name = limit_name(limits[0], window, say)
        rows.append(row((on, name, _bounds(limits, kind, say), told)))
    if not rows:
        return [*found, Text(say("no_limit"))]
    worth = say("worth", kpi=say.sentence("kpi", kpi), step=amount)
    header = (say("on_what"), say("limit"), say("bound"), worth)
    return [*found, Table(say("limits_caption"), header, tuple(rows), left=2, note=say("prices_note"))]


def limit_name(limit: Mapping[str, Any], window: str, say: Speech) -> str:
    """What a limit is called; one that holds in a window only says so, by the words given for it."""
    kind = texts.kind_of(limit["kind"], limit["channels"], limit["limit"])
    name = say.name("limit", kind)
    return say("in_window", limit=name, window=window) if texts.window_of(limit["limit"]) else name


def _goal(summary: Mapping[str, Any]) -> tuple[str, str]:
    """The first objective and its unit."""
    kpi = summary["objective"].split(",")[0]
    known = summary["difference"].get(kpi)
    return kpi, known["unit"] if known else "money"


def _together(
    limits: Sequence[Mapping[str, Any]],
) -> dict[tuple[tuple[str, ...], str, str], list[Mapping[str, Any]]]:
    """Limits of one kind on the same channels in the same window, which differ in their flight, as one."""
    found: dict[tuple[tuple[str, ...], str, str], list[Mapping[str, Any]]] = {}
    for limit in limits:
        key = (tuple(limit["channels"]), limit["kind"], texts.window_of(limit["limit"]))
        found.setdefault(key, []).append(limit)
    return found


def _bounds(limits: Sequence[Mapping[str, Any]], kind: str, say: Speech) -> str:
    amounts = [limit["amount"] for limit in limits]
    if len(amounts) > LISTED:
        amounts = [min(amounts), max(amounts)]
    units = ["count" if kind == "channels" or amount == 0 else "money" for amount in amounts]
    told = [formatting.number(amount, unit) for amount, unit in zip(amounts, units, strict=True)]
    return say("ends", low=told[0], high=told[1]) if len(limits) > LISTED else " / ".join(told)


def _eased(change: float, kind: str, unit: str, currency: str, say: Speech) -> str:
    """What the objective gains where a limit gives way; a fixed amount gives way to the better side."""
    if _none(change, unit):
        return say("no_change")
    gain, side = texts.eased(change, kind)
    told = _change(gain, unit, currency)
    return f"{told} ({say(SIDES[side])})" if side else told


def _none(change: float, unit: str) -> bool:
    return abs(change) < NOTHING.get(unit, NOTHING["money"])


def _change(change: float, unit: str, currency: str, *, signed: bool = True) -> str:
    """A change of the objective: two digits of a ratio that count, whole money."""
    if unit == "money":
        text = formatting.number(round(change), "count", signed=signed)
        return f"{currency} {text}" if currency else text
    (text,) = formatting.interval_parts((change,), unit, signed=True)
    return text if signed else text.lstrip("+-")


def _shadow(
    price: Mapping[str, Any], step: float, unit: str, currency: str, say: Speech, words: dict[str, str]
) -> str:
    """What 1 % more of the whole plan does on the judge's draws, or by the curves where it was not judged."""
    told = _moved(price["value"] * step, unit, currency, say, words["kpi"])
    low, high, word = (price.get(key) for key in ("low", "high", "word"))
    if low is None or high is None or word is None:
        return say("shadow", change=told, **words)
    ends = {"low": _change(low * step, unit, currency), "high": _change(high * step, unit, currency)}
    return say("shadow_judged", change=told, word=say.name("word", word), **ends, **words)


def _moved(change: float, unit: str, currency: str, say: Speech, kpi: str) -> str:
    """`raise ROI by about 0.012`, in words."""
    if _none(change, unit):
        return say("price_none", kpi=kpi)
    amount = _change(abs(change), unit, currency, signed=False)
    return say("price_up" if change > 0 else "price_down", kpi=kpi, amount=amount)


def marginal_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """What the last money of each channel brings, and how far its amount may move."""
    summary, labels, currency = folder.summary, channel_labels(folder, say), currency_of(folder)
    if not summary.get("marginal"):
        return []
    kpi, unit = _goal(summary)
    step = STEP * summary["total"]
    flat = {one["channel"]: one for one in summary["flat"]}
    rows = tuple(
        _marginal_row(one, flat.get(one["channel"]), step, unit, labels, say) for one in summary["marginal"]
    )
    header = (
        say("channel"),
        say("offered", currency=currency),
        say.name("column", "mroi"),
        say("step_change", kpi=say.sentence("kpi", kpi)),
        say("step_against"),
        say.name("column", "word"),
        say("flat_range", currency=currency),
    )
    amount = formatting.number(step, "money", currency=currency)
    note = say("marginal_note", step=amount, kpi=say.sentence("kpi", kpi))
    return [Table(say("marginal_caption"), header, rows, note=note)]


def _marginal_row(
    one: Mapping[str, Any],
    flat: Mapping[str, Any] | None,
    step: float,
    unit: str,
    labels: Mapping[str, str],
    say: Speech,
) -> Any:
    span = formatting.MISSING
    if flat is not None:
        low, high = (formatting.number(flat[end], "count") for end in ("low", "high"))
        span = low if low == high else say("ends", low=low, high=high)
    return row(
        (
            labels.get(one["channel"], one["label"]),
            formatting.number(one["spend"], "count"),
            Cell(*say.halves(one["mroi"], "ratio")),
            *(_scaled(one[key], step, unit, say) for key in ("slope", "against")),
            say.name("word", one["word"], one["word"]),
            span,
        )
    )


def _scaled(slope: Mapping[str, Any] | None, step: float, unit: str, say: Speech) -> Cell:
    """A change per unit of money as that of a step."""
    if slope is None or slope["mean"] is None:
        return Cell(formatting.MISSING)
    change = {end: None if slope[end] is None else step * slope[end] for end in ("mean", "low", "high")}
    return Cell(*say.halves(change, unit, signed=True, short=True))
