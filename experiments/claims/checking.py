"""Run what a scenario's claims compare, on the same draws, and put each beside its range."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from experiments import estimates
from experiments.claims.outcomes import Checked
from experiments.console import progress
from experiments.errors import RequestError
from experiments.runner import Case, announce, open_case

if TYPE_CHECKING:
    from experiments.commands.options import Settings

#: From this many replicates on, outcomes are worth telling.
LEAST_REPLICATES = 20
#: Consumers of the small run that tells one engine from another.
_PROBE = 500


def check_claims(source: str, settings: Settings, *, title: str = "") -> tuple[Case, list[Checked]]:
    """Every claim of a scenario with its simulated value.

    Raises:
        RequestError: the scenario makes no claims.
    """
    from sim import compared, measure_claims, metric_unit

    case = open_case(source, overrides=settings.overrides)
    claims = case.file.scenario.claims
    if not claims:
        raise RequestError(f"{source}: makes no claims; add a `claims:` block, see docs/scenarios.md")
    announce(settings)
    with progress(title or f"checking {case.name}", quiet=settings.quiet) as report:
        samples = measure_claims(
            _markets(case, settings),
            _wanted(case),
            seed=settings.seed,
            replicates=settings.replicates,
            engine=settings.engine,
            threads=settings.jobs,
            progress=report,
        )
    checked = []
    for claim in claims:
        sample = samples[claim.variant, claim.metric]
        against = None if claim.against is None else samples[claim.against, claim.metric]
        interval = compared(sample, against, how=claim.compare)
        checked.append(
            Checked(
                case.file.scenario.name,
                claim,
                estimates.estimate(interval),
                metric_unit(claim.metric, claim.compare),
                case.world.currency,
                settings.replicates,
                sample.detail,
            )
        )
    return case, checked


def _wanted(case: Case) -> dict[str, list[str]]:
    """Variant -> metrics its claims need, each once, in the order of the file."""
    wanted: dict[str, dict[str, None]] = {}
    for claim in case.file.scenario.claims:
        for variant in (claim.variant, claim.against):
            if variant is not None:
                wanted.setdefault(variant, {})[claim.metric] = None
    return {variant: list(metrics) for variant, metrics in wanted.items()}


def _markets(case: Case, settings: Settings) -> dict:
    from sim import BASE

    cases = {
        name: case
        if name == BASE
        else open_case(case.file.source, overrides=settings.overrides, variant=name)
        for name in _wanted(case)
    }
    return {name: (one.world, one.plan) for name, one in cases.items()}


def scenario_print(case: Case) -> str:
    """SHA-256 of the resolved scenario and its plan."""
    from sim import dump

    digest = hashlib.sha256(dump(case.file.document).encode())
    digest.update(case.plan.spend_tc.tobytes())
    return digest.hexdigest()


def engine_print(source: str) -> str:
    """SHA-256 of what a small run of the scenario counts: it changes when the engine's results do."""
    from sim import simulate

    small = open_case(source, overrides=(f"population.agents={_PROBE}",))
    run = simulate(small.world, small.plan, seed=1)
    digest = hashlib.sha256()
    for name, array in sorted(run.arrays().items()):
        if array.dtype.kind == "i" and array.any():
            digest.update(f"{name}{array.shape}".encode())
            digest.update(array.astype("<i8").tobytes())
    return digest.hexdigest()[:16]
