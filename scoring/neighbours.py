"""The periods beside a period: the one before, the one after, the same one a year earlier."""

from datetime import date, timedelta

from scoring.periods import Period, closed


def after(period: Period) -> Period:
    """Give the period that follows, of the same kind where it has one, else of as many days."""
    return shifted(period, 1)


def before(period: Period) -> Period:
    """Give the period before, of the same kind where it has one, else of as many days."""
    return shifted(period, -1)


def shifted(period: Period, by: int) -> Period:
    """Move a period by its own length; whole months stay whole months."""
    if period.closing:
        return closed(shifted(period.calendar, by), period.closing)
    start, end = period.start, period.end
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        first = _plus_months(start, by * months)
        return _named(first, _plus_months(first, months) - timedelta(days=1))
    length = timedelta(days=period.days)
    return _named(start + by * length, end + by * length)


def a_year_before(period: Period) -> Period:
    """Give the same days a year earlier; the last day of a month stays it."""
    if period.closing:
        return closed(a_year_before(period.calendar), period.closing)
    start = _plus_months(period.start.replace(day=1), -12)
    start = start.replace(day=min(period.start.day, _last_day(start)))
    end = _plus_months(period.end.replace(day=1), -12)
    last = (period.end + timedelta(days=1)).day == 1
    day = _last_day(end) if last else min(period.end.day, _last_day(end))
    return _named(start, end.replace(day=day))


def _plus_months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _last_day(first: date) -> int:
    return (_plus_months(first.replace(day=1), 1) - timedelta(days=1)).day


def _named(start: date, end: date) -> Period:
    """Give the period of two days in the shortest way to write it."""
    whole = start.day == 1 and (end + timedelta(days=1)).day == 1 and start.year == end.year
    year, first, last = f"{start.year:04}", start.month, end.month
    names = {(1, 12): year, (1, 6): f"{year}-H1", (7, 12): f"{year}-H2"}
    names |= {(3 * q - 2, 3 * q): f"{year}-Q{q}" for q in range(1, 5)}
    names |= {(m, m): f"{year}-{m:02}" for m in range(1, 13)}
    name = names.get((first, last)) if whole else None
    return Period(name or f"{start.isoformat()}..{end.isoformat()}", start, end)
