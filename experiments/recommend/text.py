"""What `optimize` says to people: the verdict, what to change, what it changes, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments import estimates, formatting, texts
from experiments.estimates import estimate
from experiments.recommend.details import (
    finalists_grid,
    frontier_grid,
    frontier_text,
    heading,
    marginal_grid,
    marginal_text,
    name_of,
    origin_of,
)
from experiments.recommend.guard_rail import guard_rail_sections
from experiments.recommend.judged import NAMES, differences, judged
from experiments.recommend.robust import robustness_grid, robustness_text
from experiments.runner import Case
from experiments.tables import Grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.recommend.robust import Probed
    from optimize import Binding, BudgetProblem, OptimizeResult, ShadowPrice
    from sim import Kpi


#: Share of the total not placed from which on it is worth a line.
NOT_PLACED = 0.02


def sections(
    case: Case, problem: BudgetProblem, result: OptimizeResult, probed: Probed | None = None
) -> list[str | Grid]:
    """The verdict first, then what to change, what it changes, and why."""
    told: list[str | Grid] = [_verdict(result), budget_grid(case, problem, result)]
    free = free_text(case, problem, result)
    told += [free] if free else []
    told += [*guard_rail_sections(result), _kpi_grid(result)]
    if len(result.flights) > 1:
        told.append(_flights_grid(case, problem, result))
    if result.finalists:
        told.append(finalists_grid(result, _goals(result)[0]))
    else:
        told.append(_rules_grid(result))
    if result.pareto:
        told += [frontier_grid(result, _goals(result)), frontier_text(result, _goals(result))]
    if result.marginal:
        goal = _goals(result)[0]
        told += [marginal_grid(case, result, goal), marginal_text(result, goal)]
    if probed is not None:
        told.append(robustness_grid(probed[0], result.currency))
        told.append(robustness_text(*probed, result.currency))
    return [*told, _why(result), texts.assumptions(case, result.replicates)]


def _verdict(result: OptimizeResult) -> str:
    lines = [result.verdict.text]
    if result.interrupted:
        used = f"after {result.runs_used} of {result.runs} runs"
        lines.insert(0, f"Stopped early, {used}; the best plan so far was judged.")
    if result.stopped:
        lines.insert(0, f"The search gave up; the best plan so far was judged. {result.stopped}")
    return "\n".join(lines)


def budget_grid(case: Case, problem: BudgetProblem, result: OptimizeResult) -> Grid:
    """Money placed by channel: now, recommended, change; what to offer for it, and the limit that meets."""
    now, new = result.placed("status_quo"), result.placed("recommended")
    offered = result.recommended.totals()
    hit = {c: _limit_word(limit) for limit in result.explanation.binding for c in limit.channels}
    rows = [
        (
            case.labels[channel],
            formatting.number(now[channel], "count"),
            formatting.number(new[channel], "count"),
            formatting.number(new[channel] - now[channel], "count", signed=True),
            formatting.percent(new[channel] / now[channel] - 1, signed=True) if now[channel] > 0 else "",
            formatting.number(offered[channel], "count"),
            hit.get(channel, ""),
        )
        for channel in sorted(case.priced, key=lambda name: -new[name])
    ]
    total_now, total = sum(now.values()), sum(new.values())
    change = formatting.number(total - total_now, "count", signed=True)
    sums = (total_now, total)
    told = tuple(formatting.number(amount, "count") for amount in sums)
    rows.append(("Total", *told, change, "", formatting.number(sum(offered.values()), "count"), ""))
    if result.free >= 0.005 * result.total and not problem.free_total:
        free_now = result.status_quo.total - total_now
        free = (*(formatting.number(one, "count") for one in (free_now, result.free)),)
        change = formatting.number(result.free - free_now, "count", signed=True)
        rows.append(("Not placed: free", *free, change, "", "", ""))
    header = ("Channel", "Now", "Recommended", "Change", "", "To place it, offer", "Limit hit")
    title = f"Budget over the whole plan, {problem.currency}: money that finds an audience"
    return Grid(title, header, tuple(rows))


def free_text(case: Case, problem: BudgetProblem, result: OptimizeResult) -> str:
    """What is not placed, what today's plan places, and what else could use what is free."""
    share = NOT_PLACED * result.total
    offered, placed = result.status_quo.total, sum(result.placed("status_quo").values())
    lines = []
    if offered - placed >= share:
        lines.append(
            f"Today's plan offers {_amount(offered, result)}; {_amount(placed, result)} of it is placed."
        )
    if result.free >= share and not problem.free_total:
        names = [case.labels[name] for name in result.could_use[:2]]
        use = (
            f"{' and '.join(names)} could use it: their last money earns more than it costs."
            if names
            else "No channel is sure to earn its cost with it: keep it, or use it elsewhere."
        )
        lines.append(f"{_amount(result.free, result)} of the total is free. {use}")
    elif result.free >= share:
        lines.append(f"{_amount(result.free, result)} of what is offered is not placed, and not billed.")
    return "\n".join(lines)


def _amount(amount: float, result: OptimizeResult) -> str:
    return formatting.number(amount, "money", currency=result.currency)


def _flights_grid(case: Case, problem: BudgetProblem, result: OptimizeResult) -> Grid:
    """Recommended money by flight, all channels and the largest ones; today's total beside it."""
    new = result.recommended.totals()
    largest = sorted((name for name in case.priced if new[name] > 0), key=lambda name: -new[name])[:5]
    where = [result.recommended.channels.index(name) for name in largest]
    rows = []
    for flight in result.flights:
        now_c = result.status_quo.spend_tc[flight.periods].sum(axis=0)
        new_c = result.recommended.spend_tc[flight.periods].sum(axis=0)
        amounts = [float(now_c.sum()), float(new_c.sum()), *new_c[where].tolist()]
        rows.append((flight.name, *(formatting.number(amount, "count") for amount in amounts)))
    header = ("Flight", "All now", "All recommended", *(case.labels[name] for name in largest))
    return Grid(
        f"Money offered by flight, {problem.currency}; all channels in flights.csv", header, tuple(rows)
    )


def _limit_word(limit: Binding) -> str:
    words = {"min_if_on": "minimum if on"}
    kind = texts.kind_of(limit.kind, limit.channels, limit.limit)
    word = words.get(kind, kind.replace("_", " ").replace("min", "minimum").replace("max", "maximum"))
    return f"{word} in a window" if texts.window_of(limit.limit) else word


def _kpi_grid(result: OptimizeResult) -> Grid:
    title = f"Judged on {texts.replicates(result.replicates)} that the search never saw"
    return estimates.change_grid(
        title,
        "Recommended",
        judged(result, "status_quo"),
        judged(result, "recommended"),
        differences(result, "recommended"),
        currency=result.currency,
    )


def _rules_grid(result: OptimizeResult) -> Grid:
    """What simple rules reach at the same total, where plans have no single rank."""
    goals = _goals(result)
    rows = tuple(
        (
            name_of(name),
            formatting.number(sum(result.plans[name].totals().values()), "count"),
            *(
                formatting.plus_minus(estimate(result.judged.interval(name, goal.name)), goal.unit)
                for goal in goals
            ),
        )
        for name in (*NAMES, *result.baselines)
    )
    header = ("Plan", f"Offered, {result.currency}", *(heading(goal, result.currency) for goal in goals))
    return Grid("Against simple rules (± half of the 95 % interval)", header, rows)


def _why(result: OptimizeResult) -> str:
    """Prices, limits and the account of the search, a line each."""
    why = result.explanation
    account = f"Method {result.method} used {result.runs_used} of {result.runs} runs"
    lines = [f"{account}; the judge used {result.judge_runs} more.", *_prices(result)]
    lines.append("Another seed searches otherwise; the intervals are of this plan, not of the search.")
    for name, fit in why.fits.items():
        share = formatting.percent(fit.r2, digits=1)
        unseen = fit.holdout if fit.holdout is not None else fit.leave_one_out
        missed = formatting.compact(unseen, currency=result.currency)
        lines.append(
            f"Response curves of {name}: {fit.plans} simulated plans, {share} of their spread explained; "
            f"plans not fitted were missed by {missed} on average."
        )
    lines[1:1] = _who(result)
    lines += [f"Could not run: {note}." for note in result.notes]
    if result.failures:
        lines.append(f"{len(result.failures)} plans could not be scored; the first: {result.failures[0]}")
    return "How this was found\n" + "\n".join(f"- {line}" for line in lines)


def _who(result: OptimizeResult) -> list[str]:
    """Who found the plan, who came to the same one, and by how much it leads the next."""
    who = result.found_by
    if who is None:
        return []
    name = origin_of(who.origin, result.method)
    others = dict.fromkeys(origin_of(one, result.method) for one in who.agree)
    agree = [one for one in others if one != name]
    found = f"Found by {name}"
    found += f"; {', '.join(agree)} came to the same plan" if agree else ""
    if who.runner_up is None or who.ahead is None:
        return [f"{found}."]
    goal = _goals(result)[0]
    ahead = formatting.interval(estimate(who.ahead), goal.unit, signed=True, currency=result.currency)
    next_best = origin_of(who.runner_up, result.method)
    return [f"{found}. Against the next best, by {next_best}: {goal.label} {ahead}."]


def _prices(result: OptimizeResult) -> list[str]:
    """Shadow prices for a step that people can picture: a hundredth of the budget."""
    why, goal, step = result.explanation, _goals(result)[0], 0.01 * result.total
    words = formatting.number(step, "money", currency=result.currency)

    def by(price: float) -> str:
        unit = f"{result.currency} " if goal.unit == "money" else ""
        change = price * step
        return f"{unit}{change:+,.2g}" if abs(change) < 100 else f"{unit}{change:+,.0f}"

    def told(price: float) -> str:
        return f"{goal.label} by {by(price)}"

    lines = [] if why.shadow_price is None else _price_of_more(why.shadow_price, words, told, by)
    for limit in why.binding:
        worth = limit.shadow_price
        gain, side = texts.eased(worth or 0.0, limit.kind)
        way = f", towards {side} money," if side else ""
        cost = "" if worth is None else f"; giving way by {words}{way} would change {told(gain)}"
        lines.append(f"Limit met: {_labelled(limit, result)}{cost}.")
    return lines


def _labelled(limit: Binding, result: OptimizeResult) -> str:
    """A limit's sentence with the names people know of its channels."""
    who, labels = " + ".join(limit.channels), [result.labels.get(name, name) for name in limit.channels]
    if not who or not limit.limit.startswith(who):
        return limit.limit
    return f"{' + '.join(labels)}{limit.limit.removeprefix(who)}"


def _price_of_more(
    price: ShadowPrice, words: str, told: Callable[[float], str], by: Callable[[float], str]
) -> list[str]:
    """What 1 % more of the whole plan would do: on the judge's draws, with the curves' price beside it."""
    judged, curves = price.judged, price.curves
    if judged is None:
        model = f"1 % more budget ({words}) would change {told(curves)} by the curves" if curves else ""
        return [f"Shadow price: {model}, a model's price: the judge was not asked."] if model else []
    model = "" if curves is None else f" By the curves, with the money where it is worth most: {by(curves)}."
    start = (
        f"Shadow price: 1 % more budget ({words}), spread as recommended, would change {told(judged.mean)}"
    )
    if judged.low is None or judged.high is None:
        return [f"{start}; one replicate gives no interval.{model}"]
    span = f"95 % interval {by(judged.low)} to {by(judged.high)} over {texts.replicates(judged.n)}"
    return [f"{start} ({span}): {price.word}.{model}"]


def _goals(result: OptimizeResult) -> list[Kpi]:
    """The KPIs that the objectives maximise."""
    from optimize import objective
    from sim import KPIS

    return [KPIS[objective(name).kpi] for name in result.objectives]
