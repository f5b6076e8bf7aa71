"""Simulated journeys, credited by every rule: one row a replicate, in several views of the same lives.

symbol           meaning                                                     shape    unit
conversions_rc   orders credited to each channel, by replicate               (R, C)   people
value_rc         their revenue                                               (R, C)   currency
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from experiments.commands.options import Settings
    from experiments.runner import Case
    from sim import AttributionOptions, EventLog, Paths

    Floats = npt.NDArray[np.float64]

MEASURES = ("conversions", "value")
COMPLETE, BRAND = "complete", "brand"
#: What each view sees; the two between truth and brand are told apart only where touches are lost at all.
VIEWS = {
    COMPLETE: "every touch of every person, under one identity",
    "tracking": "touches are lost at each channel's tracking rate; every person has one identity",
    "identity": "every touch; people who are not matched have one identity a channel",
    BRAND: "touches are lost at each channel's tracking rate, and people who are not matched have one "
    "identity a channel",
}


class Reading(NamedTuple):
    """How journeys are cut and credited.

    Attributes:
        rules: names in `sim.RULES`.
        options: what the rules leave open.
        lookback_days: window before an order.
        panel: consumers whose journeys are read; None is everyone.
    """

    rules: Sequence[str]
    options: AttributionOptions
    lookback_days: float
    panel: int | None


@dataclass(frozen=True, eq=False)
class Credited:
    """What every rule credits, by view.

    Attributes:
        credits: view -> rule -> measure -> (R, C), people-scaled or in currency.
        paths: view -> what the journeys hold, mean over replicates, people-scaled or in currency.
        consumers: of the sample, whose journeys were read in each replicate.
    """

    credits: Mapping[str, Mapping[str, Mapping[str, Floats]]]
    paths: Mapping[str, Mapping[str, float]]
    consumers: int


def credited(
    case: Case, reading: Reading, settings: Settings, report: Callable[[int, int, str], None]
) -> Credited:
    """Simulate each replicate, replay it, and credit its journeys in every view.

    Args:
        case: scenario and plan.
        reading: what journeys and rules.
        settings: seed, replicates, engine, threads.
        report: told (done, total, text) as work goes on.
    """
    from sim import available_cpus, panel, replay, simulate

    views, found, threads = views_of(case), [], settings.jobs or available_cpus()
    chosen = None if reading.panel is None else panel(case.world, reading.panel)
    with ThreadPoolExecutor(min(threads, len(views))) as pool:
        for r in range(settings.replicates):
            report(2 * r, 2 * settings.replicates, f"replaying replicate {r + 1}")
            run = simulate(
                case.world,
                case.plan,
                seed=settings.seed,
                replicate=r,
                engine=settings.engine,
                threads=threads,
            )
            log = replay(run, chosen, threads=threads)
            report(2 * r + 1, 2 * settings.replicates, f"crediting replicate {r + 1}")
            found.append(list(pool.map(lambda view, log=log: _read(log, view, reading), views)))
    return _gathered(views, reading.rules, found, len(log))


def views_of(case: Case) -> tuple[str, ...]:
    """The views worth telling apart."""
    lossy = bool((case.world.tracked_c < 1).any())
    return tuple(VIEWS) if lossy else (COMPLETE, BRAND)


class _Read(NamedTuple):
    """One replicate in one view: rule -> measure -> (C,), and totals; all people-scaled."""

    credits: Mapping[str, Mapping[str, Floats]]
    totals: Mapping[str, float]


def _read(log: EventLog, view: str, reading: Reading) -> _Read:
    from sim import attribute, paths_from_log

    seen = _seen(log, view)
    kind = COMPLETE if view == COMPLETE else BRAND
    paths = paths_from_log(seen, lookback_days=reading.lookback_days, view=kind)
    people, credits = log.people, {}
    for rule in reading.rules:
        one = attribute(paths, rule, options=reading.options)
        credits[rule] = {"conversions": people * one.conversions_c, "value": people * one.value_c}
    return _Read(credits, {name: people * amount for name, amount in _totals(paths).items()})


def _seen(log: EventLog, view: str) -> EventLog:
    """The log with one of the two losses of the brand's view taken back."""
    import numpy as np

    if view == "tracking":
        return replace(log, resolved_i=np.ones_like(log.resolved_i))
    if view == "identity":
        return replace(log, world=replace(log.world, tracked_c=np.ones_like(log.world.tracked_c)))
    return log


def _totals(paths: Paths) -> dict[str, float]:
    return {
        "conversions": paths.conversions,
        "value": paths.value,
        "nulls": paths.nulls,
        "touches": float(len(paths.channel_n)),
        "untouched_conversions": paths.untouched_conversions,
        "untouched_value": paths.untouched_value,
    }


def _gathered(
    views: Sequence[str], rules: Sequence[str], found: Sequence[Sequence[_Read]], consumers: int
) -> Credited:
    """Replicates stacked, view by view."""
    import numpy as np

    credits: dict[str, Any] = {}
    paths: dict[str, dict[str, float]] = {}
    for number, view in enumerate(views):
        rows = [reads[number] for reads in found]
        credits[view] = {
            rule: {measure: np.stack([row.credits[rule][measure] for row in rows]) for measure in MEASURES}
            for rule in rules
        }
        paths[view] = {name: float(np.mean([row.totals[name] for row in rows])) for name in rows[0].totals}
    return Credited(credits, paths, consumers)
