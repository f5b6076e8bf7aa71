"""Section of a budget search: what channels cut by more than half bring, with a warning where one pays."""

from __future__ import annotations

from typing import Any

from experiments import formatting
from experiments.report.blocks import Block, Cell, Items, Table, row
from experiments.report.folder import RunFolder
from experiments.report.labels import channel_labels, currency_of
from experiments.report.speech import Speech


def guard_rail_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """A table and a warning a channel that pays; nothing where nothing is cut so far."""
    rails = folder.summary.get("guard_rail") or []
    if not rails:
        return []
    currency, labels = currency_of(folder), channel_labels(folder, say)
    rows = tuple(
        row(
            (
                labels.get(rail["channel"], rail["label"]),
                formatting.percent(-rail["cut"], signed=True),
                Cell(*say.halves(rail["cost"], "money", short=True)),
                Cell(*say.halves(rail["returns"], "ratio")),
                Cell(*say.halves(rail["cost_recommended"], "money", short=True)),
                say.name("word", rail["word"]),
            )
        )
        for rail in rails
    )
    header = (
        *(say("channel"), say("guard_cut"), say("guard_today"), say("guard_return", currency=currency)),
        *(say("guard_recommended"), say("guard_word")),
    )
    warnings = tuple(_warning(rail, labels, currency, say) for rail in rails if rail["word"] == "pays")
    caption = say("guard_caption", currency=currency)
    table = Table(caption, header, rows, note=say("guard_note"))
    return [table, Items(warnings)] if warnings else [table]


def _warning(rail: dict[str, Any], labels: dict[str, str], currency: str, say: Speech) -> str:
    profit, low, high = (
        formatting.number(rail["cost"][end], "money", currency=currency) for end in ("mean", "low", "high")
    )
    channel, cut = labels.get(rail["channel"], rail["label"]), formatting.percent(rail["cut"])
    return say("guard_warning", channel=channel, cut=cut, profit=profit, low=low, high=high)
