"""An official answers by hand in the platform's own console: the service stays out of the talk."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from handlers import questions
from handlers.routing import Reply, Router, Turn
from messages.envelope import Address, Kind
from messages.languages import DEFAULT, say
from messages.text import _
from storage.evidence import Evidence
from storage.people import TalkByHand
from storage.tickets import Event, Note

router = Router()

BY_HAND_FOR: Final = timedelta(hours=2)
"""How long after an official's last own words nothing is answered by itself."""

TALK: Final = frozenset({Kind.MESSAGE, Kind.EDIT, Kind.FOLLOWED})

ALWAYS: Final = "redirected."
"""Evidence of a reply that cannot wait: emergency numbers, where a denunciation goes."""


@router.event(Kind.ECHO)
async def by_hand(turn: Turn) -> Reply:
    """Leave the talk to the official who wrote; the words join the open ticket as a note."""
    if turn.person.roles:
        return turn.quiet()
    message_id = turn.message.message_id
    to = Address(turn.person.channel, turn.person.address)
    if message_id and await turn.read.known_parts(to, (message_id,)):
        # Our own letter: the platform should not have named an official.
        return turn.quiet()
    mine = await turn.read.tickets_of(turn.person.id)
    ticket = next((one for one in mine if one.is_open), None)
    evidence = Evidence(
        "console.answered",
        about=ticket.code if ticket else "",
        unit=ticket.unit if ticket else "",
    )
    effects = (TalkByHand(turn.now + BY_HAND_FOR), evidence)
    if ticket is None:
        return turn.quiet(*effects)
    words = turn.message.text or say(_("(a photo or a file)"), DEFAULT)
    note = say(_("Answered by hand in the platform's console: {words}", words=words), DEFAULT)
    return turn.quiet(*effects, Note(ticket, Event.NOTED, note))


@router.unasked
def quieted(turn: Turn, reply: Reply) -> Reply:
    """Keep back what would be answered by itself; what the reply records or tells others stays.

    A conversation that the person began with the service goes on, so that no draft is lost.
    """
    until = turn.person.human_until
    if until is None or until <= turn.now or turn.message.kind not in TALK:
        return reply
    cannot_wait = any(
        isinstance(effect, Evidence) and effect.kind.startswith(ALWAYS) for effect in reply.effects
    )
    if cannot_wait or questions.is_busy(turn):
        return reply
    others = tuple(letter for letter in reply.letters if letter.to.id != turn.person.id)
    if reply.effects:
        # What would have been asked was not, so that no step waits for its answer.
        return replace(reply, letters=others, step="" if reply.step == "" else None)
    return replace(reply, letters=others, step=None, data=None)
