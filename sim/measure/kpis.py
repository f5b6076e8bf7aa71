"""Key figures of a run: one literal table, one function each.

    symbol    meaning
    run       the plan's run
    base      the same world, seed and replicate with zero spend: what happens anyway
    w         people that one simulated consumer stands for

Counts are people-scaled, money is in major units of the currency. Every figure covers the whole run, the
tail included: new customers, CAC and LTV count whoever is won until its end, as ROI counts their margin.
Who is won late has less time to order again, and counts in LTV and repeat rate with what was seen. A
ratio whose denominator is zero is None: it is missing, not 0 and not infinite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.engine.run import Run
from sim.market.vocabulary import Stage

Value = float | None
_ACTIVE = (Stage.CUSTOMER, Stage.LOYAL, Stage.ADVOCATE)


@dataclass(frozen=True)
class Kpi:
    """One key figure.

    Attributes:
        name: key in tables and JSON.
        label: name shown to people.
        unit: money, people, orders, ratio, share or count.
        better: "higher", "lower" or None where neither is good in itself.
        value: function of (run, base).
    """

    name: str
    label: str
    unit: str
    better: str | None
    value: Callable[[Run, Run], Value]


def _people(run: Run, count: float) -> float:
    return float(count) * run.world.weight


def _money(run: Run, minor: float) -> float:
    """Minor units of the sample as currency of the population."""
    return _people(run, minor) / run.world.minor


def _ratio(above: Value, below: Value) -> Value:
    return above / below if above is not None and below else None


def spend(run: Run, base: Run) -> Value:
    """Money billed by the channels."""
    return float(run.billed_tc.sum()) / run.world.minor


def unspent(run: Run, base: Run) -> Value:
    """Money of the plan that found no audience, no inventory or no room under the cap."""
    return float(run.unspent_tc.sum()) / run.world.minor


def revenue(run: Run, base: Run) -> Value:
    """Value of all orders."""
    return _money(run, run.revenue_tjkr.sum())


def margin(run: Run, base: Run) -> Value:
    """Gross margin of all orders less commissions, before spend."""
    return _money(run, run.margin_tk.sum())


def incremental_margin(run: Run, base: Run) -> Value:
    """Margin beyond what happens without spend."""
    return _money(run, run.margin_tk.sum() - base.margin_tk.sum())


def profit(run: Run, base: Run) -> Value:
    """Incremental margin less spend."""
    return (incremental_margin(run, base) or 0.0) - (spend(run, base) or 0.0)


def roi(run: Run, base: Run) -> Value:
    """(Incremental margin - spend) / spend, against zero spend under the same draws (FACTS E.1)."""
    return _ratio(profit(run, base), spend(run, base))


def roas(run: Run, base: Run) -> Value:
    """Revenue / spend: all revenue of the run, nothing taken off (FACTS E.2)."""
    return _ratio(revenue(run, base), spend(run, base))


def iroas(run: Run, base: Run) -> Value:
    """Incremental revenue / spend (FACTS E.3)."""
    return _ratio(_money(run, run.revenue_tjkr.sum() - base.revenue_tjkr.sum()), spend(run, base))


def new_customers(run: Run, base: Run) -> Value:
    """People won in the run, whether the money was still being spent or not."""
    return _people(run, run.acquired_ock[1].sum())


def incremental_customers(run: Run, base: Run) -> Value:
    """New customers beyond those who come without spend."""
    return _people(run, run.acquired_ock[1].sum() - base.acquired_ock[1].sum())


def ltv(run: Run, base: Run) -> Value:
    """Discounted margin per new customer within LTV horizon and run, first order included (FACTS E.7)."""
    return _ratio(_money(run, run.cohort_value_ock[1].sum()), new_customers(run, base))


def cac(run: Run, base: Run) -> Value:
    """Spend / new customers (blended, FACTS E.5)."""
    return _ratio(spend(run, base), new_customers(run, base))


def ltv_cac(run: Run, base: Run) -> Value:
    """LTV / CAC (FACTS E.8)."""
    return _ratio(ltv(run, base), cac(run, base))


def orders(run: Run, base: Run) -> Value:
    """All orders."""
    return _people(run, run.orders_tjkr.sum())


def aov(run: Run, base: Run) -> Value:
    """Average order value: revenue / orders."""
    return _ratio(revenue(run, base), orders(run, base))


def repeat_rate(run: Run, base: Run) -> Value:
    """Share of new customers with a second order within LTV horizon and run (FACTS E.10)."""
    return _ratio(float(run.repeaters_k.sum()), float(run.acquired_ock[1].sum()))


def cost_per_order(run: Run, base: Run) -> Value:
    """Spend / orders (FACTS E.5, CPA on orders)."""
    return _ratio(spend(run, base), orders(run, base))


def lost_orders(run: Run, base: Run) -> Value:
    """Orders that no selling channel could take: all shut, or beyond what they can serve."""
    return _people(run, run.lost_orders_tk.sum())


def kept(run: Run, base: Run) -> Value:
    """Active customers at the end / all who were customers at any time (FACTS E.9, in a window)."""
    at_start = run.occupancy_tks[0][:, list(_ACTIVE)].sum()
    won = run.flows_tksdr[:, :, [Stage.DECIDING, Stage.LAPSED], 0].sum()
    return _ratio(float(run.occupancy_tks[-1][:, list(_ACTIVE)].sum()), float(at_start + won))


def _answers(run: Run, least: int, most: int) -> float:
    return float(run.answers_ka[:, least : most + 1].sum())


def nps(run: Run, base: Run) -> Value:
    """Share of customers at the end who answer 9 or 10, less share who answer 0 to 6, in points (E.11)."""
    share = _ratio(_answers(run, 9, 10) - _answers(run, 0, 6), _answers(run, 0, 10))
    return None if share is None else 100.0 * share


def csat(run: Run, base: Run) -> Value:
    """Share of customers at the end who answer 7 or more of 10, which is 4 or 5 of 5 (E.11)."""
    return _ratio(_answers(run, 7, 10), _answers(run, 0, 10))


def satisfaction(run: Run, base: Run) -> Value:
    """Mean answer of customers at the end, as a share of 10."""
    total = sum(answer * _answers(run, answer, answer) for answer in range(11))
    return _ratio(total / 10.0, _answers(run, 0, 10))


def rewards(run: Run, base: Run) -> Value:
    """Rewards for new customers and points redeemed: money that left the margin, not the media budget."""
    paid = float(run.rewards_tc.sum() + run.points_tkr[..., 1].sum())
    return _money(run, paid) if paid else None


def points_open(run: Run, base: Run) -> Value:
    """Value of loyalty points given and not yet redeemed."""
    given = float(run.points_tkr[..., 0].sum())
    return _money(run, given - float(run.points_tkr[..., 1].sum())) if given else None


def _at_end(*stages: Stage) -> Callable[[Run, Run], Value]:
    def count(run: Run, base: Run) -> Value:
        return _people(run, run.occupancy_tks[-1][:, list(stages)].sum())

    return count


def _passage(stage: Stage) -> Callable[[Run, Run], Value]:
    """Moves onward from a stage / consumers who ever stood there: initial occupants plus entries."""

    def share(run: Run, base: Run) -> Value:
        onward = float(run.flows_tksdr[:, :, stage, 0].sum())
        return _ratio(onward, float(run.occupancy_tks[0][:, stage].sum() + _entries(run, stage)))

    return share


def _entries(run: Run, stage: Stage) -> int:
    """Moves into a stage from any other."""
    net = run.occupancy_tks[-1][:, stage].sum() - run.occupancy_tks[0][:, stage].sum()
    return int(net + run.flows_tksdr[:, :, stage].sum())


#: Every key figure, in the order of tables.
KPIS: dict[str, Kpi] = {
    kpi.name: kpi
    for kpi in (
        Kpi("roi", "ROI (incremental)", "ratio", "higher", roi),
        Kpi("profit", "Profit (incremental)", "money", "higher", profit),
        Kpi("ltv", "LTV per new customer", "money", "higher", ltv),
        Kpi("cac", "CAC (blended)", "money", "lower", cac),
        Kpi("ltv_cac", "LTV : CAC", "ratio", "higher", ltv_cac),
        Kpi("new_customers", "New customers", "people", "higher", new_customers),
        Kpi(
            "incremental_customers", "New customers (incremental)", "people", "higher", incremental_customers
        ),
        Kpi("orders", "Orders", "orders", "higher", orders),
        Kpi("revenue", "Revenue", "money", "higher", revenue),
        Kpi("margin", "Margin before spend", "money", "higher", margin),
        Kpi("incremental_margin", "Margin (incremental)", "money", "higher", incremental_margin),
        Kpi("roas", "ROAS (all revenue)", "ratio", "higher", roas),
        Kpi("iroas", "ROAS (incremental)", "ratio", "higher", iroas),
        Kpi("aov", "Average order value", "money", "higher", aov),
        Kpi("repeat_rate", "Repeat rate", "share", "higher", repeat_rate),
        Kpi("active_end", "Active customers at the end", "people", "higher", _at_end(*_ACTIVE)),
        Kpi("advocates_end", "Advocates at the end", "people", "higher", _at_end(Stage.ADVOCATE)),
        Kpi("lapsed_end", "Lapsed at the end", "people", "lower", _at_end(Stage.LAPSED)),
        Kpi("pass_discover", "Funnel: unaware to aware", "share", "higher", _passage(Stage.UNAWARE)),
        Kpi("pass_engage", "Funnel: aware to interested", "share", "higher", _passage(Stage.AWARE)),
        Kpi("pass_decide", "Funnel: interested to deciding", "share", "higher", _passage(Stage.INTERESTED)),
        Kpi("pass_convert", "Funnel: deciding to customer", "share", "higher", _passage(Stage.DECIDING)),
        Kpi("kept", "Customers kept to the end", "share", "higher", kept),
        Kpi("cost_per_order", "Spend per order", "money", "lower", cost_per_order),
        Kpi("lost_orders", "Orders lost", "orders", "lower", lost_orders),
        Kpi("satisfaction", "Satisfaction of customers", "share", "higher", satisfaction),
        Kpi("csat", "CSAT (7 or more of 10)", "share", "higher", csat),
        Kpi("nps", "NPS", "count", "higher", nps),
        Kpi("rewards", "Rewards and points redeemed", "money", None, rewards),
        Kpi("points_open", "Points not yet redeemed", "money", None, points_open),
        Kpi("spend", "Spend billed", "money", None, spend),
        Kpi("unspent", "Spend not placed", "money", "lower", unspent),
    )
}


def kpis(run: Run, baseline: Run) -> dict[str, Value]:
    """All key figures of a run; `baseline` is the zero-spend run under the same seed and replicate."""
    return {name: kpi.value(run, baseline) for name, kpi in KPIS.items()}
