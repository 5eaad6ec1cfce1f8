"""Where a QR code leads that is no guide: feedback, the survey, the reception schedule."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from handlers import feedback, guidance, information, questions
from handlers.desk_letters import RATINGS
from handlers.procedures import ENTRIES
from handlers.questions import MENU
from handlers.routing import Reply, Router, Turn
from messages.text import Text, _, lines
from storage.evidence import Evidence
from storage.outbox import Offer

router = Router()


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation that has a code of its own, on posters and for typing.

    Attributes:
        code: two letters, two digits; no guide has it.
        title: what stands large on the poster.
        invitation: what scanning is good for, a sentence.
        begin: the conversation.
    """

    code: str
    title: Text
    invitation: Text
    begin: Callable[[Turn], Awaitable[Reply]]


async def _survey(turn: Turn) -> Reply:
    """Ask how satisfied a person is with the commune's service as a whole."""
    offers = (Offer(f"/hailong {n}", title, number=n) for n, title in RATINGS)
    return turn.say(_("How satisfied are you with the service of the commune?"), *offers, MENU)


FEEDBACK, SURVEY, RECEPTION = ENTRIES

ENTRY: Final[Mapping[str, Entry]] = {
    entry.code: entry
    for entry in (
        Entry(
            FEEDBACK,
            _("Send feedback to the commune"),
            _("Scan to tell what is wrong or what could be better; you get a code and an answer."),
            feedback.give,
        ),
        Entry(
            SURVEY,
            _("Are you satisfied?"),
            _("Scan to rate how the commune served you; it takes one press."),
            _survey,
        ),
        Entry(
            RECEPTION,
            _("Citizen reception and working hours"),
            _("Scan to see when the chairman receives citizens and when the office is open."),
            information.schedule,
        ),
    )
}
"""Code → where it leads."""


@router.code(rf"#?(?:{'|'.join(ENTRIES)})")
async def by_code(turn: Turn) -> Reply:
    """Begin what a code stands for that was typed."""
    return await _begin(turn, ENTRY[turn.words.strip().lstrip("#").upper()])


async def scanned(turn: Turn) -> Reply | None:
    """Begin what a poster's start link stands for; None where it is none of these."""
    found = guidance.PAYLOAD.fullmatch(turn.message.payload or turn.words.strip())
    entry = ENTRY.get(found[2].upper()) if found else None
    if found is None or entry is None:
        return None
    return (await _begin(turn, entry)).also(*guidance.scans(found, entry.code))


async def _begin(turn: Turn, entry: Entry) -> Reply:
    message = replace(turn.message, payload="")
    return await entry.begin(replace(turn, words="", message=message))


@router.command("hailong", "satisfied", takes=r"[1-5]", alone=False)
async def satisfied(turn: Turn) -> Reply:
    """Take how satisfied a person is: `/hailong 4`."""
    if not re.fullmatch(r"[1-5]", turn.words.strip()):
        return questions.reminded(turn, await _survey(turn))
    answered = Evidence("survey.answered", about=SURVEY, value=int(turn.words))
    text = lines(
        _("Thank you for your answer."),
        _("If something should be better, please tell us with /gopy."),
    )
    return questions.reminded(turn, turn.say(text, MENU, effects=(answered,)))
