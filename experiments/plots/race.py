"""Regret against simulations: a line a search, rules of thumb as levels at the right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Regret below which the axis no longer tells plans apart, per cent; the judge cannot either.
FLOOR = 0.1


@dataclass(frozen=True)
class RaceLine:
    """One search: (runs, median, worst) by rising runs."""

    name: str
    points: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class RaceData:
    """Searches, rules (label, regret) and the finding."""

    title: str
    unit: str
    lines: tuple[RaceLine, ...]
    rules: tuple[tuple[str, float], ...]


def race_data(summary: Mapping[str, Any]) -> RaceData:
    """Data of the figure from the answer of `omnifunnel race`."""
    from experiments.race.tables import finding, names as names_of

    league = summary["league"]
    names = dict.fromkeys(row["name"] for row in league if row["runs"])
    lines = tuple(
        RaceLine(
            name,
            tuple(
                sorted((row["runs"], row["median"], row["worst"]) for row in league if row["name"] == name)
            ),
        )
        for name in names
    )
    called = names_of(summary)
    rules = sorted(
        ((called[row["name"]], row["median"]) for row in league if not row["runs"]), key=lambda rule: rule[1]
    )
    return RaceData(finding(summary), summary["unit"], lines, tuple(rules))


def plot_race(ax: Axes, data: RaceData) -> None:
    """Draw medians as lines with the worst repeat above, and rules as short levels with their names."""
    from matplotlib.ticker import LogLocator

    budgets = sorted({point[0] for line in data.lines for point in line.points})
    for line, colour in zip(data.lines, (*style.SERIES[1:], *style.SERIES), strict=False):
        runs, median, worst = zip(*line.points, strict=True)
        ax.plot(runs, _floored(median), "o-", color=colour, lw=1.8, ms=5, label=line.name)
        ax.plot(runs, _floored(worst), ":", color=colour, lw=1.0)
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    first, last = (budgets[0], budgets[-1]) if budgets else (1, 1)
    reach = max(last / first, 2.0)
    if budgets:
        ax.set_xscale("log")
        ax.set_xticks(budgets, [f"{runs:,}" for runs in budgets])
        ax.xaxis.minorticks_off()
        ax.set_xlim(first / reach**0.05, last * reach**0.7)
    else:
        ax.set_xticks([])
        ax.set_xlim(0.9, 1.6)
    _rules(ax, data.rules, [last * reach**share for share in (0.06, 0.14, 0.16)])
    ax.yaxis.set_major_formatter(lambda value, _: f"{'≤ ' if value <= FLOOR else ''}{value:g} %")
    ax.yaxis.minorticks_off()
    ax.grid(axis="y", color="#eeeeee", lw=0.7)
    ax.set_axisbelow(True)
    ax.set_xlabel("Simulations a search may use")
    ax.set_ylabel(f"Regret, {data.unit}")
    assert ax.figure is not None
    if data.lines:
        ax.figure.legend(
            loc="outside lower center",
            ncols=6,
            title="Median of the repeats; dotted: the worst",
            title_fontsize=9,
        )


def _rules(ax: Axes, rules: Sequence[tuple[str, float]], at: Sequence[float]) -> None:
    """Levels to the right of the searches, names moved apart where they would touch."""
    low, high = ax.get_ylim()
    values = [*_floored([value for _, value in rules]), low, high]
    low, high = min(values) / 1.3, max(values) * 1.3
    ax.set_ylim(low, high)
    levels = [max(value, FLOOR) for _, value in rules]
    places = _apart(levels, (high / low) ** (1 / 22), high)
    for (name, value), level, place in zip(rules, levels, places, strict=True):
        ax.plot(at[:2], [level, place], color=style.NOW, lw=1.2)
        text = f"{name}, {formatting.number(value, 'ratio' if value < 10 else 'count')} %"
        ax.text(at[2], place, text, va="center", fontsize=8.5, color=style.INK)


def _apart(levels: Sequence[float], step: float, top: float) -> list[float]:
    """Rising levels moved as little as can be, each at least `step` times the one below, none above the top.

    On the log scale, less what lies below it at least, a place must not fall: names that would touch are
    pooled round their mean.
    """
    pools: list[list[float]] = []
    for number, level in enumerate(levels):
        pools.append([math.log(level) - number * math.log(step)])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    bases = [_mean(pool) for pool in pools for _ in pool]
    highest = math.log(top) - (len(levels) - 1) * math.log(step)
    return [math.exp(min(base, highest)) * step**number for number, base in enumerate(bases)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _floored(values: Sequence[float]) -> list[float]:
    return [max(value, FLOOR) for value in values]
