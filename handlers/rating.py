"""Rating an answer: 1 to 5 with the answer, then a comment if one is wanted; once an answer."""

import re
from dataclasses import replace

from handlers import additions, cards, desk_letters, joined, meanings, questions, redirect
from handlers.intents import Intent
from handlers.questions import MENU
from handlers.routing import Reply, Router, Turn
from handlers.ticket_states import leads_to
from handlers.understanding import Understanding
from messages.codes import TICKET, ticket_code
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import fold
from storage.evidence import Evidence
from storage.outbox import Offer
from storage.tickets import Change, Event, Note, Ticket

router = Router()

DISSATISFIED = 2
"""Up to this rating the answer may be contested at once."""

SKIP = Offer("comment:skip", _("No comment"))

_RATED = re.compile(
    rf"\s*{TICKET.pattern}\s*[:,]?\s*([1-5])(?!\d|[.,e]\d)(?:\s*/\s*5)?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_POINTS = re.compile(r"(?<!\d)([1-5])(?!\d)")
_IN_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_POINTS_IN_WORDS = re.compile(rf"\b({'|'.join(_IN_WORDS)}) (?:diem|sao)\b")


@router.command("danhgia", "rate", "chamdiem", takes=rf"{TICKET.pattern}\s*[1-5](?:\s.*)?")
async def rate(turn: Turn) -> Reply:
    """Rate an answer: `/danhgia CODE N [comment]`; it is a button under the answer."""
    found = _RATED.fullmatch(turn.words)
    code = ticket_code(turn.words)
    if found is None:
        return questions.reminded(turn, await _ask_which(turn, code))
    ticket = await turn.read.ticket(code)
    return await _rate(turn, ticket, int(found[3]), found[4].strip())


@meanings.takes(Intent.SURVEY_RESPONSE)
async def in_words(turn: Turn, _understood: Understanding) -> Reply:
    """Take "I give 5 points": it rates what was answered last."""
    ticket = await joined.last_answered(turn)
    if ticket is None or not await _may_be_rated(turn, ticket):
        thanks = _("Thank you. There is no answer of ours that you could rate now.")
        return turn.say(thanks, Offer("/gopy", _("Send feedback")), MENU)
    points = points_in(turn.words)
    if points is None:
        return _ask_points(turn, ticket)
    return await _rate(turn, ticket, points, turn.words)


def points_in(text: str) -> int | None:
    """Read a rating in free words, None where there is none."""
    if found := _POINTS.search(text):
        return int(found[1])
    spelt = _POINTS_IN_WORDS.search(fold(text))
    return _IN_WORDS[spelt[1]] if spelt else None


async def _ask_which(turn: Turn, code: str) -> Reply:
    """Ask for the points of the ticket that is named, else of the one answered last."""
    ticket = await (turn.read.ticket(code) if code else joined.last_answered(turn))
    if ticket is None or not await _may_be_rated(turn, ticket):
        return turn.say(_("There is no answer of ours that you could rate now."), MENU)
    return _ask_points(turn, ticket)


def _ask_points(turn: Turn, ticket: Ticket) -> Reply:
    text = _("How satisfied are you with our answer to {code}?", code=ticket.code)
    return turn.say(text, *desk_letters.rating_offers(ticket.code), MENU)


async def _may_be_rated(turn: Turn, ticket: Ticket) -> bool:
    return (
        ticket.rating is None
        and leads_to(ticket.state, Event.RATED) is not None
        and await joined.owns(turn, ticket)
    )


async def _rate(turn: Turn, ticket: Ticket | None, points: int, comment: str) -> Reply:
    own = await joined.owns(turn, ticket)
    if ticket is None or not own:
        # A stranger learns nothing, not even whether there is such a ticket.
        unknown = _("You have no answer of ours under this code.")
        return questions.reminded(turn, turn.say(unknown, MENU))
    if leads_to(ticket.state, Event.RATED) is None:
        early = _("Ticket {code} has no answer yet that could be rated.", code=ticket.code)
        return questions.reminded(turn, turn.say(early, MENU))
    if ticket.rating is not None:
        once = _("You have rated this answer already. Thank you.")
        return questions.reminded(turn, turn.say(once, MENU))
    comment, cut = comment.strip(), turn.office.commune.limits.comment
    if comment and (stopped := redirect.stop(turn, comment)):
        return stopped
    rated = Change(ticket, Event.RATED, values={"rating": points})
    effects = (
        rated,
        Evidence("rating", about=ticket.code, unit=ticket.unit, value=points),
        *((Note(ticket, Event.COMMENTED, comment[:cut]),) if comment else ()),
    )
    news: Sayable = lines(
        _("Ticket {code} was rated {points} of 5.", code=ticket.code, points=points),
        *((comment[:cut],) if comment else ()),
    )
    told = await cards.news(turn, ticket, news) if points <= DISSATISFIED or comment else ()
    reply = _thank(turn, ticket, points, asks=not comment and not questions.is_busy(turn))
    return questions.reminded(turn, reply.also(*effects)).and_tell(*told)


def _thank(turn: Turn, ticket: Ticket, points: int, *, asks: bool) -> Reply:
    """Thank for a rating; to one that is low add the way to have the matter looked at again."""
    low = points <= DISSATISFIED
    again = Offer(f"/molai {ticket.code}", _("Look at it again"))
    text = lines(
        _("We are sorry that you are not satisfied.") if low else _("Thank you for your rating."),
        _("You may ask that it be looked at again.") if low else None,
        _("Would you like to add a comment? Please write it, or choose No comment.")
        if asks
        else None,
    )
    offers = (*((SKIP,) if asks else ()), *((again,) if low else ()), MENU)
    if not asks:
        return turn.say(text, *offers)
    return turn.ask(text, *offers, then=comment, data={"code": ticket.code})


def _ask_comment(turn: Turn, wrong: Text) -> Reply:
    return turn.ask(wrong, SKIP, MENU, then=comment)


@router.step
async def comment(turn: Turn) -> Reply:
    """Take the comment on a rating; what is surely something else leads away."""
    ticket = await turn.read.ticket(turn.data.get("code", ""))
    text = turn.message.text.strip()
    skipped = turn.message.choice == SKIP.key or questions.says_no(text)
    if stopped := redirect.stop(turn, text):
        return stopped
    taken = ticket and leads_to(ticket.state, Event.COMMENTED) and await joined.owns(turn, ticket)
    if ticket is None or not taken or skipped or questions.is_courtesy(text):
        return turn.end(_("Thank you."), MENU)
    longest = turn.office.commune.limits.comment
    away = redirect.unusable(turn, longest, lambda wrong: _ask_comment(turn, wrong))
    if away is not None or not text:
        return away or _ask_comment(turn, _("Please write your comment in words."))
    if additions.leads_away(turn, text):
        return questions.left(turn, await meanings.answer(turn))
    told = await cards.news(
        turn, ticket, lines(_("Comment on the rating of {code}:", code=ticket.code), text)
    )
    thanks = turn.end(
        _("Thank you. Your comment goes to the unit."),
        MENU,
        effects=(Note(ticket, Event.COMMENTED, text),),
    )
    return replace(thanks, letters=(*thanks.letters, *told))
