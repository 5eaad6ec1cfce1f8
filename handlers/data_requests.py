"""What a person may ask about their data beyond seeing and erasing it, and the register of it all.

What the service can do itself it does at once and leaves evidence of; the rest becomes a ticket
with the clocks of its kind in `commune.toml` (NĐ 356/2025/NĐ-CP, Đ.5: an answer within 2 working
days, done within 10, 10, 15 or 20 days).
"""

from collections.abc import Iterator
from datetime import timedelta

from handlers import drafting, feedback, joined, questions, redirect
from handlers.deadlines import deadline_words
from handlers.matter import Matter
from handlers.questions import MENU
from handlers.routing import Offer, Reply, Router, Turn
from handlers.ticket_states import STATE_NAMES
from messages.text import Text, _, lines
from messages.vietnamese import fold
from storage.evidence import Evidence
from storage.people import CorrectName
from storage.tickets import BREACH, Ticket

router = Router()

KINDS: dict[str, Text] = {
    "data_access": _("to see or be given data"),
    "data_correction": _("to correct data"),
    "data_restriction": _("to withdraw, restrict or object"),
    "data_erasure": _("to erase data"),
    BREACH: _("incident with personal data"),
}
"""Kind of a ticket → what it is, in the register."""

AT_ONCE: dict[str, Text] = {
    "data.given": _("given as a file"),
    "data.corrected": _("corrected by the person"),
    "data.withdrawn": _("a yes taken back"),
}
"""Kind of evidence → what the service did itself when it was asked."""

LONGEST_NAME = 60
"""Characters of a name."""

LISTED = 20
"""Tickets that the register shows in the chat."""

YEAR = timedelta(days=365)

FORGET = ("xoa", "bo", "delete", "remove", "off")


@router.command("quyendulieu", "datarights")
async def rights(turn: Turn) -> Reply:
    """Offer everything that a person may ask about their data."""
    text = lines(
        _("What would you like to ask about your personal data?"),
        _("What I can do myself is done at once; the rest an official does, with a deadline."),
    )
    reply = turn.say(
        text,
        Offer("/dulieu", _("See all that is held about me")),
        Offer("/suaten", _("Correct my name")),
        Offer("/suadulieu", _("Correct something else")),
        Offer("/capdulieu", _("Be given data another way")),
        Offer("/hanchedulieu", _("Restrict or object")),
        Offer("/ngungnhan", _("Take back what I agreed to")),
        Offer("/xoadulieu", _("Erase my data")),
        MENU,
    )
    return questions.reminded(turn, reply)


@router.command("suadulieu", "correctdata")
async def correction(turn: Turn) -> Reply:
    """Ask that something held be corrected: `/suadulieu WORDS`."""
    return await _asked(turn, "data_correction")


@router.command("capdulieu", "accessdata")
async def access(turn: Turn) -> Reply:
    """Ask to see or be given data in a way that the service cannot: `/capdulieu WORDS`."""
    return await _asked(turn, "data_access")


@router.command("hanchedulieu", "restrictdata")
async def restriction(turn: Turn) -> Reply:
    """Ask that a use of data end or be restricted: `/hanchedulieu WORDS`."""
    return await _asked(turn, "data_restriction")


async def _asked(turn: Turn, kind: str) -> Reply:
    if turn.words.strip():
        return await feedback.begin(turn, kind)
    if questions.is_busy(turn):
        return turn.say(_("Please finish what you are writing first, or send /huy to drop it."))
    return drafting.ask_story(turn, Matter(kind=kind, at_once=True))


@router.command("suaten", "correctname")
async def name(turn: Turn) -> Reply:
    """Take the person's right name, at all their channels: `/suaten NAME`, `/suaten xoa`."""
    typed = " ".join(turn.words.split())
    if stopped := redirect.stop(turn, typed):
        return stopped
    people = tuple(sorted(await joined.ids(turn)))
    if fold(typed) in FORGET:
        told = _("Your name is the one on your channel again.")
        effects = (CorrectName(people, ""), Evidence("data.corrected"))
        return questions.reminded(turn, turn.say(told, MENU, effects=effects))
    if not _is_name(typed):
        text = lines(
            _("Now officials read this name: {name}", name=_now(turn) or "–"),
            _("To correct it, write for example: {example}", example="/suaten Nguyễn Thị Na"),
        )
        return questions.reminded(turn, turn.say(text, MENU))
    text = lines(
        _("Corrected: officials read your name as {name} from now on.", name=typed),
        _("To take it back send: /suaten xoa"),
    )
    effects = (CorrectName(people, typed), Evidence("data.corrected"))
    return questions.reminded(turn, turn.say(text, MENU, effects=effects))


def _now(turn: Turn) -> str:
    return turn.person.called or turn.message.name or turn.person.name


def _is_name(typed: str) -> bool:
    """Tell whether words can be a name: letters, with the marks that names have between them."""
    return 1 < len(typed) <= LONGEST_NAME and all(
        letter.isalpha() or letter in " .'’-" for letter in typed
    )


@router.command("sodulieu", "dataregister", roles=("officer", "staff", "leader"))
async def register(turn: Turn) -> Reply:
    """Show the register of the last year: requests and incidents with their clocks, never words."""
    found = await turn.read.data.tickets(
        KINDS, turn.now - YEAR, turn.now + timedelta(milliseconds=1), LISTED
    )
    today = turn.now.date()
    tallies = await turn.read.tallies(today - YEAR, today)
    text = lines(
        _("Requests about personal data and incidents, the newest first:"),
        *(line for ticket in found for line in _listed(turn, ticket)),
        None if found else _("None so far."),
        "",
        _("Done by the service itself in the last year:"),
        *(
            _("- {what}: {n}", what=what, n=tallies[kind].count if kind in tallies else 0)
            for kind, what in AT_ONCE.items()
        ),
    )
    return turn.end(text, *(Offer(f"/phieu {one.code}", one.code) for one in found if one.is_open))


def _listed(turn: Turn, ticket: Ticket) -> Iterator[Text]:
    """Tell of one of them, in a line, and of its clocks as long as they run."""
    yield _(
        "- {code}, {what}: {state}",
        code=ticket.code,
        what=KINDS[ticket.kind],
        state=STATE_NAMES[ticket.state],
    )
    if not ticket.is_open:
        return
    if ticket.respond_by is not None and ticket.responded_at is None and ticket.kind != BREACH:
        yield _("first answer {deadline}", deadline=deadline_words(ticket.respond_by, turn.now))
    yield _("done {deadline}", deadline=deadline_words(ticket.due_at, turn.now))
