"""How long the commune may still write to a citizen: told to officers before they write.

Zalo: answers within 48 hours of the citizen's last message are free, until the seventh day they
cost, then none is taken (Zalo's documentation of consultation messages, 2026). Telegram and the
web know no such end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from handlers.routing import Turn
from messages.text import Sayable, _, lines, ngettext

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Window:
    """How long after a person's last message they may be answered.

    Attributes:
        free: free of charge.
        whole: at all.
    """

    free: timedelta
    whole: timedelta


WINDOWS: Mapping[str, Window] = MappingProxyType(
    {"zalo": Window(free=timedelta(hours=48), whole=timedelta(days=7))}
)
"""Channel → its window; a channel that is not named has none."""

QUOTA = "quota"
"""The fact that tells how many letters of a package are left."""


async def left(turn: Turn, person_id: int) -> Sayable | None:
    """Tell how long a citizen may still be answered; None where that has no end."""
    if person_id == turn.person.id:
        return told(turn.person.channel, turn.now, turn.now)
    channel, wrote = await turn.read.last_wrote(person_id)
    window = WINDOWS.get(channel)
    if window is None or wrote is None:
        return None
    sentence = told(channel, wrote, turn.now)
    if not window.free < turn.now - wrote <= window.whole:
        return sentence
    quota = await turn.read.channel_fact(channel, QUOTA)
    if quota is None or not quota.value.isdecimal():
        return sentence
    rest = ngettext(
        "{n} message is left in the package.",
        "{n} messages are left in the package.",
        int(quota.value),
    )
    return sentence and lines(sentence, rest)


def told(channel: str, wrote: datetime, now: datetime) -> Sayable | None:
    """Tell how long somebody may still be answered who wrote at a moment."""
    window = WINDOWS.get(channel)
    if window is None:
        return None
    free, whole = wrote + window.free - now, wrote + window.whole - now
    if free >= HOUR:
        return ngettext(
            "{n} hour left to answer free of charge",
            "{n} hours left to answer free of charge",
            free // HOUR,
        )
    if free > timedelta():
        return _("Less than an hour left to answer free of charge")
    if whole >= HOUR:
        return ngettext(
            "Answering costs now; {n} hour left until nothing can be sent",
            "Answering costs now; {n} hours left until nothing can be sent",
            whole // HOUR,
        )
    if whole > timedelta():
        return _("Less than an hour left in which an answer can be sent")
    return _("Nothing can be sent until the citizen writes again: an answer would be held.")
