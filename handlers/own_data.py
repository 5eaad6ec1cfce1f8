"""What is held about a person, told to them: a link that opens a file, and what stands in it.

The file is made when the link is opened and is kept nowhere: sent through a platform it would stay
with the platform, for some of them abroad (Luật 91/2025/QH15, Đ.20).
"""

from collections.abc import Iterator

from handlers import questions
from handlers.office import Office
from handlers.questions import MENU
from handlers.routing import Reply, Router, Turn
from handlers.subscriptions import topics
from handlers.ticket_states import EVENT_NAMES, STATE_NAMES
from messages.languages import DEFAULT, say
from messages.text import Sayable, _, lines
from storage.evidence import Evidence
from storage.held import LASTS, GiveAccess, Held, HeldTicket
from storage.outbox import Draft, Offer

router = Router()

LENGTH = 26
"""Characters of the alphabet of codes: 130 bits."""

PATH = "/du-lieu"


@router.command("dulieu", "mydata")
async def link(turn: Turn) -> Reply:
    """Send a link to what is held about the person; never into a group."""
    code = turn.chance.letters(LENGTH)
    text = lines(
        _("All that we hold about you, as a file:"),
        f"{turn.office.public_url}{PATH}/{code}",
        _(
            "The link works for {minutes} minutes. Please pass it on to nobody.",
            minutes=LASTS.seconds // 60,
        ),
        _("What is wrong in it you can have put right: /suaten, /suadulieu"),
    )
    letters: tuple[Draft, ...] = (Draft(turn.me, text, (Offer("/riengtu", _("My data")), MENU)),)
    if turn.message.group:
        letters = (
            Draft(turn.me, text),
            turn.letter(_("I have sent you the link in our own conversation.")),
        )
    effects = (GiveAccess(code), Evidence("data.given"))
    return questions.reminded(turn, Reply(letters, effects=effects))


def as_text(held: Held, office: Office) -> str:
    """Write out what is held, in the person's language, line by line."""
    language = held.language or DEFAULT
    return "".join(f"{say(line, language)}\r\n" for line in _lines(held, office))


def _lines(held: Held, office: Office) -> Iterator[Sayable | str]:
    known = topics(office)
    yield _("What {commune} holds about you", commune=office.commune.name)
    yield ""
    for channel, name in held.names:
        yield _("Channel {channel}, name there: {name}", channel=channel, name=name or "–")
    if held.called:
        yield _("Name as you corrected it: {name}", name=held.called)
    yield _("Telephone numbers: {numbers}", numbers=", ".join(held.phones) or "–")
    yield ""
    yield _("What you are sent, and since when:")
    for topic, since in held.topics:
        yield _("- {title}, since {at}", title=known.get(topic, topic), at=since)
    yield _("What you agreed to (version of the text in brackets):")
    for one in held.consents:
        title = known.get(one.purpose, one.purpose)
        yield (
            _("- {title} ({version}), {at}", title=title, version=one.version, at=one.given_at)
            if one.withdrawn_at is None
            else _(
                "- {title} ({version}), {at}, taken back {back}",
                title=title,
                version=one.version,
                at=one.given_at,
                back=one.withdrawn_at,
            )
        )
    yield _("Dossiers that you proved to be yours:")
    for code, since, following in held.dossiers:
        yield (
            _("- {code}, {at}, you are told of changes", code=code, at=since)
            if following
            else _("- {code}, {at}", code=code, at=since)
        )
    for ticket in held.tickets:
        yield ""
        yield from _ticket(ticket)


def _ticket(held: HeldTicket) -> Iterator[Sayable | str]:
    ticket = held.ticket
    yield _(
        "Ticket {code}, received {at}: {state}",
        code=ticket.code,
        at=ticket.received_at,
        state=STATE_NAMES[ticket.state],
    )
    if ticket.place or ticket.village:
        yield _(
            "At this place: {place}", place=" ".join(filter(None, (ticket.place, ticket.village)))
        )
    if ticket.latitude is not None and ticket.longitude is not None:
        yield f"{ticket.latitude:.5f}, {ticket.longitude:.5f}"
    for words in held.words:
        yield _("You wrote, {at}: {words}", at=words.at, words=words.text)
    for file in held.files:
        yield _("Your file, {at}: {name}", at=file.at, name=file.name or file.kind)
    for row in held.said:
        yield _("{at}, {event}: {words}", at=row.at, event=EVENT_NAMES[row.event], words=row.note)
