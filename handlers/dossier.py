"""Where a dossier stands: nothing is imported yet, which is said; where to look, whom to ask."""

import re

from handlers import meanings, questions, redirect
from handlers.commune import shown
from handlers.guidance import PORTAL
from handlers.intents import Intent
from handlers.phrases import DOSSIER_CODE
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Understanding, understand
from messages.text import Sayable, _, lines
from storage.evidence import Evidence
from storage.outbox import Offer

router = Router()

FORM = r"[0-9A-Z][0-9A-Z.]{2,19}\s?-\s?\d{6}\s?-\s?\d{3,6}"
"""How dossier codes usually look; a code that looks otherwise is taken too."""

LONGEST = 64
EXAMPLE = _("For example: H24.107-261123-0015")


@router.command("hoso", "tracuu", "dossier", takes=FORM)
async def asked(turn: Turn) -> Reply:
    """Answer about the dossier whose code follows, or ask for the code."""
    if stopped := redirect.stop(turn, turn.words):
        return stopped
    code = " ".join(turn.words.split())
    if not _is_code(code):
        if questions.is_busy(turn):
            usage = _("Please write the code behind it, for example: /hoso H24.107-261123-0015")
            return questions.reminded(turn, turn.say(usage))
        return _ask(turn)
    return questions.reminded(turn, _tell(turn, code))


@router.code(FORM)
async def by_code(turn: Turn) -> Reply:
    """Answer about a code that stands alone."""
    reply = _tell(turn, " ".join(turn.words.split()))
    return questions.reminded(turn, reply)


@meanings.takes(Intent.DOSSIER_STATUS)
async def status(turn: Turn, _understood: Understanding) -> Reply:
    """Answer a question about a dossier in free words."""
    code = code_in(turn.words)
    return _tell(turn, code) if code else _ask(turn)


@meanings.takes(Intent.OVERDUE)
async def overdue(turn: Turn, _understood: Understanding) -> Reply:
    """Answer somebody whose dossier is late."""
    sorry = _("We are sorry that your dossier is late.")
    code = code_in(turn.words)
    if not code:
        return _ask(turn, sorry)
    return _tell(turn, code, sorry)


def code_in(text: str) -> str:
    """Find a dossier code in a text, "" where there is none."""
    found = DOSSIER_CODE.search(text.upper())
    return " ".join(found[0].split()) if found else ""


def _is_code(text: str) -> bool:
    """Take anything short with a digit for a code: none is refused on its form."""
    return bool(re.search(r"\d", text)) and len(text) <= LONGEST


def _ask(turn: Turn, *before: Sayable) -> Reply:
    text = lines(
        *before,
        _("Please send the dossier code that stands on your receipt slip."),
        EXAMPLE,
    )
    return turn.ask(text, PERSON, MENU, then=ask, data={})


@router.step
async def ask(turn: Turn) -> Reply:
    """Take the code; what is surely something else leads away."""
    longest = turn.office.commune.limits.story
    away = redirect.unusable(turn, longest, lambda wrong: _ask(turn, wrong))
    if away is not None:
        return away
    text = " ".join(turn.words.split())
    understood = understand(text, turn.office.catalogue)
    own = {Intent.DOSSIER_STATUS, Intent.OVERDUE, Intent.UNKNOWN}
    unclear = understood.intent is Intent.CLARIFY and meanings.asks(text)
    if unclear or (understood.sure and understood.intent not in own):
        return questions.left(turn, await meanings.answer(turn))
    code = code_in(text) or (text if _is_code(text) else "")
    if not code:
        return _ask(turn, _("I see no code in that."))
    return questions.left(turn, _tell(turn, code))


def _tell(turn: Turn, code: str, *before: Sayable) -> Reply:
    commune = turn.office.commune
    portal = next((link for link in commune.links if link.id == PORTAL), None)
    centre = commune.unit(commune.default_unit)
    text = lines(
        *before,
        _("Dossier {code}:", code=code[:LONGEST]),
        _("I cannot see dossiers yet: their data have not been given to me."),
        _("You can look it up on the national public service portal, by code or QR code.")
        if portal and portal.url
        else None,
        _(
            "Or ask {unit}, telephone {phone}.",
            unit=centre.name if centre else commune.office,
            phone=shown(centre.phone if centre else ""),
        ),
    )
    offers = (Offer("", portal.title, portal.url),) if portal and portal.url else ()
    # The code itself is personal and is kept nowhere.
    return turn.say(text, *offers, PERSON, MENU, effects=(Evidence("status.asked"),))
