"""Working time: when something falls due, by the days and hours in which the commune works.

Everything here is a pure function of a `Calendar` and moments with a zone; results stand in
`messages.languages.ZONE`. Three kinds of clock exist. A clock in hours runs day and night. A clock
in minutes runs only while the calendar is open. A clock in days does not count the day of receipt
and ends when work ends on its last day
(Bộ luật Dân sự 91/2015/QH13, Đ.147 k.2 and k.3, Đ.148 k.5: a last day that is a day off moves to
the next working day). The code's end of a day is midnight; ours is the end of work, never later.

A clock that pauses needs nothing more: `between(calendar, paused, due)` is what is left, and
`add(calendar, resumed, left)` the new deadline.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Self, TypeAlias

from holidays import country_holidays

from messages.languages import ZONE
from messages.text import Text, _

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60
DAYS_A_WEEK = 7

HORIZON = 20 * 366
"""Days looked ahead before we say that a moment cannot be found."""

SPAN = re.compile(r"\s*(\d{1,2}):([0-5]\d)\s*[-–]\s*(\d{1,2}):([0-5]\d)\s*")


class NoWorkingTime(Exception):
    """The calendar does not open, or not for long enough, within the next twenty years."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of one day, in minutes from midnight; it holds `start` but not `end`.

    Attributes:
        start: from 0.
        end: after `start`, at most 1440, which is 24:00.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_A_DAY:
            raise ValueError(f"no stretch of a day: {self.start} to {self.end} minutes")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "07:30-11:30"; "24:00" is the end of the day. Raises ValueError for all else."""
        found = SPAN.fullmatch(text)
        if found is None:
            raise ValueError(f"not a stretch like 07:30-11:30: {text}")
        opens, opens_minute, closes, closes_minute = map(int, found.groups())
        return cls(opens * 60 + opens_minute, closes * 60 + closes_minute)


Hours: TypeAlias = tuple[Interval, ...]
"""The working hours of one day, earliest first; none on a day off."""


def overlap(hours: Hours) -> bool:
    """Tell whether two stretches share a minute or stand in the wrong order."""
    return any(later.start < earlier.end for earlier, later in pairwise(hours))


@cache
def public_days(year: int) -> Mapping[date, bool]:
    """Tell what the State changed about a year: False is a day off, True a weekend that is worked.

    The `holidays` library knows public holidays with lunar Tết, compensation days and the weekends
    worked in exchange. It learns of an exchange late or never (2 January 2026 for 10 January 2026
    is missing in 0.109), which is why `calendar.toml` has the last word.
    """
    known = country_holidays("VN", years=year)
    days = dict.fromkeys(known, False)
    days.update(dict.fromkeys(known.weekend_workdays, True))
    return MappingProxyType(days)


def no_public_days(_year: int) -> Mapping[date, bool]:
    """Stand in for `public_days` where the calendar alone decides."""
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the commune works.

    Attributes:
        week: the hours of Monday to Sunday.
        days: dates that are not as their weekday or as the State says; no hours make a day off.
        public: what the State changed about a year.

    Raises:
        ValueError: not seven days, or hours that overlap or are out of order.
    """

    week: tuple[Hours, ...]
    days: Mapping[date, Hours] = field(default_factory=lambda: MappingProxyType({}))
    public: Callable[[int], Mapping[date, bool]] = public_days
    _known: dict[date, Hours] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != DAYS_A_WEEK:
            raise ValueError("a week has seven days")
        if any(map(overlap, (*self.week, *self.days.values()))):
            raise ValueError("the hours of a day overlap or are out of order")

    def hours(self, day: date) -> Hours:
        """Give the hours of a date; a weekend the State has worked takes Monday's hours."""
        if day not in self._known:
            self._known[day] = self._hours(day)
        return self._known[day]

    def _hours(self, day: date) -> Hours:
        if day in self.days:
            return self.days[day]
        worked = self.public(day.year).get(day)
        if worked is None:
            return self.week[day.weekday()]
        if not worked:
            return ()
        return self.week[day.weekday()] or self.week[0]


class Counting(StrEnum):
    """What a deadline counts."""

    WORKING_MINUTES = "working_minutes"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


def due(calendar: Calendar, received: datetime, amount: int, counting: Counting) -> datetime:
    """Give the deadline of what was received, by the clock of its kind."""
    match counting:
        case Counting.WORKING_MINUTES:
            return add(calendar, received, amount)
        case Counting.WORKING_DAYS:
            return add_days(calendar, received, amount)
        case Counting.CALENDAR_DAYS:
            return add_calendar_days(calendar, received, amount)
        case Counting.HOURS:
            return _local(received) + timedelta(hours=amount)


def add(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """Give the moment when so many working minutes have passed since `start`.

    The result lies in working time, its end included: Friday 16:30 and 30 minutes is Friday 17:00,
    and 31 minutes is Monday 07:31. Nothing added to a closed moment gives the next opening.

    Raises:
        ValueError: negative minutes, or a moment without a zone.
        NoWorkingTime: see there.
    """
    if minutes < 0:
        raise ValueError("working time is added forwards only")
    begin, left = _local(start), timedelta(minutes=minutes)
    for opens, closes in _stretches(calendar, begin):
        at = max(opens, begin)
        if left <= closes - at:
            return at + left
        left -= closes - at
    raise NoWorkingTime


def add_days(calendar: Calendar, start: datetime, working_days: int) -> datetime:
    """Give the end of work on the Nth working day after the day of receipt.

    The day of receipt never counts, at whatever hour the message came; a day with any working time
    counts as one. Received Friday 16:00, ten working days: Friday of the second week, at 17:00.

    Raises:
        ValueError: less than one day, or a moment without a zone.
        NoWorkingTime: see there.
    """
    if working_days < 1:
        raise ValueError("a deadline in days has at least one day")
    for day in _days_from(_local(start).date() + DAY):
        if hours := calendar.hours(day):
            working_days -= 1
            if not working_days:
                return _moment(day, hours[-1].end)
    raise NoWorkingTime


def add_calendar_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """Give the end of work on the Nth day after the day of receipt, or on the next working day.

    Raises:
        ValueError: less than one day, or a moment without a zone.
        NoWorkingTime: see there.
    """
    if days < 1:
        raise ValueError("a deadline in days has at least one day")
    if days > HORIZON:
        raise NoWorkingTime
    for day in _days_from(_local(start).date() + timedelta(days=days)):
        if hours := calendar.hours(day):
            return _moment(day, hours[-1].end)
    raise NoWorkingTime


def between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Count the whole working minutes from one moment to another, negative where `end` is earlier.

    Raises:
        ValueError: a moment without a zone.
    """
    begin, until = _local(start), _local(end)
    if until < begin:
        return -between(calendar, until, begin)
    worked, day = timedelta(), begin.date()
    while day <= until.date():
        for interval in calendar.hours(day):
            opens, closes = _moment(day, interval.start), _moment(day, interval.end)
            worked += max(min(closes, until) - max(opens, begin), timedelta())
        day += DAY
    return worked // MINUTE


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Tell whether the commune works at a moment; closing time itself is closed."""
    local = _local(moment)
    passed = local - _moment(local.date(), 0)
    return any(
        interval.start * MINUTE <= passed < interval.end * MINUTE
        for interval in calendar.hours(local.date())
    )


def next_open(calendar: Calendar, moment: datetime) -> datetime:
    """Give the moment itself where the commune works then, else the next opening.

    Raises:
        ValueError: a moment without a zone.
        NoWorkingTime: see there.
    """
    local = _local(moment)
    for opens, closes in _stretches(calendar, local):
        if closes > local:
            return max(opens, local)
    raise NoWorkingTime


def deadline_words(deadline: datetime, now: datetime) -> Text:
    """Tell a deadline: "before 16:30 Tuesday 24/11/2026", "before 16:30 today", or that it passed.

    Raises:
        ValueError: a moment without a zone.
    """
    local, today = _local(deadline), _local(now).date()
    if local < now:
        return _("overdue since {deadline}", deadline=local)
    if local.date() == today:
        return _("before {time} today", time=f"{local:%H:%M}")
    return _("before {deadline}", deadline=local)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(ZONE)


def _moment(day: date, minutes: int) -> datetime:
    # The zone has had no change of its clocks since 1975, so adding to its wall clock is exact.
    return datetime.combine(day, time(), ZONE) + minutes * MINUTE


def _days_from(first: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), min(first.toordinal() + HORIZON, date.max.toordinal())):
        yield date.fromordinal(ordinal)


def _stretches(calendar: Calendar, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches that end at `since` or later, in order.

    The day before is looked at too: one that ends at 24:00 ends at this day's first moment.
    """
    for day in _days_from(since.date() - DAY):
        for interval in calendar.hours(day):
            closes = _moment(day, interval.end)
            if closes >= since:
                yield _moment(day, interval.start), closes
