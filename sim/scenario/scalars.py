"""Plain scalars by the core schema of YAML 1.2, and back.

`yes`, `no`, `on` and `off` are text; only `true` and `false` are booleans; `010` is ten and `0o10` is eight;
`1:30` and `2026-09-07` are text. One addition: digits may be grouped, `4_000_000`.
"""

from __future__ import annotations

import re

import yaml

Scalar = None | bool | int | float | str

_NULL = re.compile(r"(?:~|null|Null|NULL|)")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)")
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_INT = re.compile(rf"[-+]?{_DIGITS}|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    rf"[-+]?(?:\.[0-9]+|{_DIGITS}(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
#: Longer integers than any field allows are read as floats: Python refuses to read thousands of digits.
_LONGEST_INT = 30


def resolve(text: str) -> Scalar:
    """Give a plain scalar its YAML 1.2 value."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text) and len(text) <= _LONGEST_INT:
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)
    if _FLOAT.fullmatch(text):
        word = text.lower().replace("_", "").replace(".inf", "inf").replace(".nan", "nan")
        return float(word)
    return text


class _Dumper(yaml.SafeDumper):
    """Quotes exactly the texts that `resolve` would not give back as text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's slot

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Text with line breaks or invisible characters is quoted with escapes, so that nothing is folded."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _text)
for _tag, _pattern in (("null", _NULL), ("bool", _BOOL), ("int", _INT), ("float", _FLOAT)):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern.pattern})\Z"), None)


def dump(document: object) -> str:
    """Write a plain document as YAML that reads back as the same values."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
