"""Retention: the share of new customers who never lapsed, by age, a line a channel or a cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.customers.ages import standard_ages
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Channels drawn, those with the most customers; more lines cannot be told apart.
MOST_CHANNELS = 6
#: Cohorts drawn, evenly spread.
MOST_COHORTS = 12
#: Channels with less than this share of the customers are not drawn, cohorts with less than that of an equal
#: share, and ages at which less of a group is seen.
LEAST_SHARE = 0.02
LEAST_OF_EQUAL = 0.25
LEAST_OBSERVED = 0.1
#: Groups are compared at a year, or at the largest standard age below that this share of them is observed at.
QUARTERS_COMPARED = 4
MOST_OBSERVED = 2 / 3
#: Bands that are wider than this share of the axis, on average over the ages, say nothing and are left out.
WIDEST_BAND = 0.5
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
        drawn: which of the groups are drawn and why, empty for all.
        bands: what the bands are, or why there are none.
        banded: there are bands.
    """

    title: str
    everyone: RetentionLine
    lines: tuple[RetentionLine, ...]
    named: tuple[int, ...]
    period: str
    ordered: bool
    drawn: str
    bands: str
    banded: bool


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
        key: (one["last_touch"] if kind == "channels" else one)["customers"]["mean"] or 0.0
        for key, one in found[kind].items()
    }
    several = sum(size > 0 for size in sizes.values())
    share = LEAST_SHARE if kind == "channels" else LEAST_OF_EQUAL / max(1, several)
    least = share * (found["customers"]["customers"]["mean"] or 0.0)
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
    drawn = _drawn(len(lines), len(known), several, kind)
    banded, bands = _bands([lines[place] for place in named] or [everyone], found.get("replicates"))
    return RetentionData(title, everyone, lines, named, period, kind == "cohorts", drawn, bands, banded)


def _drawn(lines: int, known: int, several: int, kind: str) -> str:
    """How many of the groups with customers are drawn, and why no more."""
    if lines == several:
        return ""
    why = []
    if lines < known:
        why.append("those with most customers" if kind == "channels" else "evenly spread, to be told apart")
    if known < several:
        why.append("without those of too few customers")
    return f"{lines} of {several} {kind}: {', '.join(why)}"


def _bands(lines: Sequence[RetentionLine], replicates: int | None) -> tuple[bool, str]:
    """Whether bands are drawn around some lines, and what is said of them."""
    if any(None in (*line.low, *line.high) for line in lines):
        return False, "no band: one replicate"
    widths = [
        min(high or 0.0, 1.0) - max(low or 0.0, 0.0)
        for line in lines
        for low, high in zip(line.low, line.high, strict=True)
    ]
    if sum(widths) > WIDEST_BAND * len(widths):
        few = f" with {replicates} replicates" if replicates else ""
        return False, f"95 % interval left out: too wide{few}"
    return True, "band: 95 % interval"


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
        f"{formatting.percent(everyone.mean[-1])} of the new customers stay for "
        f"{_many(len(everyone.mean) - 1, period)}"
        if half is None
        else f"Half of the new customers have lapsed after {_many(half, period)}"
    )
    age = _compared_at(lines, quarter)
    seen = [place for place, line in enumerate(lines) if age is not None and age < len(line.mean)]
    if age is None or len(seen) < 2:
        return start, ()
    ranked = sorted(seen, key=lambda place: lines[place].mean[age])
    worst, best = lines[ranked[0]], lines[ranked[-1]]
    if not _apart(worst, best, age):
        return f"{start}; {_many(age, period)} on, no {kind[:-1]} can be told from another", ()
    who = "those won by {}" if kind == "channels" else "the cohort of {}"
    left, least = (formatting.percent(line.mean[age]) for line in (best, worst))
    title = (
        f"{start}; {_many(age, period)} after the first order {left} are left of "
        f"{who.format(best.label)}, {least} of {who.format(worst.label)}"
    )
    return title, (ranked[-1], ranked[0])


def _compared_at(lines: Sequence[RetentionLine], quarter: int) -> int | None:
    """The largest standard age up to a year at which enough of the lines are observed, None without any."""
    oldest = max(len(line.mean) for line in lines) - 1
    ages = standard_ages(quarter, min(oldest, QUARTERS_COMPARED * quarter))
    needed = MOST_OBSERVED * len(lines)
    return max((age for age in ages if sum(age < len(line.mean) for line in lines) >= needed), default=None)


def _many(count: int, period: str) -> str:
    return f"{count} {period}" if count == 1 else f"{count} {period}s"


def _apart(worst: RetentionLine, best: RetentionLine, age: int) -> bool:
    """Whether two intervals have nothing in common; without intervals they are taken as apart."""
    high, low = worst.high[age], best.low[age]
    return high is None or low is None or high < low


def plot_retention(ax: Axes, data: RetentionData) -> None:
    """Draw the lines, a band around those that the title compares or else around all, and a key below."""
    colours = _shades(len(data.lines)) if data.ordered else list(style.SERIES[1:])
    for place, (line, colour) in enumerate(zip(data.lines, colours, strict=False)):
        _draw(ax, line, colour, band=data.banded and place in data.named, width=1.4)
    _draw(ax, data.everyone, style.INK, band=data.banded and not data.named, width=2.2)
    ax.set_ylim(0, 104)
    ax.set_xlim(0, max(len(line.mean) for line in (*data.lines, data.everyone)) - 1)
    ax.grid(color="#eeeeee", lw=0.7)
    ax.set_axisbelow(True)
    ax.set_xlabel(f"{data.period}s after the first order")
    ax.set_ylabel("% who never lapsed" + (" " if data.banded else "\n") + f"({data.bands})")
    assert ax.figure is not None
    ax.figure.legend(loc="outside lower center", ncols=4, title=data.drawn or None, title_fontsize=9)


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
