"""Half a year of a commune: what comes at which hour, who is there, what they do; and a slow clock.

The slow clock counts minute by minute and day by day from the files' own words, without anything of
`handlers.deadlines`: a minute is worked or it is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from handlers.commune import Commune
from messages.languages import ZONE

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

HOURS = (0, 0, 0, 0, 0, 1, 3, 6, 9, 9, 7, 4, 3, 5, 7, 7, 6, 5, 4, 5, 6, 4, 2, 1)
"""How much comes at each hour of a day, from midnight: a share of all."""

OFF_2026 = {
    *(date(2026, 1, day) for day in (1, 2)),
    *(date(2026, 2, day) for day in range(14, 23)),
    *(date(2026, 4, day) for day in (25, 26, 27, 30)),
    date(2026, 5, 1),
}
"""Public holidays from January to June 2026 as they were announced, days given off included."""

WORKED_2026 = {date(2026, 1, 10)}
"""The Saturday that is worked for the 2nd of January."""

WORDS = (
    "Đường thôn {n} có ổ gà to, xe máy đi lại nguy hiểm",
    "Đèn đường thôn {n} tắt mấy đêm nay",
    "Rác ở đầu thôn {n} mấy hôm chưa ai thu gom",
    "Cống thôn {n} tắc, nước thải tràn ra đường",
    "Thông tin đăng trên trang của xã về thôn {n} bị sai",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A matter that comes."""

    at: datetime
    words: str


def arrivals(chance: Random, first: date, days: int, number: int) -> list[Arrival]:
    """Draw what comes in so many days, by the hours of a day; on days off less comes."""
    found: list[Arrival] = []
    while len(found) < number:
        day = first + DAY * chance.randrange(days)
        if day.weekday() > 4 and chance.random() < 0.6:
            continue
        hour = chance.choices(range(24), HOURS)[0]
        at = datetime.combine(day, time(hour), ZONE) + timedelta(seconds=chance.randrange(3600))
        words = chance.choice(WORDS).format(n=chance.randrange(1, 30))
        found.append(Arrival(at, f"{words} (lần {len(found)})"))
    return sorted(found, key=lambda one: one.at)


class SlowClock:
    """Working time counted without the code under test.

    Args:
        commune: whose week; its days off are the table above, not what the program reads.
    """

    def __init__(self, commune: Commune) -> None:
        self._week = commune.working_time.week.days
        self._worked: dict[date, frozenset[int]] = {}

    def minutes_of(self, day: date) -> frozenset[int]:
        """Give the minutes of a day, from midnight, that are worked."""
        if day not in self._worked:
            hours = self._week[0] if day in WORKED_2026 else self._week[day.weekday()]
            if day in OFF_2026 and day not in WORKED_2026:
                hours = ()
            self._worked[day] = frozenset(
                minute for one in hours for minute in range(one.start, one.end)
            )
        return self._worked[day]

    def is_worked(self, at: datetime) -> bool:
        local = at.astimezone(ZONE)
        return local.hour * 60 + local.minute in self.minutes_of(local.date())

    def last_moment(self, day: date) -> datetime:
        """Give when work ends on a day."""
        return datetime.combine(day, time(), ZONE) + MINUTE * (max(self.minutes_of(day)) + 1)

    def worked_days(self, after: date) -> Iterator[date]:
        day = after
        while True:
            day += DAY
            if self.minutes_of(day):
                yield day

    def after_working_days(self, received: datetime, number: int) -> datetime:
        """Give the end of work on the Nth day that is worked after the day of receipt."""
        days = self.worked_days(received.astimezone(ZONE).date())
        return self.last_moment([next(days) for _day in range(number)][-1])

    def after_calendar_days(self, received: datetime, number: int) -> datetime:
        """Give the end of work on the Nth day, or on the next that is worked."""
        last = received.astimezone(ZONE).date() + DAY * number
        while not self.minutes_of(last):
            last += DAY
        return self.last_moment(last)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Count whole worked minutes, walking from minute to minute; parts of minutes add up."""
        worked, at = timedelta(), start.astimezone(ZONE)
        while at < end:
            until = min(at.replace(second=0, microsecond=0) + MINUTE, end)
            if self.is_worked(at):
                worked += until - at
            at = until
        return worked // MINUTE

    def later(self, start: datetime, minutes: int) -> datetime:
        """Give the moment when so many worked minutes have passed, its end of work included."""
        at = start.astimezone(ZONE)
        while minutes > 0:
            if self.is_worked(at):
                minutes -= 1
            at += MINUTE
        return at
