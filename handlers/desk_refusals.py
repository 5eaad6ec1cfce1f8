"""Refusing a ticket, with a reason from the commune's list or in an officer's own words."""

from handlers import cards, desk_letters, desk_waiting, reminders
from handlers.commune import Contact, Direction, Refusal
from handlers.desk_ticket import responded
from handlers.office import Office
from handlers.routing import Purpose, Reply, Turn
from messages.languages import DEFAULT, say
from messages.text import Lines, Sayable, Text, _, lines
from storage.evidence import Evidence
from storage.tickets import Change, Event, State, Ticket


async def refuse(turn: Turn, ticket: Ticket, words: str) -> Reply:
    """Refuse it: the citizen reads the reason and whom they can turn to."""
    known, own = _reason(turn.office, words)
    reason = lines(*((known.title,) if known else ()), *((own,) if own else ()))
    text = lines(
        _("We could not take up your feedback {code}.", code=ticket.code),
        _("Reason:"),
        reason,
        "",
        *_directions(turn.office, ticket, known),
    )
    letters, left_out = await desk_letters.to_citizen(turn, ticket, text, Purpose.NOTICE)
    change = Change(
        ticket,
        Event.REJECTED,
        State.REJECTED,
        note=say(reason, DEFAULT),
        values={
            "assignee_id": turn.person.id,
            "closed_at": turn.now,
            **desk_waiting.ends(turn.office.commune, ticket, turn.now),
        },
    )
    told = (
        _("Ticket {code} is refused. The citizen is told the reason.", code=ticket.code)
        if letters
        else desk_letters.not_written(ticket)
    )
    reply = turn.end(
        lines(told, left_out),
        effects=(
            change,
            Evidence("feedback.rejected", about=ticket.code, unit=ticket.unit),
            *responded(turn, ticket),
            *reminders.stopped(ticket.code),
        ),
    )
    return reply.and_tell(*letters)


def _reason(office: Office, words: str) -> tuple[Refusal | None, str]:
    """Read a reason: the number or id of one of the commune's, further words, or words alone."""
    first, *rest = words.split(maxsplit=1)
    refusals = office.commune.refusals
    if first in {str(number) for number in range(1, len(refusals) + 1)} and not rest:
        return refusals[int(first) - 1], ""
    known = next((reason for reason in refusals if reason.id == first.lower()), None)
    return (known, "".join(rest)) if known else (None, words)


def _directions(office: Office, ticket: Ticket, known: Refusal | None) -> list[Sayable]:
    """Tell whom the citizen can turn to after a refusal."""
    commune = office.commune
    found: list[Sayable] = []
    if known is not None and known.id == "don_khieu_nai_to_cao":
        found += [_direction(commune.directions.complaint), ""]
        found += [_direction(commune.directions.denunciation), ""]
    unit = cards.unit_name(office, ticket.unit)
    found.append(_("If you do not agree or need help, please ask {unit}.", unit=unit))
    found += [_telephone(contact) for contact in commune.contacts if contact.phone]
    return found


def _direction(direction: Direction) -> Lines:
    return lines(
        direction.title, direction.text, _("Where: {place}", place=direction.place), direction.form
    )


def _telephone(contact: Contact) -> Text:
    return _("{title}: {phone}", title=contact.title, phone=contact.phone)
