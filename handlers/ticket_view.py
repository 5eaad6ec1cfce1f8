"""A ticket as its officers see it: words, files, history, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import alike, cards, contact, joined, receipts, sender, ticket_history, windows
from handlers.routing import Offer, Reply, Turn
from handlers.ticket_states import STATE_NAMES, leads_to
from messages.envelope import Attachment, AttachmentKind
from messages.text import Sayable, Text, _, lines, ngettext
from storage.people import Person
from storage.tickets import Event, File, Happening, State, Ticket, Words

PHOTOS_SHOWN = 10
"""Files that go along with one letter."""

ACTS: tuple[tuple[Event, str, Text], ...] = (
    (Event.CLAIMED, "nhan", _("Claim")),
    (Event.ANSWERED, "traloi", _("Answer")),
    (Event.ASKED, "hoi", _("Ask back")),
    (Event.FORWARDED, "chuyen", _("Forward")),
    (Event.REJECTED, "tuchoi", _("Refuse")),
    (Event.RELEASED, "tra", _("Give back")),
    (Event.NOTED, "ghichu", _("Note")),
)
"""What an officer may do, in the order of its buttons."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as an officer sees it, in the chat and in the browser.

    Attributes:
        head: what it is about, whose, until when, who has it.
        words: what the citizen wrote, each message in its newest version.
        files: photos and documents.
        history: what happened.
        alike: codes of open tickets that may be the same matter.
        is_hidden: whether who brought it is not shown to the officer.
    """

    head: tuple[Sayable, ...]
    words: tuple[Words, ...]
    files: tuple[File, ...]
    history: tuple[Text, ...]
    alike: tuple[str, ...] = ()
    is_hidden: bool = False


async def seen(turn: Turn, ticket: Ticket) -> Seen:
    """Read a ticket for one of its officers; the caller has asked whether they may see it."""
    files = await turn.read.files(ticket.code)
    history = await turn.read.history(ticket.code)
    names = await _names(turn, ticket, history)
    name = await sender.name_for(turn, ticket)
    is_hidden = name is None
    told: tuple[Sayable | None, ...] = (
        _("Ticket {code}: {state}", code=ticket.code, state=STATE_NAMES[ticket.state]),
        *cards.described(turn.office, ticket, turn.now, name),
        None if is_hidden else await contact.told(turn, ticket),
        await window(turn, ticket),
        _holder(ticket, names),
        _("Raised {n} times by the citizen", n=ticket.level) if ticket.level else None,
        _("Rating: {rating} of 5", rating=ticket.rating) if ticket.rating else None,
        *cards.counted([file.kind for file in files if not file.lost]),
        _not_kept(files),
        *(() if is_hidden else await joined.history(turn, ticket, ticket.person_id)),
        _("Joined to {code}", code=ticket.duplicate_of) if ticket.duplicate_of else None,
    )
    head = tuple(one for one in told if one is not None)
    others = await alike.found(turn, ticket)
    if others:
        codes = ", ".join(one.code for one in others)
        head = (*head, _("Perhaps the same matter: {codes}", codes=codes))
    return Seen(
        head,
        tuple(await turn.read.words(ticket.code)),
        tuple(files),
        tuple(ticket_history.to_officer(history, ticket.person_id, names)),
        tuple(one.code for one in others),
        is_hidden,
    )


async def show(turn: Turn, ticket: Ticket) -> Reply:
    """Show a ticket to one of its officers; the caller has asked whether they may see it."""
    found = await seen(turn, ticket)
    text = lines(
        *found.head,
        "",
        *(_words(one.text, one.version) for one in found.words),
        "",
        _("History"),
        *found.history,
        *receipts.told(await turn.read.letters_about(ticket.code)),
    )
    join = (
        Offer(f"/trung {ticket.code} {one}", _("Same as {code}", code=one[-4:]))
        for one in found.alike
    )
    who = (sender.offer(ticket.code),) if found.is_hidden else ()
    choices = (*offers(turn, ticket), *who, *join)
    letter = turn.letter(text, *choices, attachments=kept(found.files))
    # Words that are typed next must not answer another ticket than the one that was read last.
    if turn.data.get("code") == ticket.code:
        return Reply((letter,))
    return Reply((letter,), "", {})


async def window(turn: Turn, ticket: Ticket) -> Sayable | None:
    """Tell how long the citizen may still be answered; None where that has no end or is over."""
    if ticket.source in cards.SOURCES or not (ticket.is_open or ticket.state is State.RESOLVED):
        return None
    return await windows.left(turn, ticket.person_id)


def offers(turn: Turn, ticket: Ticket) -> tuple[Offer, ...]:
    """Give what the officer may do to a ticket now; titles end in the last letters of its code."""
    short = ticket.code[-4:]
    return tuple(
        Offer(f"/{command} {ticket.code}", _("{act} {code}", act=act, code=short))
        for command, act in possible(turn.person, ticket)
    )


def possible(person: Person, ticket: Ticket) -> tuple[tuple[str, Text], ...]:
    """Give the commands that an officer may give about a ticket now, with their titles."""
    others = ticket.assignee_id not in {None, person.id} and not person.has("admin")
    return tuple(
        (command, act)
        for event, command, act in ACTS
        if leads_to(ticket.state, event) is not None
        and (event is Event.NOTED or not others)
        and (event is not Event.CLAIMED or ticket.assignee_id is None)
        and (event is not Event.RELEASED or ticket.assignee_id == person.id)
    )


async def _names(turn: Turn, ticket: Ticket, history: list[Happening]) -> dict[int, str]:
    """Read the names of the officials in a ticket's history."""
    people = {one.actor_id for one in history} | {ticket.assignee_id}
    citizen = {one.id for one in await turn.read.addresses(ticket.person_id)}
    # Of the citizen's other addresses the history tells nothing, nor of one that was joined once.
    return {
        one: await turn.read.name_of(one, official=True)
        for one in people
        if one is not None and (one not in citizen or one == ticket.assignee_id)
    }


def _holder(ticket: Ticket, names: dict[int, str]) -> Text:
    if ticket.assignee_id is None:
        return _("Nobody has taken it yet.")
    return _("Taken by: {name}", name=names[ticket.assignee_id])


def _words(text: str, version: int) -> Sayable:
    return text if version == 1 else lines(text, _("(edited by the citizen)"))


def _not_kept(files: list[File]) -> Text | None:
    """Tell of files that could not be fetched, so that an officer may ask for them again."""
    lost = sum(file.lost for file in files)
    if not lost:
        return None
    return ngettext(
        "{n} file could not be kept: ask the citizen to send it again.",
        "{n} files could not be kept: ask the citizen to send them again.",
        lost,
    )


def kept(files: Sequence[File]) -> tuple[Attachment, ...]:
    """Give the files that were fetched, to go along with the letter."""
    kept = [file for file in files if file.hash][:PHOTOS_SHOWN]
    return tuple(
        Attachment(
            AttachmentKind(file.kind), ref=f"media:{file.hash}", name=file.name, mime=file.mime
        )
        for file in kept
    )
