"""Cards: how a unit's officers hear of a ticket, and of what happens to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from handlers import windows
from handlers.deadlines import deadline_words
from handlers.office import Office
from handlers.routing import Turn
from messages.envelope import Address, Attachment, AttachmentKind
from messages.text import Sayable, Spoken, Text, _, lines, ngettext
from storage.outbox import Draft, Offer, Purpose, Recipient
from storage.people_reader import Officer
from storage.tickets import NewTicket, Ticket

Name: TypeAlias = Text | Spoken | str
"""What something or somebody is called."""

GROUPS_ON = "zalo"
"""Where the group of `commune.toml` is."""

PHOTOS = (AttachmentKind.IMAGE, AttachmentKind.VIDEO)
"""What a card counts as photos; all else that can be kept is counted as files."""


@dataclass(frozen=True, slots=True)
class Cards:
    """The letters that tell a unit of a ticket.

    Attributes:
        letters: one for each official who is told.
        on_duty: whether one of them is on duty; else the citizen is told the next working hour.
    """

    letters: tuple[Draft, ...]
    on_duty: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of a unit's ticket.

    Attributes:
        officers: whom to write to.
        on_duty: whether they are on duty.
    """

    officers: tuple[Officer, ...]
    on_duty: bool


async def new_ticket(
    turn: Turn,
    ticket: NewTicket,
    words: str,
    *,
    to_me: bool = True,
    beside: Sequence[Sayable] = (),
) -> Cards:
    """Write the cards of a ticket that this turn files.

    Args:
        turn: the turn of whoever files it.
        ticket: the ticket, as it is being written.
        words: what the citizen wrote, which the card repeats unchanged.
        to_me: whether the person of the turn gets a card too where they are an officer of the unit;
            not where they wrote the ticket down for somebody else.
        beside: what else the officer is told of the person.
    """
    told = await who_is_told(turn, ticket.unit, frozenset(ticket.named))
    # With a first message the name is known only from the message itself.
    name = turn.person.called or turn.message.name or turn.person.name
    text = lines(
        _("New ticket {code}", code=ticket.code),
        *described(turn.office, ticket, turn.now, "" if ticket.anonymous else name),
        _window(turn, ticket),
        *_attached(ticket.attachments),
        *beside,
        "",
        words,
    )
    letters = [
        Draft(
            officer.recipient,
            text,
            card_offers(ticket.code),
            ticket=ticket.code,
            purpose=Purpose.CARD,
            restart=False,
        )
        for officer in told.officers
        if to_me or officer.id != turn.person.id
    ]
    in_groups = (*_to_zalo(turn, ticket), *await _to_telegram(turn, ticket))
    return Cards((*letters, *in_groups), told.on_duty)


def _window(turn: Turn, ticket: NewTicket) -> Sayable | None:
    """Tell until when the citizen, who wrote just now, can be answered."""
    if ticket.source in SOURCES:
        return None
    return windows.told(turn.person.channel, turn.now, turn.now)


def _to_zalo(turn: Turn, ticket: NewTicket) -> Iterator[Draft]:
    """Tell the officials' own group chat on Zalo, where they have one.

    Everybody in it reads along: neither the citizen's words nor their name are told there.
    """
    group = turn.office.commune.zalo.group
    if not group or GROUPS_ON not in turn.office.channels:
        return
    text = lines(
        _("New ticket {code}", code=ticket.code),
        _("Category: {category}", category=category_title(turn.office, ticket.category)),
        _("Unit: {unit}", unit=unit_name(turn.office, ticket.unit)),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
        _("To take it, write to the page: {example}", example=f"/nhan {ticket.code}"),
    )
    nobody = Recipient(0, Address(GROUPS_ON, group))
    yield Draft(nobody, text, group=group, ticket=ticket.code, purpose=Purpose.CARD)


async def _to_telegram(turn: Turn, ticket: NewTicket) -> tuple[Draft, ...]:
    """Write the card for the unit's Telegram group, where the commune has named one.

    The citizen's words, name and place are for officers alone, and others read along in a group.
    """
    unit = turn.office.commune.unit(ticket.unit)
    if unit is None or not unit.telegram_group:
        return ()
    group = await turn.read.group(Address("telegram", unit.telegram_group.partition("/")[0]))
    if group is None:
        return ()
    text = lines(
        _("New ticket {code}", code=ticket.code),
        _("Category: {category}", category=category_title(turn.office, ticket.category)),
        _("Unit: {unit}", unit=unit.name),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
        *_attached(ticket.attachments),
        _("Its officers can take it and read it here; the words come to them alone."),
    )
    card = Draft(
        group,
        text,
        (
            Offer(f"/nhan {ticket.code}", _("Claim {code}", code=ticket.code[-4:])),
            _show(ticket.code),
        ),
        group=unit.telegram_group,
        ticket=ticket.code,
        purpose=Purpose.CARD,
        restart=False,
    )
    return (card,)


async def news(
    turn: Turn, ticket: Ticket, text: Sayable, *, to_me: bool = False
) -> tuple[Draft, ...]:
    """Tell who has a ticket what happened to it, else its unit.

    Args:
        turn: the turn in which it happened.
        ticket: the ticket as it is after the turn.
        text: what happened.
        to_me: whether the person of the turn is told too, who mostly did it themselves.
    """
    officers: Sequence[Officer] = ()
    if ticket.assignee_id is not None:
        officer = await holder(turn, ticket)
        officers = (officer,) if officer else ()
    if not officers:
        named = await turn.read.desk.named(ticket.code)
        officers = (await who_is_told(turn, ticket.unit, named)).officers
    offers = (
        card_offers(ticket.code, claimed=ticket.assignee_id is not None)
        if ticket.is_open
        else (_show(ticket.code),)
    )
    return tuple(
        Draft(
            officer.recipient,
            text,
            # Choices in one's own turn would take the numbers of a question that waits.
            offers if officer.id != turn.person.id else (),
            ticket=ticket.code,
            purpose=Purpose.CARD,
            restart=False,
        )
        for officer in officers
        if to_me or officer.id != turn.person.id
    )


async def holder(turn: Turn, ticket: Ticket) -> Officer | None:
    """Find who has a ticket and may still act on it; None where nobody does."""
    may_act = (*await turn.read.officers(ticket.unit), *await turn.read.admins())
    return next((officer for officer in may_act if officer.id == ticket.assignee_id), None)


async def who_is_told(turn: Turn, unit: str, but: frozenset[int] = frozenset()) -> Told:
    """Choose who hears of a unit's tickets.

    Its officers on duty; an administrator on duty stands in for them. Nobody on duty: all of its
    officers, or the administrators where it has none, or those who lead, so that no ticket comes
    to nobody.

    Args:
        turn: reads who there is.
        unit: of the ticket.
        but: the officials whom the ticket names, who are told nothing.
    """
    officers = [one for one in await turn.read.officers(unit) if one.id not in but]
    on_duty = tuple(officer for officer in officers if officer.on_duty)
    if on_duty:
        return Told(on_duty, on_duty=True)
    admins = [one for one in await turn.read.admins() if one.id not in but]
    stand_in = tuple(admin for admin in admins if admin.on_duty)
    if stand_in:
        return Told(stand_in, on_duty=True)
    if not officers and not admins and but:
        leaders = [one for one in await turn.read.leaders() if one.id not in but]
        return Told(tuple(leaders), on_duty=False)
    return Told(tuple(officers or admins), on_duty=False)


def card_offers(code: str, *, claimed: bool = False) -> tuple[Offer, ...]:
    """Give what an officer may do from a card.

    A title ends in the last letters of the code, so that a typed title never means another card's.
    """
    short = code[-4:]
    claim = (Offer(f"/nhan {code}", _("Claim {code}", code=short)),)
    return (
        *(() if claimed else claim),
        Offer(f"/traloi {code}", _("Answer {code}", code=short)),
        Offer(f"/chuyen {code}", _("Forward {code}", code=short)),
        _show(code),
    )


def _show(code: str) -> Offer:
    return Offer(f"/phieu {code}", _("Show {code}", code=code[-4:]))


def described(
    office: Office, ticket: NewTicket | Ticket, now: datetime, name: str | None
) -> tuple[Text, ...]:
    """Tell what a ticket is about, whose it is and until when, without its words.

    Args:
        office: knows the titles.
        ticket: the ticket.
        now: the moment of the turn.
        name: of the citizen, "" where no name is told or known, None where it is hidden from a unit
            to which the ticket was forwarded.
    """
    place = _place(ticket)
    return (
        _("Category: {category}", category=category_title(office, ticket.category)),
        _("Unit: {unit}", unit=unit_name(office, ticket.unit)),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, now)),
        HIDDEN if name is None else sender(ticket, name),
        *((_("Place: {place}", place=place),) if place else ()),
        *_pin(ticket),
    )


SOURCES = {
    "hotline": _("the hotline"),
    "letterbox": _("the letter box"),
    "counter": _("the counter"),
    "office": _("the office"),
}
"""Whence what an officer wrote down, which nobody wrote themselves; the last: nobody brought it."""

OFFICE: Final = "office"

HIDDEN = _("Sender: not shown to the unit it was forwarded to")
"""What stands in the place of the name and the telephone (`handlers/sender.py` says for whom)."""


def sender(ticket: NewTicket | Ticket, name: str) -> Text:
    """Tell from whom a ticket is, by the name where there is one."""
    return _("From: {name}", name=_named(ticket, name))


def _named(ticket: NewTicket | Ticket, name: str) -> Name:
    if ticket.source == OFFICE:
        return SOURCES[OFFICE]
    if ticket.source in SOURCES:
        return _("a citizen, by {source}", source=SOURCES[ticket.source])
    if ticket.anonymous:
        return _("a citizen who gave no name")
    return name or _("name not known")


def _place(ticket: NewTicket | Ticket) -> str:
    return ", ".join(part for part in (ticket.place, ticket.village) if part)


def _pin(ticket: NewTicket | Ticket) -> tuple[Text, ...]:
    if ticket.latitude is None or ticket.longitude is None:
        return ()
    at = f"https://www.openstreetmap.org/?mlat={ticket.latitude:.5f}&mlon={ticket.longitude:.5f}"
    return (_("Map: {address}", address=at),)


def _attached(attachments: Sequence[Attachment]) -> tuple[Text, ...]:
    kept = [attachment.kind for attachment in attachments if attachment.ref]
    return counted(kept)


def counted(kinds: Sequence[str]) -> tuple[Text, ...]:
    """Tell how many photos and other files there are, nothing where there are none."""
    photos = sum(kind in PHOTOS for kind in kinds)
    files = len(kinds) - photos
    return (
        *((ngettext("{n} photo", "{n} photos", photos),) if photos else ()),
        *((ngettext("{n} other file", "{n} other files", files),) if files else ()),
    )


def category_title(office: Office, category: str) -> Name:
    """Give a category's title, its id where the commune has it no more."""
    found = office.commune.category(category)
    return found.title if found else category


def unit_name(office: Office, unit: str) -> Name:
    """Give a unit's name, its id where the commune has it no more."""
    found = office.commune.unit(unit)
    return found.name if found else unit
