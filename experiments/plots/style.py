"""How every figure looks: colours that colour-blind readers tell apart, light frames, left titles.

Colours are from Okabe and Ito's palette. Meaning of a colour is the same in all figures.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING, Any

from experiments.plots import typeface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NOW = "#7a7a7a"
RECOMMENDED = "#0072B2"
BETTER = "#0072B2"
WORSE = "#D55E00"
UNCLEAR = "#8a8a8a"
INK = "#222222"
FAINT = "#c9c9c9"
#: Variants and scenarios in a comparison; the first is the one compared with.
SERIES = ("#7a7a7a", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222")

#: Spaces inside an amount, where a title must not break: `CNY 1.2 M`, `24 %`.
_QUANTITY = re.compile(r"(?<=[A-Z]{3}) (?=[-+\d])|(?<=\d) (?=(?:M|k|bn|%|pp)\b)|(?<=\d) (?=%)")
TITLE_POINTS = 13
#: What stands in the corner of every figure of simulated numbers; its size sets it apart from other texts.
SIMULATED, MARK_POINTS = "simulated", 8.2


def settings() -> dict[str, Any]:
    """matplotlib settings of every figure; fixed, so that the same data give the same file."""
    return {
        "font.family": typeface.families(),
        "font.size": 9.5,
        "text.color": INK,
        "axes.edgecolor": "#8a8a8a",
        "axes.labelcolor": INK,
        "axes.labelsize": 9.5,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 10,
        "axes.unicode_minus": True,
        "figure.dpi": 100,
        "figure.facecolor": "white",
        "savefig.dpi": 160,
        "legend.frameon": False,
        "lines.solid_capstyle": "round",
        "svg.fonttype": "none",
        "svg.hashsalt": "omnifunnel",
        "xtick.color": "#555555",
        "ytick.color": "#555555",
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
    }


def text_width(text: str) -> int:
    """Columns a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrapped(text: str, columns: int) -> str:
    """Break a sentence at spaces so that no line is wider than `columns`; wide characters count twice."""
    together = _QUANTITY.sub("\u00a0", text)
    padded = "".join(f"{c}\u2060" if text_width(c) == 2 else c for c in together)
    lines = textwrap.wrap(padded, columns, break_long_words=False, break_on_hyphens=False)
    return "\n".join(line.replace("\u2060", "").replace("\u00a0", " ") for line in lines)


def headline(figure: Figure, title: str, mark: str = "") -> None:
    """Write the finding at the top left, broken to the figure's width, and a mark at the top right."""
    columns = int(figure.get_figwidth() * 72 / (TITLE_POINTS * 0.56))
    if mark:
        columns -= text_width(mark)
        high = 1 - 0.08 / figure.get_figheight()
        figure.text(0.988, high, mark, ha="right", va="top", fontsize=MARK_POINTS, color=NOW)
    figure.suptitle(
        wrapped(title, columns),
        x=0.012,
        ha="left",
        fontsize=TITLE_POINTS,
        linespacing=1.25,
    )


def money_axis(axis: Any, currency: str) -> None:
    """Ticks such as `1.5 M` on an axis that carries money or counts; the label names the currency."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(short_tick))
    if currency:
        axis.set_label_text(currency)


def short_tick(value: float, _position: int | None = None) -> str:
    """A tick without needless digits: 0, 500 k, 1.5 M."""
    for factor, letter in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= factor * 0.999:
            return f"{value / factor:g}{letter}"
    return f"{value:g}"


def bare_rows(ax: Axes, labels: Sequence[str]) -> None:
    """A chart of rows, first row on top: labels left, no ticks, no left spine."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.spines["left"].set_visible(False)


def verdict_legend(figure: Figure, base: str) -> None:
    """Say below the panels what filled, coloured and hollow dots mean."""
    from matplotlib.lines import Line2D

    entries = [
        Line2D([], [], color=BETTER, marker="o", ms=6.5, label="better"),
        Line2D([], [], color=WORSE, marker="o", ms=6.5, label="worse"),
        Line2D([], [], color=UNCLEAR, marker="o", mfc="white", ms=6.5, label="not told from chance"),
    ]
    bare = base.strip("'")  # a case's name comes in quotes already
    title = f"Against '{bare}', by the 95 % interval of the paired difference"
    figure.legend(handles=entries, loc="outside lower center", ncols=3, title=title, title_fontsize=9)
