"""What time it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the moment, aware. Everything that needs the time is given one of these."""


def system_clock() -> datetime:
    """The machine's time, UTC."""
    return datetime.now(UTC)


def clock_from(start: datetime, real: Clock = system_clock) -> Clock:
    """Give a clock that stands at `start` now and runs at normal speed."""
    ahead = start - real()
    return lambda: real() + ahead
