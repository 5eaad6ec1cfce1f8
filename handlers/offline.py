"""What reached the commune by telephone, letter box or at the counter, written down by an officer.

It is a ticket like any other, brought by nobody who could be written to.
"""

from dataclasses import replace

from handlers import cards, desk_conduct, filing, questions, redirect, reminders
from handlers.deadlines import deadline_words
from handlers.desk_ticket import DESK
from handlers.intents import Intent
from handlers.matter import Matter
from handlers.questions import MENU
from handlers.routing import Offer, Reply, Router, Turn
from messages.text import _, lines
from messages.vietnamese import fold
from storage.evidence import Evidence

router = Router()

_KEY = "source:"
"""How the key of a source begins, so that it is no command's word."""

BROUGHT = {key: title for key, title in cards.SOURCES.items() if key != cards.OFFICE}
"""How something reaches the commune that somebody brings."""

CLEARED = Offer("source:cleared", _("It is neither of these"))


@router.command("ghinhan", "record", roles=DESK)
async def begin(turn: Turn) -> Reply:
    """Ask how it reached the commune."""
    offers = (Offer(f"{_KEY}{key}", title) for key, title in BROUGHT.items())
    return turn.ask(_("How did it reach you?"), *offers, then=source, data={})


@router.step
async def source(turn: Turn) -> Reply:
    """Take how it reached the commune; ask for the words."""
    if not turn.person.has(*DESK):
        return _ended(turn)
    key = turn.message.choice.removeprefix(_KEY) or _typed(turn.message.text)
    if key not in BROUGHT:
        return await begin(turn)
    return _ask_for_words(turn, {"source": key})


def _typed(text: str) -> str:
    """Read a typed source."""
    folded = fold(text)
    known = {"hotline": "day nong", "letterbox": "thu", "counter": "quay"}
    return next((key for key, part in known.items() if part in folded or key in folded), "")


def _ask_for_words(turn: Turn, data: dict[str, str]) -> Reply:
    text = lines(
        _("Please write what the person told, in one message. A photo may go with it."),
        _("Leave out the person's name and telephone number."),
    )
    return turn.ask(text, then=words, data=data)


@router.step
async def words(turn: Turn) -> Reply:
    """Take the words, and file them."""
    if not turn.person.has(*DESK):
        return _ended(turn)
    if turn.message.choice == CLEARED.key:
        cleared = turn.data.get("stopped", "")
        return _ask_for_words(turn, {"source": turn.data.get("source", ""), "cleared": cleared})
    wrong = questions.no_answer(turn, turn.office.commune.limits.story)
    text = turn.message.text.strip()
    if wrong is not None or not text:
        return _ask_for_words(turn, dict(turn.data))
    stopped = redirect.refused(text, turn.data.get("cleared", ""))
    if stopped is not None:
        return _stop(turn, stopped)
    return await _file(turn, text)


def _ended(turn: Turn) -> Reply:
    """Drop the question: the person's role ended while it waited."""
    return turn.end(_("The question that waited is dropped."), MENU)


def _stop(turn: Turn, found: Intent) -> Reply:
    """Keep nothing of what must not be taken here; tell where it goes."""
    directions = turn.office.commune.directions
    complaint = found is Intent.COMPLAINT
    direction = directions.complaint if complaint else directions.denunciation
    text = lines(
        _("This reads like: {title}. Nothing of it was kept.", title=direction.title),
        direction.text,
        _("Where: {place}", place=direction.place),
        "",
        _("If it is none, press the button and write it again."),
    )
    kind = "complaint" if complaint else "denunciation"
    data = {"source": turn.data.get("source", ""), "stopped": kind}
    return turn.ask(text, CLEARED, then=words, data=data).also(Evidence(f"redirected.{kind}"))


async def _file(turn: Turn, text: str) -> Reply:
    matter = Matter(words=((questions.message_id(turn), text),), anonymous=True).gathered(turn)
    new = replace(filing.new_ticket(turn, matter), source=turn.data.get("source", ""))
    ticket = await desk_conduct.with_named(turn, new, text)
    told = lines(
        _("Written down as ticket {code}.", code=ticket.code),
        _("Category: {category}", category=cards.category_title(turn.office, ticket.category)),
        _("Unit: {unit}", unit=cards.unit_name(turn.office, ticket.unit)),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
    )
    offers: tuple[Offer, ...] = ()
    if turn.person.serves(ticket.unit) and turn.person.id not in ticket.named:
        category = Offer(f"/linhvuc {ticket.code}", _("Change category"))
        offers = (*cards.card_offers(ticket.code), category)
    reply = turn.end(
        told,
        *offers,
        effects=(
            ticket,
            Evidence("feedback.received", about=ticket.code, unit=ticket.unit),
            *reminders.of_new(turn.office.commune, ticket, turn.now),
        ),
    )
    cards_of_others = await cards.new_ticket(turn, ticket, text, to_me=False)
    return reply.and_tell(*cards_of_others.letters)
