"""Refusing a ticket, with a reason from the commune's list or in an officer's own words."""

from collections.abc import Mapping

from handlers import cards, desk_letters, desk_waiting, reminders
from handlers.commune import Contact, Direction, Refusal
from handlers.desk_ticket import responded
from handlers.office import Office
from handlers.routing import Offer, Purpose, Reply, Step, Turn
from messages.languages import DEFAULT, say
from messages.text import Lines, Sayable, Text, _, lines
from storage.evidence import Evidence
from storage.tickets import Change, Event, State, Ticket

YES = Offer("refuse:yes", _("Yes, refuse it"))
NO = Offer("refuse:no", _("No, leave it"))


def ask(turn: Turn, data: Mapping[str, str], then: Step) -> Reply:
    """Ask once more whether a ticket is refused: nothing opens it again.

    Args:
        turn: of an officer who may refuse it.
        data: its "code" and the "words" of the reason.
        then: the step that takes the answer.
    """
    text = lines(
        _("Refuse ticket {code}? It cannot be taken back.", code=data["code"]),
        _("Reason:"),
        _told(turn.office, data["words"]),
    )
    return turn.ask(text, YES, NO, then=then, data=data)


async def refuse(turn: Turn, ticket: Ticket, words: str) -> Reply:
    """Refuse it: the citizen reads the reason and whom they can turn to."""
    known, _own = _reason(turn.office, words)
    reason = _told(turn.office, words)
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


def _told(office: Office, words: str) -> Lines:
    """Give the reason as the citizen reads it."""
    known, own = _reason(office, words)
    return lines(*((known.title,) if known else ()), *((own,) if own else ()))


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
