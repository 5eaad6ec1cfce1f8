"""The tickets of a period, counted for the report."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage import tables
from storage.connection import Reading
from storage.period_rows import answers
from storage.tickets import OPEN, Event, State

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
        )
    )
    events_of = await connection.execute(
        select(events.c.code, events.c.event)
        .where(
            events.c.at >= start,
            events.c.at < end,
            events.c.event.in_([Event.REJECTED, Event.FORWARDED, Event.WITHDRAWN, Event.REOPENED]),
        )
        .distinct()
    )
    late = await _overdue(connection, until)
    by_event = Counter(event for _code, event in events_of)
    on_time = {one.code: one.on_time for one in await answers(connection, start, end)}
    return TicketCounts(
        received=int(received.scalar_one()),
        answered=len(on_time),
        answered_on_time=sum(on_time.values()),
        late=len(late | {code for code, in_time in on_time.items() if not in_time}),
        rejected=by_event[Event.REJECTED],
        forwarded=by_event[Event.FORWARDED],
        withdrawn=by_event[Event.WITHDRAWN],
        reopened=by_event[Event.REOPENED],
    )


async def _overdue(connection: Reading, until: datetime) -> set[str]:
    """Give the codes of tickets that stood open past their deadline at a moment.

    Only tickets that are open now, or of which something happened since, can have been open then:
    what was settled before is never looked at, however much of it there is.
    """
    tickets, events = tables.tickets, tables.ticket_events
    late = (tickets.c.due_at < until, tickets.c.received_at < until)
    still = await connection.execute(select(tickets.c.code).where(tickets.c.state.in_(OPEN), *late))
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
