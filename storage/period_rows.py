"""What a report lists of a period: its tickets, its answers, its evidence; never words or names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Case, Column, case, func, select, type_coerce

from storage import tables
from storage.connection import Reading
from storage.tickets import BREACH, Event, State


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket received in the period."""

    code: str
    kind: str
    category: str
    unit: str
    channel: str
    state: str
    received_at: datetime
    due_at: datetime
    answered_at: datetime | None
    rating: int | None
    on_time: bool | None


class EvidenceRow(NamedTuple):
    """A row of evidence, the moment as milliseconds since 1970 UTC: there are very many."""

    id: int
    milliseconds: int
    kind: str
    channel: str
    about: str
    unit: str
    place: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer of a ticket in the period that was early or late."""

    code: str
    at: datetime
    on_time: bool


@dataclass(frozen=True, slots=True)
class PeriodRows:
    """The rows of a period.

    Attributes:
        tickets: received in it, duplicates too, in order.
        answers: given in it.
        ratings: day → how many ratings and their sum.
        evidence: in order, at most as many as were asked for.
        evidence_rows: how many there are.
    """

    tickets: Sequence[TicketRow]
    answers: Sequence[Answer]
    ratings: Mapping[date, tuple[int, int]]
    evidence: Sequence[EvidenceRow]
    evidence_rows: int


async def period_rows(
    connection: Reading, days: tuple[date, date], moments: tuple[datetime, datetime], most: int
) -> PeriodRows:
    """Read what a report lists.

    Args:
        connection: all of it is of one moment.
        days: the first and the last day, which belongs to the period.
        moments: the first moment, and the first after the period.
        most: rows of evidence that are listed.
    """
    first, last = (day.isoformat() for day in days)
    counts = tables.evidence_counts
    within = (counts.c.day >= first, counts.c.day <= last)
    number = await connection.execute(select(func.sum(counts.c.count)).where(*within))
    return PeriodRows(
        tickets=await _tickets(connection, *moments),
        answers=await answers(connection, *moments),
        ratings=await _ratings(connection, days),
        evidence=await _evidence(connection, first, last, most) if most else (),
        evidence_rows=int(number.scalar() or 0),
    )


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """What a period has in each of some stretches of it, counted without reading a ticket.

    Attributes:
        received: of each stretch: category → tickets received, duplicates left out.
        answered: of each stretch: first answers, and how many of them were in time.
        ratings: day → how many ratings and their sum.
    """

    received: Sequence[Mapping[str, int]]
    answered: Sequence[tuple[int, int]]
    ratings: Mapping[date, tuple[int, int]]


async def month_counts(
    connection: Reading, days: tuple[date, date], months: Sequence[tuple[datetime, datetime]]
) -> MonthCounts:
    """Count a period.

    Args:
        connection: all of it is of one moment.
        days: the first and the last day, which belongs to the period.
        months: the first moment and the first after of stretches that follow each other.
    """
    by_kind: list[dict[str, int]] = [{} for _month in months]
    if not months:
        return MonthCounts((), (), {})
    start, end = months[0][0], months[-1][1]
    tickets, events = tables.tickets, tables.ticket_events

    def place(moment: Column[Any]) -> Case[int]:
        """Number the stretches; the last needs no bound of its own."""
        return case(
            *((moment < after, number) for number, (_start, after) in enumerate(months)),
            else_=len(months) - 1,
        )

    received = await connection.execute(
        select(place(tickets.c.received_at).label("month"), tickets.c.category, func.count())
        .where(
            tickets.c.received_at >= start,
            tickets.c.received_at < end,
            tickets.c.state != State.DUPLICATE,
        )
        .group_by("month", tickets.c.category)
    )
    for month, category, number in received:
        by_kind[month][category] = int(number)
    first = (
        select(func.min(events.c.id))
        .where(
            events.c.at >= start,
            events.c.at < end,
            events.c.event == Event.ANSWERED,
            events.c.on_time.is_not(None),
        )
        .group_by(events.c.code)
    )
    answered = await connection.execute(
        select(
            place(events.c.at).label("month"),
            func.count(),
            func.sum(case((events.c.on_time, 1), else_=0)),
        )
        .where(events.c.id.in_(first))
        .group_by("month")
    )
    numbers = {month: (int(number), int(on_time)) for month, number, on_time in answered}
    return MonthCounts(
        by_kind,
        [numbers.get(month, (0, 0)) for month in range(len(months))],
        await _ratings(connection, days),
    )


async def _ratings(connection: Reading, days: tuple[date, date]) -> dict[date, tuple[int, int]]:
    first, last = (day.isoformat() for day in days)
    counts = tables.evidence_counts
    rows = await connection.execute(
        select(counts.c.day, func.sum(counts.c.count), func.sum(counts.c.total))
        .where(counts.c.day >= first, counts.c.day <= last, counts.c.kind == "rating")
        .group_by(counts.c.day)
    )
    return {date.fromisoformat(day): (int(count), int(total)) for day, count, total in rows}


async def answers(connection: Reading, start: datetime, end: datetime) -> list[Answer]:
    """Give the first answer of each ticket from a moment to before another.

    A later one answers a reopened ticket; one that is neither early nor late corrects an answer
    given before.
    """
    events = tables.ticket_events
    rows = await connection.execute(
        select(events.c.code, events.c.at, events.c.on_time)
        .where(
            events.c.at >= start,
            events.c.at < end,
            events.c.event == Event.ANSWERED,
            events.c.on_time.is_not(None),
        )
        .order_by(events.c.id)
    )
    first: dict[str, Answer] = {}
    for code, at, on_time in rows:
        first.setdefault(code, Answer(code, at, bool(on_time)))
    return list(first.values())


async def _tickets(connection: Reading, start: datetime, end: datetime) -> list[TicketRow]:
    tickets, events = tables.tickets, tables.ticket_events
    within = (tickets.c.received_at >= start, tickets.c.received_at < end)
    judged = await connection.execute(
        select(events.c.code, events.c.on_time)
        .join(tickets, tickets.c.code == events.c.code)
        .where(*within, events.c.event == Event.ANSWERED, events.c.on_time.is_not(None))
        .order_by(events.c.id)
    )
    on_time = {code: bool(in_time) for code, in_time in judged}
    rows = await connection.execute(
        select(
            tickets.c.code,
            tickets.c.kind,
            tickets.c.category,
            tickets.c.unit,
            tickets.c.source.label("channel"),
            tickets.c.state,
            tickets.c.received_at,
            tickets.c.due_at,
            tickets.c.answered_at,
            tickets.c.rating,
        )
        .where(*within, tickets.c.kind != BREACH)
        .order_by(tickets.c.received_at, tickets.c.code)
    )
    return [TicketRow(**row, on_time=on_time.get(row["code"])) for row in rows.mappings()]


async def _evidence(connection: Reading, first: str, last: str, most: int) -> list[EvidenceRow]:
    table = tables.evidence
    rows = await connection.execute(
        select(
            table.c.id,
            type_coerce(table.c.at, BigInteger),
            table.c.kind,
            table.c.channel,
            table.c.about,
            table.c.unit,
            table.c.place,
            table.c.value,
        )
        .where(table.c.day >= first, table.c.day <= last)
        .order_by(table.c.day, table.c.id)
        .limit(most)
    )
    return [EvidenceRow._make(row) for row in rows.all()]
