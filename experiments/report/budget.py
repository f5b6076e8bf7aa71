"""Sections of a budget search: the budget, its timing, what drives it, rules, trade-off, targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments import formatting
from experiments.report.blocks import Block, Cell, Row, Table, Text, row
from experiments.report.folder import RunFolder
from experiments.report.kpis import change
from experiments.report.labels import channel_labels, currency_of
from experiments.report.prices import limit_name, marginal_blocks
from experiments.report.speech import Speech

#: Channels with a column of their own in the table of flights.
WIDEST = 5
#: Share of the total that is free from which on it has a row.
WORTH_A_ROW = 0.005
#: Money below which a curve shows no gain.
NO_GAIN = 0.5
#: Chances closer to none and to certain are not told apart.
LEAST = 0.01


def placed(summary: Mapping[str, Any], plan: str) -> dict[str, float]:
    """Money of a plan by channel that finds an audience; all of it in answers that do not tell."""
    found: dict[str, float] = summary[plan].get("placed") or summary[plan]["spend"]
    return found


def budget_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Money placed by channel: now, recommended, change; what to offer for it, the limit it stops at."""
    summary, labels = folder.summary, channel_labels(folder, say)
    now, new = placed(summary, "status_quo"), placed(summary, "recommended")
    offer = summary["recommended"]["spend"]
    hit: dict[str, list[str]] = {}
    for limit in summary["binding"]:
        for channel in limit["channels"]:
            hit.setdefault(channel, []).append(limit_name(limit, say("a_window"), say))
    rows = [
        _budget_row(
            labels.get(c, c),
            now.get(c, 0.0),
            new[c],
            offer[c],
            say.list(list(dict.fromkeys(hit.get(c, [])))),
        )
        for c in sorted(new, key=lambda name: -new[name])
        if new[c] > 0 or now.get(c, 0.0) > 0
    ]
    totals = (sum(now.values()), sum(new.values()), sum(offer.values()))
    rows.append(_budget_row(say("total"), *totals, "", kind="total"))
    free = free_money(summary)
    if free > 0:
        rows.append(_free_row(summary, totals[0], free, say))
    header = tuple(
        say(key)
        for key in ("channel", "now", "recommended", "change", "change_share", "to_offer", "limit_hit")
    )
    if not hit:
        header, rows = header[:-1], [Row(one.cells[:-1], one.kind) for one in rows]
    caption = say("budget_caption", currency=currency_of(folder))
    return [Table(caption, header, tuple(rows), note=say("not_placed_note"))]


def _free_row(summary: Mapping[str, Any], placed_now: float, free: float, say: Speech) -> Row:
    """What of either total is not placed."""
    now = sum(summary["status_quo"]["spend"].values()) - placed_now
    change = formatting.number(free - now, "count", signed=True)
    return row(
        (say("free_row"), *(formatting.number(one, "count") for one in (now, free)), change, "", "", "")
    )


def free_money(summary: Mapping[str, Any]) -> float:
    """Money of a total to be spent that is not placed; 0 where it is not worth a row."""
    found = summary.get("free_money") or {}
    free: float = found.get("total") or 0.0
    return free if found.get("fixed") and free >= WORTH_A_ROW * summary["total"] else 0.0


def _budget_row(label: str, now: float, new: float, offer: float, hit: str, kind: str = "") -> Row:
    return row(
        (
            label,
            formatting.number(now, "count"),
            formatting.number(new, "count"),
            formatting.number(new - now, "count", signed=True),
            formatting.percent(new / now - 1, signed=True) if now > 0 else formatting.MISSING,
            formatting.number(offer, "count"),
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
        rows.append(row([say.drawn(flight["flight"]), *(formatting.number(a, "count") for a in amounts)]))
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
    extra = marginal_blocks(folder, say)
    rows = tuple(
        row((curve["label"], *(formatting.number(part, "count", signed=True) for part in (moved, gain))))
        for gain, moved, curve in moves
    )
    if all(abs(gain) < NO_GAIN for gain, _, _ in moves):
        return extra
    note = say("drivers_note", measure=_measure(moves[0][2]["measure"], say))
    header = (say("channel"), f"{say('moved')}, {currency}", f"{say('gain')}, {currency}")
    return [Table(say("drivers_caption"), header, rows, note=note), *_fits(summary, currency, say), *extra]


def _measure(measure: str, say: Speech) -> str:
    """What a curve shows, as it stands inside a sentence."""
    return measure if say.lang == "en" else say.drawn(f"{measure[:1].upper()}{measure[1:]}")


def _fits(summary: dict[str, Any], currency: str, say: Speech) -> list[Block]:
    told = []
    for name, fit in summary["fit"].items():
        unseen = fit["holdout"] if fit["holdout"] is not None else fit["leave_one_out"]
        missed = formatting.compact(unseen, currency=currency) if unseen is not None else formatting.MISSING
        share = formatting.percent(fit["r2"], digits=1)
        told.append(say("fit", kpi=say.sentence("kpi", name), plans=fit["plans"], share=share, missed=missed))
    return [Text(line, "note") for line in told]


def rule_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Every plan of the final with its chance of being the best; rules of thumb that took no part in it."""
    summary, currency = folder.summary, currency_of(folder)
    plans = {name: summary[name] for name in ("status_quo", "recommended")} | summary["baselines"]
    goals = [goal for goal in summary["objective"].split(",") if goal in summary["status_quo"]["kpis"]]
    finalists = summary.get("finalists", [])
    known = {one["plan"] for one in finalists}
    rows = []
    for name, plan in plans.items():
        cells: list[str | Cell] = [say.plan(name)]
        cells.append(formatting.number(sum(plan["spend"].values()), "count"))
        cells += [Cell(*say.halves(plan["kpis"][g], plan["kpis"][g]["unit"])) for g in goals]
        if name not in known:
            rows.append(row(cells))
    header = (say("plan"), say("offered", currency=currency), *(say.name("kpi", goal) for goal in goals))
    rules = [Table(say("rules_caption"), header, tuple(rows))] if rows else []
    return [*_final(finalists, goals[0], summary, currency, say), *rules] if goals else [*rules]


def _final(
    finalists: Sequence[dict[str, Any]], goal: str, summary: dict[str, Any], currency: str, say: Speech
) -> list[Block]:
    """The final as a table, the likeliest best first as the judge ranked them."""
    if not finalists:
        return []
    unit = summary["status_quo"]["kpis"][goal]["unit"]
    rows = tuple(
        row(
            (
                say.plan(one["plan"]),
                say.found_by(one["origin"], summary["method"]),
                _sum(one.get("spend")),
                Cell(*say.halves(one["value"], unit)),
                formatting.MISSING if one["against"] is None else change(one["against"], unit, say),
                chance(one["chance"]),
            )
        )
        for one in finalists
    )
    names = (
        say("plan"),
        say.name("column", "found_by"),
        say("offered", currency=currency),
        say.name("kpi", goal),
    )
    header = (*names, say.name("column", "against"), say.name("column", "chance_best"))
    return [Table(say("finalists_caption"), header, rows, left=2, note=say("star"))]


def _sum(spend: dict[str, float] | None) -> str:
    return formatting.MISSING if spend is None else formatting.number(sum(spend.values()), "count")


def chance(share: float | None) -> str:
    """A probability that draws give: never none, never certain."""
    if share is None:
        return formatting.MISSING
    return "< 1 %" if share < LEAST else "> 99 %" if share > 1 - LEAST else formatting.percent(share)


def front_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """The plans of the trade-off that no other judged plan beats in both objectives."""
    summary = folder.summary
    if not summary["pareto"]:
        return []
    units = summary["status_quo"]["kpis"]
    goals = [goal for goal in summary["objective"].split(",") if goal in units]
    rows, front = [], {point["plan"]: point for point in summary["pareto"]}
    every = (summary.get("frontier") or {}).get("points", ())
    beaten = {point["plan"]: point for point in every if point.get("recommended")}
    for name, point in (front | beaten).items():
        values = [Cell(*say.halves(point["kpis"][g], units[g]["unit"])) for g in goals]
        rows.append(row([say.plan(name), *values]))
    header = (say("plan"), *(say.name("kpi", goal) for goal in goals))
    volume = (summary.get("frontier") or {}).get("hypervolume")
    notes = [] if beaten.keys() <= front.keys() else [say("front_beaten")]
    notes += [say("hypervolume", share=say.interval(volume, "share"))] if volume else []
    note = (" " if say.lang == "en" else "").join(notes)
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
