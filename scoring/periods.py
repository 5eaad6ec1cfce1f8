"""The periods a report is about: a half year, a quarter, a month, a year, or from day to day."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from messages.languages import ZONE, say
from messages.text import Text, _

YEARS = range(2000, 3000)
"""The years a period may lie in; outside them a slip of the finger is likelier than a report."""

QUARTERS = {1: "I", 4: "II", 7: "III", 10: "IV"}
"""First month of a quarter → the number an official letter gives it."""

WRITTEN = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>[0-9]{2})))?"
)
BETWEEN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")


class BadPeriod(ValueError):
    """What was typed is no period.

    Attributes:
        reason: why, as a sentence for whoever typed it.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(say(reason, "en"))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days in Asia/Ho_Chi_Minh.

    Attributes:
        name: how it is written, in one form: "2026-H1", "2026-01-01..2026-06-30".
        start: its first day.
        end: its last day, which belongs to it.
        closing: the day on which figures are closed in its last month, 0 where that is the month's
            own last day (see `closed`).
    """

    name: str
    start: date
    end: date
    closing: int = 0

    @property
    def calendar(self) -> "Period":
        """The whole months by which it is called, whenever their figures are closed."""
        if not self.closing:
            return self
        after = self.start.replace(day=28) + timedelta(days=4)
        last = _last_day(self.end.year, self.end.month)
        return Period(self.name, after.replace(day=1), last)

    @property
    def months(self) -> "tuple[Period, ...]":
        """Its months in order, each as long as it belongs to the period."""
        whole, found = self.calendar, []
        first = whole.start
        while first <= whole.end:
            last = min(_last_day(first.year, first.month), whole.end)
            found.append(closed(Period(f"{first:%Y-%m}", first, last), self.closing))
            first = last + timedelta(days=1)
        return tuple(found)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The first moment of the period and the first moment after it, in Asia/Ho_Chi_Minh."""
        after = self.end + timedelta(days=1)
        return (
            datetime.combine(self.start, time.min, ZONE),
            datetime.combine(after, time.min, ZONE),
        )

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    @property
    def title(self) -> Text:
        """Its name in words: "6 tháng đầu năm 2026"."""
        start, end = self.calendar.start, self.calendar.end
        year = str(start.year)
        between = _("from {start} to {end}", start=self.start, end=self.end)
        whole_months = start.day == 1 and end == _last_day(end.year, end.month)
        if start.year != end.year or not whole_months:
            return between
        month = start.month
        named = {
            (1, 12): _("the year {year}", year=year),
            (1, 6): _("the first six months of {year}", year=year),
            (7, 12): _("the last six months of {year}", year=year),
            (month, month): _("month {month} of {year}", month=month, year=year),
        }
        if month in QUARTERS:
            quarter = QUARTERS[month]
            named[month, month + 2] = _("quarter {quarter} of {year}", quarter=quarter, year=year)
        return named.get((month, end.month), between)


def closed(period: Period, closing: int) -> Period:
    """Close the figures of whole months on a day of the last one instead of at its end.

    By NĐ 09/2019/NĐ-CP, article 12, it is the 14th: a month runs from the 15th of the month before,
    the first half year from 15 December of the year before to 14 June.

    Args:
        period: of whole months.
        closing: the day, up to 27; 0 leaves the period as it is.
    """
    if not closing:
        return period
    before = period.start - timedelta(days=1)
    start, end = before.replace(day=closing) + timedelta(days=1), period.end.replace(day=closing)
    return Period(period.name, start, end, closing)


def parse(text: str, today: date, closing: int = 0) -> Period:
    """Read a period as people type it; case and spaces do not matter, nothing is the half year.

    Args:
        text: "2026-H1", "2026-Q3", "2026-07", "2026", "2026-01-01..2026-06-30" or "".
        today: the day in Asia/Ho_Chi_Minh; a period must not start after it.
        closing: the day on which a period of whole months is closed (see `closed`); one from day to
            day is as it is typed.

    Raises:
        BadPeriod: it is none of these, starts in the future or ends before it starts.
    """
    typed = "".join(text.split()).upper()
    if not typed:
        typed = running(today, closing).half
    start, end = _days(typed)
    if start > end:
        raise BadPeriod(_("The period ends on {end}, before it starts.", end=end))
    found = Period(typed, start, end)
    if not BETWEEN.fullmatch(typed):
        found = closed(found, closing)
    if found.start > today:
        reason = _("The period starts on {start}, which is in the future.", start=found.start)
        raise BadPeriod(reason)
    return found


@dataclass(frozen=True, slots=True)
class Running:
    """The names of the periods in which a day lies."""

    half: str
    quarter: str
    month: str
    year: str


def running(today: date, closing: int = 0) -> Running:
    """Name the periods in which a day lies; after the closing day it is the next month's."""
    month = today.replace(day=1)
    if closing and today.day > closing:
        month = (month + timedelta(days=31)).replace(day=1)
    year = f"{month.year:04}"
    half, quarter = (month.month + 5) // 6, (month.month + 2) // 3
    return Running(f"{year}-H{half}", f"{year}-Q{quarter}", f"{year}-{month.month:02}", year)


def _days(typed: str) -> tuple[date, date]:
    """Give the first and the last day of what was typed, spaces gone and in capitals."""
    try:
        if two := BETWEEN.fullmatch(typed):
            start, end = (date.fromisoformat(day) for day in two.groups())
        elif one := WRITTEN.fullmatch(typed):
            first, last = _months(one["half"], one["quarter"], one["month"])
            year = int(one["year"])
            start, end = date(year, first, 1), _last_day(year, last)
        else:
            raise _malformed()
    except BadPeriod:
        raise
    except ValueError as error:  # a month 13, a 30th of February
        raise _malformed() from error
    if start.year not in YEARS or end.year not in YEARS:
        raise _malformed()
    return start, end


def _malformed() -> BadPeriod:
    examples = "2026-H1, 2026-Q3, 2026-07, 2026, 2026-01-01..2026-06-30"
    return BadPeriod(
        _("This is no period. Please write it like one of these: {examples}.", examples=examples)
    )


def _months(half: str | None, quarter: str | None, month: str | None) -> tuple[int, int]:
    """Give the first and the last month of a part of a year, of the whole year where none is."""
    if half:
        return int(half) * 6 - 5, int(half) * 6
    if quarter:
        return int(quarter) * 3 - 2, int(quarter) * 3
    if month:
        return int(month), int(month)
    return 1, 12


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
