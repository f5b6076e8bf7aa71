"""One consumer's life in words: who they are, and what happened beside the probability that was in force."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from math import isfinite
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.explain.facts import Fact
from experiments.tables import Grid

if TYPE_CHECKING:
    from experiments.runner import Case

Row = tuple[str, str, str]
#: Channels named beside a move, if they made this share of its rate; the others' push is summed up.
MOST_NAMED, LEAST_SHARE = 3, 0.01
#: Stages whose consumers can order again.
BUYERS = ("customer", "loyal", "advocate")
AWAY_WORDS = dict.fromkeys(("aware", "interested", "deciding"), "cool") | dict.fromkeys(BUYERS, "lapse")


def who(life: Fact, case: Case) -> str:
    """The consumer's fixed traits, as a list."""
    world, step = case.world, case.world.period.value
    label = dict(zip(world.segments, world.segment_labels, strict=True))[life["segment"]]
    name = label if label == life["segment"] else f"{label} ({life['segment']})"
    here = [case.labels[channel] for channel in life["on_platform"]]
    absent = [case.labels[channel] for channel in world.channels if channel not in life["on_platform"]]
    value = formatting.number(life["typical_order_value"], "money", currency=world.currency)
    known = (
        "Recognised: the brand knows them as one person on every channel."
        if life["resolved"]
        else "Not recognised: to the brand they are another stranger on every channel."
    )
    lines = [
        f"Segment {name}; {life['initial_stage']} when it begins.",
        known,
        f"Responsiveness {rate(life['responsiveness'])}: what channels push counts that many times.",
        f"As a customer they order {rate(life['purchase_rate_per_period'])} times a {step}, typically for "
        f"{value}, and lapse at a rate of {rate(life['lapse_rate_per_period'])} a {step}.",
        f"Can be met on {', '.join(here) or 'no channel'}"
        + (f"; never on {', '.join(absent)}." if absent else "."),
    ]
    return "Who\n" + "\n".join(f"- {line}" for line in lines)


def life_grid(life: Fact, case: Case) -> Grid:
    """Stay after stay at a stage, and within each what happened."""
    step = case.world.period.value
    rows: list[Row] = []
    events = {t: list(found) for t, found in groupby(life["events"], lambda event: event["period"])}
    for _, group in groupby(_with_stays(life["periods"], events), lambda pair: pair[0]):
        stay = [period for _, period in group]
        rows.append((stay[0]["date"], *_stay_words(stay, events, step)))
        for period in stay:
            date = period["date"]
            for event in events.get(period["period"], ()):
                rows.append((date, *_event_words(event, case)))
                date = ""
    return Grid("Life", (f"{step.capitalize()} of", "What happened", "In force"), tuple(rows), left=3)


def summary_line(life: Fact, case: Case) -> str:
    """Counts of the whole life."""
    totals = life["totals"]
    value = formatting.number(totals["value"], "money", currency=case.world.currency)
    return (
        f"In all: {counted(totals['touches'], 'touch', 'touches')} "
        f"({counted(totals['exposures'], 'exposure')}, {counted(totals['clicks'], 'click')}), "
        f"{counted(totals['moves'], 'move')}, {counted(totals['orders'], 'order')} worth {value}; "
        f"{life['final_stage']} at the end."
    )


def chance(p: float) -> str:
    """A probability in per cent, two digits: `0.20 %`, `3.1 %`, `14 %`, `< 0.01 %`, `0 %`."""
    percent = 100.0 * p
    if percent == 0.0 or percent >= 9.95:
        return f"{percent:.0f} %"
    if percent < 0.01:
        return "< 0.01 %"
    return f"{percent:.1f} %" if percent >= 0.995 else f"{percent:.2f} %"


def rate(value: float) -> str:
    """A rate to three digits, without an exponent: `0.0315`, `1.2`."""
    if not isfinite(value) or value == 0.0:
        return f"{value:.0f}"
    text = f"{value:.3g}"
    return text if "e" not in text else f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 order`, `3 orders`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _with_stays(periods: list[Fact], events: dict[int, list[Fact]]) -> Iterator[tuple[int, Fact]]:
    """Number the stays: a move ends one, even where it leads back to the same stage later."""
    stay = 0
    for period in periods:
        yield stay, period
        stay += any(event["event"] == "move" for event in events.get(period["period"], ()))


def _stay_words(stay: list[Fact], events: dict[int, list[Fact]], step: str) -> tuple[str, str]:
    stage = stay[0]["stage"]
    quiet = sum(period["period"] not in events for period in stay)
    told = f"{stage.upper()} for {counted(len(stay), step)}"
    told += f", {'all' if quiet == len(stay) else quiet} of them quiet" if quiet and len(stay) > 1 else ""
    force = []
    if any(period["chance_onward"] for period in stay):
        force.append(f"move on {_span([period['chance_onward'] for period in stay])}")
    if stage in AWAY_WORDS:
        force.append(f"{AWAY_WORDS[stage]} {_span([period['chance_away'] for period in stay])}")
    told_force = f"a {step}: {', '.join(force)}" if force else "nothing can move them"
    if stage in BUYERS:
        expected = sum(period["orders_expected"] for period in stay)
        told_force += f"; {rate(expected)} repeat orders expected in all"
    return told, told_force


def _span(chances: list[float]) -> str:
    low, high = chance(min(chances)), chance(max(chances))
    return low if low == high else f"{low.removesuffix(' %')} to {high}"


def _event_words(event: Fact, case: Case) -> tuple[str, str]:
    kinds = {"touch": _touch_words, "move": _move_words, "order": _order_words}
    told, force = kinds[event["event"]](event, case)
    return f"  {told}", force


def _touch_words(event: Fact, case: Case) -> tuple[str, str]:
    times = {1: "", 2: " twice"}.get(event["exposures"], f" {event['exposures']} times")
    clicked = ", and clicked" if event["clicked"] else ""
    click = f"; click {chance(event['click_chance'])}" if event["click_chance"] else ""
    return f"met {case.labels[event['channel']]}{times}{clicked}", f"meet {chance(event['chance'])}{click}"


def _move_words(event: Fact, case: Case) -> tuple[str, str]:
    told = f"moved {'on' if event['onward'] else 'away'}: {event['from']} to {event['to']}"
    force = f"move {chance(event['chance'])}"
    if not event["onward"]:
        return told, f"{force} (rate {rate(event['rate'])})"
    least = LEAST_SHARE * event["rate"]
    pushes = sorted(event["pushed_by"].items(), key=lambda pair: -pair[1])
    named = [pair for pair in pushes if pair[1] >= least][:MOST_NAMED]
    others = sum(push for _, push in pushes[len(named) :])
    parts = [f"{rate(event['base_rate'])} anyway"]
    parts += [f"{rate(push)} {case.labels[name]}" for name, push in named]
    parts += [f"{rate(others)} other channels"] if others >= least else []
    return told, f"{force} (rate {rate(event['rate'])} = {' + '.join(parts)})"


def _order_words(event: Fact, case: Case) -> tuple[str, str]:
    value = formatting.number(event["value"], "money", currency=case.world.currency)
    told = f"{'ordered again' if event['repeat'] else 'ordered'}: {value} at {case.labels[event['channel']]}"
    shop = f"this shop {chance(event['shop_chance'])}"
    if not event["repeat"]:
        return told, f"comes with becoming a customer; {shop}"
    return told, f"{rate(event['orders_expected'])} orders expected; {shop}"
