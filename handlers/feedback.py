"""Feedback and its kin: proposals, praise, initiatives, requests, faults; one line files."""

from dataclasses import replace

from handlers import additions, drafting, filing, meanings, questions, redirect
from handlers.intents import Intent
from handlers.matter import Matter, matter_of
from handlers.questions import MENU, PERSON, too_long
from handlers.routing import Reply, Router, Turn
from handlers.spelling import spelled
from handlers.understanding import Understanding
from messages.text import _

router = Router()
router.include(drafting.router)
router.include(additions.router)

KINDS = {
    Intent.FEEDBACK: "feedback",
    Intent.PETITION: "petition",
    Intent.PRAISE: "praise",
    Intent.INITIATIVE: "initiative",
    Intent.INFORMATION_REQUEST: "information_request",
    Intent.TECHNICAL_ERROR: "technical_error",
    Intent.HOME_SERVICE: "home_service",
}
"""Intent → the kind of its ticket."""


FILES = ("gopy", "phananh", "feedback")


@router.command(*FILES, always=True)
async def give(turn: Turn) -> Reply:
    """File feedback: with words at once, without them step by step."""
    return await begin(turn, "feedback")


@router.first
async def in_syllables(turn: Turn) -> Reply | None:
    """File what begins with "phản ánh" or "góp ý", unless it surely means something else.

    None inside a conversation, in a group and in an answer to a letter: there it is no command.
    """
    message = turn.message
    text = next((rest for name, rest, _syllables in spelled(message.text) if name in FILES), "")
    if not text or message.choice or message.group or message.reply_to:
        return None
    if questions.is_busy(turn) or additions.leads_away(turn, message.text):
        return None
    return questions.left(turn, await begin(replace(turn, words=text), "feedback"))


@router.first
async def asked_meanwhile(turn: Turn) -> Reply | None:
    """Answer what is surely about something else while a draft waits; the draft goes on waiting."""
    message = turn.message
    text = message.text.strip()
    waits = turn.person.step in {step.name for step in MEANWHILE}
    if not (waits and text) or message.choice or message.group or message.attachments:
        return None
    if questions.is_courtesy(text):
        return questions.beside(turn, turn.say(_("You are welcome.")))
    if redirect.refused(text) or not additions.leads_away(turn, text):
        # What must not be taken the step stops, with all that was gathered.
        return None
    return questions.beside(turn, await meanings.answer(turn))


MEANWHILE = (drafting.photos, drafting.place, drafting.preview)
"""Steps at which the story is told: another question is no part of it."""


async def begin(turn: Turn, kind: str) -> Reply:
    """File what the command carries, or ask for it."""
    text = turn.words.strip()
    started = _started(turn)
    if text:
        reply = await _at_once(turn, kind, text)
        is_other = questions.is_busy(turn) and (started is None or started.words)
        if is_other and filing.has_filed(reply):
            return questions.beside(turn, reply)
        return reply
    if started and not turn.message.attachments:
        note = _("You have begun to write something. Send /huy if you want to drop it.")
        return drafting.ask_again(turn, note) or turn.quiet()
    if questions.is_busy(turn):
        return turn.say(_BUSY)
    matter = Matter(kind=kind).gathered(turn)
    if kind == "feedback" and not matter.files:
        return drafting.ask_category(turn, matter)
    return drafting.ask_story(turn, matter)


_BUSY = _("Please finish what you are writing first, or send /huy to drop it.")


def _started(turn: Turn) -> Matter | None:
    """Give the draft that waits, if one does."""
    return matter_of(turn) if turn.person.step.startswith("drafting.") else None


async def _at_once(turn: Turn, kind: str, text: str) -> Reply:
    """File one line, with the photos that came before it where nothing was told about them yet."""
    started = _started(turn)
    base = started if started and not started.words else Matter()
    matter = replace(base, kind=kind).gathered(turn).told(turn, text)
    if stopped := redirect.stop(turn, text, matter.cleared):
        return stopped
    longest = turn.office.commune.limits.story
    if len(text) > longest:
        return turn.say(too_long(longest), PERSON, MENU)
    return await drafting.urgent(turn, matter, _file)


async def _file(turn: Turn, matter: Matter) -> Reply:
    """File a line; one that speaks of an emergency is shown first, where it can be."""
    if matter.warned and not questions.is_busy(turn):
        return drafting.ask_to_send(turn, matter)
    return await filing.file(turn, matter)


@meanings.takes(*KINDS)
async def understood(turn: Turn, meaning: Understanding) -> Reply:
    """Put together what somebody wrote without a command, and ask whether to send it."""
    kind = KINDS[meaning.intent]
    if not turn.message.attachments and additions.only_announces(turn.words):
        return questions.left(turn, await begin(replace(turn, words=""), kind))
    return await offered(turn, kind)


@meanings.takes(Intent.EMERGENCY)
async def emergency(turn: Turn, _meaning: Understanding) -> Reply:
    """Say whom to call at once, then offer to file it."""
    return await offered(turn, "feedback")


async def offered(turn: Turn, kind: str) -> Reply:
    """Show a text of this turn, or the one that was kept, as a ticket to be sent."""
    kept = matter_of(turn) if turn.person.step == meanings.meant.name else Matter()
    matter = kept if kept.words else kept.gathered(turn).told(turn, turn.words.strip())
    return await drafting.urgent(turn, replace(matter, kind=kind), _shown)


async def _shown(turn: Turn, matter: Matter) -> Reply:
    if questions.is_busy(turn):
        return turn.say(_BUSY)
    return drafting.ask_to_send(turn, matter)


@router.command("tieptuc", "continue")
async def go_on(turn: Turn) -> Reply:
    """Repeat the question that waits."""
    again = drafting.ask_again(turn)
    return again or turn.say(_("Nothing is waiting for an answer."), MENU)
