"""The records of `calendar.toml`: when the commune works."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from handlers import deadlines
from handlers.deadlines import Calendar, Hours
from handlers.toml_records import DayHours, Filled, Record, Sourced

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Week(Sourced):
    """The hours of an ordinary week."""

    monday: DayHours = ()
    tuesday: DayHours = ()
    wednesday: DayHours = ()
    thursday: DayHours = ()
    friday: DayHours = ()
    saturday: DayHours = ()
    sunday: DayHours = ()

    @property
    def days(self) -> tuple[Hours, ...]:
        """Give the hours of Monday to Sunday."""
        return tuple(getattr(self, name) for name in WEEKDAYS)


class DaysOff(Sourced):
    """A day off, or several from `date` to `until`, both included."""

    date: dt.date
    until: dt.date | None = None
    reason: Filled

    def dates(self) -> Iterator[dt.date]:
        """Give each day."""
        last = self.until or self.date
        for number in range((last - self.date).days + 1):
            yield self.date + dt.timedelta(days=number)


class WorkingDay(Sourced):
    """A date with hours of its own: a weekend that is worked, or half a day."""

    date: dt.date
    hours: Annotated[DayHours, Field(min_length=1)]
    reason: Filled


class SwappedDays(Sourced):
    """A working day given off and the day on which its hours are worked instead."""

    off: dt.date
    working: dt.date


class WorkingTime(Record):
    """What `calendar.toml` says."""

    public_holidays: Literal["VN", ""] = "VN"
    week: Week
    days_off: tuple[DaysOff, ...] = ()
    working_days: tuple[WorkingDay, ...] = ()
    swapped_days: tuple[SwappedDays, ...] = ()

    def calendar(self) -> Calendar:
        """Put the week, the exceptions and the public holidays together."""
        days: dict[dt.date, Hours] = {}
        for off in self.days_off:
            days.update(dict.fromkeys(off.dates(), ()))
        for worked in self.working_days:
            days[worked.date] = worked.hours
        for swap in self.swapped_days:
            days[swap.off] = ()
            days[swap.working] = self.week.days[swap.off.weekday()]
        known = deadlines.public_days if self.public_holidays else deadlines.no_public_days
        return Calendar(self.week.days, days, known)
