"""What an officer finds a ticket to be: urgent, complex, or feedback on an administrative rule."""

import re
from dataclasses import replace
from typing import Any

from handlers import cards, desk_waiting, filing, reminders, sender
from handlers.deadlines import deadline_words
from handlers.desk_ticket import CODE_AND_WORDS, DESK, addressed, may, which
from handlers.routing import Offer, Reply, Router, Turn
from messages.languages import DEFAULT, say
from messages.text import Text, _, lines
from messages.vietnamese import fold
from storage.desk_acts import Register
from storage.tickets import Change, Event, Ticket
from storage.work import Effect

router = Router()

URGENCIES: dict[str, Text] = {
    "normal": _("ordinary"),
    "urgent": _("urgent"),
    "complex": _("complex"),
}
_TYPED = {
    "thuong": "normal",
    "binh thuong": "normal",
    "gap": "urgent",
    "khan": "urgent",
    "phuc tap": "complex",
    "phuctap": "complex",
}

REGULATION = "regulation"
"""The kind that feedback on an administrative rule is (NĐ 20/2008/NĐ-CP)."""

_PARTS = re.compile(r"\s*[;\n]\s*")
_DIGITS = re.compile(r"[\d\s.+()-]{8,20}")


def clocks(turn: Turn, ticket: Ticket, **changed: str) -> dict[str, Any]:
    """Give the clocks of a ticket whose category, kind or urgency changes, with its waits.

    Args:
        turn: whose office.
        ticket: as it was read.
        changed: "category", "kind" or "urgency".
    """
    other, commune = replace(ticket, **changed), turn.office.commune  # type: ignore[arg-type] # text fields only
    due = commune.due(other.category, ticket.received_at, other.kind, other.urgency)
    forward_by = filing.forward_by(turn, other.kind, other.category, ticket.received_at)
    return {**desk_waiting.rebased(commune, ticket, due), "forward_by": forward_by}


@router.command("mucdo", "urgency", takes=CODE_AND_WORDS, roles=DESK)
async def urgency(turn: Turn) -> Reply:
    """Say how urgent a ticket is: `/mucdo CODE gap|thuong|phuctap`; the deadline follows."""
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, "mucdo")
    act = await may(turn, code, Event.NOTED)
    if isinstance(act, Reply):
        return act
    ticket, typed = act.ticket, fold(words).strip()
    chosen = _TYPED.get(typed, typed)
    if chosen not in URGENCIES or not ticket.is_open:
        offers = (Offer(f"/mucdo {code} {key}", title) for key, title in URGENCIES.items())
        return turn.end(_("How is ticket {code}?", code=code), *offers)
    values = {"urgency": chosen, **clocks(turn, ticket, urgency=chosen)}
    changed = replace(ticket, **values)
    note = say(URGENCIES[chosen], DEFAULT)
    told = lines(
        _("Ticket {code} is {urgency} now.", code=code, urgency=URGENCIES[chosen]),
        _("To be answered {deadline}", deadline=deadline_words(changed.due_at, turn.now)),
    )
    effects: tuple[Effect, ...] = (
        Change(ticket, Event.NOTED, note=note, values=values),
        *await reminders.of(turn, changed),
    )
    return turn.end(told, effects=effects)


@router.command("pakn", "regulation", takes=CODE_AND_WORDS, roles=DESK)
async def regulation(turn: Turn) -> Reply:
    """Enter a ticket as feedback on an administrative rule: `/pakn CODE name; address; phone`."""
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, "pakn")
    act = await may(turn, code, Event.NOTED)
    if isinstance(act, Reply):
        return act
    entered = _entered(code, words)
    if entered is None:
        turn = turn.alone()
        known = await turn.read.desk.registered(code)
        hidden = await sender.is_hidden(turn, act.ticket, in_register=known is not None)
        example = f"/pakn {code} Nguyễn Thị Na; thôn 3; 09xx xxx xxx"
        return turn.end(
            lines(
                _("The register asks for name, address and telephone of who brought it."),
                (cards.HIDDEN if hidden else sender.entered(known)) if known else None,
                _("To enter them, write: {example}", example=example),
            ),
            *((sender.offer(code),) if known and hidden else ()),
        )
    values = {"kind": REGULATION, **clocks(turn, act.ticket, kind=REGULATION)}
    changed = replace(act.ticket, **values)
    forward_by = changed.forward_by
    told = lines(
        _("Ticket {code} stands in the register of feedback on rules.", code=code),
        _("To be answered {deadline}", deadline=deadline_words(changed.due_at, turn.now)),
        _("Pass it on {deadline}", deadline=deadline_words(forward_by, turn.now))
        if forward_by
        else None,
    )
    note = say(_("feedback on an administrative rule"), DEFAULT)
    effects: tuple[Effect, ...] = (
        Change(act.ticket, Event.NOTED, note=note, values=values),
        entered,
        *await reminders.of(turn, changed),
        *reminders.to_forward(turn.office.commune, code, forward_by, turn.now),
    )
    return turn.end(told, effects=effects)


def _entered(code: str, words: str) -> Register | None:
    """Read name, address and telephone, parted by semicolons; None where one is missing."""
    parts = [part for part in _PARTS.split(words.strip()) if part]
    if len(parts) != 3 or not _DIGITS.fullmatch(parts[2]):  # noqa: PLR2004 - as the register asks
        return None
    return Register(code, *parts)
