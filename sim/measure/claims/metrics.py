"""CLAIM_METRICS: everything a claim can be about, spelled `name` or `name:argument`.

Counts are of people, money is in the scenario's currency, shares are 0 to 1. Journeys are those of up to
10,000 consumers in each replicate.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.measure.channels import CHANNEL_MEASURES
from sim.measure.claims import journey_metrics as journeys, loyalty_metrics as loyalty, run_metrics as runs
from sim.measure.kpis import KPIS

#: Kind of argument -> an example of it.
ARGUMENTS = {
    "channel": "search",
    "shop": "store",
    "segment": "gen_z",
    "stage": "loyal",
    "counts": "3-5",
    "dates": "2026-11-02..2026-11-15",
    "measure": "orders",
}


@dataclass(frozen=True)
class ClaimMetric:
    """One measure.

    Attributes:
        says: its definition in one line.
        unit: money, people, orders, ratio, share or count.
        value: function of (one replicate, argument) -> (above, below).
        argument: kind of argument, see `ARGUMENTS`; "" takes none.
        worst_of: the measure whose lowest channel is taken, instead of `value`.
    """

    says: str
    unit: str
    value: runs.Value | None
    argument: str = ""
    worst_of: str = ""


_M = ClaimMetric
CLAIM_METRICS: dict[str, ClaimMetric] = {
    **{name: _M(kpi.label, kpi.unit, runs.kpi(name)) for name, kpi in KPIS.items()},
    **{
        f"channel_{name}": _M(
            f"{label}, one channel",
            unit,
            runs.channel(name),
            "shop" if name in ("orders", "revenue") else "channel",
        )
        for name, (label, unit) in CHANNEL_MEASURES.items()
    },
    "channel_cpa": _M(
        "Spend on a channel / new customers by last touch there",
        "money",
        runs.quotient(runs.channel_spend, runs.acquired),
        "channel",
    ),
    "channel_ctr": _M(
        "Clicks / exposures in a channel",
        "share",
        runs.quotient(runs.clicks, runs.impressions),
        "channel",
    ),
    "channel_conversion": _M(
        "New customers by last touch in a channel / clicks there",
        "ratio",
        runs.quotient(runs.acquired, runs.clicks),
        "channel",
    ),
    "channel_roas": _M(
        "Revenue closed in a channel / spend on it",
        "ratio",
        runs.quotient(runs.shop_revenue, runs.channel_spend),
        "shop",
    ),
    "channel_orders_share": _M(
        "Share of all orders that close in a channel",
        "share",
        runs.quotient(runs.shop_orders, runs.orders),
        "shop",
    ),
    "channel_revenue_share": _M(
        "Share of all revenue that closes in a channel",
        "share",
        runs.quotient(runs.shop_revenue, runs.revenue),
        "shop",
    ),
    "channel_repeat_orders_share": _M(
        "Share of all repeat orders that close in a channel",
        "share",
        runs.quotient(runs.shop_repeat_orders, runs.repeat_orders),
        "shop",
    ),
    "channel_repeat_revenue_share": _M(
        "Share of repeat revenue that closes in a channel",
        "share",
        runs.quotient(runs.shop_repeat_revenue, runs.repeat_revenue),
        "shop",
    ),
    "channel_touch_share": _M(
        "Share of all exposures that a channel makes",
        "share",
        runs.quotient(runs.impressions, runs.all_impressions),
        "channel",
    ),
    "repeat_orders_share": _M(
        "Share of all orders that are repeat orders", "share", runs.quotient(runs.repeat_orders, runs.orders)
    ),
    "repeat_revenue_share": _M(
        "Share of all revenue that repeat orders bring",
        "share",
        runs.quotient(runs.repeat_revenue, runs.revenue),
    ),
    "cost_per_order": _M("Spend / all orders", "money", runs.quotient(runs.spend, runs.orders)),
    "impressions_per_order": _M(
        "Exposures / all orders", "ratio", runs.quotient(runs.all_impressions, runs.orders)
    ),
    "margin_return": _M(
        "(All margin - spend) / spend: nothing taken off for what comes anyway",
        "ratio",
        runs.quotient(runs.margin_less_spend, runs.spend),
    ),
    "repeat_orders_per_customer": _M(
        "Repeat orders / all who were customers at any time", "ratio", loyalty.repeat_orders_per_customer
    ),
    "hhi_revenue": _M(
        "Sum of squared revenue shares of the selling channels",
        "ratio",
        runs.concentration(lambda run: run.revenue_tjkr.sum(axis=(0, 2, 3))),
    ),
    "hhi_touches": _M(
        "Sum of squared shares of exposures of all channels",
        "ratio",
        runs.concentration(lambda run: run.exposures_tcks.sum(axis=(0, 2, 3))),
    ),
    "hhi_spend": _M(
        "Sum of squared shares of spend billed",
        "ratio",
        runs.concentration(lambda run: run.billed_tc.sum(axis=0)),
    ),
    "channels_per_period": _M(
        "Distinct channels a consumer meets in a paid period, all consumers", "ratio", runs.channels_met
    ),
    "reach_widest": _M("Reach of the channel that reaches most", "share", runs.widest_reach),
    "reach_all": _M("Share of consumers who ever met any channel", "share", journeys.reach_of_all),
    "retention_per_period": _M("1 - lapses / active customers of a period", "share", runs.retention),
    "loyal_share_end": _M(
        "Loyal customers and advocates / active customers, at the end", "share", runs.loyal_share
    ),
    "stage_end": _M("People at a stage at the end", "people", runs.amount(runs.stage_end), "stage"),
    "segment_orders": _M("Orders of a segment", "orders", runs.amount(runs.segment_orders), "segment"),
    "segment_revenue": _M("Revenue of a segment", "money", runs.amount(runs.segment_revenue), "segment"),
    "segment_new_share": _M(
        "New customers of a segment / its people",
        "share",
        runs.quotient(runs.segment_customers, runs.segment_people),
        "segment",
    ),
    "segment_repeat_orders": _M(
        "Repeat orders of a segment", "orders", loyalty.segment_repeat_orders, "segment"
    ),
    "segment_repeat_ratio": _M(
        "Repeat orders per customer of a segment / those of everyone else",
        "ratio",
        loyalty.segment_repeat_ratio,
        "segment",
    ),
    "points_used_share": _M("Points redeemed / revenue", "share", loyalty.points_used_share),
    "channel_ltv_ratio": _M(
        "LTV by last touch in a channel / LTV of all new customers",
        "ratio",
        loyalty.channel_ltv_ratio,
        "channel",
    ),
    "orders_peak": _M("Orders in the best single period", "orders", runs.peak(runs.orders_t)),
    "revenue_peak": _M("Revenue in the best single period", "money", runs.peak(runs.revenue_t)),
    "orders_between": _M(
        "Orders in the periods that begin between two dates", "orders", runs.between(runs.orders_t), "dates"
    ),
    "revenue_between": _M(
        "Revenue in the periods that begin between two dates", "money", runs.between(runs.revenue_t), "dates"
    ),
    "spend_between": _M(
        "Spend in the periods that begin between two dates", "money", runs.between(runs.spend_t), "dates"
    ),
    "clicks_between": _M(
        "Clicks (visits) in all channels, in the periods that begin between two dates",
        "count",
        runs.between(runs.clicks_t),
        "dates",
    ),
    "orders_between_share": _M(
        "Share of all orders that fall between two dates",
        "share",
        runs.between(runs.orders_t, share=True),
        "dates",
    ),
    "roas_between": _M(
        "Revenue / spend, both between two dates",
        "ratio",
        runs.quotient_between(runs.revenue_t, runs.spend_t),
        "dates",
    ),
    "repeat_share_between": _M(
        "Share of the orders between two dates that are repeat orders",
        "share",
        runs.quotient_between(runs.repeat_orders_t, runs.orders_t),
        "dates",
    ),
    "path_channels_mean": _M(
        "Distinct channels met in the 90 days before a first order, mean",
        "ratio",
        journeys.path_channels_mean("complete"),
    ),
    "path_channels_share": _M(
        "Share of first orders whose 90 days before met so many distinct channels",
        "share",
        journeys.path_channels_share("complete"),
        "counts",
    ),
    "path_channels_mean_seen": _M(
        "As path_channels_mean, on the journeys that the brand can see",
        "ratio",
        journeys.path_channels_mean("brand"),
    ),
    "path_channels_share_seen": _M(
        "As path_channels_share, on the journeys that the brand can see",
        "share",
        journeys.path_channels_share("brand"),
        "counts",
    ),
    "cross_channel_share": _M(
        "Share of orders whose journey met a channel other than the one that took the order",
        "share",
        journeys.cross_channel_share,
    ),
    "online_offline_share": _M(
        "Share of orders where journey and shop hold a physical channel and another kind",
        "share",
        journeys.online_offline_share,
    ),
    "cross_channel_rate": _M(
        "Touches in a channel followed within 30 days by an order in another",
        "share",
        journeys.cross_channel_rate,
        "channel",
    ),
    "visit_rate": _M(
        "Clicks in a channel followed within 30 days by a touch or order in a physical one",
        "share",
        journeys.visit_rate,
        "channel",
    ),
    "outage_kept": _M(
        "Orders kept while a channel is out for 8 periods in mid-plan",
        "share",
        journeys.outage_kept,
        "channel",
    ),
    "worst_outage_kept": _M(
        "Orders kept in the worst outage of any one channel", "share", None, worst_of="outage_kept"
    ),
    "synergy_index": _M(
        "Gain of all channels together / sum of their gains alone",
        "ratio",
        journeys.synergy_index,
        "measure",
    ),
}


def split_metric(text: str) -> tuple[str, str]:
    """`name:argument` as its two parts; the argument is empty where there is none."""
    name, _, argument = text.partition(":")
    return name.strip(), argument.strip()


def metric_unit(text: str, compare: str) -> str:
    """Unit of a claim's number: a ratio of two measures has none of its own."""
    return "ratio" if compare == "ratio" else CLAIM_METRICS[split_metric(text)[0]].unit
