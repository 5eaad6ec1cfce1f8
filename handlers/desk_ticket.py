"""Which ticket an officer means, and whether they may do to it what they ask."""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from handlers import cards, deadlines, joined, questions
from handlers.routing import Offer, Reply, Turn
from handlers.ticket_states import leads_to, refused
from messages.codes import TICKET, ticket_code
from messages.text import Spoken, Text, _, lines
from storage.evidence import Evidence
from storage.people import Person
from storage.tickets import BREACH, Event, State, Ticket

CODE = rf"\W?\s*{TICKET.pattern}"
"""What must follow a bare word for it to be a command about a ticket."""

CODE_AND_WORDS = rf"{CODE}(?:\W.*)?"
"""The same, with words after it."""

OF_BREACHES = frozenset({Event.CLAIMED, Event.RELEASED, Event.NOTED})
"""What is done about an incident as about a ticket: nobody brought it who could be answered."""

DESK = ("officer",)
"""Who may use the desk's commands; an administrator may use all."""

_ADDRESSED = re.compile(rf"\s*\W?\s*(?:{TICKET.pattern})", re.IGNORECASE)
_EXCERPT = 60
_LISTED = 10
_SUGGESTED = 3
_ALIKE = 0.8
"""How alike a mistyped code is at least: two of its eleven characters may be others."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something an officer may do to a ticket.

    Attributes:
        ticket: as it was read.
        to: the state it leads to.
    """

    ticket: Ticket
    to: State


@dataclass(frozen=True, slots=True)
class Shortened:
    """A name of the commune's as the title of a choice, which the platforms keep short."""

    name: Spoken

    def say(self, language: str) -> str:
        """Give the name, cut where it is too long."""
        return questions.short(self.name.say(language))


def addressed(words: str) -> tuple[str, str]:
    """Part "PA2611-7K3M the rest" into the code and the rest; the code is "" where there is none.

    The rest stays as it was typed but for the white space around it.
    """
    found = _ADDRESSED.match(words)
    code = ticket_code(found[0]) if found else ""
    if found is None or not code:
        return "", words.strip()
    return code, re.sub(r"^\s*[:,;]?\s*", "", words[found.end() :]).rstrip()


async def reached(turn: Turn, code: str) -> Ticket | Reply:
    """Find a ticket of which the officer may read everything, else say why not."""
    ticket = await turn.read.ticket(code)
    if ticket is None:
        return await _unknown(turn, code)
    if ticket.source not in cards.SOURCES and await joined.owns(turn, ticket):
        # Who brings a matter does not answer it, nor rate the answer into the commune's score.
        return turn.end(_("Ticket {code} is your own: a colleague handles it.", code=ticket.code))
    if not turn.person.serves(ticket.unit):
        return turn.end(
            _(
                "Ticket {code} belongs to {unit}. Only its officers can handle it.",
                code=code,
                unit=cards.unit_name(turn.office, ticket.unit),
            )
        )
    if await is_named(turn, ticket):
        return turn.end(
            _("Ticket {code} is about conduct and is handled by colleagues.", code=ticket.code)
        )
    return ticket


async def is_named(turn: Turn, ticket: Ticket) -> bool:
    """Tell whether a ticket about conduct names the person of the turn."""
    return bool(await joined.ids(turn) & await turn.read.desk.named(ticket.code))


async def _unknown(turn: Turn, code: str) -> Reply:
    """Say that there is no such ticket, and suggest the nearest that the officer may mean."""
    queue = await turn.read.queue(units=units_of(turn), officer_id=turn.person.id)
    near = get_close_matches(code, [one.code for one in queue], n=_SUGGESTED, cutoff=_ALIKE)
    line, payload = turn.message.choice or turn.message.text, code
    command = line.strip().split(maxsplit=1)[0] if line.strip() else ""
    return turn.end(
        lines(
            _("There is no ticket {code}.", code=payload),
            _("Did you mean {code}?", code=near[0]) if near else None,
            _("Please check the code, or send /viec to see what is to be done."),
        ),
        *(
            Offer(f"{command} {one}" if command.startswith("/") else f"/phieu {one}", one)
            for one in near
        ),
    )


async def may(turn: Turn, code: str, event: Event) -> Act | Reply:
    """Find a ticket to which the officer may do something now, else say why not.

    A ticket that nobody has may be acted on by every officer of its unit. One that a colleague has
    may not, unless that colleague holds no role any more; an administrator may always.
    """
    ticket = await reached(turn, code)
    if isinstance(ticket, Reply):
        return ticket
    if ticket.kind == BREACH and event not in OF_BREACHES:
        return turn.end(
            _("{code} is an incident with personal data: write /suco {code}", code=code),
            Offer(f"/suco {code}", _("Show {code}", code=code[-4:])),
        )
    to = leads_to(ticket.state, event)
    if to is None:
        return turn.end(
            refused(code, ticket.state), Offer(f"/phieu {code}", _("Show {code}", code=code[-4:]))
        )
    if event is not Event.NOTED and not turn.person.has("admin"):
        other = await taken_by_other(turn, ticket)
        if other is not None:
            return turn.end(other)
    return Act(ticket, to)


def responded(turn: Turn, ticket: Ticket) -> tuple[Evidence, ...]:
    """Give the evidence of a first response: working minutes since it came; nothing for a later.

    It is what component 1.12 is proved by beside the roster.
    """
    if ticket.responded_at is not None:
        return ()
    minutes = deadlines.between(turn.office.commune.calendar, ticket.received_at, turn.now)
    return (Evidence("duty.response", ticket.code, ticket.unit, value=minutes),)


async def taken_by_other(turn: Turn, ticket: Ticket) -> Text | None:
    """Say which colleague has a ticket; None where it is free for the officer of the turn.

    What an officer took on one of their channels is theirs on the others.
    """
    if ticket.assignee_id is None or ticket.assignee_id in await joined.ids(turn):
        return None
    holder = await cards.holder(turn, ticket)
    if holder is None:
        return None
    return _("{name} has already taken ticket {code}.", name=holder.name, code=ticket.code)


async def which(turn: Turn, command: str) -> Reply:
    """Ask for which ticket a command is meant, by the officer's queue."""
    tickets = await turn.read.queue(units=units_of(turn), officer_id=turn.person.id, limit=_LISTED)
    if not tickets:
        return turn.end(
            lines(
                _("You have no open ticket, and none is waiting."),
                _("You can also write the code: {example}", example=f"/{command} PA2611-7K3M"),
            )
        )
    offers = (Offer(f"/{command} {ticket.code}", ticket.code) for ticket in tickets)
    return turn.end(_("Which ticket do you mean?"), *offers)


def units_of(turn: Turn) -> tuple[str, ...]:
    """Give the units whose tickets the person of a turn may act on; none named means all."""
    return units_served(turn.person)


def units_served(person: Person) -> tuple[str, ...]:
    """Give the units whose tickets an officer may act on; none named means all."""
    roles = person.roles
    if any(held.role == "admin" or (held.role == "officer" and not held.unit) for held in roles):
        return ()
    return tuple(held.unit for held in roles if held.role == "officer")


async def excerpt(turn: Turn, code: str) -> str:
    """Give how a ticket's words begin, in one line."""
    words = await turn.read.words(code)
    return questions.short(words[0].text, _EXCERPT) if words else ""


def mine(turn: Turn, ticket: Ticket) -> Ticket:
    """Give the ticket as it will be once the officer of the turn has it."""
    return replace(ticket, assignee_id=turn.person.id)
