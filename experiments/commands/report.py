"""`omnifunnel report`: a run directory as one page to read, send and print."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.options import examples


@click.command(
    short_help="Make one HTML page of a run directory.",
    epilog=examples(
        "omnifunnel report runs/demo",
        "omnifunnel report runs/demo --lang zh --out report-zh.html",
    ),
)
@click.argument("folder", metavar="RUNDIR", type=click.Path(path_type=Path))
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="English or Chinese."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Page to write; default: RUNDIR/report.html.",
)
def report(folder: Path, lang: str, out: Path | None) -> None:
    """Make one HTML page of RUNDIR, a folder that a command wrote with --out.

    The page opens offline and prints to A4: the verdict with its interval, tables, figures, assumptions and
    where the numbers come from. Commands write it themselves in English; a page made before is replaced.
    """
    from experiments.report.writing import write_report

    click.echo(str(write_report(folder, lang, out)))
