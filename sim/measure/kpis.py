"""Key figures of a run: one literal table, one function each.

    symbol    meaning
    run       the plan's run
    base      the same world, seed and replicate with zero spend: what happens anyway
    w         people that one simulated consumer stands for

Counts are people-scaled, money is in major units of the currency. Every figure covers the whole run, the
tail included: new customers, CAC and LTV count whoever is won until its end, as ROI counts their margin.
Who is won late has less time to order again, and counts in LTV and repeat rate with what was seen. A
ratio whose denominator is zero is None: it is missing, not 0 and not infinite.

    ratio              numerator / denominator                                                      FACTS
    roi                (incremental margin - spend) / spend, against zero spend, same draws           E.1
    roas, iroas        revenue of the run, nothing taken off, or incremental revenue / spend     E.2, E.3
    cac                spend / new customers (blended)                                                E.5
    ltv                discounted margin of new customers within the LTV horizon, first order
                       included / new customers                                                       E.7
    ltv_cac            LTV / CAC: that margin / spend                                                 E.8
    aov                revenue / orders
    repeat_rate        new customers with a second order within LTV horizon and run / new customers  E.10
    cost_per_order     spend / orders (CPA on orders)                                                 E.5
    kept               active customers at the end / all who were customers at any time               E.9
    nps                100 (those who answer 9 or 10 - those who answer 0 to 6) / all who answer     E.11
    csat               those who answer 7 or more of 10, which is 4 or 5 of 5 / all who answer       E.11
    satisfaction       sum of the answers / 10 x all who answer; all of customers at the end
    pass_*             moves onward from a stage / consumers who ever stood there

Over several replicates a ratio is the sum of its numerators over the sum of its denominators, which is why
the table names both (`replicates`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.engine.run import Run
from sim.market.vocabulary import Stage

Value = float | None
Parts = tuple[float, float]
Measure = Callable[[Run, Run], Value]
_ACTIVE = (Stage.CUSTOMER, Stage.LOYAL, Stage.ADVOCATE)


@dataclass(frozen=True)
class Kpi:
    """One key figure: an amount, or a ratio of two.

    Attributes:
        name: key in tables and JSON.
        label: name shown to people.
        unit: money, people, orders, ratio, share or count.
        better: "higher", "lower" or None where neither is good in itself.
        above: the amount, or the numerator, as a function of (run, base).
        below: the denominator; None for an amount.
    """

    name: str
    label: str
    unit: str
    better: str | None
    above: Measure
    below: Measure | None = None

    def value(self, run: Run, base: Run) -> Value:
        """The figure of one run."""
        if self.below is None:
            return self.above(run, base)
        above, below = self.parts(run, base)
        return above / below if below else None

    def parts(self, run: Run, base: Run) -> Parts:
        """Numerator and denominator of a ratio."""
        assert self.below is not None
        return self.above(run, base) or 0.0, self.below(run, base) or 0.0


def _people(run: Run, count: float) -> float:
    return float(count) * run.world.weight


def _money(run: Run, minor: float) -> float:
    """Minor units of the sample as currency of the population."""
    return _people(run, minor) / run.world.minor


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


def incremental_revenue(run: Run, base: Run) -> Value:
    """Revenue beyond what happens without spend."""
    return _money(run, run.revenue_tjkr.sum() - base.revenue_tjkr.sum())


def new_customers(run: Run, base: Run) -> Value:
    """People won in the run, whether the money was still being spent or not."""
    return _people(run, run.acquired_ock[1].sum())


def incremental_customers(run: Run, base: Run) -> Value:
    """New customers beyond those who come without spend."""
    return _people(run, run.acquired_ock[1].sum() - base.acquired_ock[1].sum())


def cohort_value(run: Run, base: Run) -> Value:
    """Discounted margin of new customers within LTV horizon and run, first order included."""
    return _money(run, run.cohort_value_ock[1].sum())


def orders(run: Run, base: Run) -> Value:
    """All orders."""
    return _people(run, run.orders_tjkr.sum())


def repeaters(run: Run, base: Run) -> Value:
    """New customers with a second order within LTV horizon and run."""
    return _people(run, run.repeaters_k.sum())


def lost_orders(run: Run, base: Run) -> Value:
    """Orders that no selling channel could take: all shut, or beyond what they can serve."""
    return _people(run, run.lost_orders_tk.sum())


def ever_customers(run: Run, base: Run) -> Value:
    """People who were customers at the start or became so: by a first order or won back."""
    at_start = run.occupancy_tks[0][:, list(_ACTIVE)].sum()
    won = run.flows_tksdr[:, :, [Stage.DECIDING, Stage.LAPSED], 0].sum()
    return _people(run, at_start + won)


def _answers(least: int, most: int) -> Measure:
    """People who are customers at the end and would answer so on a scale of 0 to 10."""
    return lambda run, base: _people(run, run.answers_ka[:, least : most + 1].sum())


def promoters(run: Run, base: Run) -> Value:
    """100 for each who answers 9 or 10, -100 for each who answers 0 to 6."""
    answers_a = run.answers_ka.sum(axis=0)
    return 100.0 * _people(run, answers_a[9:].sum() - answers_a[:7].sum())


def points_answered(run: Run, base: Run) -> Value:
    """Sum of the answers, each as a share of 10."""
    return _people(run, run.answers_ka.sum(axis=0) @ range(11)) / 10.0


def rewards(run: Run, base: Run) -> Value:
    """Rewards for new customers and points redeemed: money that left the margin, not the media budget."""
    paid = float(run.rewards_tc.sum() + run.points_tkr[..., 1].sum())
    return _money(run, paid) if paid else None


def points_open(run: Run, base: Run) -> Value:
    """Value of loyalty points given and not yet redeemed."""
    given = float(run.points_tkr[..., 0].sum())
    return _money(run, given - float(run.points_tkr[..., 1].sum())) if given else None


def _at_end(*stages: Stage) -> Measure:
    return lambda run, base: _people(run, run.occupancy_tks[-1][:, list(stages)].sum())


def _onward(stage: Stage) -> Measure:
    """Moves onward from a stage."""
    return lambda run, base: _people(run, run.flows_tksdr[:, :, stage, 0].sum())


def _passage(name: str, label: str, stage: Stage) -> Kpi:
    return Kpi(name, label, "share", "higher", _onward(stage), _stood(stage))


def _stood(stage: Stage) -> Measure:
    """Consumers who ever stood in a stage: those in it at the end and those who left it."""

    def count(run: Run, base: Run) -> Value:
        left = run.flows_tksdr[:, :, stage].sum()
        return _people(run, run.occupancy_tks[-1][:, stage].sum() + left)

    return count


#: Every key figure, in the order of tables.
KPIS: dict[str, Kpi] = {
    kpi.name: kpi
    for kpi in (
        Kpi("roi", "ROI (incremental)", "ratio", "higher", profit, spend),
        Kpi("profit", "Profit (incremental)", "money", "higher", profit),
        Kpi("ltv", "LTV per new customer", "money", "higher", cohort_value, new_customers),
        Kpi("cac", "CAC (blended)", "money", "lower", spend, new_customers),
        Kpi("ltv_cac", "LTV : CAC", "ratio", "higher", cohort_value, spend),
        Kpi("new_customers", "New customers", "people", "higher", new_customers),
        Kpi(
            "incremental_customers", "New customers (incremental)", "people", "higher", incremental_customers
        ),
        Kpi("orders", "Orders", "orders", "higher", orders),
        Kpi("revenue", "Revenue", "money", "higher", revenue),
        Kpi("margin", "Margin before spend", "money", "higher", margin),
        Kpi("incremental_margin", "Margin (incremental)", "money", "higher", incremental_margin),
        Kpi("roas", "ROAS (all revenue)", "ratio", "higher", revenue, spend),
        Kpi("iroas", "ROAS (incremental)", "ratio", "higher", incremental_revenue, spend),
        Kpi("aov", "Average order value", "money", "higher", revenue, orders),
        Kpi("repeat_rate", "Repeat rate", "share", "higher", repeaters, new_customers),
        Kpi("active_end", "Active customers at the end", "people", "higher", _at_end(*_ACTIVE)),
        Kpi("advocates_end", "Advocates at the end", "people", "higher", _at_end(Stage.ADVOCATE)),
        Kpi("lapsed_end", "Lapsed at the end", "people", "lower", _at_end(Stage.LAPSED)),
        _passage("pass_discover", "Funnel: unaware to aware", Stage.UNAWARE),
        _passage("pass_engage", "Funnel: aware to interested", Stage.AWARE),
        _passage("pass_decide", "Funnel: interested to deciding", Stage.INTERESTED),
        _passage("pass_convert", "Funnel: deciding to customer", Stage.DECIDING),
        Kpi("kept", "Customers kept to the end", "share", "higher", _at_end(*_ACTIVE), ever_customers),
        Kpi("cost_per_order", "Spend per order", "money", "lower", spend, orders),
        Kpi("lost_orders", "Orders lost", "orders", "lower", lost_orders),
        Kpi("satisfaction", "Satisfaction of customers", "share", "higher", points_answered, _answers(0, 10)),
        Kpi("csat", "CSAT (7 or more of 10)", "share", "higher", _answers(7, 10), _answers(0, 10)),
        Kpi("nps", "NPS", "count", "higher", promoters, _answers(0, 10)),
        Kpi("rewards", "Rewards and points redeemed", "money", None, rewards),
        Kpi("points_open", "Points not yet redeemed", "money", None, points_open),
        Kpi("spend", "Spend billed", "money", None, spend),
        Kpi("unspent", "Spend not placed", "money", "lower", unspent),
    )
}


def kpis(run: Run, baseline: Run) -> dict[str, Value]:
    """All key figures of a run; `baseline` is the zero-spend run under the same seed and replicate."""
    return {name: kpi.value(run, baseline) for name, kpi in KPIS.items()}


def ratio_parts(run: Run, baseline: Run) -> dict[str, Parts]:
    """Numerator and denominator of every key figure that is a ratio."""
    return {name: kpi.parts(run, baseline) for name, kpi in KPIS.items() if kpi.below is not None}
