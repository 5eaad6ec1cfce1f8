"""When those who have a ticket are reminded: on the way to its deadline, at it, and after it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from handlers import cards, deadlines
from handlers.commune import Commune
from handlers.deadlines import Calendar, deadline_words
from handlers.routing import Reply, Router, Turn
from messages.envelope import Kind
from messages.text import _, lines
from storage.outbox import Draft, Purpose
from storage.tickets import Event, NewTicket, State, Ticket
from storage.timers import SetTimer, StopTimer

router = Router()

TIMER = "due"
"""The one timer of a ticket's answer: each reminder sets it for the next."""

RESPOND = "respond"
"""The timer of the first response."""

FORWARD = "forward"
"""The timer of passing a ticket on to whoever is competent."""

FORWARD_SHARE = 80
"""Of the working time until a ticket should be passed on, per cent: at its end it is too late."""


class Stage(StrEnum):
    """How far a ticket's time has run."""

    HALF = "half"
    SOON = "soon"
    DUE = "due"
    LATE = "late"
    """A working day after the deadline, when those who lead are told."""


SHARES = {Stage.HALF: 50, Stage.SOON: 80}
"""Of the working time up to the deadline, per cent."""

SHORT = 4 * 60
"""Working minutes; a shorter time has its deadline and no half way to it."""


def moments(calendar: Calendar, received: datetime, due: datetime) -> dict[Stage, datetime]:
    """Tell when a ticket is remembered; what comes before the deadline lies in working time."""
    whole = deadlines.between(calendar, received, due)
    found = {
        stage: deadlines.add(calendar, received, whole * share // 100)
        for stage, share in SHARES.items()
        if whole >= SHORT
    }
    return found | {Stage.DUE: due, Stage.LATE: deadlines.add_days(calendar, due, 1)}


async def of(turn: Turn, ticket: Ticket) -> tuple[SetTimer, ...]:
    """Give the timer of a ticket's next reminder, nothing after the last."""
    return _next(await _stages(turn, ticket), ticket.code, turn.now)


def of_reopened(commune: Commune, ticket: Ticket, now: datetime) -> tuple[SetTimer, ...]:
    """Give the timer of a ticket that is being reopened: its time runs from now."""
    return _next(moments(commune.calendar, now, ticket.due_at), ticket.code, now)


async def _stages(turn: Turn, ticket: Ticket) -> dict[Stage, datetime]:
    return moments(turn.office.commune.calendar, await _begun(turn, ticket), ticket.due_at)


async def _begun(turn: Turn, ticket: Ticket) -> datetime:
    """Tell since when a ticket's time runs: since it came, or was reopened last."""
    if not ticket.level:
        return ticket.received_at
    history = await turn.read.history(ticket.code)
    reopened = (one.at for one in history if one.event is Event.REOPENED)
    return max(reopened, default=ticket.received_at)


def of_new(commune: Commune, ticket: NewTicket, now: datetime) -> tuple[SetTimer, ...]:
    """Give the timers of a ticket that is filed: of its answer, its first response, its passing on.

    A first response that is due no earlier than the answer needs no reminder of its own.
    """
    calendar, code = commune.calendar, ticket.code
    timers = _following(calendar, code, received=now, due=ticket.due_at, now=now)
    if ticket.respond_by is not None and ticket.respond_by < ticket.due_at:
        timers = (*timers, SetTimer(RESPOND, code, ticket.respond_by))
    return (*timers, *to_forward(commune, code, ticket.forward_by, now))


def to_forward(
    commune: Commune, code: str, forward_by: datetime | None, now: datetime
) -> tuple[SetTimer, ...]:
    """Give the timer of passing a ticket on, nothing where nobody else is competent."""
    if forward_by is None:
        return ()
    whole = deadlines.between(commune.calendar, now, forward_by)
    at = deadlines.add(commune.calendar, now, whole * FORWARD_SHARE // 100)
    return (SetTimer(FORWARD, code, at),)


def stopped(code: str) -> tuple[StopTimer, ...]:
    """Give what ends a ticket's reminders; those that are left over fire and say nothing."""
    return (StopTimer(TIMER, code),)


def _following(
    calendar: Calendar, code: str, *, received: datetime, due: datetime, now: datetime
) -> tuple[SetTimer, ...]:
    return _next(moments(calendar, received, due), code, now)


def _next(stages: Mapping[Stage, datetime], code: str, now: datetime) -> tuple[SetTimer, ...]:
    coming = sorted(at for at in stages.values() if at > now)
    return tuple(SetTimer(TIMER, code, at) for at in coming[:1])


def reached(stages: Mapping[Stage, datetime], now: datetime) -> Stage | None:
    """Tell which of a ticket's stages is reached, None before the first."""
    passed = [(at, stage) for stage, at in stages.items() if at <= now]
    return max(passed, key=lambda one: one[0])[1] if passed else None


@router.event(Kind.TIMER, TIMER)
async def remind(turn: Turn) -> Reply:
    """Remind whoever has a ticket, else its unit; of a late one those who lead as well.

    While the citizen is asked for more, nothing is said before the deadline.
    """
    ticket = await turn.read.ticket(turn.message.payload)
    if ticket is None or not ticket.is_open:
        return turn.quiet()
    stages = await _stages(turn, ticket)
    stage = reached(stages, turn.now)
    again = turn.quiet(*_next(stages, ticket.code, turn.now))
    if stage is None or (stage in SHARES and ticket.state is State.NEED_INFO):
        return again
    text = lines(
        _("Ticket {code} is not answered yet.", code=ticket.code)
        if stage in SHARES
        else _("Ticket {code} has reached its deadline and is not answered.", code=ticket.code),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
    )
    told = await cards.news(turn, ticket, text, to_me=True)
    if stage is not Stage.LATE:
        return again.and_tell(*told)
    return again.and_tell(*told, *await _to_leaders(turn, ticket, {one.to.id for one in told}))


@router.event(Kind.TIMER, RESPOND)
async def remind_to_respond(turn: Turn) -> Reply:
    """Tell the unit that nobody has looked at a ticket yet."""
    ticket = await turn.read.ticket(turn.message.payload)
    if ticket is None or not ticket.is_open or ticket.responded_at is not None:
        return turn.quiet()
    if turn.now >= ticket.due_at:
        # Its deadline is spoken of already.
        return turn.quiet()
    text = lines(
        _(
            "Nobody has taken ticket {code} yet, and it should have been looked at.",
            code=ticket.code,
        ),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
    )
    return turn.quiet().and_tell(*await cards.news(turn, ticket, text, to_me=True))


@router.event(Kind.TIMER, FORWARD)
async def remind_to_forward(turn: Turn) -> Reply:
    """Remind that a ticket which others are competent for is to be passed on."""
    ticket = await turn.read.ticket(turn.message.payload)
    if ticket is None or not ticket.is_open or ticket.forward_by is None:
        return turn.quiet()
    text = lines(
        _("Ticket {code} is to be passed on where others are competent.", code=ticket.code),
        _("Pass it on {deadline}", deadline=deadline_words(ticket.forward_by, turn.now)),
    )
    return turn.quiet().and_tell(*await cards.news(turn, ticket, text, to_me=True))


async def _to_leaders(turn: Turn, ticket: Ticket, know: set[int]) -> tuple[Draft, ...]:
    """Tell those who lead, without what the citizen wrote: who has it, and since when it is late.

    Args:
        turn: the turn of the reminder.
        ticket: the late ticket.
        know: who is told of it already.
    """
    holder = await cards.holder(turn, ticket)
    text = lines(
        _("Ticket {code} is late.", code=ticket.code),
        _("Category: {category}", category=cards.category_title(turn.office, ticket.category)),
        _("Unit: {unit}", unit=cards.unit_name(turn.office, ticket.unit)),
        _("With: {name}", name=holder.name) if holder else _("Nobody has taken it."),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
    )
    return tuple(
        Draft(leader.recipient, text, ticket=ticket.code, purpose=Purpose.CARD, restart=False)
        for leader in await turn.read.leaders()
        if leader.id not in know
    )
