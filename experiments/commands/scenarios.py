"""`omnifunnel scenarios`: the shipped scenarios."""

from __future__ import annotations

import click

from experiments.commands.options import examples


@click.command(
    short_help="List the shipped scenarios.",
    epilog=examples("omnifunnel scenarios", "omnifunnel scenarios --json"),
)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def scenarios(as_json: bool) -> None:
    """List the shipped scenarios: what each asks, its market, its sources, variants and claims."""
    from experiments import console
    from experiments.library import library_document, library_sections
    from experiments.store import as_json as text

    document = library_document()
    if as_json:
        click.echo(text(document), nl=False)
    else:
        console.show(library_sections(document))
