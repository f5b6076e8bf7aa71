"""Budget flow: money by flight and channel, today above, recommended below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Channels with a colour of their own; the rest together are one more.
APART = 8
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7a4f9a")
REST = "#c9c9c9"
#: Share of the budget from which on a change is told.
LEAST = 0.001
#: Dates shown below the bars at most.
TICKS = 9


@dataclass(frozen=True)
class FlightsData:
    """Money by channel and flight, in order of the recommended total; flights by their first day."""

    title: str
    currency: str
    flights: tuple[str, ...]
    labels: tuple[str, ...]
    now: tuple[tuple[float, ...], ...]
    recommended: tuple[tuple[float, ...], ...]


def flights_data(
    flights: Sequence[str],
    labels: Mapping[str, str],
    now: Sequence[Mapping[str, float]],
    recommended: Sequence[Mapping[str, float]],
    *,
    currency: str,
) -> FlightsData:
    """Stack the largest channels by recommended money, the others together.

    Args:
        flights: names, in order of time.
        labels: id -> name shown, of the channels that can take money.
        now: id -> money, a flight each.
        recommended: the same for the recommended plan.
        currency: ISO code.
    """
    size = {c: sum(row.get(c, 0.0) for row in (*recommended, *now)) for c in labels}
    order = sorted((c for c in labels if size[c] > 0), key=lambda c: (-size[c], c))
    groups = [(labels[c], (c,)) for c in (order if len(order) <= APART else order[: APART - 1])]
    if len(order) > APART:
        groups.append(("other channels", tuple(order[APART - 1 :])))

    def stacked(rows: Sequence[Mapping[str, float]]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(sum(row.get(c, 0.0) for c in who) for row in rows) for _, who in groups)

    names = tuple(name.split(" to ")[0] for name in flights)
    both = stacked(now), stacked(recommended)
    title = _finding(names, [name for name, _ in groups], *both, currency)
    return FlightsData(title, currency, names, tuple(name for name, _ in groups), *both)


def _finding(
    flights: Sequence[str],
    labels: Sequence[str],
    now: Sequence[Sequence[float]],
    new: Sequence[Sequence[float]],
    currency: str,
) -> str:
    """The flights that gain and lose most, and the channel behind the largest change of all."""
    moved = [
        (new[g][f] - now[g][f], labels[g], flights[f])
        for g in range(len(labels))
        for f in range(len(flights))
    ]
    totals = [sum(row[f] for row in new) - sum(row[f] for row in now) for f in range(len(flights))]
    least = max(LEAST * max(sum(map(sum, now)), sum(map(sum, new))), 1.0)
    if not moved or max(abs(each[0]) for each in moved) < least:
        return "The recommended plan keeps today's money in every flight"
    most, kind = max(moved, key=lambda each: each[0]), "rise"
    if most[0] < least:
        most, kind = min(moved, key=lambda each: each[0]), "cut"
    start = _flights_moved(flights, totals, least, currency)
    return f"{start}; the largest single {kind} is {most[1]} from {most[2]} ({_told(most[0], '')})"


def _flights_moved(flights: Sequence[str], totals: Sequence[float], least: float, currency: str) -> str:
    up, down = (choose(range(len(flights)), key=lambda f: totals[f]) for choose in (max, min))
    added, taken = totals[up] >= least, totals[down] <= -least
    if not added and not taken:
        return "Every flight keeps its money, shared otherwise"
    if not added:
        return f"Most money is taken in the flight from {flights[down]} ({_told(totals[down], currency)})"
    start = f"Most money is added in the flight from {flights[up]} ({_told(totals[up], currency)})"
    return (
        f"{start} and most taken in that from {flights[down]} ({_told(totals[down], '')})" if taken else start
    )


def _told(change: float, currency: str) -> str:
    return formatting.compact(change, currency=currency, signed=True)


def plot_flights(axes: Sequence[Axes], data: FlightsData) -> None:
    """Draw a stack a flight; both panels have the same axis."""
    step = -(-len(data.flights) // TICKS)
    for ax, name, stacks in ((axes[0], "Now", data.now), (axes[1], "Recommended", data.recommended)):
        base = [0.0] * len(data.flights)
        for row, label, colour in zip(stacks, data.labels, _colours(data.labels), strict=True):
            ax.bar(range(len(row)), row, bottom=base, width=0.86, color=colour, label=label)
            base = [low + more for low, more in zip(base, row, strict=True)]
        ax.set_title(name)
        ax.set_xticks(range(0, len(data.flights), step), data.flights[::step])
        ax.set_xlim(-0.6, len(data.flights) - 0.4)
        style.money_axis(ax.yaxis, f"Money offered, {data.currency}")
        ax.grid(axis="y", color="#eeeeee", lw=0.7)
        ax.set_axisbelow(True)
    axes[0].tick_params(axis="x", labelbottom=False)
    axes[1].set_xlabel("First day of the flight")
    figure = axes[0].figure
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4)


def _colours(labels: Sequence[str]) -> list[str]:
    return [REST if label == "other channels" else COLOURS[n] for n, label in enumerate(labels)]
