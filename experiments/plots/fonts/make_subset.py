"""Make the Chinese font that the figures ship with, from an installed Noto Sans CJK.

    python experiments/plots/fonts/make_subset.py NotoSansCJK-Regular.ttc --number 2 --level 2

Needs fontTools only (it comes with matplotlib). README.md beside this file says more.
"""

from __future__ import annotations

import argparse
from pathlib import Path

FAMILY = "Omnifunnel Sans SC"
TARGET = Path(__file__).with_name("OmnifunnelSansSC-Regular.otf")
#: ASCII, Latin-1, general punctuation, currency, arrows and signs, CJK punctuation, full-width forms.
RANGES = (
    (0x20, 0x7F),
    (0xA0, 0x100),
    (0x2010, 0x2040),
    (0x20A0, 0x20C0),
    (0x2190, 0x21A0),
    (0x3000, 0x3020),
    (0xFF00, 0xFF60),
)


def gb2312(level: int) -> set[int]:
    """Code points of GB 2312: level 1 is the 3,755 commonest characters, level 2 adds 3,008."""
    last_row = 0xD7 if level == 1 else 0xF7
    points = set()
    for row in range(0xB0, last_row + 1):
        for cell in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue  # the last cells of a level are not assigned
    return points


def rename(font: object, family: str) -> None:
    """Give the font a name of its own everywhere, since the licence reserves the original's."""
    postscript = family.replace(" ", "") + "-Regular"
    texts = {1: family, 2: "Regular", 3: postscript, 4: family, 6: postscript, 16: family, 17: "Regular"}
    names = font["name"]
    keep = {0, 5, 13, 14}
    names.names = [record for record in names.names if record.nameID in keep and record.platformID == 3]
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FamilyName, top.FullName = family, family
    for number, part in enumerate(getattr(top, "FDArray", ())):
        part.FontName = f"{postscript}-{number}"


def main() -> None:
    """Read the collection, keep the characters, rename, write beside this script."""
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path, help="NotoSansCJK-Regular.ttc")
    parser.add_argument("--number", type=int, default=2, help="font inside the collection; 2 is SC")
    parser.add_argument("--level", type=int, choices=(1, 2), default=2, help="GB 2312 level")
    arguments = parser.parse_args()
    font = TTCollection(str(arguments.collection)).fonts[arguments.number]
    options = subset.Options(
        hinting=False, desubroutinize=False, layout_features=[], notdef_outline=True, name_IDs=["*"]
    )
    options.drop_tables += ["GPOS", "GSUB", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    tool = subset.Subsetter(options)
    points = {point for low, high in RANGES for point in range(low, high)} | gb2312(arguments.level)
    tool.populate(unicodes=points)
    tool.subset(font)
    rename(font, FAMILY)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(str(TARGET))


if __name__ == "__main__":
    main()
