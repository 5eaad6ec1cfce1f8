"""A matter becomes a ticket: code, unit and deadline, the cards, and what the citizen is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from handlers import cards, deadlines, desk_conduct, joined, redirect, reminders
from handlers.commune import Deadline
from handlers.deadlines import deadline_words
from handlers.matter import Matter
from handlers.questions import MENU, PERSON, too_long
from handlers.routing import Reply, Turn
from handlers.understanding import guess_category
from messages.languages import ZONE
from messages.text import Text, _, lines
from storage.evidence import Evidence
from storage.outbox import Offer
from storage.tickets import NewTicket, Ticket

ELSE: Final = "khac"
"""The category of what names none."""

PRAISED: Final = "thaido"
"""Praise of officials goes where their conduct is looked after."""

COUNTED: Final[Mapping[str, str]] = {
    "initiative": "initiative.received",
    "home_service": "homeservice.requested",
    "praise": "praise.received",
}
"""Kind → the evidence that it is beside being a ticket."""

THANKS: Final[Mapping[str, Text]] = {
    "feedback": _("Thank you. We have received your feedback."),
    "petition": _("Thank you. We have received your proposal."),
    "praise": _("Thank you for your kind words. We will pass them on."),
    "initiative": _("Thank you. We have received your initiative."),
    "information_request": _("We have received your request for information."),
    "technical_error": _("Thank you. We have received your report of a fault."),
    "home_service": _("We have received your request for service at home."),
    "question": _("We have passed your question to an officer."),
    **dict.fromkeys(
        ("data_access", "data_correction", "data_restriction", "data_erasure"),
        _("We have received your request about your personal data."),
    ),
}

UNGUESSED: Final = frozenset(
    {"question", "data_access", "data_correction", "data_restriction", "data_erasure"}
)
"""Kinds whose words tell no category."""


async def file(turn: Turn, matter: Matter, *before: Text) -> Reply:
    """File a matter: refuse what may not be taken, else write the ticket and tell everybody.

    Args:
        turn: the turn of the citizen.
        matter: what they told; its words are not empty.
        before: sentences that come before the answer.
    """
    words = matter.text
    if stopped := redirect.stop(turn, f"{words}\n{matter.place}", matter.cleared):
        return stopped
    limits = turn.office.commune.limits
    if len(words) > limits.story:
        return turn.say(too_long(limits.story), PERSON, MENU)
    today = await _of_today(turn)
    if len(today) >= limits.tickets_a_day:
        return turn.end(
            lines(
                _("You have sent very much today, so we cannot take more until tomorrow."),
                _("If it is urgent, please call us."),
            ),
            Offer("/lienhe", _("Telephone numbers")),
            MENU,
        )
    if code := await _said_before(turn, today, matter):
        return turn.end(
            lines(
                _("You have sent these words several times today: they are with us."),
                _("Your code: {code}", code=code),
            ),
            Offer(f"/phieu {code}", _("Show my ticket")),
            MENU,
        )
    ticket = await desk_conduct.with_named(turn, new_ticket(turn, matter), words)
    elsewhere = await joined.history(turn, ticket, turn.person.id) if turn.person.joined_to else ()
    told = await cards.new_ticket(turn, ticket, words, beside=elsewhere)
    answer = lines(
        *before,
        THANKS.get(matter.kind, THANKS["feedback"]),
        _("Your code: {code}", code=ticket.code),
        _("Handled by: {unit}", unit=cards.unit_name(turn.office, ticket.unit)),
        _outside(turn, ticket),
        heard(turn, ticket),
        _("We answer {deadline}.", deadline=deadline_words(ticket.due_at, turn.now)),
        None if told.on_duty else _nobody_on_duty(turn),
        "",
        turn.office.commune.privacy.line,
        "",
        _("You may send more words, photos or your location now: they join this ticket."),
    )
    letter = turn.letter(
        answer,
        Offer(f"/phieu {ticket.code}", _("Show my ticket")),
        MENU,
        ticket=ticket.code,
    )
    counted = COUNTED.get(matter.kind)
    effects = (
        ticket,
        Evidence("feedback.received", about=ticket.code, unit=ticket.unit),
        *((Evidence(counted, about=ticket.code, unit=ticket.unit),) if counted else ()),
        *reminders.of_new(turn.office.commune, ticket, turn.now),
    )
    return Reply((letter, *told.letters), "", afterwards(turn, ticket.code), effects)


def afterwards(turn: Turn, code: str) -> dict[str, str]:
    """Give the data by which what the citizen writes next finds its ticket.

    No step waits: nothing was asked, so that an answer's choices can be numbered from 1.
    """
    return {"ticket": code, "album": turn.message.album, "at": turn.now.isoformat()}


def has_filed(reply: Reply) -> bool:
    """Tell whether a reply has put something into a ticket, rather than asked or refused."""
    return bool(reply.data) and "ticket" in (reply.data or {})


def new_ticket(turn: Turn, matter: Matter) -> NewTicket:
    """Make the ticket of a matter; its code is drawn by chance."""
    category, unit = place_of(turn, matter)
    return NewTicket(
        code=f"PA{turn.now.astimezone(ZONE):%y%m}-{turn.chance.letters(4)}",
        kind=matter.kind,
        category=category,
        unit=unit,
        words=matter.words,
        due_at=due(turn, matter.kind, category, turn.now),
        respond_by=_respond_by(turn, matter.kind),
        forward_by=forward_by(turn, matter.kind, category, turn.now),
        source=turn.person.channel,
        attachments=matter.files,
        anonymous=matter.anonymous,
        place=matter.place,
        village=matter.village,
        latitude=matter.latitude,
        longitude=matter.longitude,
    )


def place_of(turn: Turn, matter: Matter) -> tuple[str, str]:
    """Give the category and the unit of a matter; a category that nobody chose is guessed."""
    commune = turn.office.commune
    category = matter.category
    if not category:
        guessed = guess_category(matter.text) if matter.kind not in UNGUESSED else None
        category = guessed or (PRAISED if matter.kind == "praise" else ELSE)
    if commune.category(category) is None:
        category = ELSE if commune.category(ELSE) else commune.categories[-1].id
    kind = commune.kind(matter.kind)
    unit = commune.unit(matter.unit or (kind.unit if kind else ""))
    return category, unit.id if unit else commune.unit_of(category)


def due(turn: Turn, kind: str, category: str, since: datetime) -> datetime:
    """Give the deadline of a ticket that is received, or opened again, at a moment."""
    return turn.office.commune.due(category, since, kind)


def _respond_by(turn: Turn, kind: str) -> datetime | None:
    commune = turn.office.commune
    clock = _own_first_response(turn, kind) or commune.clocks.first_response
    return commune.by(clock, turn.now) if clock else None


def heard(turn: Turn, ticket: NewTicket) -> Text | None:
    """Say until when an official answers that it came, where a law gives its kind such a clock."""
    if ticket.respond_by is None or _own_first_response(turn, ticket.kind) is None:
        return None
    return _("You hear from us {deadline}.", deadline=deadline_words(ticket.respond_by, turn.now))


def _own_first_response(turn: Turn, kind: str) -> Deadline | None:
    found = turn.office.commune.kind(kind)
    return found.first_response if found else None


def forward_by(turn: Turn, kind: str, category: str, since: datetime) -> datetime | None:
    """Give until when a ticket is to be passed on where others are competent, else None."""
    commune = turn.office.commune
    clock, found = commune.clocks.forwarding, commune.category(category)
    registered = (own := commune.kind(kind)) is not None and own.registered
    runs = registered or (found is not None and found.outside)
    return commune.by(clock, since) if clock and runs else None


SAME: Final = 3
"""Tickets of a day and kind with no more than the same words: one more is a slip or a flood."""


async def _of_today(turn: Turn) -> list[Ticket]:
    """List what the person filed today, at all their addresses, the newest first."""
    today = turn.now.astimezone(ZONE).date()
    latest = await joined.tickets(turn, turn.office.commune.limits.tickets_a_day)
    return [one for one in latest if one.received_at.astimezone(ZONE).date() == today]


async def _said_before(turn: Turn, today: Sequence[Ticket], matter: Matter) -> str:
    """Give the newest of today's tickets where the last ones all say no more than this, else "".

    The same words with a place, a pin or a file of their own are another matter; a voice message
    is such a file, and its words are those of every other.
    """
    if len(today) < SAME or matter.files or _is_placed(matter):
        return ""
    for one in today[:SAME]:
        if one.kind != matter.kind or _is_placed(one) or await turn.read.files(one.code):
            return ""
        if "\n".join(part.text for part in await turn.read.words(one.code)) != matter.text:
            return ""
    return today[0].code


def _is_placed(told: Matter | Ticket) -> bool:
    return bool(told.place or told.village) or told.latitude is not None


def _outside(turn: Turn, ticket: NewTicket) -> Text | None:
    category = turn.office.commune.category(ticket.category)
    if category is None or not category.outside:
        return None
    return _("This is done by another body: we pass it on to them and tell you.")


def _nobody_on_duty(turn: Turn) -> Text:
    """Say when somebody looks: the next working hour, or today where work is going on."""
    calendar = turn.office.commune.calendar
    if deadlines.is_open(calendar, turn.now):
        return _("No officer is on duty right now; the unit has been told and will look today.")
    opens = deadlines.next_open(calendar, turn.now)
    return _("No officer is on duty right now. Work goes on at {opens}.", opens=opens)
