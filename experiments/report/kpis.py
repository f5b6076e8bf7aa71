"""Key figures by plan with their intervals, paired differences, and the ranking of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from experiments.estimates import clear
from experiments.report.blocks import Block, Cell, Fact, Facts, Row, Table, row
from experiments.report.folder import RunFolder
from experiments.report.labels import Estimates, currency_of, estimates_of
from experiments.report.plain import plain_table
from experiments.report.speech import Speech

#: Rows of the table by group; a KPI that stands in none goes to `other`.
GROUPS = {
    "return": ("roi", "profit", "ltv", "cac", "ltv_cac", "roas", "iroas"),
    "sales": (
        *("new_customers", "incremental_customers", "orders", "revenue", "margin", "incremental_margin"),
        *("aov", "repeat_rate"),
    ),
    "base": ("active_end", "advocates_end", "lapsed_end"),
    "funnel": ("pass_discover", "pass_engage", "pass_decide", "pass_convert"),
    "money": ("spend", "unspent"),
}
#: Columns from which on numbers are short, so that a table fits the page.
WIDE = 3
#: Key figures under the verdict.
HEADLINES = ("roi", "profit", "new_customers", "cac", "ltv")
BASE = "status_quo"
NEW = ("recommended", "plan")


def kpi_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """One table for a single plan or a plan against today's; two for several."""
    plans, units = estimates_of(folder, "kpis")
    differences, _ = estimates_of(folder, "differences")
    if not plans:
        return []
    new = next((name for name in NEW if name in plans and name in differences), None)
    if new is not None:
        now = next(iter(plans))
        columns = {say("now"): plans[now], say.name("plan", new).capitalize(): plans[new]}
        return [_table(folder, say, units, columns, {say("difference"): differences[new]})]
    if len(plans) == 1:
        return [_table(folder, say, units, {say("mean_interval"): next(iter(plans.values()))}, {})]
    both = _table(folder, say, units, plans, {}, caption=say("kpis_caption"))
    if len(_moneys(folder, plans)) > 1:
        cases = folder.summary["cases"]
        both = replace(
            both, header=(both.header[0], *(f"{name}, {cases[name]['currency']}" for name in plans))
        )
    base, found = next(iter(plans)), []
    for world, key in ((False, "differences_caption"), (True, "worlds_caption")):
        changes = {name: one for name, one in differences.items() if is_world(folder, name) == world}
        if changes:
            found.append(_table(folder, say, units, {}, changes, caption=say(key, base=base)))
    return [*found, both]


def _table(
    folder: RunFolder,
    say: Speech,
    units: Mapping[str, str],
    columns: Mapping[str, Estimates],
    changes: Mapping[str, Estimates],
    *,
    caption: str = "",
) -> Table:
    """Columns of estimates, then columns of differences with their stars."""
    moneys, short = _moneys(folder, columns), len(columns) + len(changes) > WIDE
    currency = moneys.pop() if len(moneys) == 1 else ""
    rows: list[Row] = []
    lead = ranked_by(folder)
    for group, members in _groups(units, lead).items():
        rows += [] if members == [lead] else [row([say.name("group", group)], "group")]
        for kpi in members:
            label = say.name("kpi", kpi, kpi_label(kpi))
            cells = [Cell(f"{label}, {currency}" if units[kpi] == "money" and currency else label)]
            cells += [
                Cell(*say.halves(column.get(kpi), units[kpi], short=short)) for column in columns.values()
            ]
            cells += [change(column.get(kpi), units[kpi], say, short=short) for column in changes.values()]
            rows.append(row(cells))
    note = say("paired") if changes else ""
    return Table(caption, (say("kpi"), *columns, *changes), tuple(rows), note=note)


def change(
    estimate: Mapping[str, float | None] | None, unit: str, say: Speech, *, short: bool = False
) -> Cell:
    """A difference with its interval; strong and with a star where that leaves zero out."""
    mean, ends = say.halves(estimate, unit, signed=True, short=short)
    star = estimate is not None and clear(estimate)
    return Cell(f"{mean} *" if star else mean, ends, star)


def _moneys(folder: RunFolder, columns: Mapping[str, Estimates]) -> set[str]:
    """Currencies of the columns: cases of a comparison may differ."""
    cases = folder.summary.get("cases") or {}
    return {cases.get(name, {}).get("currency") or currency_of(folder) for name in columns} or {
        currency_of(folder)
    }


def ranked_by(folder: RunFolder) -> str | None:
    """The key figure that a comparison ranks by and that leads its tables; None for other commands."""
    return (folder.summary.get("ranking") or {}).get("by")


def _groups(units: Mapping[str, str], lead: str | None) -> dict[str, list[str]]:
    """Key figures by group, the leading one first and alone."""
    rest = [kpi for kpi in units if kpi != lead]
    known = {kpi for members in GROUPS.values() for kpi in members}
    found = {"lead": [lead] if lead is not None and lead in units else []}
    found |= {group: [kpi for kpi in members if kpi in rest] for group, members in GROUPS.items()}
    found["other"] = [kpi for kpi in rest if kpi not in known]
    return {group: members for group, members in found.items() if members}


def kpi_label(kpi: str) -> str | None:
    """The English label of a KPI that the report has no name for, if the model has one."""
    from sim import KPIS

    return KPIS[kpi].label if kpi in KPIS else None


def headline_facts(folder: RunFolder, say: Speech) -> list[Block]:
    """The key figures of the plan at hand, with their change where there is one."""
    plans, units = estimates_of(folder, "kpis")
    differences, _ = estimates_of(folder, "differences")
    new = next((name for name in NEW if name in plans), next(iter(plans), ""))
    changed, facts = differences.get(new, {}), []
    for kpi in HEADLINES:
        estimate = plans.get(new, {}).get(kpi)
        if estimate is None or estimate["mean"] is None:
            continue
        value, ends = say.halves(estimate, units[kpi], short=True)
        if units[kpi] == "money":
            value = f"{currency_of(folder)} {value}".strip()
        details: tuple[str, ...] = (ends,)
        if kpi in changed:
            cell = change(changed[kpi], units[kpi], say, short=True)
            details = (cell.text, cell.detail)
        facts.append(Fact(say.name("kpi", kpi), value, details))
    return [Facts(tuple(facts), "big")] if facts else []


def ranking_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """The answer's own ranking, if it ranks anybody; in old folders cases by their first key figure."""
    if "ranking" in folder.sheets:
        _, places = folder.sheets["ranking"]
        table, kpi = plain_table("ranking", folder, say), ranked_by(folder)
        if kpi is not None:
            mean = say.name("column", "mean")
            named = tuple(say.name("kpi", kpi) if name == mean else name for name in table.header)
            table = replace(table, header=named)
        return [replace(table, caption="")] if places else []
    plans, units = estimates_of(folder, "kpis")
    differences, _ = estimates_of(folder, "differences")
    kpi = leading(plans)
    if kpi is None or len(plans) < 3:
        return []
    ordered = sorted(plans, key=lambda name: -(plans[name][kpi]["mean"] or 0.0))
    rows = [
        row(
            [
                name,
                Cell(*say.halves(plans[name][kpi], units[kpi])),
                change(differences[name][kpi], units[kpi], say) if name in differences else Cell(""),
            ]
        )
        for name in ordered
    ]
    caption = say("ranking_caption", kpi=say.sentence("kpi", kpi))
    header = (say.name("column", "case"), say.name("kpi", kpi), say("difference"))
    return [Table(caption, header, tuple(rows), note=say("star"))]


def world_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """How the plan fares in cases that change the market, by the key figure that is ranked by."""
    plans, units = estimates_of(folder, "kpis")
    differences, _ = estimates_of(folder, "differences")
    worlds, kpi = [name for name in differences if is_world(folder, name)], ranked_by(folder)
    if not worlds or kpi is None:
        return []
    rows = [
        row(
            [
                name,
                Cell(*say.halves(plans[name][kpi], units[kpi])),
                change(differences[name][kpi], units[kpi], say),
                ", ".join(folder.summary["cases"][name]["market_changes"]),
            ]
        )
        for name in worlds
    ]
    base = next(iter(plans))
    header = (say("world_if"), say.name("kpi", kpi), say("world_against", base=base), say("world_differs"))
    return [Table("", header, tuple(rows), note=say("worlds_note"))]


def is_world(folder: RunFolder, case: str) -> bool:
    """Whether a case of a comparison changes the market."""
    cases = folder.summary.get("cases") or {}
    return bool(cases.get(case, {}).get("kind") == "world")


def leading(plans: Mapping[str, Estimates]) -> str | None:
    """The first headline that every plan has a value of."""
    for kpi in HEADLINES:
        if plans and all(plan.get(kpi, {}).get("mean") is not None for plan in plans.values()):
            return kpi
    return None
