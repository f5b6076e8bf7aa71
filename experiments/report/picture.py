"""Figures' SVG made fit to stand in a page: several in one document, small, and nothing in it that runs.

Only drawing elements and their attributes pass. Names are made unique, fonts are left to the page, the
title comes out as text, so that it wraps on a phone and is read aloud.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

from experiments.errors import ReportError
from experiments.plots.style import MARK_POINTS, TITLE_POINTS

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
ELEMENTS = {
    *("g", "path", "use", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
    *("defs", "clipPath", "linearGradient", "radialGradient", "stop", "image"),
}
ATTRIBUTES = {
    *(
        "id",
        "d",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "dx",
        "dy",
        "width",
        "height",
    ),
    *("points", "transform", "clip-path", "style", "offset", "gradientUnits", "gradientTransform", "href"),
}
COORDINATES = {"d", "points", "x", "y", "width", "height"}
PICTURE = "data:image/png;base64,"
#: Points between the last line of the title and what is drawn below it.
GAP = 7.0
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_FONT = re.compile(r"\s*font-family:[^;]*;?")
_URL = re.compile(r"url\(([^)]*)\)")


@dataclass(frozen=True)
class Picture:
    """The drawing without its title and mark: its `viewBox` and the elements inside; and these two."""

    title: str
    box: str
    body: str
    mark: str = ""


def picture(text: str, name: str, *, prefix: str, words: Callable[[str], str] = lambda word: word) -> Picture:
    """Clean one SVG file.

    Args:
        text: the file.
        name: what to call it in a fault.
        prefix: put before every name inside; must differ between the pictures of a page.
        words: says each piece of text in the language of the page.

    Raises:
        ReportError: it is no SVG.
    """
    try:
        root = ElementTree.fromstring(text)
        width, height = (float(part) for part in root.get("viewBox", "").split()[2:4])
    except (ElementTree.ParseError, ValueError) as fault:
        raise ReportError(f"{name}: is no SVG ({fault}); run the command again") from None
    title = _take(root, TITLE_POINTS, _starts)
    marks = _take(root, MARK_POINTS, lambda style: not _starts(style))
    _take_ground(root)
    top = min(max((y for _, y in title), default=0.0) + (GAP if title else 0.0), height / 2)
    used = set(re.findall(r"#([\w.-]+)", " ".join(value for e in root.iter() for value in e.attrib.values())))
    body = "".join(_element(child, prefix, used, words) for child in root)
    box = f"0 {top:.1f} {width:g} {height - top:.1f}"
    return Picture(" ".join(line for line, _ in title), box, body, " ".join(words(mark) for mark, _ in marks))


def _take(root: ElementTree.Element, points: float, wanted: Callable[[str], bool]) -> list[tuple[str, float]]:
    """Remove the lines of text of a size; returns (text, height of its base line)."""
    found = []
    for parent in root.iter():
        for child in list(parent):
            style = child.get("style", "")
            if child.tag == f"{SVG}text" and f"font-size: {points}px" in style and wanted(style):
                found.append(("".join(child.itertext()).strip(), _height(child)))
                parent.remove(child)
    return found


def _take_ground(root: ElementTree.Element) -> None:
    """Remove the white behind figure and axes: the page has its own, light or dark."""
    for group in root.iter(f"{SVG}g"):
        first = next(iter(group), None)
        if group.get("id", "").startswith(("figure_", "axes_")) and first is not None:
            paths = list(first)
            if len(paths) == 1 and paths[0].get("style") == "fill: #ffffff":
                group.remove(first)


def _starts(style: str) -> bool:
    return "text-anchor" not in style or "text-anchor: start" in style


def _height(element: ElementTree.Element) -> float:
    moved = re.search(r"translate\(\S+[ ,]+([-\d.]+)\)", element.get("transform", ""))
    return float(moved[1]) if moved else float(element.get("y", 0.0))


def _element(element: ElementTree.Element, prefix: str, used: set[str], words: Callable[[str], str]) -> str:
    tag = element.tag.removeprefix(SVG) if isinstance(element.tag, str) else ""
    if tag not in ELEMENTS:
        return ""
    attributes = "".join(
        f' {name}="{_escaped(value)}"'
        for name, value in _attributes(element, prefix, used)
        if not _empty(name, value)
    )
    inside = _words(element.text, tag, words) + "".join(
        _element(child, prefix, used, words) + _words(child.tail, tag, words) for child in element
    )
    if tag in ("g", "defs") and not inside:
        return ""
    if tag == "g" and not attributes:
        return inside
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _attributes(element: ElementTree.Element, prefix: str, used: set[str]) -> list[tuple[str, str]]:
    found = []
    for key, value in element.attrib.items():
        name = "href" if key == XLINK else key
        if name not in ATTRIBUTES or (name == "id" and value not in used):
            continue
        if name == "id":
            value = prefix + value
        elif name == "href":
            value = f"#{prefix}{value[1:]}" if value.startswith("#") else value
            if not value.startswith(("#", PICTURE)):
                continue
        elif name == "style":
            value = _style(value)
        if name in ("style", "clip-path"):
            value = _URL.sub(lambda match: _inside(match[1], prefix), value)
        found.append((name, _short(value) if name in COORDINATES else value))
    return found


def _inside(target: str, prefix: str) -> str:
    """A reference within the picture; any other is none."""
    target = target.strip("\"' ")
    return f"url(#{prefix}{target[1:]})" if target.startswith("#") else "none"


def _style(value: str) -> str:
    return re.sub(r"\s*([:;])\s*", r"\1", _FONT.sub("", value)).strip("; ")


def _short(value: str) -> str:
    """One digit after the point, a tenth of a point of print, is finer than the eye."""
    text = _NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), " ".join(value.split()))
    return re.sub(r"\s*([MLCQZz])\s*", r"\1", text) if text[:1] == "M" else text


def _empty(name: str, value: str) -> bool:
    return name == "style" and not value


def _words(text: str | None, tag: str, words: Callable[[str], str]) -> str:
    if text is None or tag not in ("text", "tspan") or not text.strip():
        return ""
    return _escaped(words(text.strip()))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
