"""What the figures of `omnifunnel customers` mean, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments import formatting, texts

if TYPE_CHECKING:
    from experiments.runner import Case


def reading(case: Case, found: Mapping[str, Any]) -> str:
    """Definitions, in the order of the tables."""
    world, period = case.world, case.world.period.value
    lines = [
        f"LTV: margin before media money within {world.ltv_horizon} {period}s of the first order, that order "
        f"included, discounted at {formatting.percent(world.discount_rate_per_year, digits=1)} a year to the "
        "period of the first order; realised is the same to the end of the run.",
        *_unseen(found),
        _residual(case, found),
        "Touches say what came before the first order, not what caused it. Incremental CAC does: it compares "
        "with the plan without any money, or without the channel's.",
        "CAC holds media money only, neither labour nor production; a cohort's is the money of its own "
        f"{period}s. Payback: {period}s after the first order until a mean customer's discounted margin "
        "reaches the CAC, — where it does not within the run.",
        "Survival: never lapsed; whoever is won back counts apart. Churn: lapses a customer at risk and "
        f"{period}. Each age is taken over those observed at it.",
        "Quadrants: CAC by last touch and LTV against the medians of the channels with money; unclear where "
        "an interval holds its median, — with fewer than three such channels. They are ranks, not orders.",
        "RFM: quantile scores 1 to 5, 5 best, ties by rank; orders and margin of the paid periods, later "
        "margin a customer after them. Who is still a customer only a simulation knows.",
        "Channel health: users are customers won by the channel before the quarter began; above baseline, a "
        "quarterly RFM score above the mean of all users; activity, orders a user against all users' "
        f"(below {found['health']['threshold']:g}: drop, if the whole interval is); retention, users not "
        "lapsed at the quarter's start who are not at its end either.",
    ]
    return "How to read\n" + "\n".join(f"- {line}" for line in lines)


def _unseen(found: Mapping[str, Any]) -> list[str]:
    share = found["customers"]["unseen"]["mean"]
    if not share:
        return []
    return [
        f"{formatting.percent(share)} of the new customers are not observed over the whole LTV horizon: "
        "their LTV stops at the end of the run; a longer tail shows the rest."
    ]


def _residual(case: Case, found: Mapping[str, Any]) -> str:
    if case.world.discount_rate_per_year == 0:
        return "Residual: without a discount rate it may have no bound, so it is not given."
    text = (
        "Residual: expected margin after the run, from each customer's own purchase and lapse rate and "
        "stage, if no channel is met or remembered any more; discounted likewise."
    )
    free = [case.labels[name] for name in found["definitions"]["residual_leaves_out"]]
    return f"{text} It leaves out what {', '.join(free)} would go on doing free of charge." if free else text


def assumptions(case: Case, replicates: int) -> str:
    """What every simulated figure rests on."""
    world = case.world
    lines = [
        *case.file.scenario.assumptions,
        texts.interval_line(replicates),
        f"{world.agents:,} consumers stand for {world.people:,} people; money is in {world.currency}.",
        "Effects, rates and prices are inputs of the scenario; none of them is estimated from data.",
    ]
    return "Assumptions\n" + "\n".join(f"- {line}" for line in lines)
