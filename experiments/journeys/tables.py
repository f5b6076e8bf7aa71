"""The tables of `omnifunnel journeys`, for people and for machines, made of its JSON answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.tables import Cell, Grid, Sheet

if TYPE_CHECKING:
    from experiments.runner import Case

DASH = "—"
#: Standard errors to either side of a mean.
CLEAR_ERRORS = 1.96
#: Columns of the CSV tables, there with or without rows.
CROSS_COLUMNS = (
    "channel", "days", "touched", "converted", "rate", "base", "base_converted", "base_rate", "lift",
)  # fmt: skip
DISTINCT_COLUMNS = ("channels", "journeys", "conversions", "share", "rate")
PATH_COLUMNS = ("by", "path", "customers", "share", "ltv", "ltv_error", "value")
ORDER_COLUMNS = (
    "first", "second", "journeys", "conversions", "rate", "journeys_back", "conversions_back", "rate_back",
    "difference", "low", "high",
)  # fmt: skip
STAGE_COLUMNS = ("stage", "stays", "ended", "spent", "expected", "median", "onward", "away")
ONE_CHANNEL = "Which channel came first: one channel, so there is no pair to compare."
PATHS_BY = {
    "customers": "Top paths to the first order, by customers",
    "ltv": "Top paths by lifetime value of one customer (at least 5 of the sample)",
}


def sections(case: Case, found: dict[str, Any]) -> list[str | Grid]:
    """Tables in the order of reading, then how to read them."""
    return [
        f"{case.name}: {_counted(found['consumers'], 'life', 'lives')} of replicate {found['replicate']}, "
        f"seed {found['seed']}; each stands for {_people(found['people_per_consumer'])}",
        _heat_grid(found),
        _cross_grid(found),
        _distinct_grid(found),
        *(_path_grid(found, by) for by in PATHS_BY if found["paths"][by]),
        _order_grid(found) if found["order_effects"] else ONE_CHANNEL,
        _stage_grid(found),
        _reading(found),
    ]


def _days(count: float) -> str:
    return "1 day" if count == 1 else f"{count:g} days"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _people(count: float) -> str:
    text = f"{count:,.6g}"
    return f"{text} person" if text == "1" else f"{text} people"


def _number(value: float | None, digits: int) -> str:
    return DASH if value is None else f"{value:,.{digits}f}"


def _percent(value: float | None, digits: int = 1) -> str:
    return DASH if value is None else formatting.percent(value, digits=digits)


def _heat_grid(found: dict[str, Any]) -> Grid:
    rows = tuple(
        (found["channels"][row["channel"]], *(_number(rate, 3) for rate in row["rates"]))
        for row in found["heat_map"]
    )
    title = f"Touchpoint heat map: touches per person and {found['period']} spent at the stage"
    return Grid(title, ("Channel", *found["stages"]), rows)


def _cross_grid(found: dict[str, Any]) -> Grid:
    """One row a channel, three columns a window: after a touch, without one, and their ratio."""
    days = sorted({row["days"] for row in found["cross_channel"]})
    cells = {(row["channel"], row["days"]): row for row in found["cross_channel"]}
    header = tuple(
        f"{word},\n{_counted(n, 'day', 'days')}" for n in days for word in ("touched", "not", "ratio")
    )
    rows = tuple(
        (
            label,
            *(
                text
                for n in days
                for text in (
                    _percent(cells[name, n]["rate"], 2),
                    _percent(cells[name, n]["base_rate"], 2),
                    _number(cells[name, n]["lift"], 2),
                )
            ),
        )
        for name, label in found["channels"].items()
    )
    after = {"any": "any touch", "first": "the first touch"}[found["options"]["touch"]]
    return Grid(
        f"Orders in another channel within a window after {after} in a channel", ("Channel", *header), rows
    )


def _distinct_grid(found: dict[str, Any]) -> Grid:
    rows = tuple(
        (
            str(row["channels"]),
            f"{row['journeys']:,}",
            f"{row['conversions']:,}",
            _percent(row["share"]),
            _percent(row["rate"], 2),
        )
        for row in found["distinct_channels"]
    )
    header = ("Channels met", "Journeys", "First orders", "Share of them", "Conversion")
    return Grid("Distinct channels on the way to the first order (in the sample)", header, rows)


def _path_grid(found: dict[str, Any], by: str) -> Grid:
    rows = tuple(
        (
            " > ".join(found["channels"][name] for name in row["path"]) or "no touch",
            formatting.compact(row["customers"]),
            _percent(row["share"]),
            _ltv(row),
            formatting.compact(row["value"]),
        )
        for row in found["paths"][by]
    )
    currency = found["currency"]
    header = ("Path", "Customers", "Share", f"LTV, {currency}", f"Value, {currency}")
    return Grid(PATHS_BY[by], header, rows)


def _ltv(row: Mapping[str, Any]) -> str:
    error = row["ltv_error"]
    return f"{row['ltv']:,.0f}" if error is None else f"{row['ltv']:,.0f} ±{CLEAR_ERRORS * error:,.0f}"


def _order_grid(found: dict[str, Any]) -> Grid:
    """Pairs whose order goes with a difference, the one least likely to be chance on top."""
    known = [row for row in found["order_effects"] if row["difference"] is not None]
    rows = tuple(_order_row(found, row) for row in known[: found["options"]["top"]])
    header = ("A and B", "A first", "Converted", "B first", "Converted", "Difference,\npp", "95 % interval")
    pairs = _counted(len(found["order_effects"]), "pair", "pairs")
    return Grid(f"Which channel came first ({len(rows)} of {pairs})", header, rows)


def _order_row(found: dict[str, Any], row: Mapping[str, Any]) -> tuple[str, ...]:
    star = "*" if row["low"] > 0 or row["high"] < 0 else " "
    return (
        " and ".join(found["channels"][row[side]] for side in ("first", "second")),
        f"{row['journeys']:,}",
        _percent(row["rate"]),
        f"{row['journeys_back']:,}",
        _percent(row["rate_back"]),
        f"{100 * row['difference']:+.1f}",
        f"{100 * row['low']:+.1f} to {100 * row['high']:+.1f}{star}",
    )


def _stage_grid(found: dict[str, Any]) -> Grid:
    rows = tuple(
        (
            row["stage"],
            f"{row['stays']:,}",
            f"{row['ended']:,}",
            _number(row["expected"], 1),
            _number(row["median"], 1),
            _percent(row["onward"]),
            _percent(row["away"]),
        )
        for row in found["time_in_stage"]
    )
    word = found["period"]
    header = (
        "Stage", "Stays", "Ended", f"{word.capitalize()}s spent\nper stay ended",
        f"Median of the\nended, {word}s", "Moved on", "Fell back",
    )  # fmt: skip
    return Grid("Time in stage (counts of the sample)", header, rows)


def _reading(found: dict[str, Any]) -> str:
    view = {"complete": "every touch counts", "brand": "what the brand records"}[found["options"]["view"]]
    lines = [
        "All of this describes what came together, not what caused it: people about to buy meet more "
        "channels and look for shops. What a channel does is told by omnifunnel truth.",
        f"A touch is a {found['period']} in which a channel reached a person, the tail without paid media "
        "included. Windows are whole periods and hold the orders of the touch's own; 'not' are periods "
        "without a touch in the channel.",
        f"Paths ({view}) name each channel once, at its first touch within "
        f"{_days(found['options']['lookback_days'])} before the order; LTV is discounted margin within its "
        "horizon and the run, first order included, ± 1.96 standard errors.",
        "Order of channels: journeys to the first order that met both, in different periods; the clearest "
        "difference stands on top. Intervals (Newcombe's) stay wide where a share of 0 or 100 % is that of "
        "few journeys; * leaves out zero, which one pair in twenty does by chance.",
        f"Time in stage: {found['period']}s spent per stay ended count stays that the end of the run cuts "
        "off, and are the mean stay if the rate of leaving is constant; the median is of the ended ones and "
        f"too short where many are cut off. Both are missing ({DASH}) where fewer than 10 stays ended.",
    ]
    return "How to read\n" + "\n".join(f"- {line}" for line in lines)


def sheets(found: dict[str, Any]) -> dict[str, Sheet]:
    """File stem -> table; undefined values are empty."""
    paths = [{"by": by, **row} for by, rows in found["paths"].items() for row in rows]
    return {
        "heat_map": Sheet(
            ("channel", "label", "stage", "touches", "share", "rate"), tuple(_heat_rows(found))
        ),
        "cross_channel": _sheet(found["cross_channel"], CROSS_COLUMNS),
        "distinct_channels": _sheet(found["distinct_channels"], DISTINCT_COLUMNS),
        "top_paths": _sheet(paths, PATH_COLUMNS),
        "order_effects": _sheet(found["order_effects"], ORDER_COLUMNS),
        "time_in_stage": _sheet(found["time_in_stage"], STAGE_COLUMNS),
    }


def _heat_rows(found: dict[str, Any]) -> list[tuple[Cell, ...]]:
    return [
        (row["channel"], found["channels"][row["channel"]], stage, touches, share, rate)
        for row in found["heat_map"]
        for stage, touches, share, rate in zip(
            found["stages"], row["touches"], row["shares"], row["rates"], strict=True
        )
    ]


def _sheet(rows: Sequence[Mapping[str, Any]], header: tuple[str, ...]) -> Sheet:
    """Dictionaries as a table; a path is written with ` > `."""
    return Sheet(
        header,
        tuple(
            tuple(" > ".join(v) if isinstance(v := row[name], list) else v for name in header) for row in rows
        ),
    )
