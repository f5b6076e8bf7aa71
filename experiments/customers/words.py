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
        "New customers are those of the whole run: money also wins customers after it was spent.",
        f"LTV: margin before media money {texts.ltv_window(world)}, the first order included, discounted at "
        f"{formatting.percent(world.discount_rate_per_year, digits=1)} a year to the period of that order; "
        "realised is the same to the end of the run.",
        *_seen(case, found),
        _residual(case, found),
        "Touches say what came before the first order, not what caused it. Incremental CAC does: it compares "
        "with the plan without any money, or without the channel's.",
        "CAC holds media money only, neither labour nor production; a cohort's is the money of its own "
        f"{period}s, — where nothing was spent in them. Payback: {period}s after the first order until a "
        "mean customer's discounted margin reaches the CAC, — where it does not within the run.",
        "Survival: never lapsed; whoever is won back counts apart. Churn: lapses a customer at risk and "
        f"{period}. Each age is taken over those observed at it.",
        "Quadrants: CAC by last touch and LTV against the medians of the channels with money; unclear where "
        "an interval holds its median, — with fewer than three such channels. They are ranks, not orders.",
        "RFM: quantile scores 1 to 5, 5 best, ties by rank; orders and margin of the paid periods alone, so "
        "that scores can be held against the margin after them. Who is still a customer only a simulation "
        "knows.",
        "Channel health: users are customers won by the channel before the quarter began; above baseline, a "
        "quarterly RFM score above the mean of all users; activity, orders a user against all users' "
        f"(below {found['health']['threshold']:g}: drop, if the whole interval is); retention, users not "
        "lapsed at the quarter's start who are not at its end either.",
    ]
    return "How to read\n" + "\n".join(f"- {line}" for line in lines)


def _seen(case: Case, found: Mapping[str, Any]) -> list[str]:
    """For how long new customers are seen, where the end of the run cuts it short."""
    share, periods = (found["customers"][name]["mean"] for name in ("unseen", "seen_periods"))
    if not share:
        return []
    seen = f"{periods:.0f} {case.world.period.value}s of the average new customer are in the LTV"
    if case.world.ltv_horizon < case.world.total_periods - 1:
        seen += f"; {formatting.percent(share)} are not observed over the whole LTV horizon"
    return [
        f"{seen}: who is won late is seen for less time. Compare channels, segments and cohorts by the whole "
        "life, which adds the residual and has no such cut."
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
