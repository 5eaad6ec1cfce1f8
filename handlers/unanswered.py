"""Questions that no guide answered: kept for the officers, who let one lead to a procedure."""

import re
from typing import Final

from handlers.desk_ticket import DESK
from handlers.questions import short, title_of
from handlers.routing import Reply, Router, Turn
from messages.text import Text, _, lines, ngettext
from storage.outbox import Offer
from storage.questions import OPEN, Question, Reopen, Settle, Unanswered

router = Router()

LISTED: Final = 10
"""Questions shown at a time: those asked most often."""

LET_GO: Final = "bo"
UNDO: Final = "lai"

_NUMBERED = re.compile(r"(\d{1,9})(?:\s+(\S+))?")
_NUMBER = re.compile(r"\d[\d .-]{4,}\d")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")


def kept(words: str, nearest: tuple[str, ...]) -> Unanswered:
    """Keep a question without the numbers and addresses by which somebody could be found."""
    words = _NUMBER.sub("…", _ADDRESS.sub("…", " ".join(words.split())))
    return Unanswered(words, nearest[:3])


@router.command("hoidap", "questions", takes=r"\d+(?:\s+\S+)?", roles=DESK)
async def unanswered(turn: Turn) -> Reply:
    """List what no guide answered; `/hoidap 3` shows one, `/hoidap 3 KS01` lets it lead there."""
    if turn.message.group:
        # Others read along; the words are a citizen's.
        return turn.say(_("Please write this to me alone, not in a group."))
    found = _NUMBERED.fullmatch(turn.words.strip())
    if found is None:
        return await _list(turn)
    question = await turn.read.question(int(found[1]))
    if question is None:
        return turn.say(_("There is no such question."), *_back())
    if not found[2]:
        return _show(turn, question)
    return _settle(turn, question, found[2].lower())


async def _list(turn: Turn) -> Reply:
    questions = await turn.read.open_questions(LISTED)
    if not questions:
        return turn.say(_("No question is left without an answer."))
    offers = (Offer(f"/hoidap {one.id}", short(f"{one.id}. {one.words}")) for one in questions)
    told = (
        _("- {number}. “{words}” ({times})", number=one.id, words=one.words, times=_times(one))
        for one in questions
    )
    return turn.say(lines(_("No guide answered these questions:"), *told), *offers)


def _times(question: Question) -> Text:
    return ngettext("asked once", "asked {n} times", question.times)


def _back() -> tuple[Offer, ...]:
    return (Offer("/hoidap", _("Questions without an answer")),)


def _show(turn: Turn, question: Question) -> Reply:
    text = lines(
        _("“{words}” ({times})", words=question.words, times=_times(question)),
        _("Which procedure answers it? From then on these words lead there."),
        _(
            "Another one: write {example}. Please choose none where the words name a person.",
            example=f"/hoidap {question.id} KS01",
        ),
    )
    near = (turn.office.catalogue.by_code(code) for code in question.nearest)
    offers = (Offer(f"/hoidap {question.id} {p.code}", title_of(p)) for p in near if p)
    let_go = Offer(f"/hoidap {question.id} {LET_GO}", _("Let it go"))
    return turn.say(text, *offers, let_go, *_back())


def _settle(turn: Turn, question: Question, word: str) -> Reply:
    if word == UNDO:
        if question.state == OPEN:
            return _show(turn, question)
        told = _("Question {number} is open again.", number=question.id)
        return turn.say(told, *_back(), effects=(Reopen(question),))
    undo = Offer(f"/hoidap {question.id} {UNDO}", _("Undo"))
    if question.state != OPEN:
        told = _("Question {number} is settled already.", number=question.id)
        return turn.say(told, undo, *_back())
    if word == LET_GO:
        told = _("Question {number} is let go.", number=question.id)
        return turn.say(told, undo, *_back(), effects=(Settle(question),))
    procedure = turn.office.catalogue.by_code(word)
    if procedure is None:
        return turn.say(_("There is no guide with that code."), *_back())
    told = _(
        "“{words}” leads to {title} from now on, within a minute.",
        words=question.words,
        title=procedure.plain_title,
    )
    return turn.say(told, undo, *_back(), effects=(Settle(question, procedure.code),))
