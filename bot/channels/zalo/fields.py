"""Single fields of what Zalo sends: each may be missing, null, of another type or huge."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

Event = Mapping[str, object]

ID: Final = re.compile(r"[!-9;-~]{1,60}")
"""An id of Zalo's: printable ASCII; a colon would part an anonymous address at the wrong place."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)

LONGEST_MOMENT: Final = 13
"""Digits of a moment in milliseconds, until the year 2286."""

ADDRESS_LENGTH: Final = 2000


def moment_of(value: object) -> datetime | None:
    """Give a moment in milliseconds since 1970, None where it is none that can be."""
    digits = digits_of(value)
    if not 0 < len(digits) <= LONGEST_MOMENT:
        return None
    moment = EPOCH + timedelta(milliseconds=int(digits))
    return moment if EARLIEST <= moment < LATEST else None


def digits_of(value: object) -> str:
    """A number that comes as a number or as a string."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text if isinstance(text, str) and text.isascii() and text.isdigit() else ""


def part_of(event: Event, name: str) -> Event:
    """Give an object that stands in an event, an empty one where none does."""
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def string_of(event: Event, name: str) -> str:
    """Give a text that stands in an event, "" where none does."""
    found = event.get(name)
    return found if isinstance(found, str) else ""


def id_of(event: Event, name: str) -> str:
    """Give an id that stands in an event, "" where none does."""
    found = event.get(name)
    return str(found) if is_id(found) else ""


def is_id(value: object) -> bool:
    """Whether a value is an id: a string, or a number as some samples of the documents have it."""
    if isinstance(value, int) and not isinstance(value, bool):
        # Longer numbers are no ids, and turning them into a string takes its time or fails.
        return 0 <= value < 10**20
    return isinstance(value, str) and ID.fullmatch(value) is not None


def phone_of(value: object) -> str:
    """A telephone number as it came, which may be as a number."""
    text = digits_of(value) or (value if isinstance(value, str) else "")
    return "".join(character for character in text[:40] if character in "+0123456789")[:20]


def size_of(value: object) -> int:
    """Give a number of bytes, 0 where it is none."""
    digits = digits_of(value)
    # More digits than this are no size of a file.
    return int(digits) if 0 < len(digits) <= 15 else 0  # noqa: PLR2004


def degrees_of(value: object, most: float) -> float | None:
    """Give degrees that are no more than `most`, None where they are none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if -most <= degrees <= most else None


def address_of(value: object) -> str:
    """An http address of bounded length, "" where it is none."""
    if not isinstance(value, str) or len(value) > ADDRESS_LENGTH or not value.isprintable():
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in {"http", "https"} and parts.netloc else ""
