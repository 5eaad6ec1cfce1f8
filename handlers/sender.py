"""Who of the officials sees who brought a ticket: a unit it was forwarded to sees the case alone.

The unit that received it first and those who lead see the name and the telephone. An officer of
another unit sees them once they gave the kind of reason, which the audit keeps beside who and when
(Luật 91/2025/QH15: no more than the purpose needs).
"""

from collections.abc import Mapping

from handlers import cards, contact, joined
from handlers.desk_ticket import CODE_AND_WORDS, DESK, addressed, reached, which
from handlers.routing import Offer, Reply, Router, Turn
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import fold
from storage.desk_reader import Registered
from storage.people import Person
from storage.sender_looks import look
from storage.tickets import Ticket

router = Router()

REASONS: Mapping[str, Text] = {
    "call": _("To call them back"),
    "meet": _("To meet them on the spot"),
    "papers": _("To check or enter papers"),
}
"""Kinds of reasons for which the sender is needed, with their titles."""

_TYPED = {
    "goi": "call",
    "dien": "call",
    "gap": "meet",
    "den": "meet",
    "giay": "papers",
    "ho": "papers",
}
"""First words, folded, by which a reason is typed."""


def may_see(person: Person, ticket: Ticket, first_unit: str, *, has_looked: bool) -> bool:
    """Tell whether an official may see who brought a ticket; may they see the ticket, is not asked.

    Args:
        person: the official.
        ticket: as it is now.
        first_unit: the unit that received it first.
        has_looked: whether they gave a reason before.
    """
    return (
        ticket.unit == first_unit or person.serves(first_unit) or person.has("leader") or has_looked
    )


def is_nameless(ticket: Ticket) -> bool:
    """Whether a ticket itself names nobody: it was sent so, or an official wrote it down."""
    return ticket.anonymous or ticket.source in cards.SOURCES


async def is_hidden(turn: Turn, ticket: Ticket, *, in_register: bool = False) -> bool:
    """Tell whether who brought a ticket is not shown to the official of the turn.

    Args:
        turn: of the official.
        ticket: as it was read.
        in_register: whether what the register has is meant, which may know a nameless one.
    """
    if is_nameless(ticket) and not in_register:
        return False
    first = await turn.read.senders.first_unit(ticket.code)
    if may_see(turn.person, ticket, first, has_looked=False):
        return False
    has_looked = await turn.read.senders.has_looked(ticket.code, await joined.ids(turn))
    return not may_see(turn.person, ticket, first, has_looked=has_looked)


async def name_for(turn: Turn, ticket: Ticket) -> str | None:
    """Give the name as the official of the turn sees it: "" for none, None where it is hidden."""
    if await is_hidden(turn, ticket):
        return None
    return "" if ticket.anonymous else await turn.read.name_of(ticket.person_id)


def offer(code: str) -> Offer:
    """Give the button that asks for the sender."""
    return Offer(f"/nguoigui {code}", _("Sender {code}", code=code[-4:]))


def entered(known: Registered) -> Text:
    """Tell what the register has."""
    return _(
        "Entered: {name}; {address}; {phone}",
        name=known.name,
        address=known.address,
        phone=known.phone,
    )


@router.command("nguoigui", "sender", takes=CODE_AND_WORDS, roles=DESK)
async def see(turn: Turn) -> Reply:
    """Show who brought a ticket, for a reason: `/nguoigui CODE call|meet|papers`."""
    turn = turn.alone()
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, "nguoigui")
    ticket = await reached(turn, code)
    if isinstance(ticket, Reply):
        return ticket
    known = await turn.read.desk.registered(code)
    answer = turn.say if turn.data.get("code") == code else turn.end
    if not await is_hidden(turn, ticket, in_register=known is not None):
        return answer(await _told(turn, ticket, known))
    reason = _reason(words)
    if not reason:
        text = lines(
            _("For what do you need the sender of {code}?", code=code),
            _("The audit keeps who looked, when, and which of these it was."),
        )
        offers = (Offer(f"/nguoigui {code} {key}", title) for key, title in REASONS.items())
        return answer(text, *offers)
    return answer(await _told(turn, ticket, known), effects=(look(reason, code),))


def _reason(words: str) -> str:
    """Read the kind of a reason from its first word, "" where it is none."""
    first = next(iter(fold(words).split()), "")
    return first if first in REASONS else _TYPED.get(first, "")


async def _told(turn: Turn, ticket: Ticket, known: Registered | None) -> Sayable:
    name = "" if ticket.anonymous else await turn.read.name_of(ticket.person_id)
    return lines(
        _("Ticket {code}", code=ticket.code),
        cards.sender(ticket, name),
        await contact.told(turn, ticket),
        entered(known) if known else None,
        *await joined.history(turn, ticket, ticket.person_id),
    )
