"""Sections of a budget search: the budget, its timing, what drives it, limits, rules, trade-off, targets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from experiments import formatting
from experiments.report.blocks import Block, Cell, Row, Table, Text, row
from experiments.report.folder import RunFolder
from experiments.report.labels import channel_labels, currency_of
from experiments.report.plain import plain_table
from experiments.report.speech import Speech

#: Channels with a column of their own in the table of flights.
WIDEST = 5


def budget_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Money by channel: now, recommended, change, what is not placed, the limit it stops at."""
    summary, labels = folder.summary, channel_labels(folder, say)
    now, new = summary["status_quo"]["spend"], summary["recommended"]["spend"]
    idle = summary["recommended"]["unplaced"]
    hit: dict[str, list[str]] = {}
    for limit in summary["binding"]:
        for channel in limit["channels"]:
            hit.setdefault(channel, []).append(say.name("limit", limit["kind"]))
    rows = [
        _budget_row(labels.get(c, c), now.get(c, 0.0), new[c], idle.get(c), say.list(hit.get(c, [])))
        for c in sorted(new, key=lambda name: -new[name])
        if new[c] > 0 or now.get(c, 0.0) > 0
    ]
    totals = (sum(now.values()), sum(new.values()), sum(value or 0.0 for value in idle.values()))
    rows.append(_budget_row(say("total"), *totals, "", kind="total"))
    header = tuple(
        say(key)
        for key in ("channel", "now", "recommended", "change", "change_share", "not_placed", "limit_hit")
    )
    if not hit:
        header, rows = header[:-1], [Row(one.cells[:-1], one.kind) for one in rows]
    caption = say("budget_caption", currency=currency_of(folder))
    return [Table(caption, header, tuple(rows), note=say("not_placed_note"))]


def _budget_row(label: str, now: float, new: float, idle: float | None, hit: str, kind: str = "") -> Row:
    return row(
        (
            label,
            formatting.number(now, "count"),
            formatting.number(new, "count"),
            formatting.number(new - now, "count", signed=True),
            formatting.percent(new / now - 1, signed=True) if now > 0 else formatting.MISSING,
            formatting.number(idle, "count"),
            hit,
        ),
        kind,
    )


def flight_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Recommended money by flight: all channels and the largest ones, today's total beside it."""
    flights = folder.summary["flights"]
    if len(flights) < 2:
        return []
    new, labels = folder.summary["recommended"]["spend"], channel_labels(folder, say)
    largest = sorted((c for c in new if new[c] > 0), key=lambda c: -new[c])[:WIDEST]
    rows = []
    for flight in flights:
        amounts = [sum(flight["now"].values()), sum(flight["recommended"].values())]
        amounts += [flight["recommended"][c] for c in largest]
        rows.append(row([flight["flight"], *(formatting.number(a, "count") for a in amounts)]))
    header = (say("flight"), say("all_now"), say("all_new"), *(labels.get(c, c) for c in largest))
    return [Table(say("flights_caption", currency=currency_of(folder)), header, tuple(rows))]


def curve_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """What a reader must know of the curves above."""
    return [Text(say("curves_note"), "note")] if folder.summary["curves"] else []


def driver_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """What moving each channel's money brings along its fitted curve, the largest gain first."""
    summary, currency = folder.summary, currency_of(folder)
    first = summary["objective"].split(",")[0]
    moves = []
    for curve in summary["curves"]:
        (now, before), (new, after) = curve["now"], curve["recommended"]
        if curve["objective"] == first and abs(new - now) > 0.5:
            moves.append((after - before, new - now, curve))
    moves.sort(key=lambda move: -move[0])
    extra = captioned("marginal", say("marginal_caption"), folder, say)
    rows = tuple(
        row((curve["label"], *(formatting.number(part, "count", signed=True) for part in (moved, gain))))
        for gain, moved, curve in moves
    )
    if not rows:
        return extra
    note = say("drivers_note", measure=moves[0][2]["measure"])
    header = (say("channel"), f"{say('moved')}, {currency}", f"{say('gain')}, {currency}")
    return [Table(say("drivers_caption"), header, rows, note=note), *_fits(summary, currency, say), *extra]


def _fits(summary: dict[str, Any], currency: str, say: Speech) -> list[Block]:
    told = []
    for name, fit in summary["fit"].items():
        unseen = fit["holdout"] if fit["holdout"] is not None else fit["leave_one_out"]
        missed = formatting.compact(unseen, currency=currency) if unseen is not None else formatting.MISSING
        share = formatting.percent(fit["r2"], digits=1)
        told.append(say("fit", kpi=say.sentence("kpi", name), plans=fit["plans"], share=share, missed=missed))
    return [Text(line, "note") for line in told]


def captioned(name: str, caption: str, folder: RunFolder, say: Speech) -> list[Block]:
    """A table of the directory as it is, under a caption; nothing where the directory has none."""
    return [replace(plain_table(name, folder, say), caption=caption)] if name in folder.sheets else []


def limit_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """What a little more budget would do, and the limits met with their prices."""
    summary, currency, labels = folder.summary, currency_of(folder), channel_labels(folder, say)
    kpi = summary["objective"].split(",")[0]
    step = 0.01 * summary["total"]
    amount = formatting.number(step, "money", currency=currency)
    found: list[Block] = []
    price = summary["shadow_price"]
    if price is not None and price["value"] is not None:
        found.append(Text(_shadow(price, kpi, step, amount, currency, say)))
    rows = []
    for limit in summary["binding"]:
        worth = limit["shadow_price"]
        told = formatting.MISSING if worth is None else _worth(worth * step, kpi, currency)
        on = " + ".join(labels.get(c, c) for c in limit["channels"]) or say("all_channels")
        bound = formatting.number(limit["amount"], "count" if limit["kind"] == "channels" else "money")
        rows.append(row((on, say.name("limit", limit["kind"]), bound, told)))
    if not rows:
        return [*found, Text(say("no_limit"))]
    header = (
        *(say("on_what"), say("limit"), say("bound")),
        say("worth", kpi=say.name("kpi", kpi), step=amount),
    )
    return [*found, Table(say("limits_caption"), header, tuple(rows), left=2, note=say("prices_note"))]


def _worth(change: float, kpi: str, currency: str) -> str:
    """A change of the objective: three digits of a ratio, whole money."""
    if kpi == "roi":
        return f"{change:+.3f}" if abs(change) >= 5e-4 else "0"
    digits = "count" if abs(change) >= 100 else "money"
    text = formatting.number(change, digits, signed=True)
    return f"{currency} {text}" if currency else text


def _shadow(price: dict[str, Any], kpi: str, step: float, amount: str, currency: str, say: Speech) -> str:
    """What 1 % more of the whole plan does on the judge's draws, or by the curves where it was not judged."""
    name, told = say.name("kpi", kpi), _worth(price["value"] * step, kpi, currency)
    low, high, word = price.get("low"), price.get("high"), price.get("word")
    if low is None or high is None or word is None:
        return say("shadow", step=amount, kpi=name, price=told)
    span = {"low": _worth(low * step, kpi, currency), "high": _worth(high * step, kpi, currency)}
    return say("shadow_judged", step=amount, kpi=name, price=told, word=say.name("word", word), **span)


def rule_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Today's plan, the recommended one and rules of thumb on the objectives."""
    summary, currency = folder.summary, currency_of(folder)
    plans = {name: summary[name] for name in ("status_quo", "recommended")} | summary["baselines"]
    goals = [goal for goal in summary["objective"].split(",") if goal in summary["status_quo"]["kpis"]]
    rows = []
    for name, plan in plans.items():
        cells: list[str | Cell] = [say.name("plan", name)]
        cells.append(formatting.number(sum(plan["spend"].values()), "count"))
        cells += [Cell(*say.halves(plan["kpis"][g], plan["kpis"][g]["unit"])) for g in goals]
        rows.append(row(cells))
    header = (say("plan"), say("spend", currency=currency), *(say.name("kpi", goal) for goal in goals))
    finalists = captioned("finalists", say("finalists_caption"), folder, say)
    return [*finalists, Table(say("rules_caption"), header, tuple(rows))]


def front_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """The plans of the trade-off that no other judged plan beats in both objectives."""
    summary = folder.summary
    if not summary["pareto"]:
        return []
    units = summary["status_quo"]["kpis"]
    goals = [goal for goal in summary["objective"].split(",") if goal in units]
    rows = []
    for number, point in enumerate(summary["pareto"], start=1):
        chosen = point.get("recommended", point["knee"])
        name = say.name("plan", "recommended") if chosen else say("choice", number=number)
        rows.append(row([name, *(Cell(*say.halves(point["kpis"][g], units[g]["unit"])) for g in goals)]))
    header = (say("plan"), *(say.name("kpi", goal) for goal in goals))
    volume = (summary.get("frontier") or {}).get("hypervolume")
    note = say("hypervolume", share=say.interval(volume, "share")) if volume else ""
    return [Table(say("front_caption"), header, tuple(rows), note=note)]


def target_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Targets with what the judge found."""
    rows = []
    for check in folder.summary["targets"]:
        unit = target_unit(check["target"])
        side = say("at_least" if check["least"] else "at_most")
        rows.append(
            row(
                (
                    say.name("target", check["target"]),
                    f"{side} {formatting.number(check['bound'], unit)}",
                    Cell(*say.halves(check["value"], unit)),
                    say.name("word", check["word"]),
                )
            )
        )
    header = (say("target"), say("required"), say("judged"), say("result"))
    return [Table(say("targets_caption"), header, tuple(rows))] if rows else []


def target_unit(name: str) -> str:
    """The unit that a target's bound is given in."""
    from optimize import TARGETS

    return TARGETS[name].unit if name in TARGETS else "ratio"
