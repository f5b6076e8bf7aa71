"""A run as a weekly table for marketing mix models, in the columns of Meridian or of Robyn.

    symbol          meaning                                                     shape    unit
    t               week of the export; days are summed, 7 to a week            (T,)
    spend_tc        money billed                                                (T, C)   currency
    paid_tc         impressions that money bought                               (T, C)   people-scaled
    free_tc         impressions that cost nothing: organic, word of mouth       (T, C)   people-scaled
    clicks_tc       people who clicked, once a period                           (T, C)   people-scaled
    conversions_t   orders, first and repeat                                    (T,)     people-scaled
    revenue_t       their value                                                 (T,)     currency
    customers_t     people who are customers at the week's start                (T,)     people-scaled

A run counts exposures whether paid or free; they are parted in proportion to their rates on the board.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from experiments.errors import RequestError
from experiments.explain.words import counted

if TYPE_CHECKING:
    from sim import Run, World

Floats = npt.NDArray[np.float64]
DAYS = 7
#: Names of other columns in Robyn's form, which a channel's own name must not take.
_TAKEN = frozenset({"revenue", "conversions"})


@dataclass(frozen=True, eq=False)
class Weeks:
    """Sums by week; see the module's table."""

    channels: tuple[str, ...]
    dates: tuple[str, ...]
    spend_tc: Floats
    paid_tc: Floats
    free_tc: Floats
    clicks_tc: Floats
    conversions_t: Floats
    revenue_t: Floats
    customers_t: Floats

    @property
    def paid(self) -> tuple[int, ...]:
        """Channels that were billed something."""
        return tuple(np.flatnonzero(self.spend_tc.sum(axis=0) > 0).tolist())

    @property
    def free(self) -> tuple[int, ...]:
        """Channels that showed something for nothing."""
        return tuple(np.flatnonzero(self.free_tc.sum(axis=0) > 0).tolist())

    @property
    def clicked(self) -> tuple[int, ...]:
        """Paid channels that anybody clicked."""
        return tuple(c for c in self.paid if self.clicks_tc[:, c].any())

    @property
    def unused(self) -> tuple[str, ...]:
        """Channels without a column."""
        return tuple(n for c, n in enumerate(self.channels) if c not in {*self.paid, *self.free})

    @property
    def steady(self) -> tuple[str, ...]:
        """Paid channels whose spend is the same, to 1 %, in all weeks that have any."""
        spends = {self.channels[c]: self.spend_tc[self.spend_tc[:, c] > 0, c] for c in self.paid}
        return tuple(name for name, spend in spends.items() if np.ptp(spend) <= 0.01 * spend.max())


@dataclass(frozen=True)
class Form:
    """A table in the columns of one modelling package.

    Attributes:
        header: names of the columns.
        rows: one a week.
        columns: which argument of the package takes which columns, and what to know of them.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    columns: dict[str, Any]


def check_weeks(world: World) -> None:
    """Raise unless the run is a whole number of weeks."""
    days = world.total_periods * world.period.days
    if days % DAYS:
        raise RequestError(
            f"--what weekly: the run must be whole weeks, {world.name} has {counted(days, 'day')}; "
            f"make calendar.periods or calendar.tail {counted(DAYS - days % DAYS, 'day')} longer (--set)"
        )


def check_media(weeks: Weeks) -> None:
    """Raise unless some channel has a column."""
    if not weeks.paid and not weeks.free:
        raise RequestError(
            "--what weekly: no channel was billed or showed anything, and a marketing mix model cannot use a "
            "table without media; give a channel money (plan or --plan) or organic reach"
        )


def weeks_of(run: Run) -> Weeks:
    """Sum a run by weeks that begin on the weekday of its first day."""
    from sim import Stage

    world = run.world
    weight, minor, step = world.weight, world.minor, DAYS // world.period.days
    free_tc = _free_impressions(run)
    active = [Stage.CUSTOMER, Stage.LOYAL, Stage.ADVOCATE]
    starts = range(0, world.total_periods, step)

    def weekly(counts: npt.NDArray[Any], factor: float) -> Floats:
        return np.asarray(np.add.reduceat(counts, list(starts), axis=0) * factor)

    return Weeks(
        channels=world.channels,
        dates=tuple((world.start + dt.timedelta(days=t * world.period.days)).isoformat() for t in starts),
        spend_tc=weekly(run.billed_tc, 1 / minor),
        paid_tc=weekly(run.exposures_tcks.sum(axis=(2, 3)) - free_tc, weight),
        free_tc=weekly(free_tc, weight),
        clicks_tc=weekly(run.clicks_tck.sum(axis=2), weight),
        conversions_t=weekly(run.orders_tjkr.sum(axis=(1, 2, 3)), weight),
        revenue_t=weekly(run.revenue_tjkr.sum(axis=(1, 2, 3)), weight / minor),
        customers_t=run.occupancy_tks[list(starts)][:, :, active].sum(axis=(1, 2)) * weight,
    )


def _free_impressions(run: Run) -> Floats:
    """Exposures of the sample that cost nothing, (periods, C)."""
    from sim import Stage

    world = run.world
    told = run.occupancy_tks[:-1].sum(axis=1)
    tellers_tc = told[:, [Stage.ADVOCATE]] + world.loyal_weight_c * told[:, [Stage.LOYAL]]
    rate_tc = (world.organic_c + world.contacts_c * tellers_tc / world.agents) * world.availability_tc
    share_tck = np.divide(
        rate_tc[:, :, None], run.rate_tck, out=np.zeros_like(run.rate_tck), where=run.rate_tck > 0
    )
    # without a price everything is free, whatever rounding says
    share_tck[:, ~world.priced_c] = 1.0
    return np.asarray((run.exposures_tcks.sum(axis=3) * np.minimum(share_tck, 1.0)).sum(axis=2))


def meridian(weeks: Weeks) -> Form:
    """National data without a geo column, as Meridian's CsvDataLoader takes them."""
    paid, free = weeks.paid, weeks.free
    media, spend = _names(weeks, paid, "{}_impression"), _names(weeks, paid, "{}_spend")
    organic, clicks = _names(weeks, free, "Organic_{}_impression"), _names(weeks, weeks.clicked, "{}_clicks")
    price, filled = _revenue_per_conversion(weeks)
    header = ("time", "conversions", "revenue_per_conversion", *media, *spend, *clicks, *organic)
    columns = {
        "format": "meridian",
        "kpi_type": "non_revenue",
        "coord_to_columns": {
            "time": "time",
            "kpi": "conversions",
            "revenue_per_kpi": "revenue_per_conversion",
            "media": list(media),
            "media_spend": list(spend),
            "organic_media": list(organic),
            "controls": [],
        },
        "media_to_channel": dict(zip(media, _names(weeks, paid, "{}"), strict=True)),
        "media_spend_to_channel": dict(zip(spend, _names(weeks, paid, "{}"), strict=True)),
        "filled": {"revenue_per_conversion": filled},
        **_known(weeks, organic, "customers_control"),
    }
    body = [weeks.conversions_t, price, *_by(weeks.paid_tc, paid), *_by(weeks.spend_tc, paid)]
    body += [*_by(weeks.clicks_tc, weeks.clicked), *_by(weeks.free_tc, free), weeks.customers_t]
    return Form((*header, "customers_control"), _rows(weeks, body), columns)


def robyn(weeks: Weeks) -> Form:
    """One row a week, as `robyn_inputs(dt_input = ...)` takes them."""
    paid, free = weeks.paid, weeks.free
    spend, media = _names(weeks, paid, "{}_S"), _names(weeks, paid, "{}_I")
    clicks = _names(weeks, weeks.clicked, "{}_clicks_P")
    plain = _names(weeks, free, "{}")
    organic = tuple(f"{name}_organic" if name in _TAKEN else name for name in plain)
    header = ("DATE", "revenue", "conversions", *spend, *media, *clicks, *organic, "customers_B")
    columns = {
        "format": "robyn",
        "robyn_inputs": {
            "date_var": "DATE",
            "dep_var": "revenue",
            "dep_var_type": "revenue",
            "paid_media_spends": list(spend),
            "paid_media_vars": list(media),
            "organic_vars": list(organic),
            "context_vars": [],
        },
        **_known(weeks, organic, "customers_B"),
    }
    body = [weeks.revenue_t, weeks.conversions_t, *_by(weeks.spend_tc, paid), *_by(weeks.paid_tc, paid)]
    body += [*_by(weeks.clicks_tc, weeks.clicked), *_by(weeks.free_tc, free), weeks.customers_t]
    return Form(header, _rows(weeks, body), columns)


#: Format -> weeks in its columns.
FORMATS: dict[str, Callable[[Weeks], Form]] = {"meridian": meridian, "robyn": robyn}


def _known(weeks: Weeks, organic: Sequence[str], customers: str) -> dict[str, Any]:
    """What holds in every form: columns that paid media brings about, and channels without one."""
    return {"caused_by_media": [*organic, customers], "left_out": list(weeks.unused)}


def _revenue_per_conversion(weeks: Weeks) -> tuple[list[float | None], list[str]]:
    """Revenue by conversion; a week without any takes that of all weeks, since loaders refuse gaps."""
    conversions = float(weeks.conversions_t.sum())
    mean = float(weeks.revenue_t.sum()) / conversions if conversions else None
    pairs = list(zip(weeks.revenue_t.tolist(), weeks.conversions_t.tolist(), strict=True))
    filled = [date for date, (_, n) in zip(weeks.dates, pairs, strict=True) if not n]
    return [revenue / n if n else mean for revenue, n in pairs], filled


def _names(weeks: Weeks, channels: Sequence[int], pattern: str) -> tuple[str, ...]:
    return tuple(pattern.format(weeks.channels[c]) for c in channels)


def _by(array_tc: Floats, channels: Sequence[int]) -> list[Floats]:
    return [array_tc[:, c] for c in channels]


def _rows(weeks: Weeks, body: Sequence[Any]) -> tuple[tuple[object, ...], ...]:
    cells = [[_number(value) for value in column] for column in body]
    return tuple(zip(weeks.dates, *cells, strict=True))


def _number(value: float | None) -> float | int | None:
    """Six digits after the point at most; whole numbers without any."""
    if value is None:
        return None
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded
