"""Who is on duty when: a pure reading of the roster's shifts.

A shift is of every week or of one date. On a date one of every week may be replaced, by a deputy or
by nobody. On a public holiday those of every week rest; those of the date stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.deadlines import DAY, Calendar, Interval
from messages.languages import ZONE
from messages.vietnamese import fold
from storage.desk_reader import Shift

AHEAD = 28
"""Days that are looked ahead for somebody's next shift."""

NOTICE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift on a date.

    Attributes:
        shift: of the roster.
        begins: aware, Asia/Ho_Chi_Minh.
        ends: not included.
    """

    shift: Shift
    begins: datetime
    ends: datetime


def of_day(shifts: Sequence[Shift], day: date, calendar: Calendar) -> list[Duty]:
    """Give who is on duty on a date, the earliest first."""
    written = day.isoformat()
    dated = [one for one in shifts if one.day == written]
    replaced = {one.replaces for one in dated if one.replaces}
    rests = bool(calendar.week[day.weekday()]) and not calendar.hours(day)
    weekly = (
        one
        for one in shifts
        if one.weekday == day.weekday() and one.code not in replaced and not rests
    )
    found = [_on(one, day) for one in (*weekly, *dated) if one.name]
    return sorted(found, key=lambda one: (one.begins, one.shift.unit, one.shift.code))


def _on(shift: Shift, day: date) -> Duty:
    midnight = datetime.combine(day, time(), ZONE)
    return Duty(
        shift,
        midnight + timedelta(minutes=shift.begins),
        midnight + timedelta(minutes=shift.ends),
    )


def days(first: date, number: int) -> Iterator[date]:
    """Give so many dates from the first on."""
    return (first + DAY * nth for nth in range(number))


def at(shifts: Sequence[Shift], now: datetime, calendar: Calendar) -> list[Duty]:
    """Give who is on duty at a moment."""
    today = of_day(shifts, now.astimezone(ZONE).date(), calendar)
    return [one for one in today if one.begins <= now < one.ends]


def is_held_by(shift: Shift, person_id: int, names: Iterable[str]) -> bool:
    """Tell whether a shift is an official's: by number, or by name where it was written by hand."""
    if shift.volunteer:
        return False
    if shift.person_id is not None:
        return shift.person_id == person_id
    return fold(shift.name).strip() in {fold(name).strip() for name in names}


def coming(
    shifts: Sequence[Shift],
    person_id: int,
    names: Sequence[str],
    *,
    after: datetime,
    calendar: Calendar,
) -> Duty | None:
    """Give an official's next shift whose notice is due after a moment, None within four weeks."""
    mine = [one for one in shifts if is_held_by(one, person_id, names) or one.replaces]
    for day in days(after.astimezone(ZONE).date(), AHEAD):
        for duty in of_day(shifts, day, calendar) if mine else ():
            is_mine = is_held_by(duty.shift, person_id, names)
            if is_mine and duty.begins - NOTICE > after:
                return duty
    return None


def hours_of(text: str) -> Interval | None:
    """Read "07:30-11:30", None where it is no span of hours."""
    try:
        return Interval.parse(text)
    except ValueError:
        return None
