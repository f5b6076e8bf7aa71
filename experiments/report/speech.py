"""Say texts, names and numbers of the report in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments import formatting
from experiments.report.names import NAMES
from experiments.report.words import LANGUAGES, TEXTS
from experiments.tables import Estimate


@dataclass(frozen=True)
class Speech:
    """Says texts, names and numbers in one language."""

    lang: str

    def __call__(self, key: str, **values: object) -> str:
        """The text under a key, its places filled."""
        return TEXTS[key][LANGUAGES.index(self.lang)].format(**values)

    def name(self, family: str, key: str, other: str | None = None) -> str:
        """What a thing is called; `other`, or the key in words, where nobody named it."""
        pair = NAMES[family].get(key)
        if pair is None:
            return key.replace("_", " ") if other is None else other
        return pair[LANGUAGES.index(self.lang)]

    def interval(self, estimate: Estimate | None, unit: str, **how: Any) -> str:
        """A mean with its interval."""
        text = formatting.interval(estimate, unit, **how)
        return text if self.lang == "en" else text.replace(" to ", " 至 ")

    def halves(self, estimate: Estimate | None, unit: str, **how: Any) -> tuple[str, str]:
        """A mean, and its interval or nothing."""
        mean, _, ends = self.interval(estimate, unit, **how).partition(" (")
        return mean, ends.removesuffix(")")

    def sentence(self, family: str, key: str) -> str:
        """A name as it stands inside a sentence."""
        name = self.name(family, key)
        return formatting.in_sentence(name) if self.lang == "en" else name

    def span(self, estimate: Estimate, unit: str, **how: Any) -> str:
        """The interval alone, in words."""
        low, high = (formatting.number(estimate[end], unit, **how) for end in ("low", "high"))
        return self("span", low=low, high=high)

    def list(self, names: list[str]) -> str:
        """Names in a row."""
        return (", " if self.lang == "en" else "、").join(names)

    def chosen(self, text: str | Mapping[str, str]) -> tuple[str, str]:
        """A text of the scenario and its language, empty where nothing says so."""
        if isinstance(text, Mapping):
            lang = self.lang if self.lang in text else next(iter(text))
            return str(text[lang]), lang
        return str(text), "" if self.lang == "en" else "en"
