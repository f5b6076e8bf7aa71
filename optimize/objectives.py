"""What a budget search can maximise, and how each objective becomes something curves can add up.

    symbol    meaning                                               unit
    kpis      what one simulated plan measured                      name -> number
    offered   money the plan offers, billed or not                  currency
    gain      what channels bring in, before the money they cost    currency
    idle      money left unplaced beyond what today's mix leaves    currency
    ref       value of the objective at the plan the search is at   unit of the KPI

`roi` and `ltv` are ratios, and ratios do not add up over channels. Each is therefore replaced, round
by round, by numerator - ref * denominator (Dinkelbach 1967): it is positive exactly where the ratio
beats `ref`, and it is a sum of money, which response curves can carry.

`roi` and `ltv` divide by what was billed or won, and money that buys nothing (no audience, below a
channel's fixed fee) is not billed. A search for the best ratio would park the budget where it cannot
be spent. Hence idle money counts as spent for nothing: a plan gains nothing by placing less of the
total than today's mix does. `profit` needs no such rule, since money kept is worth what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Kpis = Mapping[str, float | None]


@dataclass(frozen=True)
class Objective:
    """One thing to maximise.

    Attributes:
        name: what `--objective` calls it.
        kpi: the KPI of the simulator that judges it; higher is better.
        label: words for a sentence.
        money: True if the KPI is an amount in the scenario's currency.
        price_unit: unit of a shadow price; `{currency}` is filled in.
        curve_label: what the response curves of this objective show.
        signed: True if more of a channel can lower the gain (a ratio diluted by cheap volume).
        value: (kpis) -> what plans are ranked by: the KPI, with idle money counted as spent.
        gain: (kpis, offered, ref) -> what the curves are fitted to.
        cost: ref -> what one unit of offered money takes off the gain.
        scale: (kpis) -> divisor that turns gain - cost * offered into units of the KPI.
    """

    name: str
    kpi: str
    label: str
    money: bool
    price_unit: str
    curve_label: str
    signed: bool
    value: Callable[[Kpis], float]
    gain: Callable[[Kpis, float, float], float]
    cost: Callable[[float], float]
    scale: Callable[[Kpis], float]


def number(kpis: Kpis, name: str) -> float:
    """A KPI as a number; NaN when it is undefined or missing."""
    value = kpis.get(name)
    return float("nan") if value is None else float(value)


def idle_money(kpis: Kpis) -> float:
    """Money left unplaced beyond what today's mix leaves; the evaluator notes it beside the KPIs."""
    return kpis.get("idle") or 0.0


def _charged(kpis: Kpis) -> float:
    return number(kpis, "spend") + idle_money(kpis)


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _roi_value(kpis: Kpis) -> float:
    return _ratio(number(kpis, "profit") - idle_money(kpis), _charged(kpis))


def _roi_gain(kpis: Kpis, offered: float, ref: float) -> float:
    """Incremental margin plus the money not charged at (1 + ref): ROI divides by what is charged."""
    return number(kpis, "profit") + number(kpis, "spend") + (1.0 + ref) * (offered - _charged(kpis))


def _profit_gain(kpis: Kpis, offered: float, ref: float) -> float:
    """Incremental margin plus the unspent money, which profit keeps."""
    return number(kpis, "profit") + offered


def _ltv_value(kpis: Kpis) -> float:
    return number(kpis, "ltv") - _ratio(idle_money(kpis), number(kpis, "new_customers"))


def _ltv_gain(kpis: Kpis, offered: float, ref: float) -> float:
    """Lifetime value of all new customers less idle money, less what they would be worth at `ref`."""
    return (number(kpis, "ltv") - ref) * number(kpis, "new_customers") - idle_money(kpis)


OBJECTIVES: dict[str, Objective] = {
    "roi": Objective(
        name="roi",
        kpi="roi",
        label="return on investment",
        money=False,
        price_unit="ROI points per {currency} of budget",
        curve_label="incremental margin and money kept",
        signed=False,
        value=_roi_value,
        gain=_roi_gain,
        cost=lambda ref: 1.0 + ref,
        scale=_charged,
    ),
    "profit": Objective(
        name="profit",
        kpi="profit",
        label="profit",
        money=True,
        price_unit="{currency} of profit per {currency} of budget",
        curve_label="incremental margin and money kept",
        signed=False,
        value=lambda kpis: number(kpis, "profit"),
        gain=_profit_gain,
        cost=lambda ref: 1.0,
        scale=lambda kpis: 1.0,
    ),
    "ltv": Objective(
        name="ltv",
        kpi="ltv",
        label="lifetime value per new customer",
        money=True,
        price_unit="{currency} of lifetime value per new customer, per {currency} of budget",
        curve_label="change of lifetime value per new customer",
        signed=True,
        value=_ltv_value,
        gain=_ltv_gain,
        cost=lambda ref: 0.0,
        scale=lambda kpis: number(kpis, "new_customers"),
    ),
}


def _offered(kpis: Kpis) -> float:
    return number(kpis, "spend") + (kpis.get("unspent") or 0.0)


#: The objective of a search for the cheapest plan that reaches its targets; no one else's.
LEAST_SPEND = Objective(
    name="spend",
    kpi="spend",
    label="money spent",
    money=True,
    price_unit="{currency} per {currency} of budget",
    curve_label="money spent",
    signed=True,
    value=lambda kpis: -_offered(kpis),
    gain=lambda kpis, offered, ref: -offered,
    cost=lambda ref: 0.0,
    scale=lambda kpis: 1.0,
)


def objective(name: str) -> Objective:
    """An objective by name, that of the cheapest plan included."""
    return LEAST_SPEND if name == LEAST_SPEND.name else OBJECTIVES[name]
