from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.deadlines import (
    Calendar,
    Counting,
    Hours,
    Interval,
    NoWorkingTime,
    add,
    add_calendar_days,
    add_days,
    between,
    deadline_words,
    due,
    is_open,
    next_open,
    no_public_days,
    public_days,
)
from messages.languages import say
from tests.conftest import EXAMPLES

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE: Hours = (Interval.parse("07:30-11:30"), Interval.parse("13:30-17:00"))
MORNING = OFFICE[:1]
WEEK = (OFFICE,) * 5 + ((), ())
SWAP: dict[date, Hours] = {date(2026, 1, 2): (), date(2026, 1, 10): OFFICE}
CALENDAR = Calendar(WEEK, SWAP)
ROUND_THE_CLOCK = Calendar(((Interval(0, 1440),),) * 7, public=no_public_days)
LATE = Calendar(((Interval(1200, 1440),),) * 7, public=no_public_days)
NEVER = Calendar(((),) * 7, public=no_public_days)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


seconds = st.integers(0, 6 * 365 * 24 * 3600)
moments = st.builds(
    lambda passed, zone: (at("2024-01-01") + timedelta(seconds=passed)).astimezone(zone),
    seconds,
    st.sampled_from([ZONE, UTC]),
)
minutes = st.integers(0, 60 * 24 * 30)


@st.composite
def day_hours(draw: st.DrawFn) -> Hours:
    marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(Interval(a, b) for a, b in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Calendars of every shape, with enough hours in a week for the sums below to end."""
    week = tuple(draw(day_hours()) for _day in range(6))
    first = date(2026, 1, 1)
    days = {
        first + timedelta(days=draw(st.integers(0, 700))): draw(day_hours())
        for _exception in range(draw(st.integers(0, 20)))
    }
    sunday = draw(st.sampled_from([OFFICE, (Interval(0, 1440),)]))
    public = public_days if draw(st.booleans()) else no_public_days
    return Calendar((*week, sunday), days, public)


shapes = st.sampled_from([CALENDAR, ROUND_THE_CLOCK, LATE]) | calendars()


@given(shapes, moments, minutes)
def test_what_was_added_is_what_lies_between(c: Calendar, start: datetime, n: int) -> None:
    assert between(c, start, add(c, start, n)) == n


@given(shapes, moments, moments, minutes, minutes)
def test_later_starts_and_longer_times_never_end_earlier(
    c: Calendar, one: datetime, other: datetime, n: int, more: int
) -> None:
    early, late = sorted((one, other))
    assert add(c, early, n) <= add(c, late, n)
    assert add(c, early, n) <= add(c, early, n + more)


@given(shapes, moments, minutes, minutes)
def test_time_added_in_two_steps_ends_where_one_step_ends(
    c: Calendar, start: datetime, m: int, n: int
) -> None:
    assert add(c, start, m + n) == add(c, add(c, start, m), n)


@given(shapes, moments, moments, moments)
def test_working_time_between_moments_adds_up(
    c: Calendar, a: datetime, b: datetime, d: datetime
) -> None:
    a, b, d = (moment.replace(second=0, microsecond=0) for moment in sorted((a, b, d)))
    assert between(c, a, b) + between(c, b, d) == between(c, a, d)
    assert between(c, b, a) == -between(c, a, b)


@given(shapes, moments, minutes)
def test_a_deadline_lies_in_working_time_with_its_end(c: Calendar, start: datetime, n: int) -> None:
    moment = add(c, start, n)
    assert moment >= start
    assert is_open(c, moment) or is_open(c, moment - timedelta(microseconds=1))


WORKED = [counting for counting in Counting if counting is not Counting.HOURS]
"""What needs the commune to work; hours pass by themselves."""


@given(moments, st.integers(1, 200))
def test_hours_run_day_and_night(start: datetime, n: int) -> None:
    deadline = due(CALENDAR, start, n, Counting.HOURS)
    assert deadline - start == timedelta(hours=n)
    assert deadline == due(NEVER, start, n, Counting.HOURS)
    assert deadline.tzinfo == ZONE


@given(moments, st.integers(1, 60))
def test_a_deadline_is_never_on_a_day_off(start: datetime, n: int) -> None:
    for counting in WORKED:
        day = due(CALENDAR, start, n, counting).date()
        assert CALENDAR.hours(day)
        assert day != date(2026, 1, 2)


@given(moments, st.integers(1, 60))
def test_days_are_counted_as_a_calendar_on_the_wall_is(start: datetime, n: int) -> None:
    deadline = add_days(CALENDAR, start, n)
    received = start.astimezone(ZONE).date()
    passed = [
        day
        for day in (received + timedelta(days=i) for i in range(1, 400))
        if day <= deadline.date() and CALENDAR.hours(day)
    ]
    assert len(passed) == n
    assert f"{deadline:%H:%M}" == "17:00"


@settings(max_examples=EXAMPLES // 3 or 1)
@given(shapes, moments, st.integers(1, 900))
def test_a_deadline_is_what_counting_minute_by_minute_gives(
    c: Calendar, start: datetime, n: int
) -> None:
    moment, left = start.replace(second=0), n
    while left:
        left -= is_open(c, moment)
        moment += timedelta(minutes=1)
    assert add(c, start.replace(second=0), n) == moment


@given(shapes, moments)
def test_the_next_opening_is_open_and_nothing_was_missed_before_it(
    c: Calendar, moment: datetime
) -> None:
    opening = next_open(c, moment)
    assert is_open(c, opening)
    assert between(c, moment, opening) == 0
    assert (opening == moment) == is_open(c, moment)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-07-10 16:30", 60, "2026-07-13 08:00"),  # Friday to Monday
        ("2026-07-10 16:30", 30, "2026-07-10 17:00"),  # the end of work is still today
        ("2026-07-10 16:30", 31, "2026-07-13 07:31"),
        ("2026-07-10 17:00", 0, "2026-07-10 17:00"),
        ("2026-07-10 17:01", 0, "2026-07-13 07:30"),
        ("2026-07-10 23:59", 1, "2026-07-13 07:31"),
        ("2026-07-09 23:59", 1, "2026-07-10 07:31"),
        ("2026-07-13 11:00", 60, "2026-07-13 14:00"),  # over lunch
        ("2026-07-13 12:15", 30, "2026-07-13 14:00"),  # from lunch
        ("2026-07-12 10:00", 450, "2026-07-13 17:00"),  # from Sunday: a whole Monday
        ("2026-07-12 10:00", 451, "2026-07-14 07:31"),
        ("2026-07-13 00:00", 1, "2026-07-13 07:31"),
        ("2026-01-01 09:00", 1, "2026-01-05 07:31"),  # 2 January was given off
        ("2026-01-09 16:59", 2, "2026-01-10 07:31"),  # and 10 January worked for it
        ("2026-12-31 16:59", 2, "2027-01-04 07:31"),  # 1 January 2027 is a Friday
        ("2027-02-03 16:59", 2, "2027-02-11 07:31"),  # Tết 2027
    ],
)
def test_working_minutes_skip_what_is_closed(start: str, amount: int, expected: str) -> None:
    assert add(CALENDAR, at(start), amount) == at(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-07-10 16:00", 10, "2026-07-24 17:00"),  # Friday to the Friday of the second week
        ("2026-07-10 23:59", 10, "2026-07-24 17:00"),
        ("2026-07-11 00:00", 10, "2026-07-24 17:00"),  # Saturday: Monday is the first day
        ("2026-07-12 23:59", 10, "2026-07-24 17:00"),
        ("2026-07-13 00:00", 10, "2026-07-27 17:00"),
        ("2025-12-31 08:00", 1, "2026-01-05 17:00"),  # 1 and 2 January are off
        ("2026-01-08 08:00", 2, "2026-01-10 17:00"),  # the Saturday worked in exchange counts
        ("2026-08-21 08:00", 1, "2026-08-22 17:00"),  # worked for 31 August
        ("2026-08-28 08:00", 1, "2026-09-03 17:00"),  # National Day and 31 August
        ("2026-11-23 08:00", 1, "2026-11-25 17:00"),  # 24 November, Vietnam Culture Day
        ("2027-02-03 08:00", 1, "2027-02-11 17:00"),  # Tết 2027
    ],
)
def test_working_days_begin_after_the_day_of_receipt(start: str, days: int, expected: str) -> None:
    assert add_days(CALENDAR, at(start), days) == at(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-07-10 16:00", 10, "2026-07-20 17:00"),
        ("2026-07-08 16:00", 10, "2026-07-20 17:00"),  # the 18th is a Saturday
        ("2027-01-26 09:00", 10, "2027-02-11 17:00"),  # the tenth day is in Tết
    ],
)
def test_a_last_day_that_is_off_moves_to_the_next_working_day(
    start: str, days: int, expected: str
) -> None:
    assert add_calendar_days(CALENDAR, at(start), days) == at(expected)


def test_the_library_alone_calls_2_january_2026_a_working_day() -> None:
    plain = Calendar(WEEK)
    assert is_open(plain, at("2026-01-02 08:00"))
    assert not is_open(plain, at("2026-01-10 08:00"))
    assert not is_open(CALENDAR, at("2026-01-02 08:00"))
    assert is_open(CALENDAR, at("2026-01-10 08:00"))
    assert between(plain, at("2026-01-01 00:00"), at("2026-01-11 00:00")) == between(
        CALENDAR, at("2026-01-01 00:00"), at("2026-01-11 00:00")
    )


def test_half_a_day_is_a_working_day_that_ends_at_noon() -> None:
    half = Calendar(WEEK, {date(2026, 7, 11): MORNING})
    assert add_days(half, at("2026-07-10 08:00"), 1) == at("2026-07-11 11:30")
    assert add_calendar_days(half, at("2026-07-10 08:00"), 1) == at("2026-07-11 11:30")
    assert add(half, at("2026-07-10 16:30"), 60) == at("2026-07-11 08:00")


def test_no_minute_is_lost_at_midnight() -> None:
    assert add(ROUND_THE_CLOCK, at("2026-07-10 23:59"), 2) == at("2026-07-11 00:01")
    assert add(ROUND_THE_CLOCK, at("2026-07-10 00:00"), 1440) == at("2026-07-11 00:00")
    assert between(ROUND_THE_CLOCK, at("2026-07-10 23:59"), at("2026-07-11 00:01")) == 2
    assert is_open(ROUND_THE_CLOCK, at("2026-07-10 23:59"))
    assert add(LATE, at("2026-07-10 23:00"), 60) == at("2026-07-11 00:00")
    assert next_open(LATE, at("2026-07-11 00:00")) == at("2026-07-11 20:00")


def test_seconds_are_kept() -> None:
    start = at("2026-07-10 16:30").replace(second=30)
    assert add(CALENDAR, start, 30) == at("2026-07-13 07:30") + timedelta(seconds=30)
    assert between(CALENDAR, start, at("2026-07-10 16:31")) == 0


def test_opening_includes_the_first_minute_and_not_the_last() -> None:
    assert is_open(CALENDAR, at("2026-07-10 07:30"))
    assert not is_open(CALENDAR, at("2026-07-10 11:30"))
    assert not is_open(CALENDAR, at("2026-07-10 12:00"))
    assert not is_open(CALENDAR, at("2026-07-10 17:00"))
    assert next_open(CALENDAR, at("2026-07-10 17:00")) == at("2026-07-13 07:30")
    assert next_open(CALENDAR, at("2026-07-10 12:00")) == at("2026-07-10 13:30")


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    utc = datetime(2026, 7, 10, 9, 30, tzinfo=UTC)  # 16:30 in the commune
    assert add(CALENDAR, utc, 60) == at("2026-07-13 08:00")
    assert add_days(CALENDAR, datetime(2026, 7, 9, 17, 0, tzinfo=UTC), 1) == at("2026-07-13 17:00")


def test_what_is_left_at_a_pause_runs_on_after_it() -> None:
    start, paused, resumed = at("2026-07-10 16:00"), at("2026-07-10 16:30"), at("2026-07-15 12:00")
    left = between(CALENDAR, paused, add(CALENDAR, start, 60))
    assert left == 30
    assert add(CALENDAR, resumed, left) == at("2026-07-15 14:00")


def test_a_calendar_that_never_opens_is_an_error_and_not_a_loop() -> None:
    start = at("2026-07-10 08:00")
    for counting in WORKED:
        with pytest.raises(NoWorkingTime):
            due(NEVER, start, 1, counting)
    with pytest.raises(NoWorkingTime):
        next_open(NEVER, start)
    with pytest.raises(NoWorkingTime):
        add(CALENDAR, start, 10**9)
    with pytest.raises(NoWorkingTime):
        add_calendar_days(CALENDAR, start, 10**6)
    with pytest.raises(NoWorkingTime):
        next_open(NEVER, datetime.max.replace(tzinfo=UTC) - timedelta(days=2))
    assert between(NEVER, start, start + timedelta(days=400)) == 0


def test_wrong_arguments_are_refused() -> None:
    naive = datetime(2026, 7, 10)  # noqa: DTZ001 - the missing zone is what is refused
    with pytest.raises(ValueError, match="zone"):
        add(CALENDAR, naive, 1)
    with pytest.raises(ValueError, match="forwards"):
        add(CALENDAR, at("2026-07-10"), -1)
    with pytest.raises(ValueError, match="at least one"):
        add_days(CALENDAR, at("2026-07-10"), 0)
    with pytest.raises(ValueError, match="at least one"):
        add_calendar_days(CALENDAR, at("2026-07-10"), 0)
    with pytest.raises(ValueError, match="seven"):
        Calendar((OFFICE,))
    with pytest.raises(ValueError, match="overlap"):
        Calendar((*WEEK[:6], (Interval(0, 60), Interval(59, 90))))
    with pytest.raises(ValueError, match="overlap"):
        Calendar(WEEK, {date(2026, 1, 1): OFFICE[::-1]})


@pytest.mark.parametrize("text", ["7h30", "07:30", "11:30-07:30", "08:00-08:00", "08:00-24:01", ""])
def test_what_is_no_stretch_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="stretch"):
        Interval.parse(text)


def test_a_stretch_is_read_as_people_write_it() -> None:
    assert Interval.parse("7:30 – 11:30") == Interval(450, 690)
    assert Interval.parse("00:00-24:00") == Interval(0, 1440)


def test_a_deadline_is_told_in_words() -> None:
    now = at("2026-11-20 09:00")
    deadline = at("2026-11-24 16:30")
    assert say(deadline_words(deadline, now)).startswith("trước 16:30 thứ Ba 24/11")
    assert say(deadline_words(deadline, at("2026-11-24 08:00"))) == "trước 16:30 hôm nay"
    assert say(deadline_words(deadline, deadline)) == "trước 16:30 hôm nay"
    assert say(deadline_words(deadline, at("2026-11-25 08:00"))).startswith("đã quá hạn từ 16:30")
    assert say(deadline_words(deadline.astimezone(UTC), now), "en").startswith("before 16:30")
