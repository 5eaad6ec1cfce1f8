"""What the desk's page shows: the list, and one ticket as the chat shows it too."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.pages.site import Desk
from handlers import cards, desk_canned, desk_ticket, ticket_view
from handlers.deadlines import deadline_words
from handlers.routing import Reply, Turn
from handlers.ticket_states import STATE_NAMES
from messages.envelope import Address, AttachmentKind, Incoming
from messages.text import Sayable, Text, _
from storage.desk_reader import COUNTED, Shown
from storage.people import Person
from storage.tickets import Ticket, Words

LISTED = 50
_EXCERPT = 90

TITLES: dict[Shown, Text] = {
    Shown.MINE: _("Mine"),
    Shown.FREE: _("Not taken"),
    Shown.UNIT: _("All of the unit"),
    Shown.LATE: _("Late"),
}
WRITING: tuple[tuple[str, Text], ...] = (
    ("traloi", _("Answer the citizen")),
    ("hoi", _("Ask the citizen")),
    ("ghichu", _("Keep as a note")),
)
"""Commands that take the words of the box, in the order of its buttons."""

BARE: tuple[tuple[str, Text], ...] = (("nhan", _("Claim it")), ("tra", _("Give it back")))


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in the list."""

    code: str
    title: Sayable
    deadline: Sayable
    state: Sayable
    late: bool
    excerpt: str
    current: bool


@dataclass(frozen=True, slots=True)
class Message:
    """What the citizen wrote in one message: its newest version, and those before it."""

    text: str
    at: datetime
    before: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo or document; `path` is "" while it is not to be had."""

    path: str
    name: str
    is_image: bool
    proof: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """One ticket, as the page shows it."""

    code: str
    seen: ticket_view.Seen
    messages: tuple[Message, ...]
    photos: tuple[Photo, ...]
    bare: tuple[tuple[str, Text], ...]
    writing: tuple[tuple[str, Text], ...]
    possible: frozenset[str]
    canned: tuple[tuple[Sayable, str], ...]


def turn_of(desk: Desk, person: Person) -> Turn:
    """Stand where a turn of the officer's would, to read as its handlers read."""
    now = desk.now()
    message = Incoming(Address(person.channel, person.address), "", now)
    return Turn(message, person, desk.office, desk.read, now)


def shown_of(name: str) -> Shown:
    """Give the list of a name, that of the unit where there is none of it."""
    try:
        return Shown(name)
    except ValueError:
        return Shown.UNIT


def count(number: int) -> str:
    """Tell how many there are, or that they are more than are counted."""
    return str(number) if number < COUNTED else f"{COUNTED - 1}+"


async def listed(desk: Desk, person: Person, shown: Shown, village: str | None) -> Sequence[Ticket]:
    """List the tickets that are asked for, those of a village where one is named."""
    units = desk_ticket.units_served(person)
    if village is not None:
        return await desk.read.desk.in_village(
            village, units=units, officer_id=person.id, limit=LISTED
        )
    return await desk.read.desk.listed(
        shown, units=units, officer_id=person.id, now=desk.now(), limit=LISTED
    )


async def lines(desk: Desk, turn: Turn, tickets: Sequence[Ticket], code: str) -> list[Line]:
    """Write the lines of a list; `code` is of the ticket that is open."""
    words = await desk.read.desk.first_words([one.code for one in tickets])
    return [_line(desk, turn, one, words.get(one.code, ""), code) for one in tickets]


def _line(desk: Desk, turn: Turn, ticket: Ticket, words: str, code: str) -> Line:
    short = " ".join(words.split())
    return Line(
        code=ticket.code,
        title=cards.category_title(desk.office, ticket.category),
        deadline=deadline_words(ticket.due_at, turn.now),
        state=STATE_NAMES[ticket.state],
        late=ticket.due_at < turn.now,
        excerpt=short if len(short) <= _EXCERPT else f"{short[: _EXCERPT - 1]}…",
        current=ticket.code == code,
    )


def mark(tickets: Sequence[Ticket]) -> str:
    """Give what is another as soon as a list is."""
    told = "\n".join(f"{one.code} {one.state} {one.assignee_id} {one.due_at}" for one in tickets)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


async def conversation(
    desk: Desk, turn: Turn, code: str
) -> tuple[Conversation | None, Sayable | None]:
    """Read a ticket that the officer may see, else tell why they may not."""
    if not code:
        return None, None
    ticket = await desk_ticket.reached(turn, code)
    if isinstance(ticket, Reply):
        return None, ticket.letters[0].text
    found = await ticket_view.seen(turn, ticket)
    possible = dict(ticket_view.possible(turn.person, ticket))
    photos = tuple(
        Photo(
            path=desk.links.path(one.hash, one.name) if one.hash else "",
            name=one.name,
            is_image=one.kind == AttachmentKind.IMAGE,
            proof=one.proof,
        )
        for one in found.files
    )
    return (
        Conversation(
            code=code,
            seen=found,
            messages=_messages(await desk.read.desk.versions(code)),
            photos=photos,
            bare=tuple(one for one in BARE if one[0] in possible),
            writing=tuple(one for one in WRITING if one[0] in possible),
            possible=frozenset(possible),
            canned=tuple(
                (one.title, desk_canned.filled(turn, ticket, one))
                for one in desk.office.commune.answers
            ),
        ),
        None,
    )


def _messages(versions: Sequence[Words]) -> tuple[Message, ...]:
    by_message: dict[str, list[Words]] = {}
    for one in versions:
        by_message.setdefault(one.message_id, []).append(one)
    return tuple(Message(own[-1].text, own[-1].at, tuple(own[:-1])) for own in by_message.values())
