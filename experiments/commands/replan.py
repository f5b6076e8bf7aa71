"""`omnifunnel replan`: decide block by block from what was recorded so far."""

from __future__ import annotations

from typing import Any

import click

from experiments.commands.optimize import METHODS, OBJECTIVES
from experiments.commands.options import Command, Settings, comma_list, examples, simulation_options
from experiments.errors import INTERRUPTED
from optimize import METHOD, RUNS

_POLICY = (
    click.option(
        "--every",
        type=click.IntRange(1),
        default=13,
        show_default=True,
        metavar="N",
        help="Periods between two decisions.",
    ),
    click.option(
        "--policy",
        "policies",
        callback=comma_list,
        metavar="A,B",
        help="hold, last_click, markov, proportional_roi, cull, rfm, surrogate; default: all of them.",
    ),
    click.option(
        "--reserve",
        type=click.FloatRange(0, 1),
        default=0.0,
        show_default=True,
        metavar="SHARE",
        help="Share of the total held back for the last block, e.g. 0.1.",
    ),
    click.option(
        "--turns-out",
        metavar="VARIANT",
        help="The market turns out as this variant; the one-shot plan is made for the scenario as written.",
    ),
    click.option(
        "--least-roas",
        type=click.FloatRange(min=0),
        default=2.0,
        show_default=True,
        metavar="X",
        help="Credited revenue per unit of money below which `cull` drops a channel.",
    ),
    click.option(
        "--least-activity",
        type=click.FloatRange(min=0),
        default=0.8,
        show_default=True,
        metavar="X",
        help="Orders per user over those of all users below which `rfm` drops a channel.",
    ),
    click.option(
        "--room",
        type=click.FloatRange(min=0),
        default=2.0,
        show_default=True,
        metavar="X",
        help="A channel that could not place its money is offered at most X times what it placed.",
    ),
    click.option(
        "--panel",
        type=click.IntRange(1),
        default=10_000,
        show_default=True,
        metavar="N",
        help="Consumers whose journeys are recorded.",
    ),
)
_ONE_SHOT = (
    click.option(
        "--runs",
        type=click.IntRange(0),
        default=RUNS,
        show_default=True,
        help="Simulations for the one-shot plan, searched before the start; 0: leave it out.",
    ),
    click.option(
        "--method", type=click.Choice(METHODS), default=METHOD, show_default=True, help="Its search."
    ),
    click.option(
        "--objective", type=click.Choice(OBJECTIVES), default="profit", show_default=True, help="Of all."
    ),
)


def _options(command: Command) -> Command:
    for option in reversed((*_POLICY, *_ONE_SHOT)):
        command = option(command)
    return command


@click.command(
    short_help="Re-plan block by block from what was recorded.",
    epilog=examples(
        "omnifunnel replan beauty-launch --every 13 --policy markov,cull",
        "omnifunnel replan beauty-launch --turns-out dear_search --reserve 0.1 --out replan",
    ),
)
@click.argument("scenario")
@_options
@simulation_options
@click.pass_context
def replan(context: click.Context, *, settings: Settings, **asked: Any) -> None:
    """Let policies re-plan SCENARIO's budget every N periods from what the brand has recorded so far.

    Each policy decides the next block under the total left and the limits, never seeing the future. Compares
    all with the status quo and with a one-shot plan searched before the start, under the same draws. Ctrl-C
    keeps the replicates that are done; the exit code is then 130.
    """
    from experiments.delivery import deliver
    from experiments.replan.answer import Request, answer_replan

    request = Request(**asked)
    answer = deliver(settings, lambda: answer_replan(request, settings))
    if answer.interrupted:
        context.exit(INTERRUPTED)
