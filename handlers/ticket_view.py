"""A ticket as its officers see it: words, files, history, and what can be done about it."""

from handlers import cards, contact, joined, receipts, windows
from handlers.routing import Offer, Reply, Turn
from handlers.ticket_states import EVENT_NAMES, STATE_NAMES, leads_to
from messages.envelope import Attachment, AttachmentKind
from messages.text import Sayable, Text, _, lines, ngettext
from storage.tickets import Event, File, Happening, State, Ticket

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


async def show(turn: Turn, ticket: Ticket) -> Reply:
    """Show a ticket to one of its officers; the caller has asked `turn.person.serves`."""
    words = await turn.read.words(ticket.code)
    files = await turn.read.files(ticket.code)
    history = await turn.read.history(ticket.code)
    names = await _names(turn, ticket, history)
    text = lines(
        _("Ticket {code}: {state}", code=ticket.code, state=STATE_NAMES[ticket.state]),
        *cards.described(
            turn.office, ticket, turn.now, "" if ticket.anonymous else names[ticket.person_id]
        ),
        await contact.told(turn, ticket),
        await window(turn, ticket),
        _holder(ticket, names),
        _("Raised {n} times by the citizen", n=ticket.level) if ticket.level else None,
        _("Rating: {rating} of 5", rating=ticket.rating) if ticket.rating else None,
        *cards.counted([file.kind for file in files if not file.lost]),
        _not_kept(files),
        *await joined.history(turn, ticket, ticket.person_id),
        "",
        *(_words(one.text, one.version) for one in words),
        "",
        _("History"),
        *[_happened(one, ticket, names) for one in history],
        *receipts.told(await turn.read.letters_about(ticket.code)),
    )
    letter = turn.letter(text, *offers(turn, ticket), attachments=_kept(files))
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
    others = ticket.assignee_id not in {None, turn.person.id} and not turn.person.has("admin")
    mine = ticket.assignee_id == turn.person.id
    possible = (
        Offer(f"/{command} {ticket.code}", _("{act} {code}", act=act, code=short))
        for event, command, act in ACTS
        if leads_to(ticket.state, event) is not None
        and (event is Event.NOTED or not others)
        and (event is not Event.CLAIMED or ticket.assignee_id is None)
        and (event is not Event.RELEASED or mine)
    )
    return tuple(possible)


async def _names(turn: Turn, ticket: Ticket, history: list[Happening]) -> dict[int, str]:
    """Read the names of everybody in a ticket's history."""
    people = {one.actor_id for one in history} | {ticket.assignee_id}
    citizen = {one.id for one in await turn.read.addresses(ticket.person_id)}
    # Of the citizen's other addresses the history tells nothing, nor of one that was joined once.
    names = {
        one: await turn.read.name_of(one, official=True)
        for one in people
        if one is not None and (one not in citizen or one == ticket.assignee_id)
    }
    return {**names, ticket.person_id: await turn.read.name_of(ticket.person_id)}


def _holder(ticket: Ticket, names: dict[int, str]) -> Text:
    if ticket.assignee_id is None:
        return _("Nobody has taken it yet.")
    return _("Taken by: {name}", name=names[ticket.assignee_id])


def _words(text: str, version: int) -> Sayable:
    return text if version == 1 else lines(text, _("(edited by the citizen)"))


def _happened(one: Happening, ticket: Ticket, names: dict[int, str]) -> Text:
    event = EVENT_NAMES[one.event]
    official = one.actor_id is not None and one.actor_id != ticket.person_id
    who = names.get(one.actor_id, "") if official and one.actor_id is not None else ""
    if who and one.note:
        return _("{at}: {event}, {name}: {note}", at=one.at, event=event, name=who, note=one.note)
    if who:
        return _("{at}: {event}, {name}", at=one.at, event=event, name=who)
    if one.note:
        return _("{at}: {event}: {note}", at=one.at, event=event, note=one.note)
    return _("{at}: {event}", at=one.at, event=event)


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


def _kept(files: list[File]) -> tuple[Attachment, ...]:
    """Give the files that were fetched, to go along with the letter."""
    kept = [file for file in files if file.hash][:PHOTOS_SHOWN]
    return tuple(
        Attachment(
            AttachmentKind(file.kind), ref=f"media:{file.hash}", name=file.name, mime=file.mime
        )
        for file in kept
    )
