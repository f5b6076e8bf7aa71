"""The kinds of value a scenario file holds: numbers, ids, dates, and how each is read.

Reading is strict: text is never taken for a number, nor true for 1, nor a number for a date.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Strict, Tag
from pydantic_core import PydanticCustomError

from sim.market.layout import MOST_EXPOSURES

MAX_PERIODS = 1_000
MAX_CHANNELS = 64
MAX_SEGMENTS = 32
MAX_FREQUENCY = MOST_EXPOSURES
#: Largest rate per period of any move or order.
MOST_RATE = 20.0
MAX_VARIANTS = 64

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(value: object) -> dt.date:
    """Read a date written 2026-09-07; pydantic alone would take any number for a time stamp."""
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    if type(value) is dt.date:
        return value
    raise PydanticCustomError("rule", "must be a date of the calendar written like 2026-09-07")


def whole(value: object) -> int:
    """Read a whole number; 4e6 is one, true and '5' are not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise PydanticCustomError("rule", "must be a whole number")
    return int(value)


def _number_or_mapping(value: object) -> str:
    return "<by segment>" if isinstance(value, dict) else "<number>"


def _text_or_mapping(value: object) -> str:
    return "<languages>" if isinstance(value, dict | Text) else "<text>"


Day = Annotated[dt.date, BeforeValidator(day)]
Count = Annotated[int, BeforeValidator(whole)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
Share = Annotated[Number, Field(ge=0.0, le=1.0)]
NonNegative = Annotated[Number, Field(ge=0.0, le=1e15)]
Positive = Annotated[Number, Field(gt=0.0, le=1e15)]
#: No more than `frequency_cap` can hold.
Organic = Annotated[Number, Field(ge=0.0, le=float(MAX_FREQUENCY))]
Rate = Annotated[Number, Field(ge=0.0, le=MOST_RATE)]
Spend = dict[Id, NonNegative]


class Model(BaseModel):
    """Base of every block: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Model):
    """A text in two languages."""

    en: str = Field(description="English")
    zh: str = Field(description="Chinese")


def in_language(text: str | Text, language: str | None = None) -> str:
    """A text in the language wanted, "en" or "zh"; without a wish the Chinese of two, as on labels."""
    if isinstance(text, str):
        return text
    return text.en if language == "en" else text.zh


#: A tag such as `<number>` cannot be an id, so places in messages stay unambiguous.
Title = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[Text, Tag("<languages>")], Discriminator(_text_or_mapping)
]
Reach = Annotated[
    Annotated[Share, Tag("<number>")] | Annotated[dict[Id, Share], Tag("<by segment>")],
    Discriminator(_number_or_mapping),
]
