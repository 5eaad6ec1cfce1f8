"""Far too many messages from one person within a minute: told once, the rest of it is not read.

It costs nothing to count: the two figures stand in the row of the person, which each claim reads
and each turn writes anyway. What nobody may be kept from is answered all the same: whom to call in
an emergency, and where a denunciation goes.
"""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from handlers import redirect
from handlers.matter import matter_of
from handlers.routing import Reply, Router, Turn
from handlers.understanding import is_emergency
from messages.text import Sayable, _, lines, ngettext
from storage.outbox import Draft
from storage.people import MINUTE, PACED

router = Router()


@router.door
async def too_many(turn: Turn) -> Reply | None:
    """Handle no more messages of somebody until their minute is over; None for all others.

    An album is one message. Officials are not limited. In a group nothing is told: what people say
    to each other there is not said to us.
    """
    message, most = turn.message, turn.office.commune.limits.messages_a_minute
    if message.kind not in PACED or turn.person.roles:
        return None
    began, came = turn.person.this_minute(turn.now)
    if came <= most:
        return None
    wait: tuple[Draft, ...] = ()
    if came == most + 1 and not message.group:
        wait = (turn.letter(lines(*_wait(turn, began + MINUTE - turn.now))),)
    stopped = redirect.stop(turn, message.text, matter_of(turn).cleared)
    if stopped is not None:
        return stopped.and_tell(*wait)
    if is_emergency(message.text):
        return Reply((redirect.numbers(turn), *wait), effects=(redirect.CALLED_FOR_HELP,))
    return Reply(wait)


def _wait(turn: Turn, left: timedelta) -> Iterator[Sayable]:
    yield _("So many messages came from you within a minute that we did not read the last one.")
    yield ngettext(
        "Please wait {n} second: what you send before that is not read either.",
        "Please wait {n} seconds: what you send before that is not read either.",
        ceil(left.total_seconds()),
    )
    yield _("After that please send again what is missing.")
    yield ""
    yield _("If this is an emergency, please call at once:")
    yield from redirect.emergency_numbers(turn)
