"""`omnifunnel claims`: what sources say, checked by running."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import Settings, examples, simulation_options


@click.command(
    short_help="Check the claims of scenarios by running.",
    epilog=examples(
        "omnifunnel claims beauty-launch", "omnifunnel claims beauty-launch --replicates 40 --out claims"
    ),
)
@click.argument("scenario", required=False)
@click.option("--metrics", is_flag=True, help="List what a claim can be about, and stop.")
@click.option(
    "--write",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.md",
    help="Check all shipped scenarios and write this page; sections that are still current are kept.",
)
@click.option("--fresh", is_flag=True, help="With --write: run everything again.")
@simulation_options
def claims(scenario: str | None, metrics: bool, page: Path | None, fresh: bool, settings: Settings) -> None:
    """Run what the claims of SCENARIO compare, and say of each whether it holds.

    Without SCENARIO, all shipped scenarios are checked. The exit code is 0 whatever the outcomes are: that a
    claim fails is a finding.
    """
    if metrics:
        from experiments import console
        from experiments.claims.answer import answer_metrics

        console.show([answer_metrics()])
        return
    if page is not None:
        if scenario is not None or settings.overrides or settings.out is not None or settings.as_json:
            raise click.UsageError("--write takes no SCENARIO, --set, --out or --json: the page is of all")
        from experiments.claims.page import write_page

        write_page(page, settings, fresh=fresh)
        return
    if fresh:
        raise click.UsageError("--fresh needs --write")
    from experiments.claims.answer import answer_claims, answer_library
    from experiments.delivery import deliver

    deliver(settings, lambda: answer_claims(scenario, settings) if scenario else answer_library(settings))
