"""An answer goes out: to the citizen, and to those whose tickets were joined to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from handlers import cards, desk_letters, desk_waiting, reminders
from handlers.desk_ticket import responded
from handlers.routing import Purpose, Reply, Turn
from messages.envelope import Attachment
from messages.text import _, lines
from storage.desk_acts import AddProof
from storage.evidence import Evidence
from storage.outbox import Draft
from storage.tickets import Change, Event, Note, State, Ticket
from storage.timers import SetTimer


async def send(
    turn: Turn, ticket: Ticket, words: str, attachments: Sequence[Attachment] | None = None
) -> Reply:
    """Send an answer to the citizen, and to those whose tickets were joined to this one.

    Args:
        turn: of the officer who answers, or the leader who approves.
        ticket: in a state that can be answered.
        words: word for word.
        attachments: what goes along, None = what came with the turn's message.
    """
    waited = desk_waiting.ends(turn.office.commune, ticket, turn.now)
    on_time = turn.now <= replace(ticket, **waited).due_at
    closes_at = turn.now + timedelta(days=turn.office.commune.limits.reopen_days)
    approves = attachments is not None
    values = {
        "assignee_id": ticket.assignee_id if approves else turn.person.id,
        "answered_at": turn.now,
        "rating": None,
        **waited,
    }
    change = Change(
        ticket, Event.ANSWERED, State.RESOLVED, note=words, on_time=on_time, values=values
    )
    text = lines(
        _("Answer to your feedback {code}:", code=ticket.code),
        "",
        words,
        "",
        cards.unit_name(turn.office, ticket.unit),
        _("Are you satisfied with this answer?"),
    )
    letters, left_out = await desk_letters.to_citizen(
        turn, ticket, text, Purpose.ANSWER, desk_letters.rating_offers(ticket.code), attachments
    )
    told = (
        _("Ticket {code} is answered. The answer is on its way to the citizen.", code=ticket.code)
        if letters
        else desk_letters.not_written(ticket)
    )
    along = () if approves else desk_letters.sent_along(turn.message.attachments)
    others, notes = await _to_duplicates(turn, ticket, words)
    reply = turn.end(
        lines(told, None if on_time else _("It came after the deadline."), left_out),
        effects=(
            change,
            *((AddProof(ticket.code, along),) if along else ()),
            *notes,
            Evidence("feedback.answered", about=ticket.code, unit=ticket.unit, value=int(on_time)),
            *_served_at_home(ticket),
            *responded(turn, ticket),
            *reminders.stopped(ticket.code),
            SetTimer("close", ticket.code, closes_at),
        ),
    )
    return reply.and_tell(*letters, *others)


def _served_at_home(ticket: Ticket) -> tuple[Evidence, ...]:
    """Count a service at home once, however often its ticket is opened again."""
    if ticket.kind != "home_service" or ticket.answered_at is not None:
        return ()
    return (Evidence("homeservice.done", about=ticket.code, unit=ticket.unit),)


async def _to_duplicates(
    turn: Turn, ticket: Ticket, words: str
) -> tuple[tuple[Draft, ...], tuple[Note, ...]]:
    """Tell the answer to those who brought the same matter."""
    letters: list[Draft] = []
    notes: list[Note] = []
    for other in await turn.read.desk.duplicates(ticket.code):
        text = lines(
            _("Answer to your feedback {code}:", code=other.code),
            "",
            words,
            "",
            cards.unit_name(turn.office, ticket.unit),
        )
        written, _left_out = await desk_letters.to_citizen(turn, other, text, Purpose.ANSWER)
        letters += written
        notes.append(Note(other, Event.ANSWERED, words))
    return tuple(letters), tuple(notes)
