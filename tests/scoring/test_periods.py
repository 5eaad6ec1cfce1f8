from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.languages import say
from scoring.neighbours import a_year_before, after, before
from scoring.periods import BadPeriod, Period, parse, running

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "name", "start", "end"),
    [
        ("2026-H1", "2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q1", "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q2", "2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-Q3", "2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-Q4", "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-07", "2026-07", date(2026, 7, 1), date(2026, 7, 31)),
        ("2026-02", "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-Q1", "2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2026", "2026", date(2026, 1, 1), date(2026, 12, 31)),
        (
            "2026-01-01..2026-06-30",
            "2026-01-01..2026-06-30",
            date(2026, 1, 1),
            date(2026, 6, 30),
        ),
        (
            "2024-02-29..2024-02-29",
            "2024-02-29..2024-02-29",
            date(2024, 2, 29),
            date(2024, 2, 29),
        ),
        ("  2026 - h1 ", "2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-q3\n", "2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        (
            "2026-01-01 .. 2026-06-30",
            "2026-01-01..2026-06-30",
            date(2026, 1, 1),
            date(2026, 6, 30),
        ),
    ],
)
def test_each_way_of_writing_gives_its_days(text: str, name: str, start: date, end: date) -> None:
    assert parse(text, TODAY) == Period(name, start, end)


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (date(2026, 6, 30), "2026-H1"),
        (date(2026, 7, 1), "2026-H2"),
        (date(2026, 12, 31), "2026-H2"),
        (date(2027, 1, 1), "2027-H1"),
    ],
)
def test_nothing_typed_is_the_running_half_year(today: date, name: str) -> None:
    assert parse("  ", today).name == name


@pytest.mark.parametrize(
    "text",
    [
        "H1",
        "2026-H3",
        "2026-Q0",
        "2026-Q5",
        "2026-13",
        "2026-00",
        "2026-7",
        "26-H1",
        "2026-02-30..2026-03-01",
        "2026-01-01..",
        "2026-01-01...2026-01-02",
        "2026-01-01",
        "0000",
        "1999-H1",
        "0001-01-01..2026-01-01",
        "2026-01-01..9999-12-31",
        "٢٠٢٦",
        "tháng 7",
        "2026-H1; drop",
        "\ud800",
        "2026" * 25_000,
    ],
)
def test_what_is_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        parse(text, TODAY)
    assert "2026-H1" in say(refused.value.reason)
    assert "2026-H1" in str(refused.value)


def test_a_period_may_start_today_but_not_tomorrow() -> None:
    assert parse("2026-11-23..2026-12-31", TODAY).start == TODAY
    with pytest.raises(BadPeriod) as refused:
        parse("2026-11-24..2026-12-31", TODAY)
    assert "24/11/2026" in say(refused.value.reason)
    with pytest.raises(BadPeriod):
        parse("2027", TODAY)


def test_a_period_may_not_end_before_it_starts() -> None:
    with pytest.raises(BadPeriod) as refused:
        parse("2026-07-02..2026-07-01", TODAY)
    assert "01/07/2026" in say(refused.value.reason)


def test_bounds_are_midnights_in_viet_nam() -> None:
    start, after = parse("2026-H2", TODAY).bounds
    # Viet Nam is seven hours ahead: its new year begins at 17:00 UTC the day before.
    assert start == datetime(2026, 6, 30, 17, tzinfo=UTC)
    assert after == datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert start.utcoffset() == after.utcoffset() == timedelta(hours=7)


def test_the_leap_day_is_within_its_month() -> None:
    start, after = parse("2024-02", TODAY).bounds
    assert start <= datetime(2024, 2, 29, 23, 59, tzinfo=start.tzinfo) < after
    assert parse("2024-02", TODAY).days == 29
    assert parse("2024", TODAY).days == 366


@given(st.dates(date(2000, 1, 1), date(2026, 11, 23)), st.integers(0, 4000))
def test_a_written_range_reads_back_and_its_bounds_are_its_days(start: date, more: int) -> None:
    end = start + timedelta(days=more)
    period = parse(f"{start}..{end}", TODAY)
    assert (period.start, period.end) == (start, end)
    assert parse(period.name, TODAY) == period
    first, after = period.bounds
    assert after - first == timedelta(days=period.days)


@given(st.integers(2001, 2025))
def test_halves_quarters_and_months_follow_each_other_without_a_gap(year: int) -> None:
    for names in (
        [f"{year}-H{n}" for n in (1, 2)],
        [f"{year}-Q{n}" for n in (1, 2, 3, 4)],
        [f"{year}-{n:02}" for n in range(1, 13)],
    ):
        periods = [parse(name, TODAY) for name in names]
        for one, following in pairwise(periods):
            assert one.bounds[1] == following.bounds[0]
        whole = parse(str(year), TODAY)
        assert (periods[0].start, periods[-1].end) == (whole.start, whole.end)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("2026-H1", "6 tháng đầu năm 2026"),
        ("2026-H2", "6 tháng cuối năm 2026"),
        ("2026-Q1", "quý I năm 2026"),
        ("2026-Q2", "quý II năm 2026"),
        ("2026-Q3", "quý III năm 2026"),
        ("2026-Q4", "quý IV năm 2026"),
        ("2026-07", "tháng 7 năm 2026"),
        ("2025-12", "tháng 12 năm 2025"),
        ("2026", "năm 2026"),
        ("2026-01-01..2026-06-30", "6 tháng đầu năm 2026"),
        ("2026-02-01..2026-04-30", "từ ngày 01/02/2026 đến ngày 30/04/2026"),
        ("2026-01-02..2026-06-30", "từ ngày 02/01/2026 đến ngày 30/06/2026"),
        ("2025-07-01..2026-06-30", "từ ngày 01/07/2025 đến ngày 30/06/2026"),
    ],
)
def test_its_title_is_what_a_report_calls_it(text: str, title: str) -> None:
    assert say(parse(text, TODAY).title) == title


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-H1", date(2025, 12, 15), date(2026, 6, 14)),
        ("2026-H2", date(2026, 6, 15), date(2026, 12, 14)),
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026-Q3", date(2026, 6, 15), date(2026, 9, 14)),
        ("2026-07", date(2026, 6, 15), date(2026, 7, 14)),
        ("2026", date(2025, 12, 15), date(2026, 12, 14)),
        # Whoever names two days means them.
        ("2026-01-01..2026-06-30", date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_a_period_may_be_closed_on_the_day_that_the_decree_names(
    text: str, start: date, end: date
) -> None:
    found = parse(text, TODAY, closing=14)
    assert (found.start, found.end) == (start, end)
    named = parse(text, TODAY)
    assert (found.name, say(found.title, "vi")) == (named.name, say(named.title, "vi"))
    assert found.calendar == named


@given(st.dates(date(2001, 1, 1), date(2900, 1, 1)), st.integers(1, 27))
def test_closed_periods_leave_no_day_out_and_are_beside_each_other(
    today: date, closing: int
) -> None:
    now = running(today, closing)
    for name in (now.half, now.quarter, now.month, now.year):
        period = parse(name, today, closing)
        assert period.start <= today <= period.end
        earlier, later = before(period), after(period)
        assert earlier.end + timedelta(days=1) == period.start
        assert period.end + timedelta(days=1) == later.start
        assert parse(earlier.name, today, closing) == earlier
        assert a_year_before(period).name == period.name.replace(
            f"{period.calendar.start.year}", f"{period.calendar.start.year - 1}"
        )
        months = period.months
        assert (months[0].start, months[-1].end) == (period.start, period.end)
        assert all(one.end + timedelta(days=1) == two.start for one, two in pairwise(months))
    assert parse("", today, closing).name == now.half


def test_after_the_closing_day_the_next_half_year_runs() -> None:
    assert parse("", date(2026, 6, 14), closing=14).name == "2026-H1"
    assert parse("", date(2026, 6, 15), closing=14).name == "2026-H2"
    assert parse("", date(2026, 12, 15), closing=14).name == "2027-H1"
