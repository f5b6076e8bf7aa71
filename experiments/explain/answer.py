"""One simulated consumer's life: replayed exactly, told with the probabilities that were in force."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.answer import Answer
from experiments.console import progress
from experiments.errors import RequestError
from experiments.explain import facts as explain_facts, words as explain_words
from experiments.runner import Case, announce, open_case
from experiments.tables import Sheet

if TYPE_CHECKING:
    from experiments.commands.options import Settings

NOTE = (
    "How to read it\n"
    "- A probability is the one in force in that period, before the draw decided; what is likely may fail.\n"
    "- Within a period the touches come first, then at most one move, then orders.\n"
    "- One life proves nothing about a channel: what a push did is known only by running without it."
)


@dataclass(frozen=True)
class Request:
    """Whose life is asked for: consumer of one replicate of a scenario, a variant of it, or another plan."""

    scenario: str
    consumer: int
    replicate: int
    variant: str | None = None
    plan_csv: Path | None = None


def answer_explain(request: Request, settings: Settings) -> Answer:
    """Simulate one replicate, replay the consumer, and tell the life.

    Raises:
        RequestError: the sample has no such consumer.
    """
    from sim import simulate, trace

    case = open_case(
        request.scenario,
        overrides=settings.overrides,
        variant=request.variant,
        plan_csv=request.plan_csv,
        quiet=settings.quiet,
    )
    if request.consumer >= case.world.agents:
        raise RequestError(
            f"--consumer {request.consumer}: must be within 0 .. {case.world.agents - 1}, "
            f"{case.name} has {case.world.agents:,} consumers (population.agents)"
        )
    announce(settings)
    with progress("simulating", quiet=settings.quiet) as report:
        run = simulate(
            case.world, case.plan, seed=settings.seed, replicate=request.replicate, progress=report
        )
    with progress("replaying", quiet=settings.quiet):
        life = explain_facts.facts(trace(run, request.consumer))
    head = (
        f"Consumer {request.consumer} of {case.name}: one of {case.world.agents:,}, each standing for "
        f"{case.world.weight:,.6g} people (seed {settings.seed}, replicate {request.replicate})"
    )
    return Answer(
        command="explain",
        case=case,
        summary=_summary(request, settings, case, life),
        sections=[
            head,
            explain_words.who(life, case),
            explain_words.life_grid(life, case),
            explain_words.summary_line(life, case),
            NOTE,
        ],
        sheets={"events": _sheet(life["events"], EVENT_COLUMNS), "periods": _sheet(life["periods"])},
        figures=dict,
    )


EVENT_COLUMNS = (
    "date", "period", "event", "channel", "exposures", "clicked", "from", "to", "repeat", "value", "margin",
    "chance", "click_chance", "rate", "base_rate", "orders_expected", "shop_chance",
)  # fmt: skip


def _sheet(found: list[explain_facts.Fact], columns: tuple[str, ...] = ()) -> Sheet:
    """Facts as a table; what an event does not have is an empty cell."""
    columns = columns or tuple(found[0])
    return Sheet(columns, tuple(tuple(fact.get(name) for name in columns) for fact in found))


def _summary(
    request: Request, settings: Settings, case: Case, life: explain_facts.Fact
) -> explain_facts.Fact:
    return {
        "schema_version": 1,
        "scenario": case.file.scenario.name,
        "variant": case.variant,
        "plan": case.plan_source or "status quo",
        "seed": settings.seed,
        "replicate": request.replicate,
        "currency": case.world.currency,
        "people": case.world.weight,
        "consumer": request.consumer,
        **life,
    }
