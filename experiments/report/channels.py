"""What each channel delivered in a single plan, and what came of it."""

from __future__ import annotations

from experiments import formatting
from experiments.estimates import CHANNEL_TABLES
from experiments.report.blocks import Block, Table, row
from experiments.report.folder import RunFolder
from experiments.report.labels import channel_labels, currency_of
from experiments.report.speech import Speech

CAPTIONS = ("delivery_caption", "sales_caption")


def channel_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """Two tables, means with half their interval."""
    from sim import CHANNEL_MEASURES

    channels, labels, currency = folder.summary["channels"], channel_labels(folder, say), currency_of(folder)
    found: list[Block] = []
    for caption, (_, names) in zip(CAPTIONS, CHANNEL_TABLES, strict=True):
        units = {name: CHANNEL_MEASURES[name][1] for name in names}
        heads = [say.name("measure", name, CHANNEL_MEASURES[name][0]) for name in names]
        header = [
            f"{head}, {currency}" if units[name] == "money" else head
            for head, name in zip(heads, names, strict=True)
        ]
        rows = tuple(
            row([labels.get(c, c), *(formatting.plus_minus(one[name], units[name]) for name in names)])
            for c, one in channels.items()
        )
        found.append(Table(say(caption), (say("channel"), *header), rows, note=say("touch_note")))
    return found
