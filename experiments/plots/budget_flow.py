"""Budget flow: money by channel in every block, one panel a plan, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments import formatting
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Channels with a colour of their own; those with less money are drawn together.
COLOURED = 7


@dataclass(frozen=True)
class FlowData:
    """Plans and layers with money by block: money[plan][layer][block].

    Attributes:
        title: the finding.
        currency: of the amounts.
        plans: a panel each.
        layers: channels from the bottom of a bar to its top; the last one may be all the others.
        blocks: first day or number of each block.
        money: mean over replicates.
    """

    title: str
    currency: str
    plans: tuple[str, ...]
    layers: tuple[str, ...]
    blocks: tuple[str, ...]
    money: tuple[tuple[tuple[float, ...], ...], ...]


def flow_data(summary: Mapping[str, Any], labels: Mapping[str, str], called: Mapping[str, str]) -> FlowData:
    """Data of the figure from the answer of `omnifunnel replan`.

    Args:
        summary: the answer.
        labels: channel id -> name shown.
        called: plan -> name of its panel.
    """
    plans = summary["plans"]
    money = {name: one["blocks"] for name, one in plans.items()}
    channels = list(next(iter(money.values()))[0])
    total = {c: sum(row[c]["mean"] for rows in money.values() for row in rows) for c in channels}
    ranked = sorted(channels, key=lambda c: -total[c])
    own, rest = ranked, []
    if len(ranked) > COLOURED + 1:
        own, rest = ranked[:COLOURED], ranked[COLOURED:]
    groups = [[c] for c in own] + ([rest] if rest else [])
    return FlowData(
        _finding(summary, labels),
        summary["currency"],
        tuple(called[name] for name in plans),
        (*(labels[c] for c in own), *(["other channels"] if rest else [])),
        tuple(block["name"].split(" to ")[0] for block in summary["blocks"]),
        tuple(
            tuple(tuple(sum(row[c]["mean"] for c in group) for row in rows) for group in groups)
            for rows in money.values()
        ),
    )


def _finding(summary: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """What the policy in front does with the last block, beside the status quo."""
    from experiments.replan.carried import STATUS_QUO
    from experiments.replan.words import best_policy

    best = best_policy(summary)
    now, new = (_shares(summary["plans"][name]["blocks"][-1]) for name in (STATUS_QUO, best))
    change = {c: new[c] - now[c] for c in now}
    up, down = max(change, key=lambda c: change[c]), min(change, key=lambda c: change[c])
    moved = sum(max(value, 0.0) for value in change.values())
    label = summary["plans"][best]["label"]
    if moved < 0.005:
        return f"The policy in front, '{label}', ends with the mix of the status quo"
    return (
        f"The policy in front, '{label}', ends with {formatting.percent(moved)} of its money elsewhere than "
        f"the status quo: most into {labels[up]}, most out of {labels[down]}"
    )


def _shares(row: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    together = sum(money["mean"] for money in row.values())
    return {c: money["mean"] / together if together else 0.0 for c, money in row.items()}


def plot_flow(axes: Sequence[Axes], data: FlowData) -> None:
    """Draw a stack of channels a block; the legend below the panels names the channels."""
    from matplotlib.patches import Patch

    colours = [*style.SERIES[1:], style.NOW][: len(data.layers)]
    count = len(data.blocks)
    for ax, name, layers in zip(axes, data.plans, data.money, strict=False):
        bottom = [0.0] * count
        for colour, heights in zip(colours, layers, strict=True):
            ax.bar(range(count), heights, 0.82, bottom=bottom, color=colour, lw=0)
            bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
        ax.set_title(name)
        step = -(-count // 13)
        ax.set_xticks(range(0, count, step), [str(block + 1) for block in range(0, count, step)])
        ax.tick_params(axis="x", length=0)
        style.money_axis(ax.yaxis, "")
    for ax in axes[len(data.plans) :]:
        ax.set_visible(False)
    for ax in axes[max(0, len(data.plans) - columns_of(len(data.plans))) : len(data.plans)]:
        ax.set_xlabel("Block")
    axes[0].set_ylabel(f"Money by block, {data.currency}")
    handles = [Patch(color=colour, label=label) for colour, label in zip(colours, data.layers, strict=True)]
    begin = f"Block 1 begins {data.blocks[0]}, block {count} {data.blocks[-1]}"
    axes[0].figure.legend(handles=handles, loc="outside lower center", ncols=4, title=begin, title_fontsize=9)


def columns_of(plans: int) -> int:
    """Panels side by side."""
    return min(plans, 2 if plans <= 4 else 3)
