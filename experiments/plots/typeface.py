"""Fonts of the figures: the shipped Chinese font behind DejaVu Sans, then what the machine has.

matplotlib falls back glyph by glyph along the list, so Latin text keeps DejaVu Sans, common Chinese
takes the shipped subset and rare characters a font of the machine, if there is one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

SHIPPED_FAMILY = "Omnifunnel Sans SC"
SHIPPED_FILE = Path(__file__).parent / "fonts" / "OmnifunnelSansSC-Regular.otf"
#: Fonts with wide Chinese coverage, free ones first; only those present are used.
MACHINE_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
    "Noto Sans CJK JP",
)


@cache
def families() -> list[str]:
    """The explicit `font.family` list; registers the shipped font on first use."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(SHIPPED_FILE))
    present = set(font_manager.fontManager.get_font_names())
    return ["DejaVu Sans", SHIPPED_FAMILY, *(name for name in MACHINE_FAMILIES if name in present)]


def shipped_characters() -> set[str]:
    """Every character the shipped font can draw."""
    from matplotlib.ft2font import FT2Font

    return {chr(point) for point in FT2Font(str(SHIPPED_FILE)).get_charmap()}
