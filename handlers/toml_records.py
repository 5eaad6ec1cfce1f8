"""What the records of a commune's files are made of: checked words, numbers and hours."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from handlers.deadlines import Interval
from messages.languages import DEFAULT

BLANK = "empty until the commune tells it"
"""Marks the fields that `handlers.commune.warnings` reports while they are empty."""


_PHONE = re.compile(r"\+?[0-9][0-9 .()-]*[0-9]")
_MADE_UP = ("0123456789", "1234567890", "0987654321", "123456789")


def _phone(number: str) -> str:
    """Let an empty place or a telephone number through, but no stand-in for one."""
    digits = re.sub(r"\D", "", number)
    stand_in = digits in _MADE_UP or len(set(digits[1:])) == 1
    if number and (not _PHONE.fullmatch(number) or not 3 <= len(digits) <= 15 or stand_in):  # noqa: PLR2004 - E.164 allows 15, the shortest in use are 113, 114, 115
        raise PydanticCustomError("phone", "not a telephone number")
    return number


def _web_address(url: str) -> str:
    if url and not re.fullmatch(r"https://\S+", url):
        raise PydanticCustomError("web_address", "not an address that begins with https://")
    return url


def _interval(value: object) -> Interval:
    try:
        return Interval.parse(str(value))
    except ValueError as error:
        raise PydanticCustomError("interval", "not a stretch of hours") from error


Id: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Filled: TypeAlias = Annotated[str, Field(min_length=1)]
Blank: TypeAlias = Annotated[str, BLANK]
Phone: TypeAlias = Annotated[str, BLANK, AfterValidator(_phone)]
WebAddress: TypeAlias = Annotated[str, BLANK, AfterValidator(_web_address)]
TelegramGroup: TypeAlias = Annotated[str, Field(pattern=r"^(-\d{1,19}(/\d{1,10})?)?$")]
Count: TypeAlias = Annotated[int, Field(strict=True, gt=0)]
Stretch: TypeAlias = Annotated[Interval, BeforeValidator(_interval)]
DayHours: TypeAlias = tuple[Stretch, ...]


class Record(BaseModel):
    """A table of one of the two files; it cannot be changed and holds nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Sourced(Record):
    """Something that has to be true outside the program.

    Attributes:
        source: where it was taken from: a law and its article, a page, or "assumed".
        mark: "cần xác nhận" until the commune has confirmed it.
    """

    source: str = ""
    mark: Literal["", "cần xác nhận"] = ""


class Bilingual(Record):
    """Words of the commune itself, in Vietnamese and, where it has them, in English."""

    vi: Filled
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"vi": value} if isinstance(value, str) else value

    def say(self, language: str = DEFAULT) -> str:
        """Give the words in a language, in Vietnamese where there are none."""
        return (self.en if language == "en" else "") or self.vi
