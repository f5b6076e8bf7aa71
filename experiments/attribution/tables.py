"""Credits of attribution rules as tables: by channel and rule for people, one row each for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.tables import Grid, Sheet

if TYPE_CHECKING:
    from sim import Credits

#: Rule -> channel -> `conversions` and `value`.
Table = Mapping[str, Mapping[str, Mapping[str, float | None]]]
SMALL, LARGE = 1_000, 1_000_000


def credit_table(channels: Sequence[str], credits: Mapping[str, Credits], *, has_value: bool) -> Table:
    """Rule -> channel -> `conversions` and `value` (None when nobody knows what conversions were worth)."""
    return {
        rule: {
            channel: {"conversions": conversions, "value": value if has_value else None}
            for channel, conversions, value in zip(
                channels, credit.conversions_c.tolist(), credit.value_c.tolist(), strict=True
            )
        }
        for rule, credit in credits.items()
    }


def credit_grids(table: Table) -> list[Grid]:
    """Conversions, their shares and value: one row a channel, one column a rule."""
    grids = [
        _grid("Conversions credited", table, "conversions", _amount),
        _grid("Share of conversions, %", table, "conversions", _percent),
    ]
    if any(_total(table, rule, "value") for rule in table):
        grids.append(_grid("Value credited", table, "value", _amount))
    return grids


def credit_sheet(table: Table) -> Sheet:
    """Long table: one row a rule and channel."""
    return Sheet(
        ("rule", "channel", "conversions", "conversion_share", "value", "value_share"),
        tuple(
            (
                rule,
                channel,
                credit["conversions"],
                _share(credit["conversions"], _total(table, rule, "conversions")),
                credit["value"],
                _share(credit["value"], _total(table, rule, "value")),
            )
            for rule, column in table.items()
            for channel, credit in column.items()
        ),
    )


def _grid(title: str, table: Table, measure: str, cell: Callable[[float | None, float], str]) -> Grid:
    channels = next(iter(table.values()))
    rows = tuple(
        (
            channel,
            *(cell(column[channel][measure], _total(table, rule, measure)) for rule, column in table.items()),
        )
        for channel in channels
    )
    return Grid(title, ("Channel", *(rule.replace("_", "\n") for rule in table)), rows)


def _total(table: Table, rule: str, measure: str) -> float:
    return sum(credit[measure] or 0.0 for credit in table[rule].values())


def _share(credit: float | None, total: float) -> float | None:
    return credit / total if credit is not None and total > 0 else None


def _amount(credit: float | None, total: float) -> str:
    """One digit after the point below 1,000 in all, none below a million, three digits from there."""
    if credit is None:
        return formatting.MISSING
    if total >= LARGE:
        return formatting.compact(credit).replace(" ", "")
    return f"{credit:,.1f}" if total < SMALL else f"{credit:,.0f}"


def _percent(credit: float | None, total: float) -> str:
    share = _share(credit, total)
    return formatting.MISSING if share is None else f"{100 * share:.1f}"
