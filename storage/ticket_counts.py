"""The tickets of a period, counted for the report."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage import tables
from storage.connection import Reading
from storage.tickets import Event, State


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
    rows = (
        await connection.execute(
            select(events.c.code, events.c.event, events.c.on_time)
            .where(
                events.c.at >= start,
                events.c.at < end,
                events.c.event.in_(
                    [
                        Event.ANSWERED,
                        Event.REJECTED,
                        Event.FORWARDED,
                        Event.WITHDRAWN,
                        Event.REOPENED,
                    ]
                ),
            )
            .order_by(events.c.id)
        )
    ).all()
    # What ended a ticket or opened it again; the last of these decides.
    turning = (
        select(func.max(events.c.id))
        .where(
            events.c.at < until,
            events.c.event.in_(
                [
                    Event.ANSWERED,
                    Event.REJECTED,
                    Event.WITHDRAWN,
                    Event.TRANSFERRED,
                    Event.REOPENED,
                ]
            ),
        )
        .group_by(events.c.code)
    )
    ended = select(events.c.code).where(events.c.id.in_(turning), events.c.event != Event.REOPENED)
    overdue = await connection.execute(
        select(tickets.c.code).where(
            tickets.c.due_at < until,
            tickets.c.received_at < until,
            tickets.c.state != State.DUPLICATE,
            tickets.c.code.not_in(ended),
        )
    )
    late = set(overdue.scalars())
    by_event: dict[str, set[str]] = {}
    on_time: dict[str, bool] = {}
    for row in rows:
        by_event.setdefault(row.event, set()).add(row.code)
        if row.event == Event.ANSWERED and row.on_time is not None:
            # The first answer of the period decides; a later one answers a reopened ticket.
            # One that is neither early nor late corrects an answer given before.
            on_time.setdefault(row.code, bool(row.on_time))
    return TicketCounts(
        received=int(received.scalar_one()),
        answered=len(on_time),
        answered_on_time=sum(on_time.values()),
        late=len(late | {code for code, in_time in on_time.items() if not in_time}),
        rejected=len(by_event.get(Event.REJECTED, ())),
        forwarded=len(by_event.get(Event.FORWARDED, ())),
        withdrawn=len(by_event.get(Event.WITHDRAWN, ())),
        reopened=len(by_event.get(Event.REOPENED, ())),
    )
