"""The tables and sentences of `omnifunnel truth`, made of its JSON answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from experiments import formatting, texts
from experiments.estimates import clear
from experiments.explain.words import counted
from experiments.tables import Estimate, Grid
from experiments.truth.estimates import RETURNS

if TYPE_CHECKING:
    from experiments.commands.options import Settings
    from experiments.runner import Case

DASH = "—"
#: Pairs listed on the terminal; all of them are in --json and --out.
MOST_PAIRS = 10


def sections(
    case: Case, found: dict[str, Any], measure: str, outage_periods: int, settings: Settings
) -> list[str | Grid]:
    """Tables in the order of reading, then what they rest on."""
    grids: list[str | Grid] = [
        f"{case.name}: {texts.replicates(settings.replicates)}, seed {settings.seed}; "
        "mean ± half of the 95 % interval, * where it excludes zero",
        _lift_grid(found),
        _returns_grid(found),
        _parts_grid(found, measure),
        _index_grid(found),
    ]
    if found["synergy"]:
        grids += [_matrix_grid(found, measure), _pairs_grid(found, measure)]
    if found["outages"]:
        grids += [_outage_grid(case, found), *_cut_note(case, outage_periods), _outage_sentence(case, found)]
    return [*grids, _reading(found, settings.replicates), _assumptions(case, settings.replicates)]


def cell(estimate: Estimate, unit: str) -> str:
    """Mean and half interval, or a dash for what is undefined."""
    return DASH if estimate["mean"] is None else formatting.plus_minus(estimate, unit)


def _unit(found: dict[str, Any], measure: str) -> str:
    return str(found["measures"][measure]["unit"])


def _title(found: dict[str, Any], measure: str) -> str:
    label, unit = found["measures"][measure]["label"], _unit(found, measure)
    return f"{label}, {found['currency']}" if unit == "money" else str(label)


def _lift_grid(found: dict[str, Any]) -> Grid:
    measures = ("customers", "orders", "revenue", "margin")
    rows = tuple(
        (
            one["label"],
            *(cell(one["lift"][name], _unit(found, name)) for name in measures),
            _gain(one["lift"]["orders"]),
        )
        for one in found["channels"].values()
    )
    header = ("Channel", *(_title(found, name) for name in measures), "Draws")
    return Grid("Lift: what is lost without the channel, all others staying", header, rows)


def _gain(lift: Mapping[str, float | None]) -> str:
    """How many times independent draws would widen the error of the orders lost."""
    common, independent = lift["se_common"], lift["se_independent"]
    return f"{independent / common:.1f} x" if common and independent is not None else DASH


def _returns_grid(found: dict[str, Any]) -> Grid:
    currency = found["currency"]
    header = ("Channel", f"Spend, {currency}", "iROAS", "ROI", "mROAS", "mROI", f"Others' spend, {currency}")
    rows = tuple(
        (
            one["label"],
            cell(one["spend"], "money") if one["spend"]["mean"] else DASH,
            *(cell(one[name], "ratio") for name in RETURNS),
            cell(one["spend_elsewhere"], "money"),
        )
        for one in found["channels"].values()
    )
    return Grid("Returns on a channel's own money: without it, and 5 % more against 5 % less", header, rows)


def _parts_grid(found: dict[str, Any], measure: str) -> Grid:
    """Three readings of one channel, and what each of them sums to."""
    unit, total = _unit(found, measure), found["total"][measure]["mean"]
    rows = []
    for one in found["channels"].values():
        shapley = one["shapley"] and one["shapley"][measure]
        readings = (one["lift"][measure], shapley, one["alone"][measure])
        share = formatting.percent(shapley["mean"] / total) if shapley and total else DASH
        error = shapley and shapley["se_orders"]
        rows.append(
            (
                one["label"],
                *(DASH if reading is None else cell(reading, unit) for reading in readings),
                share,
                DASH if error is None else formatting.compact(error).replace(" ", ""),
            )
        )
    rows.append(("Sum of the channels", *_sums(found, measure), "", ""))
    rows.append(("All channels together", "", cell(found["total"][measure], unit), "", "", ""))
    header = ("Channel", "Lift", "Shapley", "Alone", "Share", "Order error")
    return Grid(f"{_title(found, measure)}: removed last, on average, and added first", header, tuple(rows))


def _sums(found: dict[str, Any], measure: str) -> Iterator[str]:
    for figure in ("lift", "shapley", "alone"):
        tables = [one[figure] for one in found["channels"].values()]
        means = [table[measure]["mean"] for table in tables if table]
        yield formatting.compact(sum(means)).replace(" ", "") if means else DASH


def _index_grid(found: dict[str, Any]) -> Grid:
    rows = tuple(
        (
            _title(found, name),
            cell(one["together"], _unit(found, name)),
            cell(one["sum_alone"], _unit(found, name)),
            cell(one["index"], "ratio"),
        )
        for name, one in found["synergy_index"].items()
    )
    return Grid(
        "Synergy index: 1 additive, above 1 synergy", ("", "Together", "Sum of each alone", "Index"), rows
    )


def _matrix_grid(found: dict[str, Any], measure: str) -> Grid:
    """Lower triangle: removed from the full plan; upper triangle: added to nothing."""
    names = list(found["channels"])
    values = {(pair["first"], pair["second"]): pair for pair in found["synergy"]}

    def text(row: int, column: int) -> str:
        if row == column:
            return "·"
        pair = values[names[min(row, column)], names[max(row, column)]]
        one = pair["full" if row > column else "nothing"][measure]
        mean = formatting.compact(one["mean"], signed=True).replace(" ", "")
        return f"{mean}*" if clear(one) else f"{mean} "

    rows = tuple(
        (f"{row + 1} {found['channels'][name]['label']}", *(text(row, c) for c in range(len(names))))
        for row, name in enumerate(names)
    )
    title = f"Synergy of pairs, {_title(found, measure)}: below the dots in the full plan, above them alone"
    return Grid(title, ("", *(str(c + 1) for c in range(len(names)))), rows)


def _pairs_grid(found: dict[str, Any], measure: str) -> Grid:
    pairs = sorted(found["synergy"], key=lambda pair: -abs(pair["full"][measure]["mean"] or 0.0))
    parts = ("jaccard", "path_lift", "index")
    overlap = {(p["first"], p["second"]): p for p in (found["complementarity"] or {"pairs": ()})["pairs"]}
    rows = []
    for pair in pairs[:MOST_PAIRS]:
        known = overlap.get((pair["first"], pair["second"]), dict.fromkeys(parts))
        rows.append(
            (
                " + ".join(found["channels"][pair[side]]["label"] for side in ("first", "second")),
                *(cell(pair[base][measure], _unit(found, measure)) for base in ("full", "nothing")),
                *(DASH if known[part] is None else f"{known[part]:.2f}" for part in parts),
            )
        )
    header = ("Pair", "In the full plan", "Alone", "Jaccard", "Path lift", "Complementarity")
    return Grid(
        f"Strongest pairs, {_title(found, measure)} ({len(rows)} of {len(pairs)})", header, tuple(rows)
    )


def _outage_grid(case: Case, found: dict[str, Any]) -> Grid:
    outages, word = found["outages"], case.world.period.value
    rows = tuple(
        (
            case.labels[name],
            cell(one["kept"], "share"),
            one["verdict"] or DASH,
            cell(one["sold"], "share"),
            cell(one["after"], "share"),
            DASH if one["recovery_periods"] is None else str(one["recovery_periods"]),
        )
        for name, one in outages["channels"].items()
    )
    first, last = outages["first_period"], outages["last_period"]
    when = f"{word}s {first} to {last}" if last > first else f"{word} {first}"
    header = ("Channel out", "Orders kept", "60 % rule", "Closed there", "Orders after", f"Back in, {word}s")
    return Grid(f"Outage of one channel in {when}: neither shows nor sells", header, rows)


def _cut_note(case: Case, asked: int) -> list[str]:
    """That the outage is shorter than was asked for, if it is."""
    periods, word = case.world.periods, case.world.period.value
    if asked <= periods:
        return []
    of = counted(periods, word)
    return [f"The plan has {of}, so the outage lasts {of}, not the {asked} of --outage-periods."]


def _outage_sentence(case: Case, found: dict[str, Any]) -> str:
    outages = found["outages"]
    if outages["worst"] is None:
        return "No orders in the window: resilience is undefined."
    kept = outages["channels"][outages["worst"]]["kept"]
    told = {
        "holds": "the 60 % rule holds for every channel",
        "fails": "the 60 % rule is broken",
        "unclear": "whether the 60 % rule holds cannot be told; use more replicates",
    }[outages["verdict"]]
    name = case.labels[outages["worst"]]
    return f"Worst outage: {name} keeps {cell(kept, 'share')} of the orders; {told}."


def _reading(found: dict[str, Any], replicates: int) -> str:
    """Which counterfactual each figure uses, and what may be added up."""
    lines = [
        "Lift: the plan less the plan without the channel. Alone: this channel only, less none. "
        "These need not sum to anything; Shapley values sum to all channels together.",
        "Without a channel means that it shows nothing and gets no money; where it sells, it goes on "
        "selling. Word of mouth counts as a channel, so no channel at all is less than no spend at all.",
        "Returns compare with the plan without the channel's money, marginal ones 5 % more with 5 % less; "
        "money is the channel's own, and what that changes in the others' bills stands beside it.",
        "Customers, orders and money count to the end of the run, the time after the plan included.",
    ]
    if found["shapley"] and found["shapley"]["orders"]:
        lines.append(
            f"Shapley values: {found['shapley']['orders']} orders of joining in each replicate, half of them "
            "the reverse of the others; 'Order error' is the standard error that this sampling leaves."
        )
    if replicates > 1:
        lines.append(
            "Draws: how many times larger the standard error of the orders lost would be if both sides had "
            "draws of their own."
        )
    still = [one["label"] for one in found["channels"].values() if one["step_moved"] is False]
    if still:
        lines.append(
            f"Marginal returns missing, {', '.join(still)}: 5 % more or less of the money changed no "
            "simulated order in any replicate; this does not make them 0: use more consumers or replicates."
        )
    if found["silent"]:
        lines.append(f"Shows nothing under this plan, so its lift is zero: {', '.join(found['silent'])}.")
    return "How to read\n" + "\n".join(f"- {line}" for line in lines)


def _assumptions(case: Case, replicates: int) -> str:
    world = case.world
    lines = [
        *case.file.scenario.assumptions,
        texts.interval_line(replicates),
        f"{world.agents:,} consumers stand for {world.people:,} people; money is in {world.currency}.",
        "Effects, rates and prices are inputs of the scenario; none of them is estimated from data.",
    ]
    return "Assumptions\n" + "\n".join(f"- {line}" for line in lines)
