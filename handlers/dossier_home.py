"""Service at home: for whom, which procedure, where and when; a ticket of the one-stop unit.

The groups are those that the commune's plan names: who cannot travel, and has nobody to send.
"""

from collections.abc import Mapping

from handlers import filing, questions, redirect
from handlers.matter import Matter
from handlers.questions import CANCEL, MENU, PERSON
from handlers.routing import Offer, Reply, Router, Step, Turn
from messages.languages import say
from messages.text import Sayable, Text, _, lines

router = Router()

GROUPS: Mapping[str, Text] = {
    "veteran": _("Wounded or sick veteran"),
    "disabled": _("Person with a disability"),
    "ill": _("Person who is ill"),
    "grave": _("Person with a grave illness"),
    "alone": _("Old, weak and alone"),
}
"""Key → who may ask for service at home."""

LONGEST = 500


@router.command("tainha", "homeservice", apart=False)
async def begin(turn: Turn) -> Reply:
    """Ask for service at home, step by step."""
    if questions.is_busy(turn):
        return turn.say(_("Please finish what you are writing first, or send /huy to drop it."))
    return _ask_group(turn)


def _ask_group(turn: Turn, *before: Sayable) -> Reply:
    text = lines(
        *before,
        _("An officer comes home to receive papers and bring results, for those who cannot come."),
        _("Whom is it for?"),
    )
    offers = (Offer(f"group:{key}", title) for key, title in GROUPS.items())
    other = Offer("group:", _("Nobody of these"))
    return turn.ask(text, *offers, other, CANCEL, MENU, then=group, data={})


@router.step
async def group(turn: Turn) -> Reply:
    """Take for whom it is; who is none of these is shown to an officer."""
    if not turn.message.choice:
        longest = turn.office.commune.limits.story
        away = redirect.unusable(turn, longest, lambda wrong: _ask_group(turn, wrong))
        wrong = _("I did not find that in the list. Please send its number, for example 1.")
        return away or _ask_group(turn, wrong)
    key = turn.message.choice.removeprefix("group:")
    if key not in GROUPS:
        text = lines(
            _("Service at home is for these groups only, but an officer can advise you."),
            _("Somebody of your family may also bring the papers to the centre."),
        )
        return turn.end(text, PERSON, MENU)
    return _ask(turn, _WHAT, what, {"group": key})


_WHAT = _("Which procedure is it, and what is the dossier code if there is one?")
_WHERE = _("At which address? Please name the house, the village and a telephone number.")
_WHEN = _("When is somebody at home? For example: weekday mornings.")


def _ask(turn: Turn, question: Text, then: Step, data: Mapping[str, str], *before: Text) -> Reply:
    return turn.ask(lines(*before, question), CANCEL, MENU, then=then, data=data)


def _taken(turn: Turn, question: Text, step: Step) -> str | Reply:
    """Take a line of words, or ask for it again."""
    away = redirect.unusable(
        turn, LONGEST, lambda wrong: _ask(turn, question, step, turn.data, wrong)
    )
    words = turn.message.text.strip()
    if away is not None or not words or turn.message.choice:
        return away or _ask(turn, question, step, turn.data)
    return words


@router.step
async def what(turn: Turn) -> Reply:
    """Take the procedure."""
    words = _taken(turn, _WHAT, what)
    if isinstance(words, Reply):
        return words
    return _ask(turn, _WHERE, where, {**turn.data, "what": words})


router.coded.add(what.name)  # its question asks for the code


@router.step
async def where(turn: Turn) -> Reply:
    """Take the address."""
    words = _taken(turn, _WHERE, where)
    if isinstance(words, Reply):
        return words
    return _ask(turn, _WHEN, when, {**turn.data, "where": words})


@router.step
async def when(turn: Turn) -> Reply:
    """Take the time, and file it."""
    words = _taken(turn, _WHEN, when)
    if isinstance(words, Reply):
        return words
    told = lines(
        _("Service at home for: {group}", group=GROUPS.get(turn.data.get("group", ""), "")),
        _("Procedure or dossier: {words}", words=turn.data.get("what", "")),
        _("Time: {words}", words=words),
    )
    matter = Matter(kind="home_service", category="thutuc", place=turn.data.get("where", ""))
    return await filing.file(turn, matter.told(turn, say(told, turn.language)))
