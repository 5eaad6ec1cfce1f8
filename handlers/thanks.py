"""Thanks to a person or a unit: a ticket of its own kind, counted, and listed for staff."""

from dataclasses import replace

from handlers import drafting, feedback, questions, redirect
from handlers.letter_drafting import STAFF
from handlers.matter import Matter, data_of, matter_of
from handlers.questions import CANCEL, MENU
from handlers.routing import Offer, Reply, Router, Turn
from messages.text import Text, _, lines
from storage.tickets import Ticket

router = Router()

KIND = "praise"
LISTED = 15
LONGEST = 200

ANYBODY = Offer("thanks:anybody", _("Somebody else, or all"))


@router.command("camon", apart=False)
async def give(turn: Turn) -> Reply:
    """Thank or praise: with words at once, without them the unit is asked for first."""
    if turn.words.strip() or turn.message.attachments or questions.is_busy(turn):
        return await feedback.begin(turn, KIND)
    return _ask(turn)


def _ask(turn: Turn, wrong: Text | None = None) -> Reply:
    units = (
        Offer(f"thanks:{unit.id}", questions.short(unit.name.say(turn.language)))
        for unit in turn.office.commune.units
    )
    text = lines(wrong, _("Whom would you like to thank? Choose a unit, or write a name."))
    data = data_of(Matter(kind=KIND))
    return turn.ask(text, *units, ANYBODY, CANCEL, MENU, then=whom, data=data)


@router.step
async def whom(turn: Turn) -> Reply:
    """Take the unit, or the name that was written; then what for."""
    matter = matter_of(turn)
    chosen = turn.office.commune.unit(turn.message.choice.removeprefix("thanks:"))
    if turn.message.choice and chosen is not None:
        return drafting.ask_story(turn, replace(matter, unit=chosen.id))
    if turn.message.choice:
        return drafting.ask_story(turn, matter)
    away = redirect.unusable(turn, LONGEST, lambda wrong: _ask(turn, wrong))
    if away is not None:
        return away
    if not turn.message.text.strip():
        return _ask(turn, _("Please answer in words."))
    # A name is the beginning of what is told, which the unit reads as it stands.
    return drafting.ask_story(turn, matter.told(turn, turn.message.text.strip()))


@router.command("loicamon", "thanks", roles=STAFF)
async def listed(turn: Turn) -> Reply:
    """List the newest thanks; each may be answered by a letter of the commune."""
    turn = turn.alone()
    found = await turn.read.tickets_of_kind(KIND, LISTED)
    if not found:
        return turn.end(_("Nobody has sent thanks yet."))
    told = [await _line(turn, ticket) for ticket in found]
    text = lines(_("Thanks, the newest first:"), *told)
    offers = (Offer(f"/thu {one.code}", _("Letter for {code}", code=one.code)) for one in found)
    return turn.end(text, *offers)


async def _line(turn: Turn, ticket: Ticket) -> Text:
    words = " ".join(one.text for one in await turn.read.words(ticket.code) if one.text)
    unit = turn.office.commune.unit(ticket.unit)
    return _(
        "- {code}, {unit}: {words}",
        code=ticket.code,
        unit=unit.name if unit else ticket.unit,
        words=words[:120],
    )
