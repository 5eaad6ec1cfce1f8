"""One human being at several addresses: whose a ticket is, and where its person is written to."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

from handlers import cards
from handlers.routing import Turn
from handlers.ticket_states import STATE_NAMES
from messages.text import Sayable, _
from storage.outbox import Recipient
from storage.tickets import NewTicket, Ticket

SHOWN = 5
"""Other tickets of the same person that an officer is shown."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def ids(turn: Turn) -> frozenset[int]:
    """Give our numbers of the person of the turn at all their addresses."""
    if turn.person.joined_to is None:
        return frozenset({turn.person.id})
    return frozenset(one.id for one in await turn.read.addresses(turn.person.id))


async def has_answered(turn: Turn, asked: Callable[[int], Awaitable[bool]]) -> bool:
    """Tell whether the person of the turn has answered something at one of their addresses."""
    for one in sorted(await ids(turn)):
        if await asked(one):
            return True
    return False


async def owns(turn: Turn, ticket: Ticket | None) -> bool:
    """Tell whether the person of the turn brought a ticket, at whichever of their addresses.

    As much is read for a ticket that does not exist, so that the time tells nothing.
    """
    own = await ids(turn)
    return ticket is not None and ticket.person_id in own


async def tickets(turn: Turn, limit: int = 10) -> list[Ticket]:
    """List what the person of the turn brought at all their addresses, the newest first."""
    return await _tickets_of(turn, await ids(turn), limit)


async def last_answered(turn: Turn) -> Ticket | None:
    """Find the person's ticket that was answered last and not rated since."""
    found = [await turn.read.last_answered(one) for one in sorted(await ids(turn))]
    answered = [ticket for ticket in found if ticket]
    return max(answered, key=lambda one: one.answered_at or _LONG_AGO, default=None)


async def recipient(turn: Turn, ticket: Ticket) -> Recipient:
    """Tell where the citizen of a ticket is written to: where they wrote last.

    A channel that is not open at present is left out where there is another.
    """
    found = await turn.read.addresses(ticket.person_id)
    reached = (one for one in found if one.to.channel in turn.office.channels)
    return next(reached, found[0])


async def history(turn: Turn, ticket: Ticket | NewTicket, person_id: int) -> tuple[Sayable, ...]:
    """Tell an officer where else the citizen of a ticket writes, and what else they brought.

    Nothing where they have one address only. What was sent without a name is not told beside a
    name, and beside what was sent without a name nothing is told.
    """
    found = await turn.read.addresses(person_id)
    if len(found) == 1 or ticket.anonymous:
        return ()
    channels = ", ".join(sorted({one.to.channel.capitalize() for one in found}))
    others = await _tickets_of(turn, frozenset(one.id for one in found), SHOWN + 1)
    told = [_line(one) for one in others if one.code != ticket.code and not one.anonymous]
    return (_("Writes on: {channels}", channels=channels), *_headed(told[:SHOWN]))


def _line(ticket: Ticket) -> Sayable:
    return _("- {code}: {state}", code=ticket.code, state=STATE_NAMES[ticket.state])


def _headed(told: list[Sayable]) -> Iterator[Sayable]:
    if told:
        yield _("Other tickets of the same person:")
        yield from told


async def _tickets_of(turn: Turn, people: frozenset[int], limit: int) -> list[Ticket]:
    found = [one for id_ in sorted(people) for one in await turn.read.tickets_of(id_, limit)]
    # What an official wrote down for others is nobody's here.
    own = [one for one in found if len(people) == 1 or one.source not in cards.SOURCES]
    return sorted(own, key=lambda one: (-one.received_at.timestamp(), one.code))[:limit]
