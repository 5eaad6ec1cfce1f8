"""What the platform tells of our letters: that they came, that they were read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from handlers.routing import Reply, Router, Turn
from messages.envelope import Address, Kind
from messages.text import Text, _
from storage.outbox import FAILED, HELD, UNKNOWN, WAITING, Purpose
from storage.receipts import Correspondence, Receipt
from storage.timers import SetTimer

router = Router()

AGAIN: Final = timedelta(seconds=5)
"""A receipt may come before we have written down that the letter was sent; it is looked at anew."""

LONGEST_SUBJECT: Final = 64
"""Characters of a timer's subject."""


@router.event(Kind.DELIVERED)
async def delivered(turn: Turn) -> Reply:
    """Write down that letters came."""
    return await _received(turn, seen=False)


@router.event(Kind.SEEN)
async def seen(turn: Turn) -> Reply:
    """Write down that letters were read."""
    return await _received(turn, seen=True)


@router.event(Kind.REACTION)
async def reaction(turn: Turn) -> Reply:
    """Take a heart under a letter as a sign that it was read; it asks for no answer."""
    return await _received(turn, seen=True)


async def _received(turn: Turn, *, seen: bool) -> Reply:
    ids = tuple(dict.fromkeys(turn.message.about.split()))
    to = Address(turn.person.channel, turn.person.address)
    known = await turn.read.known_parts(to, ids)
    # A receipt may be faster than our note of what was sent; a page names what it was given by us.
    early = () if turn.person.channel == "web" else ids
    timers = (
        SetTimer("receipt", subject, turn.now + AGAIN)
        for one in early
        if one not in known
        and len(subject := f"{'s' if seen else 'd'} {turn.person.id} {one}") <= LONGEST_SUBJECT
    )
    receipts = (Receipt(to, tuple(sorted(known)), seen),) if known else ()
    return turn.quiet(*receipts, *timers)


@router.event(Kind.TIMER, "receipt")
async def late(turn: Turn) -> Reply:
    """Look once more at a receipt of a letter that was not known yet."""
    how, _space, rest = turn.message.payload.partition(" ")
    message_id = rest.partition(" ")[2]
    to = Address(turn.person.channel, turn.person.address)
    return turn.quiet(Receipt(to, (message_id,), seen=how == "s"))


WRITTEN: Mapping[Purpose, Text] = {
    Purpose.ANSWER: _("the answer"),
    Purpose.QUESTION: _("the question"),
    Purpose.NOTICE: _("the notice"),
}

UNSENT: Mapping[int, Text] = {
    WAITING: _("{at}: {letter} waits to be sent"),
    HELD: _("{at}: {letter} is held until the citizen writes"),
    FAILED: _("{at}: {letter} could not be sent"),
    UNKNOWN: _("{at}: {letter} was sent, whether it came is not known"),
}


def told(letters: Sequence[Correspondence]) -> Iterator[Text | str]:
    """Tell an official how far each letter to the citizen came."""
    if letters:
        yield ""
        yield _("Letters to the citizen")
    for one in letters:
        written = WRITTEN[one.purpose]
        if one.state in UNSENT and not one.delivered_at:
            yield replace(UNSENT[one.state], args=(("at", one.written_at), ("letter", written)))
        elif one.seen_at:
            yield _("{at}: {letter} was read", at=one.seen_at, letter=written)
        elif one.delivered_at:
            yield _("{at}: {letter} was delivered", at=one.delivered_at, letter=written)
        else:
            yield _("{at}: {letter} was sent", at=one.sent_at or one.written_at, letter=written)
