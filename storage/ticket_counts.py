"""The tickets of a period, counted for the report."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from storage import tables
from storage.connection import Reading
from storage.tickets import BREACH, Event, State

TURNING = (
    Event.ANSWERED,
    Event.REJECTED,
    Event.WITHDRAWN,
    Event.TRANSFERRED,
    Event.REOPENED,
)
"""What ends a ticket or opens it again."""

BATCH = 500


@dataclass(frozen=True, slots=True)
class TicketCounts:
    """The tickets of a period, each counted once; `contract` of the report tells the rules."""

    received: int = 0
    answered: int = 0
    answered_on_time: int = 0
    late: int = 0
    rejected: int = 0
    forwarded: int = 0
    withdrawn: int = 0
    reopened: int = 0


async def ticket_counts(
    connection: Reading, start: datetime, end: datetime, now: datetime
) -> TicketCounts:
    """Count tickets from a moment to a moment, the second not included.

    Answered, on time and late go by the day of the answer; a ticket is late too that stands
    open past its deadline at the period's end (or now, where that is earlier).
    """
    tickets, events = tables.tickets, tables.ticket_events
    until = min(end, now)
    received = await connection.execute(
        select(func.count())
        .select_from(tickets)
        .where(
            tickets.c.received_at >= start,
            tickets.c.received_at < end,
            tickets.c.state != State.DUPLICATE,
            tickets.c.kind != BREACH,
        )
    )
    events_of = await connection.execute(
        select(events.c.event, func.count(events.c.code.distinct()))
        .where(
            events.c.at >= start,
            events.c.at < end,
            or_(
                events.c.event.in_(
                    [Event.REJECTED, Event.FORWARDED, Event.WITHDRAWN, Event.REOPENED]
                ),
                # One that is neither early nor late corrects an answer given before.
                and_(events.c.event == Event.ANSWERED, events.c.on_time.is_not(None)),
            ),
        )
        .group_by(events.c.event)
    )
    happened = {event: int(number) for event, number in events_of}
    answered = happened.get(Event.ANSWERED, 0)
    delayed = await _late_answers(connection, start, end)
    late = await _overdue(connection, until)
    return TicketCounts(
        received=int(received.scalar_one()),
        answered=answered,
        answered_on_time=answered - len(delayed),
        late=len(late | delayed),
        rejected=happened.get(Event.REJECTED, 0),
        forwarded=happened.get(Event.FORWARDED, 0),
        withdrawn=happened.get(Event.WITHDRAWN, 0),
        reopened=happened.get(Event.REOPENED, 0),
    )


async def _late_answers(connection: Reading, start: datetime, end: datetime) -> set[str]:
    """Give the codes of tickets whose first answer of the period was late.

    `period_rows.answers` lists all first answers; to count them here is ten times as fast.
    """
    events = tables.ticket_events
    earlier = events.alias()
    rows = await connection.execute(
        select(events.c.code).where(
            events.c.at >= start,
            events.c.at < end,
            events.c.event == Event.ANSWERED,
            events.c.on_time.is_(False),
            ~exists().where(
                earlier.c.code == events.c.code,
                earlier.c.at >= start,
                earlier.c.event == Event.ANSWERED,
                earlier.c.on_time.is_not(None),
                earlier.c.id < events.c.id,
            ),
        )
    )
    return set(rows.scalars())


async def _overdue(connection: Reading, until: datetime) -> set[str]:
    """Give the codes of tickets that stood open past their deadline at a moment.

    Only tickets that are open now, or of which something happened since, can have been open then:
    what was settled before is never looked at, however much of it there is.
    """
    tickets, events = tables.tickets, tables.ticket_events
    late = (
        tickets.c.due_at < until,
        tickets.c.received_at < until,
        tickets.c.kind != BREACH,
    )
    still = await connection.execute(select(tickets.c.code).where(tables.IS_OPEN, *late))
    since = await connection.execute(
        select(tickets.c.code).where(
            tickets.c.code.in_(
                select(events.c.code).where(events.c.at >= until, events.c.event.in_(TURNING))
            ),
            tickets.c.state != State.DUPLICATE,
            *late,
        )
    )
    found = {*still.scalars(), *since.scalars()}
    ended: set[str] = set()
    for batch in _batches(sorted(found)):
        # What ended a ticket or opened it again; the last of these decides.
        last = (
            select(func.max(events.c.id))
            .where(events.c.code.in_(batch), events.c.at < until, events.c.event.in_(TURNING))
            .group_by(events.c.code)
        )
        rows = await connection.execute(
            select(events.c.code).where(events.c.id.in_(last), events.c.event != Event.REOPENED)
        )
        ended |= set(rows.scalars())
    return found - ended


def _batches(codes: list[str]) -> Iterator[list[str]]:
    """Cut a list, as a statement takes only so many values."""
    return (codes[start : start + BATCH] for start in range(0, len(codes), BATCH))
