"""`omnifunnel fit-customers`: customer value models fitted to a table of orders."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from experiments.commands.options import examples


@click.command(
    "fit-customers",
    short_help="Fit purchase and lapse rates to orders.",
    epilog=examples(
        "omnifunnel fit-customers cdnow --calibration-end 1997-09-30",
        "omnifunnel fit-customers cdnow --period day --out customers.yaml",
    ),
)
@click.argument("orders", metavar="ORDERS.csv")
@click.option(
    "--model",
    type=click.Choice(["pareto_nbd", "bg_nbd", "mbg_nbd"]),
    default="pareto_nbd",
    show_default=True,
    help="Model of purchases and lapse; only pareto_nbd gives a segment.",
)
@click.option(
    "--period",
    type=click.Choice(["week", "day"]),
    default="week",
    show_default=True,
    help="Unit of rates: that of the scenario's calendar.",
)
@click.option(
    "--calibration-end",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Fit up to this day and predict the rest.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE.yaml", help="Write the segment here; a new file."
)
@click.option("--quiet", is_flag=True, help="No notes on stderr.")
def fit_customers(
    orders: str,
    model: str,
    period: str,
    calibration_end: dt.datetime | None,
    as_json: bool,
    out: Path | None,
    quiet: bool,
) -> None:
    """Fit a customer value model to ORDERS.csv (columns customer, date, amount) by maximum likelihood.

    ORDERS.csv may be `cdnow`, the shipped sample of 2,357 customers. The answer holds the parameters with
    their standard errors, order values, a check against later orders, and the segment for a scenario.
    """
    from experiments import console, store
    from experiments.fit_customers.answer import Request, find_customers, write_segment
    from experiments.fit_customers.words import sections, summary

    end = None if calibration_end is None else calibration_end.date()
    request = Request(orders, model, period, end, out)
    found = find_customers(request)
    if out is not None:
        write_segment(found)
    if as_json:
        click.echo(store.as_json(summary(found)), nl=False)
    else:
        console.show(sections(found))
    done = f"written to {out}" if out else "nothing written; keep the segment with --out FILE.yaml"
    if out or found.segment:
        console.note(done, quiet=quiet)
