"""Say texts, names and numbers of the report in one language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from experiments import formatting
from experiments.method_words import finder
from experiments.report.names import NAMES
from experiments.report.words import LANGUAGES, TEXTS
from experiments.tables import Estimate

#: Texts of figures that carry a name: with a unit behind it, or naming the plan compared with.
AXIS = re.compile(r"(.+?)((?:, [A-Z]{3}|: [-+\d.]+(?: (?:pp|k|M|bn))?)(?: \(.*\))?)")
PRICE = re.compile(r"1 % more budget: (.+?) ([-+\d.,]+(?: (?:k|M|bn))?) (?:\((.+?) to (.+?)\), (.+)|(.+))")
UNCHANGED = re.compile(r"([\d.]+(?: (?:k|M|bn))?), unchanged")
COMPARED = {
    "against": re.compile(r"Against '+(.+?)'+, by the 95 % interval of the paired difference"),
    "relative": re.compile(r"Change relative to (?:the )?'?(.+?)'?"),
}
ENDS = re.compile(r"(\d) to ([-+\d])")
DRAWN = ("column", "kpi", "measure", "stage", "plan", "rule", "method", "drawn")


@cache
def _drawn() -> dict[str, str]:
    """English text in a figure -> Chinese."""
    pairs = [pair for family in DRAWN for pair in NAMES[family].values()]
    keys = [(key, pair[1]) for key, pair in NAMES["rule"].items()]
    stages = [(first.capitalize(), second) for first, second in NAMES["stage"].values()]
    return dict([*pairs, *stages, *keys])


@cache
def _in_sentences() -> dict[str, str]:
    """English name of a KPI inside a sentence -> Chinese."""
    return {formatting.in_sentence(first): second for first, second in NAMES["kpi"].values()}


@dataclass(frozen=True)
class Speech:
    """Says texts, names and numbers in one language."""

    lang: str

    def __call__(self, key: str, **values: object) -> str:
        """The text under a key, its places filled."""
        text = TEXTS[key][LANGUAGES.index(self.lang)].format(**values)
        return text.replace("） ", "）")  # a wide bracket brings its own space

    def name(self, family: str, key: str, other: str | None = None) -> str:
        """What a thing is called; `other`, or the key in words, where nobody named it."""
        pair = NAMES[family].get(key)
        if pair is None:
            return key.replace("_", " ") if other is None else other
        return pair[LANGUAGES.index(self.lang)]

    def plan(self, key: str) -> str:
        """What a judged plan is called; those that come in a row are counted from 1."""
        head, _, number = key.rpartition("_")
        if key in NAMES["plan"] or head not in NAMES["plan_number"] or not number.isdigit():
            return self.name("plan", key)
        return self.name("plan_number", head).format(number=int(number) + (head != "leader"))

    def method(self, name: str) -> str:
        """What a method of search or a rule is called."""
        return self.name("method", name)

    def found_by(self, origin: str, method: str) -> str:
        """What found a plan in a search by a method."""
        return self.method(finder(origin, method))

    def interval(self, estimate: Estimate | None, unit: str, *, short: bool = False, **how: Any) -> str:
        """A mean with its interval, three digits of large numbers where `short`; a bare 0 where all are."""
        if estimate is not None and all(estimate[end] == 0 for end in ("mean", "low", "high")):
            return "0"
        say = formatting.short_interval if short and estimate is not None else formatting.interval
        text = say(estimate, unit, **how)
        return text if self.lang == "en" else text.replace(" to ", " 至 ")

    def halves(self, estimate: Estimate | None, unit: str, **how: Any) -> tuple[str, str]:
        """A mean, and its interval or nothing."""
        mean, _, ends = self.interval(estimate, unit, **how).partition(" (")
        return mean, ends.removesuffix(")")

    def sentence(self, family: str, key: str) -> str:
        """A name as it stands inside a sentence."""
        name = self.name(family, key)
        return formatting.in_sentence(name) if self.lang == "en" else name

    def against(
        self, estimate: Estimate, unit: str, currency: str, *, signed: bool = True
    ) -> tuple[str, str]:
        """A mean, and its interval in words with the same digits; no interval where there is none."""
        mean, low, high = estimate["mean"], estimate["low"], estimate["high"]
        if mean is None or low is None or high is None:
            return formatting.number(mean, unit, currency=currency, signed=signed), ""
        parts = formatting.interval_parts((mean, low, high), unit, signed=signed)
        tail = {"share": " pp" if signed else " %"}.get(unit, "")
        head = f"{currency} " if unit == "money" and currency else ""
        return f"{head}{parts[0]}{tail}", self("span", low=parts[1], high=f"{parts[2]}{tail}")

    def drawn(self, text: str) -> str:
        """A piece of text in a figure, where all of it has a name; else as it is."""
        if self.lang == "en":
            return text
        known, shown = _drawn(), AXIS.fullmatch(text)
        if text in known:
            return known[text]
        if shown and shown[1] in known:
            return f"{known[shown[1]]}{shown[2].replace(': ', '：').replace(', ', '，')}"
        if kept := UNCHANGED.fullmatch(text):
            return self("unchanged", amount=kept[1])
        if price := PRICE.fullmatch(text):
            return self._price(price)
        for key, pattern in COMPARED.items():
            if found := pattern.fullmatch(text):
                return self(key, base=known.get(found[1], found[1]))
        return ENDS.sub(r"\1 至 \2", text)

    def _price(self, found: re.Match[str]) -> str:
        """The price of the next hundredth of the budget under the response curves."""
        kpi, change, low, high, word, how = found.groups()
        start = f"{_in_sentences().get(kpi, kpi)} {change}"
        if how is not None:
            said = {"by the curves": "by_curves", "on one replicate": "one_replicate_only"}.get(how)
            return self("figure_price", rest=f"{start}，{self(said) if said else how}")
        ends = self("ends", low=low, high=high)
        return self("figure_price", rest=f"{start}（{ends}），{self.name('word', word)}")

    def chance(self, probability: float) -> str:
        """A probability as per cent; none is certain."""
        if 0.005 <= probability < 0.995:
            return formatting.percent(probability)
        if self.lang == "en":
            return "over 99 %" if probability > 0.5 else "under 1 %"
        return "99 % 以上" if probability > 0.5 else "不到 1 %"

    def list(self, names: Sequence[str]) -> str:
        """Names in a row."""
        return (", " if self.lang == "en" else "、").join(names)

    def chosen(self, text: str | Mapping[str, str]) -> tuple[str, str]:
        """A text of the scenario and its language, empty where nothing says so."""
        if isinstance(text, Mapping):
            lang = self.lang if self.lang in text else next(iter(text))
            return str(text[lang]), lang
        return str(text), "" if self.lang == "en" else "en"
