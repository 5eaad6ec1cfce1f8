"""Where a dossier stands: told to whoever proves that it is theirs, and to nobody else.

The code alone tells nothing, not even whether it exists: the last four digits of the telephone on
the dossier are asked for every code alike, and a wrong answer reads as an unknown code does.
"""

import asyncio
import re
from datetime import datetime, timedelta

from handlers import meanings, questions, redirect
from handlers.dossier_telling import centre, told
from handlers.guidance import PORTAL
from handlers.intents import Intent
from handlers.phrases import DOSSIER_CODE
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Understanding, understand
from messages.envelope import Attachment, AttachmentKind, Kind
from messages.text import Sayable, _, lines
from storage.dossiers import Dossier, in_one_form
from storage.dossiers_files import ReadFile, Sent
from storage.dossiers_following import REMEMBERED, Prove, Try
from storage.evidence import Evidence
from storage.outbox import Offer

router = Router()

FORM = r"[0-9A-Z][0-9A-Z.]{2,19}\s?-\s?\d{6}\s?-\s?\d{3,6}"
"""How dossier codes usually look; a code that looks otherwise is taken too."""

LONGEST = 64
LONGEST_KEY = 64
"""Bytes of a button's key."""

DIGITS = 4
WHOLE_PHONE = 8
EXAMPLE = _("For example: H24.107-261123-0015")

SLOWED = ((10, REMEMBERED), (5, timedelta(minutes=15)), (3, timedelta(minutes=1)))
"""After so many wrong tries in a day → how long to wait; the first stops until they are old."""

_AND_DIGITS = re.compile(
    r"(?P<code>.*[0-9A-Z])[\s,;:]+(?P<digits>\d{4})", re.IGNORECASE | re.DOTALL
)


@router.command("hoso", "tracuu", "dossier", takes=rf"{FORM}(?:\s+\d{{4}})?")
async def asked(turn: Turn) -> Reply:
    """Answer about the dossier whose code follows, with or without the digits, or ask for it."""
    if stopped := redirect.stop(turn, turn.words):
        return stopped
    code, digits = parted(turn.words)
    if not code:
        if photo := _photo(turn):
            return _look_at(turn, photo)
        if questions.is_busy(turn):
            usage = _("Please write the code behind it, for example: /hoso H24.107-261123-0015")
            return questions.reminded(turn, turn.say(usage))
        return _ask(turn)
    return await about(turn, code, digits)


@router.code(FORM)
async def by_code(turn: Turn) -> Reply:
    """Answer about a code that stands alone."""
    return await about(turn, in_one_form(turn.words))


@meanings.takes(Intent.DOSSIER_STATUS)
async def status(turn: Turn, _understood: Understanding) -> Reply:
    """Answer a question about a dossier in free words."""
    code = code_in(turn.words)
    return await about(turn, code) if code else _ask(turn)


@meanings.takes(Intent.OVERDUE)
async def overdue(turn: Turn, _understood: Understanding) -> Reply:
    """Answer somebody whose dossier is late."""
    sorry = _("We are sorry that your dossier is late.")
    code = code_in(turn.words)
    if not code:
        return _ask(turn, sorry)
    return await about(turn, code, "", sorry)


def code_in(text: str) -> str:
    """Find a dossier code in a text, in one form, "" where there is none."""
    found = DOSSIER_CODE.search(text.upper())
    return in_one_form(found[0]) if found else ""


def parted(words: str) -> tuple[str, str]:
    """Part "CODE 1234" into the code in one form and the digits, each "" where there is none."""
    found = _AND_DIGITS.fullmatch(words.strip())
    if found and _is_code(found["code"]):
        return in_one_form(found["code"]), found["digits"]
    return (in_one_form(words), "") if _is_code(words) else ("", "")


def _is_code(text: str) -> bool:
    """Take anything short with a digit for a code: none is refused on its form."""
    return bool(re.search(r"\d", text)) and len(in_one_form(text)) <= LONGEST


def _photo(turn: Turn) -> Attachment | None:
    return next((one for one in questions.files(turn) if one.kind is AttachmentKind.IMAGE), None)


def _ask(turn: Turn, *before: Sayable) -> Reply:
    text = lines(
        *before,
        _("Please send the dossier code that stands on your receipt slip, or a photo of its QR."),
        EXAMPLE,
    )
    return turn.ask(text, PERSON, MENU, then=ask, data={})


@router.step
async def ask(turn: Turn) -> Reply:
    """Take the code, typed or photographed; what is surely something else leads away."""
    photo = _photo(turn)
    if photo and not turn.message.text.strip():
        return _look_at(turn, photo)
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
    code, digits = code_in(text), ""
    if not code:
        code, digits = parted(text)
    if not code:
        return _ask(turn, _("I see no code in that."))
    return questions.left(turn, await about(turn, code, digits))


def _look_at(turn: Turn, photo: Attachment) -> Reply:
    """Let the photo be read; what it says comes as a message of ours."""
    text = _("One moment, please: I am reading the code in your photo.")
    return turn.say(text, effects=(ReadFile(Sent.RECEIPT, photo),))


@router.event(Kind.TIMER, "photographed")
async def read_from_photo(turn: Turn) -> Reply:
    """Take the code that was found in a photo, "" where none was."""
    text = turn.message.payload
    code = code_in(text) or (in_one_form(text) if _is_code(text) else "")
    if code:
        return await about(turn, code)
    wrong = _("I found no QR code in the photo. Please type the dossier code.")
    if questions.is_busy(turn):
        return turn.say(wrong)
    return _ask(turn, wrong)


async def about(turn: Turn, code: str, digits: str = "", *before: Sayable) -> Reply:
    """Answer about a code: at once to whoever proved that it is theirs, else ask for the digits."""
    counted = Evidence("status.asked")
    newest, dossier, known = await asyncio.gather(
        turn.read.dossiers.last_import(),
        turn.read.dossiers.dossier(code),
        turn.read.following.follower(code, turn.person.id),
    )
    if newest is None:
        return questions.reminded(turn, _nothing_known(turn, code, *before))
    if turn.message.group:
        text = _("A dossier is private: please ask me in a chat between the two of us.")
        return turn.say(text, effects=(counted,))
    if dossier is not None and known is not None:
        reply = questions.reminded(turn, await shown(turn, dossier, following=known.following))
    elif digits:
        reply = await _checked(turn, code, digits, dossier)
    else:
        reply = await _digits_wanted(turn, code, *before)
    return reply.also(counted)


async def _digits_wanted(turn: Turn, code: str, *before: Sayable) -> Reply:
    wait = await _wait_until(turn, code)
    if wait is not None:
        return questions.reminded(turn, _too_many(turn, wait))
    if not questions.is_busy(turn):
        return _ask_digits(turn, code, *before)
    usage = _(
        "Please write the last four digits of the telephone number on the dossier behind the "
        "code: {example}",
        example=f"/hoso {code} 1234",
    )
    return questions.reminded(turn, turn.say(lines(*before, usage)))


def _nothing_known(turn: Turn, code: str, *before: Sayable) -> Reply:
    commune = turn.office.commune
    portal = next((link for link in commune.links if link.id == PORTAL), None)
    text = lines(
        *before,
        _("Dossier {code}:", code=code[:LONGEST]),
        _("I cannot see dossiers yet: their data have not been given to me."),
        _("You can look it up on the national public service portal, by code or QR code.")
        if portal and portal.url
        else None,
        centre(turn.office),
    )
    offers = (Offer("", portal.title, portal.url),) if portal and portal.url else ()
    # The code itself is personal and is kept nowhere.
    return turn.say(text, *offers, PERSON, MENU, effects=(Evidence("status.asked"),))


def _ask_digits(turn: Turn, code: str, *before: Sayable) -> Reply:
    text = lines(
        *before,
        _("Dossier {code}:", code=code),
        _(
            "So that nobody else learns about it, please send the last four digits of the "
            "telephone number that was given with the dossier."
        ),
    )
    return turn.ask(text, PERSON, MENU, then=factor, data={"code": code})


@router.step
async def factor(turn: Turn) -> Reply:
    """Take the last four digits, or the whole telephone number."""
    code = turn.data.get("code", "")
    longest = turn.office.commune.limits.story
    away = redirect.unusable(turn, longest, lambda wrong: _ask_digits(turn, code, wrong))
    if away is not None:
        return away
    text = turn.message.text.strip()
    other = code_in(text)
    if other:
        return await about(turn, other)
    found = re.sub(r"[\s.()+-]", "", text)
    if found.isdecimal() and (len(found) == DIGITS or len(found) >= WHOLE_PHONE):
        dossier = await turn.read.dossiers.dossier(code)
        return await _checked(turn, code, found[-DIGITS:], dossier)
    if understand(text, turn.office.catalogue).sure:
        return questions.left(turn, await meanings.answer(turn))
    return _ask_digits(turn, code, _("Please send exactly four digits."))


async def _checked(turn: Turn, code: str, digits: str, dossier: Dossier | None) -> Reply:
    """Compare the digits, unless too many were wrong; every comparison is written down."""
    tries = await turn.read.following.tries(code, turn.person.id, turn.now)
    wait = _later_of(turn.now, _free_at(tries.by_person), _free_at(tries.for_code))
    if wait is not None:
        return _left(turn, _too_many(turn, wait))
    right = turn.read.dossiers.proves(dossier, code, digits)
    tried = Try(code, tries.nth, failed=not right)
    if not right or dossier is None:
        text = lines(
            _("I found no dossier with this code and these digits."),
            _("Please compare both with your receipt slip and send the four digits again."),
            centre(turn.office),
        )
        if questions.is_busy(turn) and turn.person.step != factor.name:
            return questions.reminded(turn, turn.say(text, effects=(tried,)))
        reply = turn.ask(text, PERSON, MENU, then=factor, data={"code": code})
        return reply.also(tried)
    reply = await shown(turn, dossier, following=False)
    return _left(turn, reply.also(tried, Prove(code, dossier.notable)))


def _left(turn: Turn, reply: Reply) -> Reply:
    """Leave the question for the digits; another that waits is reminded of."""
    if turn.person.step == factor.name:
        return questions.left(turn, reply)
    return questions.reminded(turn, reply)


async def _wait_until(turn: Turn, code: str) -> datetime | None:
    tries = await turn.read.following.tries(code, turn.person.id, turn.now)
    return _later_of(turn.now, _free_at(tries.by_person), _free_at(tries.for_code))


def _free_at(failed: tuple[datetime, ...]) -> datetime | None:
    """Tell from when on another try is taken, given the wrong ones of the last day."""
    for many, wait in SLOWED:
        if len(failed) >= many:
            return failed[many - 1 if wait == REMEMBERED else 0] + wait
    return None


def _later_of(now: datetime, *moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment and moment > now), default=None)


def _too_many(turn: Turn, until: datetime) -> Reply:
    text = lines(
        _("There were too many wrong answers for safety's sake."),
        _("Please try again after {time}.", time=until),
        centre(turn.office),
    )
    return turn.say(text, PERSON, MENU)


async def shown(turn: Turn, dossier: Dossier, *, following: bool) -> Reply:
    """Show a dossier to somebody whose it is."""
    code = dossier.exported.code
    follow = (
        Offer(f"/bohoso {code}", _("Stop following"))
        if following
        else Offer(f"/theodoihoso {code}", _("Tell me of changes"))
    )
    fits = len(follow.key.encode()) <= LONGEST_KEY
    return turn.say(
        told(turn.office, dossier, await turn.read.apologies.new_due(code)),
        *((follow,) if fits else ()),
        PERSON,
        MENU,
        effects=(Evidence("status.found", unit=dossier.exported.unit),),
    )
