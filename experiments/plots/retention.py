"""Retention: the share of new customers who never lapsed, by age, a line a channel or a cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Channels drawn, those with the most customers; more lines cannot be told apart.
MOST_CHANNELS = 6
#: Cohorts drawn, evenly spread.
MOST_COHORTS = 12
#: Groups with less than this share of the customers are not drawn, nor ages at which less of a group is seen.
LEAST_SHARE = 0.02
LEAST_OBSERVED = 0.1
#: A year, at which groups are compared where all of them are observed that long.
QUARTERS_COMPARED = 4
Curve = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class RetentionLine:
    """Survival of one group by age, from age 0; low and high are None where there is no interval."""

    label: str
    mean: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True)
class RetentionData:
    """Lines of the groups, that of all customers, and the finding.

    Attributes:
        named: places of the lines that the finding compares; these are drawn with their intervals.
        ordered: the groups follow one another in time.
    """

    title: str
    everyone: RetentionLine
    lines: tuple[RetentionLine, ...]
    named: tuple[int, ...]
    period: str
    ordered: bool


def retention_data(found: Mapping[str, Any], kind: str) -> RetentionData | None:
    """Lines of "channels" (last touch) or "cohorts".

    Args:
        found: the answer of `omnifunnel customers`.
        kind: "channels" or "cohorts".

    Returns:
        None where no group has customers in every replicate.
    """
    retention = found["retention"]
    everyone = _line(retention["all"]["all"])
    sizes = {
        key: (one["last_touch"] if kind == "channels" else one)["customers"]["mean"]
        for key, one in found[kind].items()
    }
    least = LEAST_SHARE * (found["customers"]["customers"]["mean"] or 0.0)
    known = {
        key: one
        for key, one in retention[kind].items()
        if len(one["survival"]["mean"]) > 1 and sizes[key] >= least
    }
    if kind == "channels":
        keys = sorted(known, key=lambda key: -sizes[key])[:MOST_CHANNELS]
    else:
        keys = list(known)[:: -(-len(known) // MOST_COHORTS) or 1]
    if len(everyone.mean) < 2 or not keys:
        return None
    lines = tuple(_line(known[key]) for key in keys)
    period = found["definitions"]["period"]
    title, named = _finding(everyone, lines, period, retention["window_periods"], kind)
    return RetentionData(title, everyone, lines, named, period, kind == "cohorts")


def _line(group: Mapping[str, Any]) -> RetentionLine:
    curve, seen = group["survival"], group["observed"]
    ages = sum(share >= LEAST_OBSERVED for share in seen[: len(curve["mean"])])
    mean, low, high = (tuple(curve[end][:ages]) for end in ("mean", "low", "high"))
    return RetentionLine(group["label"], mean, low, high)


def _finding(
    everyone: RetentionLine, lines: Sequence[RetentionLine], period: str, quarter: int, kind: str
) -> tuple[str, tuple[int, ...]]:
    half = next((age for age, share in enumerate(everyone.mean) if share <= 0.5), None)
    start = (
        f"{formatting.percent(everyone.mean[-1])} of the new customers stay for {len(everyone.mean) - 1} "
        f"{period}s"
        if half is None
        else f"Half of the new customers have lapsed after {half} {period}s"
    )
    shortest = min(len(line.mean) for line in lines) - 1
    age = min(QUARTERS_COMPARED, shortest // quarter) * quarter or shortest
    ranked = sorted(range(len(lines)), key=lambda place: lines[place].mean[age])
    if len(lines) < 2:
        return start, ()
    worst, best = lines[ranked[0]], lines[ranked[-1]]
    if not _apart(worst, best, age):
        return f"{start}; {age} {period}s on, no {kind[:-1]} can be told from another", ()
    who = "those won by {}" if kind == "channels" else "the cohort of {}"
    title = (
        f"{start}; {age} {period}s after the first order {formatting.percent(best.mean[age])} are left of "
        f"{who.format(best.label)}, {formatting.percent(worst.mean[age])} of {who.format(worst.label)}"
    )
    return title, (ranked[-1], ranked[0])


def _apart(worst: RetentionLine, best: RetentionLine, age: int) -> bool:
    """Whether two intervals have nothing in common; without intervals they are taken as apart."""
    high, low = worst.high[age], best.low[age]
    return high is None or low is None or high < low


def plot_retention(ax: Axes, data: RetentionData) -> None:
    """Draw the lines, a band around those that the title compares or else around all, and a key below."""
    colours = _shades(len(data.lines)) if data.ordered else list(style.SERIES[1:])
    for place, (line, colour) in enumerate(zip(data.lines, colours, strict=False)):
        _draw(ax, line, colour, band=place in data.named, width=1.4)
    _draw(ax, data.everyone, style.INK, band=not data.named, width=2.2)
    ax.set_ylim(0, 104)
    ax.set_xlim(0, max(len(line.mean) for line in (*data.lines, data.everyone)) - 1)
    ax.grid(color="#eeeeee", lw=0.7)
    ax.set_axisbelow(True)
    ax.set_xlabel(f"{data.period}s after the first order")
    ax.set_ylabel("% who never lapsed (band: 95 % interval)")
    assert ax.figure is not None
    ax.figure.legend(loc="outside lower center", ncols=4)


def _draw(ax: Axes, line: RetentionLine, colour: str, *, band: bool, width: float) -> None:
    ages = range(len(line.mean))
    ax.plot(ages, [100 * share for share in line.mean], color=colour, lw=width, label=line.label)
    if band and None not in line.low:
        low, high = ([100 * (end or 0.0) for end in ends] for ends in (line.low, line.high))
        ax.fill_between(ages, low, high, color=colour, alpha=0.12, lw=0)


def _shades(count: int) -> list[str]:
    """Light to dark blue, first cohort lightest."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    shades = LinearSegmentedColormap.from_list("cohorts", ["#bcd9ec", style.RECOMMENDED, "#00263d"])
    return [to_hex(shades(number / max(1, count - 1))) for number in range(count)]
