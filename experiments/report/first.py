"""The first screen of a budget search: the money to move, and what to do about it, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments import formatting
from experiments.report.blocks import Block, Fact, Facts, Row, Table, Text, row
from experiments.report.budget import placed
from experiments.report.folder import RunFolder
from experiments.report.labels import channel_labels, currency_of, replicates_of
from experiments.report.speech import Speech

#: What the first screen has room for: channels of one plan and of several, plans beside the recommended
#: one, and names in a sentence.
LISTED, ROWS, EQUALS, NAMED = 6, 6, 3, 3
#: Share of the budget from which on a change is told, and from which on the total counts as another one.
LEAST = 0.001
OTHER_TOTAL = 0.005
#: Share of the money placed by which every one of several plans moves a channel for that to be advice.
SHARED = 0.01
#: Words of a verdict by which today's plan is as good as the one found.
NOT_BETTER = ("no better", "worse")
#: (More money in all, channels both up and down) -> the sentence.
DO = {
    (True, False): "do_more",
    (True, True): "do_more_move",
    (False, False): "do_less",
    (False, True): "do_less_move",
}


@dataclass(frozen=True)
class Move:
    """One channel's money placed over the plan, today and recommended."""

    label: str
    now: float
    new: float

    @property
    def change(self) -> float:
        """Recommended less today."""
        return self.new - self.now


def moves_of(folder: RunFolder, say: Speech) -> list[Move]:
    """Channels whose money changes, the largest change first."""
    now, new = (placed(folder.summary, plan) for plan in ("status_quo", "recommended"))
    labels = channel_labels(folder, say)
    moves = [Move(labels.get(name, name), now.get(name, 0.0), amount) for name, amount in new.items()]
    least = max(LEAST * max(sum(now.values()), sum(new.values())), 0.5)
    return sorted((one for one in moves if abs(one.change) >= least), key=lambda one: -abs(one.change))


def equals_of(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Plans that the judge cannot tell from the recommended one."""
    return [plan for plan in summary["verdict"].get("equals") or () if plan["name"] != "recommended"]


def money_blocks(folder: RunFolder, say: Speech) -> list[Block]:
    """The money to move by channel, from and to; beside the plans that are as good, where there are any."""
    moves, currency = moves_of(folder, say), currency_of(folder)
    if equals_of(folder.summary):
        return [_equals(folder, say)]
    if not moves:
        return [Text(say("moves_none"), "heading")]
    facts = [
        Fact(
            one.label,
            say("from_to", now=formatting.number(one.now, "count"), new=formatting.number(one.new, "count")),
            (formatting.number(one.change, "count", signed=True),),
        )
        for one in (moves if len(moves) <= LISTED else moves[: LISTED - 1])
    ]
    rest = moves[len(facts) :]
    if rest:
        now, new, change = (sum(getattr(one, part) for one in rest) for part in ("now", "new", "change"))
        amounts = say("from_to", now=formatting.number(now, "count"), new=formatting.number(new, "count"))
        name = say("more_moves", count=len(rest))
        facts.append(Fact(name, amounts, (formatting.number(change, "count", signed=True),)))
    key = "moves_found" if _keeps(folder.summary) else "moves"
    return [Text(say(key, currency=currency), "heading"), Facts(tuple(facts), "moves")]


def _equals(folder: RunFolder, say: Speech) -> Table:
    """Today's plan, the recommended one and its equals, a channel a row."""
    summary, labels = folder.summary, channel_labels(folder, say)
    equals = equals_of(summary)
    plans = {say("now"): placed(summary, "status_quo"), say("recommended"): placed(summary, "recommended")}
    plans |= {say.plan(plan["name"]): plan.get("placed") or plan["spend"] for plan in equals[:EQUALS]}
    spends = list(plans.values())
    channels = [name for name in spends[1] if any(spend.get(name, 0.0) > 0 for spend in spends)]
    channels.sort(key=lambda name: -max(spend.get(name, 0.0) for spend in spends))
    most = len(channels) if len(channels) <= ROWS else ROWS - 1
    groups = {labels.get(name, name): [name] for name in channels[:most]}
    if channels[most:]:
        groups[say("more_moves", count=len(channels) - most)] = channels[most:]
    rows = [_amounts(label, spends, names) for label, names in groups.items()]
    rows.append(_amounts(say("total"), spends, channels, kind="total"))
    more = len(equals) - EQUALS
    note = say("more_equals", count=more) if more > 0 else ""
    caption = say("equals_caption", currency=currency_of(folder))
    return Table(caption, (say("channel"), *plans), tuple(rows), note=note)


def _amounts(label: str, spends: Sequence[Mapping[str, float]], names: Sequence[str], kind: str = "") -> Row:
    sums = [sum(spend.get(name, 0.0) for name in names) for spend in spends]
    return row((label, *(formatting.number(amount, "count") for amount in sums)), kind)


def _keeps(summary: Mapping[str, Any]) -> bool:
    """Whether today's plan is to be kept: nothing better was found, and the limits allow it."""
    verdict = summary["verdict"]
    keep: bool = verdict.get("keep", verdict["word"] in NOT_BETTER)
    return keep


def not_allowed(summary: Mapping[str, Any]) -> bool:
    """Whether nothing better was found, and yet today's plan cannot be kept."""
    return summary["verdict"]["word"] in NOT_BETTER and not _keeps(summary)


def action(folder: RunFolder, say: Speech) -> str:
    """What to do, in one sentence."""
    summary = folder.summary
    found = {check["word"] for check in summary["targets"]}
    if _keeps(summary):
        return say("keep")
    if "missed" in found:
        return say("do_missed")
    if summary["verdict"]["word"] == "undecided":
        return say("do_nothing_yet")
    if summary["objective"] == "spend" and "unclear" in found:
        return say("do_unsure")
    if equals_of(summary):
        return _any(folder, say)
    return _move(folder, say)


def _any(folder: RunFolder, say: Speech) -> str:
    """Any of several plans, and what all of them do."""
    summary, labels = folder.summary, channel_labels(folder, say)
    now, new = placed(summary, "status_quo"), placed(summary, "recommended")
    plans = [new, *(plan.get("placed") or plan["spend"] for plan in equals_of(summary))]
    least, what = SHARED * sum(new.values()), []
    for key, side in (("all_up", 1), ("all_down", -1)):
        moves = {c: min(side * (plan.get(c, 0.0) - now.get(c, 0.0)) for plan in plans) for c in new}
        shared = sorted((c for c in moves if moves[c] > least), key=lambda c: -moves[c])
        if shared:
            what.append(say(key, names=_listed([labels.get(c, c) for c in shared], say)))
    if not what:
        return say("do_any")
    return say("do_any_common", what=(" and " if say.lang == "en" else "，").join(what))


def _move(folder: RunFolder, say: Speech) -> str:
    moves, currency = moves_of(folder, say), currency_of(folder)
    flights = folder.summary["flights"]
    if not moves:
        timed = any(one["now"] != one["recommended"] for one in flights)
        return say("do_timing") if timed else say("keep")
    ups, downs = ([one for one in moves if one.change * side > 0] for side in (1, -1))
    given, taken = (sum(abs(one.change) for one in side) for side in (ups, downs))
    now = sum(placed(folder.summary, "status_quo").values())
    words = {
        "up": _names(ups, say),
        "down": _names(downs, say),
        "given": formatting.compact(given, currency=currency),
        "taken": formatting.compact(taken, currency=currency),
    }
    if abs(given - taken) <= OTHER_TOTAL * now:
        return say("do_move", amount=words["given"], **words)
    key = DO[given > taken, bool(ups and downs)]
    return say(key, amount=formatting.compact(abs(given - taken), currency=currency), **words)


def _names(moves: Sequence[Move], say: Speech) -> str:
    """Names in a sentence, the largest change first."""
    return _listed([one.label for one in moves], say)


def _listed(names: Sequence[str], say: Speech) -> str:
    if len(names) > NAMED:
        return say("and_more", names=say.list(names[: NAMED - 1]), count=len(names) - NAMED + 1)
    if len(names) < 2:
        return "".join(names)
    return say("and", names=say.list(names[:-1]), last=names[-1])


def basis(folder: RunFolder, say: Speech) -> list[Block]:
    """What the numbers rest on; nothing where nothing was simulated."""
    replicates = replicates_of(folder, say)
    if not replicates:
        return []
    return [Text(say("basis", replicates=replicates, seed=folder.record.get("seed")), "basis")]
